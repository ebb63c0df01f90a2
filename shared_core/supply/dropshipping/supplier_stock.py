"""What a supplier says of its stock, many SKUs at a time: all that is on its shelf now, or what came in."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.supply import rules
from shared_core.supply.catalogue.products import supplier_row
from shared_core.supply.dropshipping.supplier_desk import GOODS, OwnGoods, goods_view
from shared_core.supply.errors import BadQuantity, CountedTwice, UnknownSku
from shared_core.supply.inventory import stock
from shared_core.supply.models import Product, Variant
from shared_core.supply.views import HoldLine


def count_goods(
    session: Session, counts: Sequence[HoldLine], *, supplier: str, reference: str, at: datetime
) -> list[OwnGoods]:
    """The SKUs' stock as it is then, made what was counted: as a feed says it, see `stock.set_from_feed`.

    `reference` is new, and the supplier's own. Raises UnknownSupplier, UnknownSku, BadQuantity, CountedTwice.
    """
    said = {each.sku: each.quantity for each in counts}
    for each in counts:
        if each.quantity < 0:
            raise BadQuantity(sku=each.sku)
    if len(said) < len(counts):
        raise CountedTwice()
    own = _own(session, said, supplier=supplier)
    mark = rules.content_hash([supplier, reference])[:40]
    stock.set_from_feed(session, {own[sku]: said[sku] for sku in said}, reference=f"count:{mark}", at=at)
    return _seen(session, said)


def receive_goods(
    session: Session, came: Sequence[HoldLine], *, supplier: str, note: str, at: datetime
) -> list[OwnGoods]:
    """The SKUs' stock as it is once these pieces came in by a delivery `note`, which counts each SKU once.

    Raises UnknownSupplier, UnknownSku, BadQuantity, ReferenceReused.
    """
    lines = rules.merge_lines(came)
    own = _own(session, [each.sku for each in lines], supplier=supplier)
    for each in sorted(lines, key=lambda line: own[line.sku]):
        mark = rules.content_hash([supplier, note])[:32]
        stock.receive_stock(session, sku=each.sku, quantity=each.quantity, reference=f"in:{each.sku}:{mark}", at=at)
    return _seen(session, own)


def _own(session: Session, skus: Collection[str], *, supplier: str) -> dict[str, int]:
    """Variant ids by SKU. Raises UnknownSku, for another supplier's as for none."""
    query = select(Variant.sku, Variant.id).join(Product, Product.id == Variant.product_id)
    query = query.where(Product.supplier_id == supplier_row(session, supplier).id, Variant.sku.in_(skus))
    found = dict(session.execute(query).all())
    for sku in skus:
        if sku not in found:
            raise UnknownSku(sku=sku)
    return found


def _seen(session: Session, skus: Collection[str]) -> list[OwnGoods]:
    query = GOODS.where(Variant.sku.in_(skus)).order_by(Variant.sku)
    return [goods_view(*row) for row in session.execute(query.execution_options(populate_existing=True))]
