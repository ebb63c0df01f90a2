"""Moving units. One guarded UPDATE per shelf decides; nothing is read first and believed later.

Whoever moves units of several shelves in one transaction does so in the order of their variants and warehouses, so that
nobody waits in a circle.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, Select, Table, Update, bindparam, false, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.dml import ReturningUpdate

from shared_core.kernel.bulk import among, insert_all
from shared_core.kernel.database import insert_or_ignore
from shared_core.ledger import ReferenceReused
from shared_core.supply.errors import BadQuantity, OutOfStock, StockTooLow, UnknownSku
from shared_core.supply.inventory.stock_models import Stock, StockMovement
from shared_core.supply.models import OfferMark, Variant
from shared_core.supply.rules import LOW_STOCK

VARIANTS_PER_STATEMENT_MAX = 500
EMPTY = {"free": 0, "held": 0, "sold": 0, "received": 0}
"""A shelf on which nothing has been yet."""


@dataclass(frozen=True, slots=True)
class Units:
    """How many units of one variant move, and on which shelf of it."""

    variant_id: int
    sku: str
    quantity: int
    warehouse_id: int | None = None


@dataclass(frozen=True, slots=True)
class StockLevel:
    sku: str
    free: int
    held: int
    sold: int
    received: int


def take(session: Session, units: Iterable[Units]) -> None:
    """Free units become held. Raises OutOfStock; the transaction must then be rolled back."""
    for each in _in_order(units):
        if not _move(session, each, Stock.free, Stock.held):
            raise OutOfStock(sku=each.sku, available=_free(session, each))


def there(session: Session, units: Iterable[Units]) -> bool:
    """Whether there are free units enough, at this moment and for nobody in particular."""
    return all(_free(session, each) >= each.quantity for each in units)


def take_for_good(session: Session, units: Iterable[Units]) -> None:
    """Free units become sold at once. Raises OutOfStock; the transaction must then be rolled back."""
    for each in _in_order(units):
        if not _move(session, each, Stock.free, Stock.sold):
            raise OutOfStock(sku=each.sku, available=_free(session, each))


def give_back(session: Session, units: Iterable[Units]) -> None:
    """Held units become free."""
    _move_all(session, units, Stock.held, Stock.free)


def sell(session: Session, units: Iterable[Units]) -> None:
    """Held units become sold."""
    _move_all(session, units, Stock.held, Stock.sold)


def restock(session: Session, units: Iterable[Units]) -> None:
    """Sold units become free."""
    _move_all(session, units, Stock.sold, Stock.free)


def keep_still(session: Session, units: Iterable[Units]) -> None:
    """Nobody else moves units of these shelves until this transaction ends, for whoever moves them to and fro."""
    for each in _in_order(units):
        session.execute(select(Stock.id).where(_of(each)).with_for_update())


def keep_places_still(session: Session, variant_ids: Iterable[int], warehouse_ids: Iterable[int | None]) -> None:
    """Like `keep_still` for these variants' shelves in these places, for whoever counts one place after the other."""
    here = or_(false(), *(Stock.warehouse_id.is_not_distinct_from(each) for each in warehouse_ids))
    order = Stock.variant_id, func.coalesce(Stock.warehouse_id, 0)
    for some in _chunks(set(variant_ids)):
        shelves = select(Stock.id).where(Stock.variant_id.in_(some), here).order_by(*order)
        session.execute(shelves.with_for_update()).all()


def receive_stock(
    session: Session, *, sku: str, quantity: int, reference: str, at: datetime, warehouse_id: int | None = None
) -> None:
    """`quantity` units came in. Idempotent by `reference`. Raises BadQuantity, UnknownSku, ReferenceReused."""
    if type(quantity) is not int or quantity < 1:
        raise BadQuantity(sku=sku)
    adjust_stock(session, sku=sku, quantity=quantity, reference=reference, at=at, warehouse_id=warehouse_id)


