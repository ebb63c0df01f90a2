"""Moving units. One guarded UPDATE per variant decides; nothing is read first and believed later.

Whoever moves several variants in one transaction does so in the order of their ids, so that nobody waits in a circle.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import BigInteger, Select, Table, Update, bindparam, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.dml import ReturningUpdate

from shared_core.kernel.bulk import insert_all
from shared_core.kernel.database import insert_or_ignore
from shared_core.ledger import ReferenceReused
from shared_core.supply.errors import BadQuantity, OutOfStock, StockTooLow, UnknownSku
from shared_core.supply.models import OfferMark, Stock, StockMovement, Variant
from shared_core.supply.rules import LOW_STOCK

VARIANTS_PER_STATEMENT_MAX = 500


@dataclass(frozen=True, slots=True)
class Units:
    """How many units of one variant move."""

    variant_id: int
    sku: str
    quantity: int


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
            raise OutOfStock(sku=each.sku, available=_free(session, each.variant_id))


def there(session: Session, units: Iterable[Units]) -> bool:
    """Whether there are free units enough, at this moment and for nobody in particular."""
    return all(_free(session, each.variant_id) >= each.quantity for each in units)


def take_for_good(session: Session, units: Iterable[Units]) -> None:
    """Free units become sold at once. Raises OutOfStock; the transaction must then be rolled back."""
    for each in _in_order(units):
        if not _move(session, each, Stock.free, Stock.sold):
            raise OutOfStock(sku=each.sku, available=_free(session, each.variant_id))


def give_back(session: Session, units: Iterable[Units]) -> None:
    """Held units become free."""
    _move_all(session, units, Stock.held, Stock.free)


def sell(session: Session, units: Iterable[Units]) -> None:
    """Held units become sold."""
    _move_all(session, units, Stock.held, Stock.sold)


def restock(session: Session, units: Iterable[Units]) -> None:
    """Sold units become free."""
    _move_all(session, units, Stock.sold, Stock.free)


def receive_stock(session: Session, *, sku: str, quantity: int, reference: str, at: datetime) -> None:
    """`quantity` units came in. Idempotent by `reference`. Raises BadQuantity, UnknownSku, ReferenceReused."""
    if type(quantity) is not int or quantity < 1:
        raise BadQuantity(sku=sku)
    adjust_stock(session, sku=sku, quantity=quantity, reference=reference, at=at)


def adjust_stock(session: Session, *, sku: str, quantity: int, reference: str, at: datetime) -> None:
    """Correct the free units by `quantity`, which may be negative. Idempotent by `reference`.

    Raises UnknownSku, StockTooLow (only free units can be taken away), ReferenceReused.
    """
    variant_id = session.scalar(select(Variant.id).where(Variant.sku == sku))
    if variant_id is None:
        raise UnknownSku(sku=sku)
    row = {"reference": reference, "variant_id": variant_id, "quantity": quantity, "at": at}
    if not insert_or_ignore(session, StockMovement, row, conflict=["reference"]):
        known = session.scalars(select(StockMovement).where(StockMovement.reference == reference)).one()
        if (known.variant_id, known.quantity) != (variant_id, quantity):
            raise ReferenceReused(reference=reference)
        return
    statement = (
        update(Stock)
        .where(Stock.variant_id == variant_id, Stock.free + quantity >= 0)
        .values(free=Stock.free + quantity, received=Stock.received + quantity)
    )
    if _free_after(session, statement) is None:
        raise StockTooLow(sku=sku, free=_free(session, variant_id), quantity=-quantity)
    touch(session, [variant_id])


def set_from_feed(session: Session, quantities: Mapping[int, int], *, reference: str, at: datetime) -> set[int]:
    """Make the free units what a supplier's feed says, where the feed says something new; the changed variants' ids.

    `quantities` is by variant id. A feed counts what is on the shelf, so units held by unpaid orders are taken off.
    What was sold since the same figure was last read stays sold.
    """
    changed: set[int] = set()
    for some in _chunks(quantities):
        counted = [_Count(stock, quantities[stock.variant_id]) for stock in session.scalars(_locked(some))]
        news = [each for each in counted if each.stock.feed_quantity != each.said]
        moved = [each for each in news if each.change]
        for each in news:
            each.stock.feed_quantity = each.said
            each.stock.free, each.stock.received = each.stock.free + each.change, each.stock.received + each.change
            changed.add(each.stock.variant_id)
        session.flush()
        movements = [
            {"reference": f"{reference}:{each.stock.variant_id}", "variant_id": each.stock.variant_id,
             "quantity": each.change, "at": at}
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
    """Where the units of one SKU are. Raises UnknownSku."""
    query = select(Stock).join(Variant, Variant.id == Stock.variant_id).where(Variant.sku == sku)
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise UnknownSku(sku=sku)
    return StockLevel(sku, row.free, row.held, row.sold, row.received)


def _locked(variant_ids: Sequence[int]) -> Select[Stock]:
    query = select(Stock).where(Stock.variant_id.in_(variant_ids)).order_by(Stock.variant_id).with_for_update()
    return query.execution_options(populate_existing=True)


def _chunks(variant_ids: Iterable[int]) -> Iterator[list[int]]:
    ids = sorted(variant_ids)
    for start in range(0, len(ids), VARIANTS_PER_STATEMENT_MAX):
        yield ids[start : start + VARIANTS_PER_STATEMENT_MAX]


def _in_order(units: Iterable[Units]) -> list[Units]:
    return sorted(units, key=lambda each: each.variant_id)


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
    values = {"variant": units.variant_id, "quantity": units.quantity}
    free: int | None = session.scalar(_MOVES[source.key, target.key], values)
    if free is None:
        return False
    fewest = free if source is Stock.free else free - units.quantity
    if fewest <= LOW_STOCK and (source is Stock.free or target is Stock.free):
        touch(session, [units.variant_id])
    return True


def _moving(source: str, target: str) -> ReturningUpdate[Any]:
    rows, quantity = cast(Table, Stock.__table__), bindparam("quantity", type_=BigInteger)
    enough = (rows.c.variant_id == bindparam("variant")) & (rows.c[source] >= quantity)
    moved = {source: rows.c[source] - quantity, target: rows.c[target] + quantity}
    return update(rows).where(enough).values(moved).returning(rows.c.free)


_MOVES = {
    pair: _moving(*pair)
    for pair in (("free", "held"), ("free", "sold"), ("held", "free"), ("held", "sold"), ("sold", "free"))
}


def _free_after(session: Session, statement: Update) -> int | None:
    """Run an update of one row; its free units then, None where the row did not meet the condition."""
    return session.scalar(statement.returning(Stock.free), execution_options={"synchronize_session": False})


def _free(session: Session, variant_id: int) -> int:
    return session.scalar(select(Stock.free).where(Stock.variant_id == variant_id)) or 0
