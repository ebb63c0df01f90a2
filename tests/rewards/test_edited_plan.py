"""A plan edited while orders are open: each order keeps the version it was placed under; money worked by hand."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from shared_core import orders, plan, rewards, supply
from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from tests.plan.plans import read, rule
from tests.worlds import World

FORMER = read(
    'version = "1"\neffective_from = 2026-01-01\n'
    + rule("seller", rate="10%")
    + "[returns]\ndays = 7\n[settlement]\ndays = 7\n"
)
LATER = read(
    'version = "2"\neffective_from = 2026-03-10\n'
    + rule("seller", rate="20%")
    + "[returns]\ndays = 14\n[settlement]\ndays = 30\n"
)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A shop with both versions; it is the 2nd of March at noon in Shanghai, and the version says the days."""
    listeners = Listeners()
    database = Database(database_url, listeners)
    made = World(database, listeners, plans=(FORMER, LATER), return_days=None)
    made.stock_up("A", units=20)
    yield made
    database.dispose()


def owed(world: World) -> tuple[int, int]:
    """(pending, available) of the seller, in fen."""
    assert world.seller_id is not None
    with world.database.reading() as session:
        wallet = rewards.wallet(session, world.seller_id, "CNY")
    return wallet.pending.minor, wallet.available.minor


def version_of(world: World, number: str) -> tuple[str, int, int]:
    """The version that explains the order's earning, the order's days for returns, and the days until it settles."""
    with world.database.reading() as session:
        found = rewards.explain(session, f"{number}-1")
        assert found.plan is not None
        return found.plan.version, orders.get(session, number).return_days, found.earning.settle_days


def test_orders_placed_under_two_versions_are_each_refunded_and_settled_by_their_own(world: World):
    """Version 1 pays 10 % and settles after 7 days, version 2, from 10 March, pays 20 % and settles after 30.

    2 March: 3 × 89.00 = 267.00 earn 26.70.           11 March: 2 × 89.00 = 178.00 earn 35.60. Owed 62.30.
    One piece of each goes back: ⌊26.70 × 89 ÷ 267⌋ = 8.90 and ⌊35.60 × 89 ÷ 178⌋ = 17.80; 17.80 + 17.80 wait.
    Both are delivered on the 11th. On the 19th the first is available: seven days are over on the 18th.
    On the 26th the 14 days for returns of the second are over, its 30 days are not.
    A second piece of the first goes back then: ⌊26.70 × 178 ÷ 267⌋ = 17.80 in all, 8.90 more; 8.90 are left of it.
    On 11 April the second is available, too: 30 days after 11 March end with 10 April. 8.90 + 17.80 = 26.70.
    """
    world.seller_id = world.visitor()
    first = world.place(world.visitor(), [("A", 3)])
    world.pay(first)
    world.pass_days(9)
    second = world.place(world.visitor(), [("A", 2)])
    world.pay(second)
    assert owed(world) == (2670 + 3560, 0)
    assert (version_of(world, first), version_of(world, second)) == (("1", 7, 7), ("2", 14, 30))

    for number in (first, second):
        world.refund(number, {"A": 1})
        world.ship(number)
        world.deliver(number)
    assert owed(world) == (1780 + 1780, 0)

    world.pass_days(7)
    assert (owed(world), world.state(first)) == ((3560, 0), "delivered")
    world.pass_days(1)
    assert owed(world) == (1780, 1780)
    assert (world.state(first), world.state(second)) == ("completed", "delivered")

    world.pass_days(7)
    assert (owed(world), world.state(second)) == ((1780, 1780), "completed")
    world.refund(first, {"A": 1})
    assert owed(world) == (1780, 890)

    world.pass_days(15)
    assert owed(world) == (1780, 890)
    world.pass_days(1)
    assert owed(world) == (0, 2670)
    assert world.broken() == []


def test_a_checkout_that_is_tried_again_after_midnight_is_under_the_new_version(world: World):
    """Refused at 23:59 on the 9th, as another order holds the last one; free at 0:01 on the 10th: version 2 holds."""
    world.now = datetime(2026, 3, 9, 15, 59, tzinfo=UTC)
    world.seller_id = world.visitor()
    world.stock_up("B", units=1)
    buyer, other = world.visitor(), world.place(world.visitor(), [("B", 1)])
    with pytest.raises(supply.OutOfStock):
        world.place(buyer, [("B", 1)], key="again")
    with world.transaction() as session:
        orders.cancel(session, other, actor="buyer", reason="", at=world.now)
    world.settle_down()
    world.now += timedelta(minutes=2)
    number = world.place(buyer, [("B", 1)], key="again")
    assert version_of(world, number) == ("2", 14, 30)


def test_a_version_stands_where_its_day_puts_it():
    def stands(day: str) -> list[tuple[str, plan.Stands, str]]:
        found = plan.timeline([LATER, FORMER], datetime.fromisoformat(day).date())
        return [(each.plan.version, each.stands, str(each.until)) for each in found]

    assert stands("2025-12-31") == [("1", "coming", "2026-03-09"), ("2", "coming", "None")]
    assert stands("2026-03-09") == [("1", "in_force", "2026-03-09"), ("2", "coming", "None")]
    assert stands("2026-03-10") == [("1", "past", "2026-03-09"), ("2", "in_force", "None")]
    assert plan.not_past([FORMER, LATER], datetime(2026, 3, 10, tzinfo=UTC).date()) == (LATER,)