def adjust_stock(
    session: Session, *, sku: str, quantity: int, reference: str, at: datetime, warehouse_id: int | None = None
) -> None:
    """Correct the free units of one shelf by `quantity`, which may be negative. Idempotent by `reference`.

    Raises UnknownSku, StockTooLow (only free units can be taken away), ReferenceReused.
    """
    variant_id = session.scalar(select(Variant.id).where(Variant.sku == sku))
    if variant_id is None:
        raise UnknownSku(sku=sku)
    open_shelves(session, [variant_id], warehouse_id=warehouse_id)
    units = Units(variant_id, sku, quantity, warehouse_id)
    row = {
        "reference": reference,
        "variant_id": variant_id,
        "warehouse_id": warehouse_id,
        "quantity": quantity,
        "at": at,
    }
    if not insert_or_ignore(session, StockMovement, row, conflict=["reference"]):
        known = session.scalars(select(StockMovement).where(StockMovement.reference == reference)).one()
        if (known.variant_id, known.warehouse_id, known.quantity) != (variant_id, warehouse_id, quantity):
            raise ReferenceReused(reference=reference)
        return
    statement = (
        update(Stock)
        .where(_of(units), Stock.free + quantity >= 0)
        .values(free=Stock.free + quantity, received=Stock.received + quantity)
    )
    if _free_after(session, statement) is None:
        raise StockTooLow(sku=sku, free=_free(session, units), quantity=-quantity)
    touch(session, [variant_id])


def open_shelves(session: Session, variant_ids: Iterable[int], *, warehouse_id: int | None) -> None:
    """Have an empty shelf for each of these variants in a warehouse, where there is none yet.

    The one without a warehouse is there since the variant is.
    """
    if warehouse_id is None:
        return
    wanted = sorted(set(variant_ids))
    known = select(Stock.variant_id).where(Stock.warehouse_id == warehouse_id, among(session, Stock.variant_id, wanted))
    for variant_id in sorted(set(wanted) - set(session.scalars(known))):
        row = {"variant_id": variant_id, "warehouse_id": warehouse_id} | EMPTY
        insert_or_ignore(session, Stock, row, conflict=["variant_id", "warehouse_id"])


def set_from_feed(
    session: Session,
    quantities: Mapping[int, int],
    *,
    reference: str,
    at: datetime,
    warehouse_id: int | None = None,
) -> set[int]:
    """Make the free units of one place what a supplier's feed says, where it says something new; the changed variants.

    `quantities` is by variant id. A feed counts what is on the shelf, so units held by unpaid orders are taken off.
    What was sold since the same figure was last read stays sold.
    """
    changed: set[int] = set()
    open_shelves(session, quantities, warehouse_id=warehouse_id)
    place = "" if warehouse_id is None else f"@{warehouse_id}"
    for some in _chunks(quantities):
        counted = [
            _Count(stock, quantities[stock.variant_id]) for stock in session.scalars(_locked(some, warehouse_id))
        ]
        news = [each for each in counted if each.stock.feed_quantity != each.said]
        moved = [each for each in news if each.change]
        for each in news:
            each.stock.feed_quantity = each.said
            each.stock.free, each.stock.received = each.stock.free + each.change, each.stock.received + each.change
            changed.add(each.stock.variant_id)
        session.flush()
        movements = [
            {"reference": f"{reference}:{each.stock.variant_id}{place}", "variant_id": each.stock.variant_id,
             "warehouse_id": warehouse_id, "quantity": each.change, "at": at}
            for each in moved
        ]  # fmt: skip
        insert_all(session, cast(Table, StockMovement.__table__), movements)
        touch(session, (each.stock.variant_id for each in moved))
    return changed


class _Count:
    """What a feed says of one variant, and by how much the free units change for it."""

    def __init__(self, stock: Stock, said: int) -> None:
        self.stock, self.said = stock, said
        self.change = max(0, said - stock.held) - stock.free


