"""What a supplier says of its stock, many SKUs at a time: all that is on its shelf now, or what came in."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from shared_core.supply import rules
from shared_core.supply.catalogue.products import supplier_row
from shared_core.supply.dropshipping.supplier_desk import GOODS, OwnGoods, goods_view
from shared_core.supply.errors import BadQuantity, CountedTwice, UnknownSku
from shared_core.supply.inventory import stock
from shared_core.supply.inventory.sourcing import warehouse_id
from shared_core.supply.inventory.stock_models import Source, Warehouse
from shared_core.supply.models import Product, Supplier, Variant
from shared_core.supply.views import HoldLine


def count_goods(
    session: Session,
    counts: Sequence[HoldLine],
    *,
    supplier: str,
    reference: str,
    at: datetime,
    warehouse: str = "",
) -> list[OwnGoods]:
    """The SKUs' stock as it is then, made what was counted: as a feed says it, see `stock.set_from_feed`.

    `reference` is new, and the supplier's own. Without a `warehouse` it is told of the place that has no name, where
    only products of its own lie. Raises UnknownSupplier, UnknownWarehouse, UnknownSku, BadQuantity, CountedTwice.
    """
    said = {each.sku: each.quantity for each in counts}
    for each in counts:
        if each.quantity < 0:
            raise BadQuantity(sku=each.sku)
    if len(said) < len(counts):
        raise CountedTwice()
    own = _own(session, said, supplier=supplier, besides=bool(warehouse))
    place = warehouse_id(session, warehouse, supplier=supplier)
    mark = rules.content_hash([supplier, reference])[:40]
    quantities = {own[sku]: said[sku] for sku in said}
    stock.set_from_feed(session, quantities, reference=f"count:{mark}", at=at, warehouse_id=place)
    return _seen(session, said, supplier=supplier, warehouse=warehouse)


def receive_goods(
    session: Session, came: Sequence[HoldLine], *, supplier: str, note: str, at: datetime, warehouse: str = ""
) -> list[OwnGoods]:
    """The SKUs' stock as it is once these pieces came in by a delivery `note`, which counts each SKU once.

    `warehouse` as in `count_goods`. Raises UnknownSupplier, UnknownWarehouse, UnknownSku, BadQuantity, ReferenceReused.
    """
    lines = rules.merge_lines(came)
    own = _own(session, [each.sku for each in lines], supplier=supplier, besides=bool(warehouse))
    place = warehouse_id(session, warehouse, supplier=supplier)
    for each in sorted(lines, key=lambda line: own[line.sku]):
        mark = rules.content_hash([supplier, note])[:32]
        reference = f"in:{each.sku}:{mark}"
        stock.receive_stock(
            session, sku=each.sku, quantity=each.quantity, reference=reference, at=at, warehouse_id=place
        )
    return _seen(session, own, supplier=supplier, warehouse=warehouse)


def _own(session: Session, skus: Collection[str], *, supplier: str, besides: bool) -> dict[str, int]:
    """Variant ids by SKU, those that it sends `besides` its own counted in.

    Raises UnknownSku, for another supplier's as for none.
    """
    giver = supplier_row(session, supplier).id
    query = select(Variant.sku, Variant.id).join(Product, Product.id == Variant.product_id)
    source = select(Source.variant_id).where(Source.supplier_id == giver)
    mine = or_(Product.supplier_id == giver, Variant.id.in_(source)) if besides else Product.supplier_id == giver
    query = query.where(mine, Variant.sku.in_(skus))
    found = dict(session.execute(query).all())
    for sku in skus:
        if sku not in found:
            raise UnknownSku(sku=sku)
    return found


def _seen(session: Session, skus: Collection[str], *, supplier: str, warehouse: str) -> list[OwnGoods]:
    place = func.coalesce(Warehouse.code, "") == warehouse
    query = GOODS.where(Variant.sku.in_(skus), Supplier.code == supplier, place).order_by(Variant.sku)
    return [goods_view(*row) for row in session.execute(query.execution_options(populate_existing=True))]
