"""A supplier's steps, and the events by which stores hear of them."""

from dataclasses import replace

import pytest

from shared_core import supply
from shared_core.kernel.database import Database
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, TERMS, gateway, lines, stocked

LATER = NOON + HALF_AN_HOUR
ONE_A = (supply.HoldLine("A", 1),)


@pytest.fixture
def shop(database: Database) -> supply.LocalGateway:
    """o1 is one A from acme (o1-1) and one B from bestco (o1-2)."""
    stocked(database, {"A": 5, "B": 5})
    opened = gateway(database)
    opened.hold("o1", lines(A=1, B=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    opened.confirm("o1", ship_to=HOME, at=NOON)
    return opened


def ship(database: Database, number: str, tracking_number: str = "SF1") -> None:
    with database.transaction() as session:
        supply.ship(session, number=number, carrier="Local", tracking_number=tracking_number, at=NOON)


def deliver(database: Database, number: str) -> None:
    with database.transaction() as session:
        supply.deliver(session, number=number, at=LATER)


def test_a_parcel_is_shipped_and_delivered_and_the_store_hears_of_it(
    database: Database, shop: supply.LocalGateway
) -> None:
    with database.transaction() as session:
        supply.accept(session, number="o1-1", at=NOON)
    ship(database, "o1-1")
    first = shop.events()
    assert first.events == (
        supply.SupplyEvent(1, supply.EventKind.SHIPPED, "o1", "o1-1", "Local", "SF1", NOON, (supply.HoldLine("A", 1),)),
    )
    deliver(database, "o1-1")
    second = shop.events(first.cursor)
    assert second.events == (
        supply.SupplyEvent(
            2, supply.EventKind.DELIVERED, "o1", "o1-1", "Local", "SF1", LATER, (supply.HoldLine("A", 1),)
        ),
    )
    assert shop.events(second.cursor) == supply.EventPage((), second.cursor)


def test_every_step_can_be_repeated(database: Database, shop: supply.LocalGateway) -> None:
    for _ in range(2):
        with database.transaction() as session:
            supply.accept(session, number="o1-1", at=NOON)
        ship(database, "o1-1")
    for _ in range(2):
        deliver(database, "o1-1")
        with database.transaction() as session:
            supply.cancel(session, number="o1-2", at=NOON)
    assert [event.kind for event in shop.events().events] == ["shipped", "delivered", "cancelled"]


def test_no_step_can_be_skipped_or_undone(database: Database, shop: supply.LocalGateway) -> None:
    with pytest.raises(supply.StepRefused):
        deliver(database, "o1-1")
    ship(database, "o1-1")
    with pytest.raises(supply.StepRefused), database.transaction() as session:
        supply.cancel(session, number="o1-1", at=NOON)
    with pytest.raises(supply.StepRefused):
        ship(database, "o1-1", "another parcel")
    shop.withdraw("o1", lines(B=1), withdrawal="r1", restock=True, at=NOON)
    with pytest.raises(supply.StepRefused) as refused:
        ship(database, "o1-2")
    assert str(refused.value) == "The supplier order o1-2 is cancelled; it cannot become shipped."


def test_an_unknown_supplier_order_cannot_be_shipped(database: Database) -> None:
    with pytest.raises(supply.UnknownSupplierOrder):
        ship(database, "nope")


def test_a_store_hears_only_of_its_own_goods(database: Database, shop: supply.LocalGateway) -> None:
    south = gateway(database, replace(TERMS, store="south"))
    south.hold("s1", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    south.confirm("s1", ship_to=HOME, at=NOON)
    ship(database, "o1-1")
    ship(database, "s1-1")
    assert [event.reference for event in shop.events().events] == ["o1"]
    assert [event.reference for event in south.events().events] == ["s1"]


def test_events_come_in_pages(database: Database, shop: supply.LocalGateway) -> None:
    ship(database, "o1-2")
    ship(database, "o1-1")
    first = shop.events(limit=1)
    second = shop.events(first.cursor, limit=1)
    assert [event.supplier_order for event in (*first.events, *second.events)] == ["o1-2", "o1-1"]


def test_the_desk_shows_what_is_to_be_shipped(database: Database, shop: supply.LocalGateway) -> None:
    shop.hold("o2", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm("o2", ship_to=HOME, at=NOON)
    shop.withdraw("o2", lines(A=1), withdrawal="r1", restock=True, at=NOON)
    ship(database, "o1-1")
    with database.reading() as session:
        waiting = supply.supplier_orders(session, states=["placed", "accepted"])
        [shipped] = supply.supplier_orders(session, references=["o1"], states=["shipped"])
        assert [each.code for each in supply.suppliers(session)] == ["acme", "bestco"]
    assert [(order.number, order.supplier, order.lines) for order in waiting] == [
        ("o2-1", "acme", (supply.PackLine("A", (), 1),)),
        ("o1-2", "bestco", (supply.PackLine("B", (), 1),)),
    ]
    assert waiting[0].ship_to == HOME
    assert shipped.shipments == (supply.ShipmentView("Local", "SF1", ONE_A, NOON, None),)
