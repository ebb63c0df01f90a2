"""Who can send a SKU, and from where: warehouses, other suppliers' offers, and whom the core team prefers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared_core.kernel.database import insert_or_ignore
from shared_core.kernel.money import Money
from shared_core.kernel.regions import known_region
from shared_core.supply.errors import BadRegion, TextTooLong, UnknownSku, UnknownSupplier, WrongCurrency
from shared_core.supply.gateway import CODE_PATTERN
from shared_core.supply.inventory import shelves, stock
from shared_core.supply.inventory.errors import (
    BadWarehouseCode,
    CostAbovePrice,
    OwnGoods,
    UnknownSource,
    UnknownWarehouse,
)
from shared_core.supply.inventory.stock_models import Source, Stock, Warehouse
from shared_core.supply.models import TEXT_LENGTH_MAX, Product, Supplier, Variant


@dataclass(frozen=True, slots=True)
class Place:
    """A warehouse as it shall be. `region`: a code of `kernel.regions`, or empty; a lower `priority` comes first."""

    code: str
    name: str = ""
    region: str = ""
    priority: int = 0
    active: bool = True


@dataclass(frozen=True, slots=True)
class WarehouseView:
    """A warehouse with its pieces: how many SKUs are there, and how many pieces are free, held and sold."""

    supplier: str
    place: Place
    skus: int
    free: int
    held: int
    sold: int


@dataclass(frozen=True, slots=True)
class ShelfView:
    """One shelf of a SKU. `warehouse` is empty where its supplier has not told which.

    `own`: of the product's own supplier; `open`: sold from there; `cost` of a piece, None where it has no price.
    """

    sku: str
    supplier: str
    warehouse: str
    region: str
    cost: Money | None
    own: bool
    preferred: bool
    open: bool
    priority: int
    free: int
    held: int
    sold: int
    received: int


def put_warehouse(session: Session, place: Place, *, supplier: str, at: datetime) -> None:
    """Make a supplier's warehouse what `place` says. Again: no-op.

    Raises UnknownSupplier, BadWarehouseCode, TextTooLong, BadRegion.

    What is held or sold from one that is closed is sent from there; nothing more is sold from it.
    """
    owner = _supplier(session, supplier)
    if not re.fullmatch(CODE_PATTERN, place.code):
        raise BadWarehouseCode(warehouse=place.code)
    if len(place.name) > TEXT_LENGTH_MAX:
        raise TextTooLong(maximum=TEXT_LENGTH_MAX)
    _check_region(place.region)
    key = {"supplier_id": owner.id, "code": place.code}
    told = {"name": place.name, "region": place.region, "priority": place.priority, "active": place.active}
    if insert_or_ignore(session, Warehouse, {**key, **told, "created_at": at}, conflict=["supplier_id", "code"]):
        return
    row = session.scalars(select(Warehouse).filter_by(**key).with_for_update()).one()
    reopened = row.active != place.active
    for name, value in told.items():
        setattr(row, name, value)
    session.flush()
    if reopened:
        here = select(Stock.variant_id).where(Stock.warehouse_id == row.id).order_by(Stock.variant_id)
        stock.touch(session, session.scalars(here).all())


def set_region(session: Session, region: str, *, supplier: str) -> None:
    """Where a supplier's goods lie that are in no warehouse of a name. Raises UnknownSupplier, BadRegion."""
    _check_region(region)
    _supplier(session, supplier).region = region
    session.flush()


def currency_of(session: Session, supplier: str) -> str:
    """In which it is paid. Raises UnknownSupplier."""
    return _supplier(session, supplier).currency


def warehouses(session: Session, *, supplier: str = "") -> list[WarehouseView]:
    """A supplier's warehouses, or those of all, by codes. Raises UnknownSupplier."""
    figures = [func.coalesce(func.sum(each), 0) for each in (Stock.free, Stock.held, Stock.sold)]
    query = (
        select(Supplier.code, Warehouse, func.count(Stock.id), *figures)
        .join(Warehouse, Warehouse.supplier_id == Supplier.id)
        .outerjoin(Stock, Stock.warehouse_id == Warehouse.id)
        .group_by(Supplier.code, Warehouse.id)
        .order_by(Supplier.code, Warehouse.code)
    )
    if supplier:
        query = query.where(Supplier.id == _supplier(session, supplier).id)
    return [
        WarehouseView(
            owner, Place(row.code, row.name, row.region, row.priority, row.active), int(skus), *map(int, pieces)
        )
        for owner, row, skus, *pieces in session.execute(query)
    ]


def warehouse_id(session: Session, code: str, *, supplier: str) -> int | None:
    """None for no code: the place of a supplier that has no name. Raises UnknownWarehouse."""
    if not code:
        return None
    query = select(Warehouse.id).join(Supplier, Supplier.id == Warehouse.supplier_id)
    found = session.scalar(query.where(Supplier.code == supplier, Warehouse.code == code))
    if found is None:
        raise UnknownWarehouse(supplier=supplier, warehouse=code)
    return found


def shelf_of(session: Session, sku: str, *, supplier: str, warehouse: str) -> int | None:
    """The warehouse in which a supplier's pieces of a SKU may lie: see `warehouse_id`.

    Raises UnknownSku, UnknownSupplier, UnknownWarehouse, UnknownSource.
    """
    variant, owner = _variant(session, sku)
    giver = _supplier(session, supplier)
    if giver.id != owner.id and (not warehouse or session.get(Source, (variant.id, giver.id)) is None):
        raise UnknownSource(sku=sku, supplier=supplier)
    return warehouse_id(session, warehouse, supplier=supplier)