def touch(session: Session, variant_ids: Iterable[int]) -> None:
    """The offers of these variants have changed: readers of the offers feed will see them again."""
    marks = [{"variant_id": variant_id} for variant_id in variant_ids]
    insert_all(session, cast(Table, OfferMark.__table__), marks)


def level(session: Session, *, sku: str) -> StockLevel:
    """Where the units of one SKU are, of all places together. Raises UnknownSku."""
    figures = (func.sum(each) for each in (Stock.free, Stock.held, Stock.sold, Stock.received))
    query = select(Variant.sku, *figures).join(Stock, Stock.variant_id == Variant.id).where(Variant.sku == sku)
    row = session.execute(query.group_by(Variant.sku)).one_or_none()
    if row is None:
        raise UnknownSku(sku=sku)
    return StockLevel(sku, *(int(each) for each in row[1:]))


def _locked(variant_ids: Sequence[int], warehouse_id: int | None) -> Select[Stock]:
    own = (Stock.variant_id.in_(variant_ids), Stock.warehouse_id.is_not_distinct_from(warehouse_id))
    query = select(Stock).where(*own).order_by(Stock.variant_id).with_for_update()
    return query.execution_options(populate_existing=True)


def _chunks(variant_ids: Iterable[int]) -> Iterator[list[int]]:
    ids = sorted(variant_ids)
    for start in range(0, len(ids), VARIANTS_PER_STATEMENT_MAX):
        yield ids[start : start + VARIANTS_PER_STATEMENT_MAX]


def _in_order(units: Iterable[Units]) -> list[Units]:
    return sorted(units, key=lambda each: (each.variant_id, each.warehouse_id or 0))


def _move_all(
    session: Session, units: Iterable[Units], source: InstrumentedAttribute[int], target: InstrumentedAttribute[int]
) -> None:
    for each in _in_order(units):
        moved = _move(session, each, source, target)
        assert moved, f"{each.quantity} of {each.sku} should have been {source.key}"


def _move(
    session: Session, units: Units, source: InstrumentedAttribute[int], target: InstrumentedAttribute[int]
) -> bool:
    """Move units where there are enough of them: the one statement on which "never oversold" rests."""
    values = {"variant": units.variant_id, "warehouse": units.warehouse_id, "quantity": units.quantity}
    free: int | None = session.scalar(_MOVES[source.key, target.key], values)
    if free is None:
        return False
    fewest = free if source is Stock.free else free - units.quantity
    if fewest <= LOW_STOCK and (source is Stock.free or target is Stock.free):
        touch(session, [units.variant_id])
    return True


def _moving(source: str, target: str) -> ReturningUpdate[Any]:
    rows, quantity = cast(Table, Stock.__table__), bindparam("quantity", type_=BigInteger)
    place = rows.c.warehouse_id.is_not_distinct_from(bindparam("warehouse", type_=BigInteger))
    enough = (rows.c.variant_id == bindparam("variant")) & place & (rows.c[source] >= quantity)
    moved = {source: rows.c[source] - quantity, target: rows.c[target] + quantity}
    return update(rows).where(enough).values(moved).returning(rows.c.free)


_MOVES = {
    pair: _moving(*pair)
    for pair in (("free", "held"), ("free", "sold"), ("held", "free"), ("held", "sold"), ("sold", "free"))
}


def _free_after(session: Session, statement: Update) -> int | None:
    """Run an update of one row; its free units then, None where the row did not meet the condition."""
    return session.scalar(statement.returning(Stock.free), execution_options={"synchronize_session": False})


def _of(units: Units) -> ColumnElement[bool]:
    return (Stock.variant_id == units.variant_id) & Stock.warehouse_id.is_not_distinct_from(units.warehouse_id)


def _free(session: Session, units: Units) -> int:
    return session.scalar(select(Stock.free).where(_of(units))) or 0
