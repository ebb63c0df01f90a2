"""Shelves: where the pieces of a variant lie, whose they are, and whether they are sold from there."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, union
from sqlalchemy.orm import Session

from shared_core.kernel.bulk import among
from shared_core.supply.freight import charging
from shared_core.supply.freight.freight_models import FreightTemplateRow
from shared_core.supply.freight.freight_rules import dearest
from shared_core.supply.inventory.stock_models import Source, Stock, Warehouse
from shared_core.supply.models import Product, Supplier, Variant
from shared_core.supply.rules import SupplierState

IS_OWN = Supplier.id == Product.supplier_id
GIVES = Supplier.id == func.coalesce(Warehouse.supplier_id, Product.supplier_id)
"""Whose pieces lie on a shelf."""
SOURCE = and_(Source.variant_id == Variant.id, Source.supplier_id == Supplier.id)
MAY_GIVE: ColumnElement[bool] = and_(
    or_(Warehouse.id.is_(None), Warehouse.active),
    Supplier.state == SupplierState.LIVE,
    or_(IS_OWN, Source.active),
)
"""Whether a shelf is open: its place is, and whose pieces they are is live; another than the product's own supplier
still offers it."""
COST = case((IS_OWN, Variant.cost_minor), else_=Source.cost_minor)
"""What whose pieces they are gets for one."""
REGION = case((Warehouse.id.is_(None), Supplier.region), else_=Warehouse.region)
FREE = select(func.sum(Stock.free)).where(Stock.variant_id == Variant.id).scalar_subquery()
"""Free pieces of a variant at all places together."""
OWN_FREE = (
    select(func.sum(Stock.free))
    .outerjoin(Warehouse, Warehouse.id == Stock.warehouse_id)
    .where(Stock.variant_id == Variant.id, or_(Warehouse.id.is_(None), Warehouse.supplier_id == Product.supplier_id))
    .correlate(Variant, Product)
    .scalar_subquery()
)
"""Those of them that are the product's own supplier's."""


@dataclass(frozen=True, slots=True)
class Best:
    """The most pieces that one order can have of a variant, and what a parcel with one costs at most."""

    available: int = 0
    parcel_minor: int = 0


def best(session: Session, supply_minor: dict[int, int | None]) -> dict[int, Best]:
    """By variant id, of shelves whose pieces do not cost more than the store pays for one."""
    query = (
        select(Variant.id, Variant.weight_grams, Stock.free, COST.label("cost_minor"), *charging.COLUMNS)
        .join(Product, Product.id == Variant.product_id)
        .join(Stock, Stock.variant_id == Variant.id)
        .outerjoin(Warehouse, Warehouse.id == Stock.warehouse_id)
        .join(Supplier, GIVES)
        .outerjoin(Source, SOURCE)
        .outerjoin(FreightTemplateRow, charging.TEMPLATE)
        .where(among(session, Variant.id, supply_minor), MAY_GIVE)
    )
    found: dict[int, Best] = {}
    for row in session.execute(query):
        pays = supply_minor[row.id]
        if pays is not None and row.cost_minor > pays:
            continue
        sent = charging.carried(row)
        parcel = sent.flat_minor if sent.template is None else dearest(sent.template, grams=sent.grams)
        now = found.get(row.id, Best())
        found[row.id] = Best(max(now.available, row.free), max(now.parcel_minor, parcel))
    return found


def variants_of(supplier_ids: Iterable[int]) -> Select[int]:
    """The ids of variants that these suppliers send, as the products' own or besides."""
    ids = list(supplier_ids)
    own = select(Variant.id).join(Product, Product.id == Variant.product_id).where(Product.supplier_id.in_(ids))
    both = union(own, select(Source.variant_id).where(Source.supplier_id.in_(ids))).subquery()
    return select(both.c[0]).order_by(both.c[0])
