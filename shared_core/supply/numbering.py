"""Places in the feeds of offers and events, so that a reader with a cursor never misses a row.

A number that is given out while a row is written is no cursor: of two transactions the one with the lower number may
commit later, and a reader who has already seen the higher one would skip it for ever. So a writer leaves the number
empty (an event, a supplier order) or leaves a mark (an offer), and never waits for another writer; whoever *reads* the
feed first numbers what has been committed. The counter's row lock makes those who number take turns, so numbers become
visible in their own order, and what is committed late simply gets a later number.
"""

from collections.abc import Callable

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from shared_core.kernel.database import Database, insert_or_ignore
from shared_core.supply.models import FeedCounter, OfferMark, OfferPlace, SupplierOrder, SupplyEventRow

OFFERS = "offers"
EVENTS = "events"
ORDERS = "supplier orders"
NUMBERED_AT_ONCE_MAX = 1_000
_UNNUMBERED = (SupplyEventRow.seq.is_(None), SupplyEventRow.held_back.is_(False))


def catch_up(database: Database, waiting: Callable[[Session], bool], number: Callable[[Session], bool]) -> None:
    """Number all that has been committed, some of it in each transaction; what nobody waits for costs one look."""
    with database.glance() as session:
        more = waiting(session)
    while more:
        with database.transaction() as session:
            more = number(session)


def number_changed_orders(database: Database) -> None:
    """Give the supplier orders that changed their places, before they are read."""
    catch_up(database, waiting_orders, number_orders)


def waiting_offers(session: Session) -> bool:
    """Whether an offer has changed since the feed was last numbered."""
    return session.scalar(select(OfferMark.id).limit(1)) is not None


def waiting_events(session: Session) -> bool:
    """Whether an event has happened since the feed was last numbered."""
    return session.scalar(select(SupplyEventRow.id).where(*_UNNUMBERED).limit(1)) is not None


def held_back(session: Session, store: str) -> bool:
    """Whether events wait until the store knows of returns."""
    return session.scalar(select(SupplyEventRow.id).where(*_held_back(store)).limit(1)) is not None


def let_through(session: Session, store: str) -> None:
    """The store knows of returns: what was held back is to be numbered like all others."""
    session.execute(update(SupplyEventRow).where(*_held_back(store)).values(held_back=False))


def _held_back(store: str) -> tuple[ColumnElement[bool], ...]:
    """Without a number, which an index finds at once among all that ever happened."""
    return SupplyEventRow.seq.is_(None), SupplyEventRow.held_back.is_(True), SupplyEventRow.store == store


def number_offers(session: Session) -> bool:
    """Give the changed offers new places behind all others; True when more may be waiting."""
    last = _locked_counter(session, OFFERS)
    marks = session.scalars(select(OfferMark).order_by(OfferMark.id).limit(NUMBERED_AT_ONCE_MAX)).all()
    changed = dict.fromkeys(mark.variant_id for mark in marks)
    rows = session.scalars(select(OfferPlace).where(OfferPlace.variant_id.in_(changed)))
    places = {row.variant_id: row for row in rows.all()}
    for seq, variant_id in enumerate(changed, start=last + 1):
        if variant_id in places:
            places[variant_id].seq = seq
        else:
            session.add(OfferPlace(variant_id=variant_id, seq=seq))
    session.execute(delete(OfferMark).where(OfferMark.id.in_([mark.id for mark in marks])))
    _count(session, OFFERS, last + len(changed))
    return len(marks) == NUMBERED_AT_ONCE_MAX


def number_events(session: Session) -> bool:
    """Give the new events their places, older ones first; True when more may be waiting."""
    last = _locked_counter(session, EVENTS)
    waiting = select(SupplyEventRow).where(*_UNNUMBERED).order_by(SupplyEventRow.id)
    rows = session.scalars(waiting.limit(NUMBERED_AT_ONCE_MAX)).all()
    for seq, event in enumerate(rows, start=last + 1):
        event.seq = seq
    _count(session, EVENTS, last + len(rows))
    return len(rows) == NUMBERED_AT_ONCE_MAX


def waiting_orders(session: Session) -> bool:
    """Whether a supplier order has changed since they were last numbered."""
    return session.scalar(select(SupplierOrder.id).where(SupplierOrder.seq.is_(None)).limit(1)) is not None


def number_orders(session: Session) -> bool:
    """Give the changed supplier orders new places behind all others; True when more may be waiting.

    Whoever changes one has locked its row before, so a number is never given out for what is not told with it.
    """
    last = _locked_counter(session, ORDERS)
    waiting = select(SupplierOrder.id).where(SupplierOrder.seq.is_(None)).order_by(SupplierOrder.id)
    changed = session.scalars(waiting.limit(NUMBERED_AT_ONCE_MAX)).all()
    if changed:
        places = [{"id": order_id, "seq": seq} for seq, order_id in enumerate(changed, start=last + 1)]
        session.execute(update(SupplierOrder), places)
    _count(session, ORDERS, last + len(changed))
    return len(changed) == NUMBERED_AT_ONCE_MAX


def _locked_counter(session: Session, feed: str) -> int:
    insert_or_ignore(session, FeedCounter, {"feed": feed, "value": 0}, conflict=["feed"])
    query = select(FeedCounter.value).where(FeedCounter.feed == feed).with_for_update()
    return session.scalars(query).one()


def _count(session: Session, feed: str, value: int) -> None:
    session.flush()
    session.execute(update(FeedCounter).where(FeedCounter.feed == feed).values(value=value))
