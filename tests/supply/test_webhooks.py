"""Stores are told that something happened: when they are behind, or have heard nothing for long."""

from datetime import timedelta

import pytest

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.supply import tenancy
from shared_core.supply.tenancy import webhooks
from tests.hub.hubs import add, tenant_gateway
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, lines, stocked

MINUTE = timedelta(minutes=1)


def listens(database: Database, store: str, url: str = "https://shop.example/n") -> str:
    with database.transaction() as session:
        return tenancy.tell_at(session, store, url, secret=f"secret of {url}", at=NOON)


def due(database: Database, *, minutes: float = 0) -> list[tuple[str, int, int]]:
    with database.reading() as session:
        found = tenancy.nudges(session, at=NOON + minutes * MINUTE)
    return [(each.store, each.events, each.offers) for each in found]


def tell(database: Database, *, minutes: float = 0, error: str = "") -> None:
    at = NOON + minutes * MINUTE
    with database.reading() as session:
        found = tenancy.nudges(session, at=at)
    for each in found:
        with database.transaction() as session:
            tenancy.note_nudged(session, each, at=at, error=error)


@pytest.fixture
def north(database: Database) -> supply.TenantGateway:
    stocked(database, {"A": 10})
    add(database, "south")
    return tenant_gateway(database, add(database, "north"))


def test_a_store_is_told_once_of_what_is_new_and_others_are_not(
    database: Database, north: supply.TenantGateway
) -> None:
    listens(database, "north")
    listens(database, "south", "https://other.example/n")
    tell(database)
    assert due(database) == []
    north.hold("1", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    north.confirm("1", ship_to=HOME, at=NOON)
    with database.transaction() as session:
        supply.ship(session, number="north.1-1", carrier="Local", tracking_number="1", at=NOON)
    [event] = north.events().events
    assert due(database) == [("north", event.id, 0)]
    tell(database)
    assert due(database) == []
    seen = north.offers().cursor
    assert sorted(due(database)) == [("north", event.id, seen), ("south", 0, seen)], "offers are for everybody"


def test_a_silent_store_is_told_that_it_would_be_told(database: Database, north: supply.TenantGateway) -> None:
    listens(database, "north")
    assert due(database) == [("north", 0, 0)]
    tell(database)
    assert due(database, minutes=9) == []
    assert due(database, minutes=10) == [("north", 0, 0)]


def test_who_cannot_be_reached_is_told_ever_more_seldom_and_not_forgotten(
    database: Database, north: supply.TenantGateway
) -> None:
    listens(database, "north")
    at, waits = 0.0, []
    for _ in range(12):
        tell(database, minutes=at, error="away")
        waited = next(n for n in range(2000) if due(database, minutes=at + n / 12))
        waits.append(waited * 5)
        at += waited / 12
    assert waits[:4] == [5, 10, 20, 40] and waits[-1] == 3600
    with database.reading() as session:
        seen = tenancy.webhook_of(session, "north")
    assert seen is not None and (seen.failures, seen.error) == (12, "away")
    tell(database, minutes=at)
    with database.reading() as session:
        seen = tenancy.webhook_of(session, "north")
    assert seen is not None and (seen.failures, seen.error) == (0, "")


def test_the_secret_stays_while_the_address_does(database: Database, north: supply.TenantGateway) -> None:
    first = listens(database, "north")
    tell(database)
    assert listens(database, "north") == first
    other = listens(database, "north", "https://new.example/n")
    assert other != first and due(database) == [("north", 0, 0)]


def test_what_is_said_of_an_address_that_was_changed_meanwhile_is_left_aside(
    database: Database, north: supply.TenantGateway
) -> None:
    listens(database, "north")
    with database.reading() as session:
        [late] = tenancy.nudges(session, at=NOON)
    listens(database, "north", "https://new.example/n")
    with database.transaction() as session:
        tenancy.note_nudged(session, late, at=NOON)
    assert due(database) == [("north", 0, 0)]


def test_rest_never_ends_and_never_overflows() -> None:
    assert webhooks.rest_after(1) == timedelta(seconds=5)
    assert webhooks.rest_after(10_000) == webhooks.RETRY_LONGEST