def put_source(session: Session, sku: str, *, supplier: str, cost: Money, at: datetime) -> None:
    """This supplier sends the SKU too, for `cost` a piece, once pieces of it lie in a warehouse of its own.

    Again: no-op. Raises UnknownSku, UnknownSupplier, OwnGoods, WrongCurrency, CostAbovePrice.
    """
    variant, owner = _variant(session, sku)
    giver = _supplier(session, supplier)
    if owner.id == giver.id:
        raise OwnGoods(sku=sku, supplier=supplier)
    for currency, payee in ((cost.currency, giver), (owner.currency, giver)):
        if currency != payee.currency:
            raise WrongCurrency(sku=sku, found=currency, supplier=supplier, expected=payee.currency)
    if cost.minor < 0 or (variant.supply_price_minor is not None and cost.minor > variant.supply_price_minor):
        raise CostAbovePrice(sku=sku, supplier=supplier)
    key = {"variant_id": variant.id, "supplier_id": giver.id}
    told = {"cost_minor": cost.minor, "active": True}
    if not insert_or_ignore(session, Source, {**key, **told, "created_at": at}, conflict=list(key)):
        row = session.get_one(Source, tuple(key.values()), with_for_update=True, populate_existing=True)
        if (row.cost_minor, row.active) == tuple(told.values()):
            return
        row.cost_minor, row.active = cost.minor, True
        session.flush()
    stock.touch(session, [variant.id])


def drop_source(session: Session, sku: str, *, supplier: str) -> None:
    """The supplier sends the SKU no more; what is held or sold it still does. Again: no-op.

    Raises UnknownSku, UnknownSupplier, UnknownSource.
    """
    variant, _ = _variant(session, sku)
    row = session.get(Source, (variant.id, _supplier(session, supplier).id), with_for_update=True)
    if row is None:
        raise UnknownSource(sku=sku, supplier=supplier)
    if row.active:
        row.active = False
        session.flush()
        stock.touch(session, [variant.id])


def prefer(session: Session, sku: str, *, supplier: str = "") -> None:
    """Whom the core team wants the SKU from while that one has enough; nobody: `routing` decides.

    Raises UnknownSku, UnknownSupplier, UnknownSource.
    """
    variant, owner = _variant(session, sku)
    if not supplier:
        variant.preferred_supplier_id = None
    else:
        giver = _supplier(session, supplier)
        if giver.id != owner.id and session.get(Source, (variant.id, giver.id)) is None:
            raise UnknownSource(sku=sku, supplier=supplier)
        variant.preferred_supplier_id = giver.id
    session.flush()


def shelves_of(session: Session, skus: Sequence[str]) -> list[ShelfView]:
    """The shelves of these SKUs, by SKU, the own supplier's first."""
    query = (
        select(
            Variant.sku,
            Supplier.code.label("supplier"),
            Supplier.currency,
            func.coalesce(Warehouse.code, "").label("warehouse"),
            shelves.REGION.label("region"),
            shelves.COST.label("cost_minor"),
            shelves.IS_OWN.label("own"),
            func.coalesce(Supplier.id == Variant.preferred_supplier_id, False).label("preferred"),
            shelves.MAY_GIVE.label("open"),
            func.coalesce(Warehouse.priority, 0).label("priority"),
            Stock.free,
            Stock.held,
            Stock.sold,
            Stock.received,
        )
        .join(Product, Product.id == Variant.product_id)
        .join(Stock, Stock.variant_id == Variant.id)
        .outerjoin(Warehouse, Warehouse.id == Stock.warehouse_id)
        .join(Supplier, shelves.GIVES)
        .outerjoin(Source, shelves.SOURCE)
        .where(Variant.sku.in_(skus))
        .order_by(Variant.sku, Supplier.id != Product.supplier_id, Supplier.code, Warehouse.code.nulls_first())
    )
    return [
        ShelfView(
            sku=row.sku,
            supplier=row.supplier,
            warehouse=row.warehouse,
            region=row.region,
            cost=None if row.cost_minor is None else Money(row.cost_minor, row.currency),
            own=row.own,
            preferred=row.preferred,
            open=bool(row.open),
            priority=row.priority,
            free=row.free,
            held=row.held,
            sold=row.sold,
            received=row.received,
        )
        for row in session.execute(query.execution_options(populate_existing=True))
    ]


def _check_region(region: str) -> None:
    if region and not known_region(region):
        raise BadRegion(region=region)


def _supplier(session: Session, code: str) -> Supplier:
    row = session.scalars(select(Supplier).where(Supplier.code == code)).one_or_none()
    if row is None:
        raise UnknownSupplier(supplier=code)
    return row


def _variant(session: Session, sku: str) -> tuple[Variant, Supplier]:
    """With its product's own supplier."""
    query = select(Variant, Supplier).join(Product, Product.id == Variant.product_id)
    row = session.execute(
        query.join(Supplier, Supplier.id == Product.supplier_id).where(Variant.sku == sku)
    ).one_or_none()
    if row is None:
        raise UnknownSku(sku=sku)
    return row.Variant, row.Supplier
