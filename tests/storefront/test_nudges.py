"""The hub tells the shop that something happened: only the hub can, and it changes only when the shop asks."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from standardwebhooks import Webhook

from shared_core import supply
from shared_core.storefront import chores, nudges
from shared_core.supply import tenancy, wire
from tests.storefront.conftest import Front

SECRET, OTHER = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ=", "whsec_b3RoZXItb3RoZXItb3RoZXItb3Q="
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def told(front: Front) -> Front:
    """A shop that is supplied by a hub which signs with SECRET."""
    with front.shop.database.transaction() as session:
        tenancy.connect(session, tenancy.Connection("https://hub.example", "north", "CNY", 0, NOON), {})
        tenancy.keep_webhook_secret(session, SECRET)
    return front


def send(
    client: TestClient, *, secret: str = SECRET, late: timedelta = timedelta(), events: int = 7, body: str = ""
) -> int:
    """A server sends no Origin."""
    at = datetime.now(UTC) - late
    client.headers.pop("Origin", None)
    body = body or wire.NUDGED.dump_json(wire.Nudged(wire.NUDGE, events, 3)).decode()
    headers = {
        "webhook-id": "n1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("n1", at, body),
        "Content-Type": "application/json",
    }
    return client.post("/api/v1/supply/nudges", content=body, headers=headers).status_code


def heard(front: Front) -> tenancy.Told:
    with front.shop.database.reading() as session:
        return tenancy.told(session)


def test_what_the_hub_signs_is_heard_and_never_goes_back(told: Front) -> None:
    client = told.browser()
    assert send(client) == 204
    assert (heard(told).events, heard(told).offers, heard(told).at) == (7, 3, told.clock())
    assert send(client, events=5) == 204
    assert heard(told).events == 7


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": OTHER},
        {"late": timedelta(minutes=6)},
        {"late": timedelta(minutes=-6)},
        {"body": "{}"},
        {"body": "\x00"},
    ],
    ids=["another's", "old", "early", "nothing", "noise"],
)
def test_anything_else_is_refused(told: Front, wrong: dict[str, object]) -> None:
    assert send(told.browser(), **wrong) == 403  # type: ignore[arg-type]
    assert heard(told).at is None


def test_an_unsigned_one_is_refused(told: Front) -> None:
    client = told.browser()
    assert client.post("/api/v1/supply/nudges", json={"type": "supply.changed"}).status_code == 403


def test_a_shop_without_a_hub_hears_nobody(front: Front) -> None:
    assert send(front.browser()) == 403
    assert heard(front) == tenancy.Told(0, 0, None)


def asked(told_at: datetime | None, places: list[int], *, usual: timedelta = SECOND) -> list[int]:
    """At which of the seconds the feed is asked; the hub says at each second how far it goes."""
    asking, when = nudges.Asking(usual), list[int]()
    for second, place in enumerate(places):

        def ask(now: int = second) -> int:
            when.append(now)
            return 1

        asking.ask(told_at, place, NOON + second * SECOND, ask)
    return when


def test_a_shop_that_is_told_asks_at_once_and_seldom_otherwise() -> None:
    assert asked(NOON, [5] * 10 + [6] * 40) == [0, 10, 40]


def test_a_shop_that_is_not_told_asks_as_usual() -> None:
    assert asked(None, [0] * 4) == [0, 1, 2, 3]
    assert asked(NOON - nudges.LATELY - SECOND, [5] * 21, usual=10 * SECOND) == [0, 10, 20]


def test_what_failed_is_asked_again() -> None:
    asking = nudges.Asking(SECOND)

    def away() -> int:
        raise supply.SupplyUnavailable(retry_after=1)

    with pytest.raises(supply.SupplyUnavailable):
        asking.ask(NOON, 5, NOON, away)
    assert asking.ask(NOON, 5, NOON, lambda: 3) == 3


def test_a_shop_that_supplies_itself_follows_as_ever(front: Front) -> None:
    front.stock("A")
    assert chores.follow_offers(front.shop, front.clock()) == 0
    assert chores.follow_supply(front.shop, front.clock()) == 0
