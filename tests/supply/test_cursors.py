"""A reader with a cursor misses nothing, however late a writer commits.

SQLite's writers take turns, so only PostgreSQL can show a late commit; what must hold is tried on both.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.supply.models import SupplyEventRow
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, gateway, lines, put, stocked


@pytest.fixture
def overlapping(database: Database) -> Iterator[Callable[[], Session]]:
    """Opens transactions that are still running when later ones commit."""
    if database.dialect == "sqlite":
        pytest.skip("SQLite has one writer at a time: transactions cannot overlap")
    with ExitStack() as open_ones:
        yield lambda: open_ones.enter_context(database.transaction())


def ship(session: Session, number: str) -> None:
    supply.ship(session, number=number, carrier="Local", tracking_number=number, at=NOON)


def sold(database: Database) -> supply.LocalGateway:
    stocked(database, {"A": 50, "B": 50})
    shop = gateway(database)
    for reference in ("o1", "o2"):
        shop.hold(reference, lines(A=1, B=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
        shop.confirm(reference, ship_to=HOME, at=NOON)
    return shop


def test_an_event_that_is_committed_late_is_not_skipped(database: Database, overlapping: Callable[[], Session]) -> None:
    shop = sold(database)
    slow = overlapping()
    ship(slow, "o1-1")
    with database.transaction() as fast:
        ship(fast, "o2-1")
    first = shop.events()
    assert [event.reference for event in first.events] == ["o2"]
    slow.commit()
    assert [event.reference for event in shop.events(first.cursor).events] == ["o1"]


def test_numbers_given_at_writing_would_have_skipped_it(database: Database, overlapping: Callable[[], Session]) -> None:
    """The planted bug: with the row's own id as the cursor, the late event is never seen."""
    sold(database)
    slow = overlapping()
    ship(slow, "o1-1")
    with database.transaction() as fast:
        ship(fast, "o2-1")
    with database.reading() as reader:
        cursor = reader.scalar(select(func.max(SupplyEventRow.id)))
    slow.commit()
    with database.reading() as reader:
        assert not reader.scalars(select(SupplyEventRow).where(SupplyEventRow.id > cursor)).all()


def test_an_offer_that_is_committed_late_is_not_skipped(database: Database, overlapping: Callable[[], Session]) -> None:
    stocked(database, {"A": 5, "B": 5})
    shop = gateway(database)
    seen = shop.offers().cursor
    slow = overlapping()
    put(slow, "A", price=4100)
    with database.transaction() as fast:
        put(fast, "B", supplier="bestco", price=4200)
    first = shop.offers(seen)
    assert [offer.sku for offer in first.offers] == ["B"]
    slow.commit()
    assert [offer.sku for offer in shop.offers(first.cursor).offers] == ["A"]


def test_a_place_in_the_feed_is_never_given_twice(database: Database) -> None:
    """The offer with the highest place changes again: its new place is behind every cursor that was ever seen."""
    stocked(database, {"A": 5, "B": 5})
    shop = gateway(database)
    seen = shop.offers().cursor
    for price in (4100, 4200):
        with database.transaction() as session:
            put(session, "B", supplier="bestco", price=price)
        page = shop.offers(seen)
        assert [offer.sku for offer in page.offers] == ["B"]
        assert page.cursor > seen
        seen = page.cursor


def test_events_of_one_parcel_stay_in_order(database: Database) -> None:
    shop = sold(database)
    with database.transaction() as session:
        ship(session, "o1-1")
        ship(session, "o1-2")
        supply.deliver(session, number="o1-2", at=NOON)
        supply.deliver(session, number="o1-1", at=NOON)
    assert [(event.kind, event.supplier_order) for event in shop.events().events] == [
        ("shipped", "o1-1"),
        ("shipped", "o1-2"),
        ("delivered", "o1-2"),
        ("delivered", "o1-1"),
    ]
