"""One supplier's part of an order in several boxes: when it counts as shipped and as delivered; and bugs planted."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from importlib import import_module

import pytest

from shared_core import ledger, orders, supply
from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from shared_core.supply.dropshipping import events, pieces
from shared_core.supply.views import EventKind
from tests.worlds import World

fulfilment, parcels, withdrawing = (
    import_module(f"shared_core.supply.dropshipping.{name}") for name in ("fulfilment", "parcels", "withdrawing")
)


def the_first_box_counts_as_all(planted: pytest.MonkeyPatch) -> None:
    """The store hears of a part as of the whole."""
    whole = {EventKind.PART_SHIPPED: EventKind.SHIPPED, EventKind.PART_DELIVERED: EventKind.DELIVERED}
    heard = events._event
    planted.setattr(events, "_event", lambda row: replace(heard(row), kind=whole.get(heard(row).kind, heard(row).kind)))


def nobody_notices_that_nothing_is_left_to_send(planted: pytest.MonkeyPatch) -> None:
    """The rest never comes, and the order waits for it for ever."""
    for module in (fulfilment, withdrawing):
        planted.setattr(module, "close_if_all_sent", lambda *order, at: None)


def freight_goes_back_although_a_box_has_left(planted: pytest.MonkeyPatch) -> None:
    """The carrier is paid and the store is not charged."""
    planted.setattr(withdrawing.rules, "freight_goes_back", lambda *, shipped, already, left: not already and left == 0)


def a_box_holds_all_that_is_left(planted: pytest.MonkeyPatch) -> None:
    """What the supplier said is in it is not looked at."""
    sending = parcels._sending
    planted.setattr(parcels, "_sending", lambda order, own, asked: sending(order, own, None))


def what_was_sent_is_sent_again(planted: pytest.MonkeyPatch) -> None:
    """Sent pieces are still to be sent."""
    planted.setattr(pieces, "send", lambda now, quantity: now)


BUGS = [
    the_first_box_counts_as_all,
    nobody_notices_that_nothing_is_left_to_send,
    freight_goes_back_although_a_box_has_left,
    a_box_holds_all_that_is_left,
    what_was_sent_is_sent_again,
]


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    listeners = Listeners()
    lived = World(Database(database_url, listeners), listeners)
    lived.stock_up("A", units=20)
    yield lived
    lived.database.dispose()


def ship(world: World, number: str, box: str, quantity: int | None = None) -> None:
    held = None if quantity is None else [supply.HoldLine("A", quantity)]
    with world.transaction() as session:
        supply.ship(session, number=f"{number}-1", carrier="Local", tracking_number=box, lines=held, at=world.now)
    world.settle_down()


def arrive(world: World, number: str, box: str) -> None:
    world.now += timedelta(hours=1)
    with world.transaction() as session:
        supply.deliver(session, number=f"{number}-1", tracking_number=box, at=world.now)
    world.settle_down()


def boxes(world: World, number: str) -> list[tuple[str, int, bool]]:
    with world.database.reading() as session:
        found = orders.shipments(session, orders.get(session, number).id)
        return [(each.tracking_number, each.lines[0][1], each.delivered_at is not None) for each in found]


def live(world: World) -> None:
    """Three pieces in two boxes; three of which one is short; three of which one is refunded, then all."""
    two, short, refunded = (world.place(world.visitor(), [("A", 3)]) for _ in range(3))
    for number in (two, short, refunded):
        world.pay(number)
        ship(world, number, "x1", 2)
        ship(world, number, "x1", 2)
        assert world.state(number) == "paid"
    ship(world, two, "x2")
    assert world.state(two) == "shipped" and boxes(world, two) == [("x1", 2, False), ("x2", 1, False)]
    arrive(world, two, "x2")
    assert world.state(two) == "shipped"
    arrive(world, two, "x1")
    assert world.state(two) == "delivered"

    arrive(world, short, "x1")
    assert world.state(short) == "paid"
    with world.transaction() as session:
        supply.cancel(session, number=f"{short}-1", at=world.now, reason="the last one broke")
    world.settle_down()
    assert world.state(short) == "delivered" and boxes(world, short) == [("x1", 2, True)]

    world.refund(refunded, {"A": 1})
    assert world.state(refunded) == "shipped"
    world.refund(refunded, {"A": 2})
    with world.transaction() as session:
        [back] = [each.returned.number for each in supply.returns.listed(session)]
        supply.returns.receive(session, back, actor="ann", at=world.now)
        supply.returns.inspect(session, back, [supply.Inspected("A", 2, 0, 0)], actor="ann", at=world.now)
    world.settle_down()
    with world.database.reading() as session:
        owed = supply.charged(session, store="store", currency="CNY").minor
        assert supply.stock_discrepancies(session) == []
        hub = {each: minor for (each, _), minor in ledger.trial_balance(session, book=ledger.HUB).items()}
    # 5 × 40.00, three freights, and 2 % of 267.00 twice, of which one third of one goes back
    assert owed == 20_000 + 2_400 + 534 * 2 - 178 == hub["assets:store:store"]
    assert world.broken() == []


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bug(monkeypatch)
    with pytest.raises((AssertionError, supply.ParcelReused, supply.StepRefused)):
        live(world)


def test_without_a_bug_the_same_life_goes_well(world: World) -> None:
    live(world)


def test_what_cannot_be_in_a_box_is_refused_and_nothing_is_sent(world: World) -> None:
    number = world.place(world.visitor(), [("A", 3)])
    world.pay(number)
    with pytest.raises(supply.SentTooMuch):
        ship(world, number, "x1", 4)
    with pytest.raises(supply.BadTrackingNumber), world.transaction() as session:
        supply.ship(session, number=f"{number}-1", carrier="SF", tracking_number="1", at=world.now)
    ship(world, number, "x1", 1)
    with pytest.raises(supply.ParcelReused):
        ship(world, number, "x1", 2)
    with pytest.raises(supply.UnknownParcel):
        arrive(world, number, "x9")
    assert boxes(world, number) == [("x1", 1, False)] and world.state(number) == "paid"
