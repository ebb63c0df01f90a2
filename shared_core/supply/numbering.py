"""Places in the feeds of offers and events, so that a reader with a cursor never misses a row.

A number that is given out while a row is written is no cursor: of two transactions the one with the lower number may
commit later, and a reader who has already seen the higher one would skip it for ever. So a writer leaves the number
empty and never waits for another writer; whoever *reads* the feed first numbers what has been committed. The
counter's row lock makes those who number take turns, so numbers become visible in their own order, and a row that is
committed late simply gets a later number. A row that is being changed at that moment is left for the next reader.
"""

from typing import TypeVar

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from shared_core.kernel.database import insert_or_ignore
from shared_core.supply.models import FeedCounter, Stock, SupplyEventRow

OFFERS = "offers"
EVENTS = "events"
NUMBERED_AT_ONCE_MAX = 1_000

Row = TypeVar("Row", Stock, SupplyEventRow)


def waiting_offers(session: Session) -> bool:
    """Whether an offer has changed since the feed was last numbered."""
    return session.scalar(_unnumbered_offers().limit(1)) is not None


def waiting_events(session: Session) -> bool:
    """Whether an event has happened since the feed was last numbered."""
    return session.scalar(_unnumbered_events().limit(1)) is not None


def number_offers(session: Session) -> bool:
    """Give the changed offers their places; True when more may be waiting."""
    last = _locked_counter(session, OFFERS)
    rows = session.scalars(_batch(_unnumbered_offers())).all()
    for place, stock in enumerate(rows, start=last + 1):
        stock.changed_seq = place
    return _counted(session, OFFERS, last, len(rows))


def number_events(session: Session) -> bool:
    """Give the new events their places, older ones first; True when more may be waiting."""
    last = _locked_counter(session, EVENTS)
    rows = session.scalars(_batch(_unnumbered_events())).all()
    for place, event in enumerate(rows, start=last + 1):
        event.seq = place
    return _counted(session, EVENTS, last, len(rows))


def _unnumbered_offers() -> Select[Stock]:
    return select(Stock).where(Stock.changed_seq.is_(None)).order_by(Stock.variant_id)


def _unnumbered_events() -> Select[SupplyEventRow]:
    return select(SupplyEventRow).where(SupplyEventRow.seq.is_(None)).order_by(SupplyEventRow.id)


def _batch(rows: Select[Row]) -> Select[Row]:
    limited = rows.limit(NUMBERED_AT_ONCE_MAX).with_for_update(skip_locked=True)
    return limited.execution_options(populate_existing=True)


def _locked_counter(session: Session, feed: str) -> int:
    insert_or_ignore(session, FeedCounter, {"feed": feed, "value": 0}, conflict=["feed"])
    query = select(FeedCounter.value).where(FeedCounter.feed == feed).with_for_update()
    return session.scalars(query).one()


def _counted(session: Session, feed: str, last: int, count: int) -> bool:
    session.flush()
    session.execute(update(FeedCounter).where(FeedCounter.feed == feed).values(value=last + count))
    return count == NUMBERED_AT_ONCE_MAX
