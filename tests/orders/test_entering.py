"""Orders entered for somebody else: one key is one order, goods are kept longer, groups add up."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from shared_core import orders, supply
from shared_core.kernel.errors import Invalid
from tests.worlds import World


def purchase(world: World, seller_id: int, buyer_id: int, *, key: str, group: str = "Stairs 3") -> orders.Purchase:
    entered = orders.Entered(seller_id, group, key)
    return replace(world.purchase(buyer_id, [("A", 1)], key=f"group:{key}"), channel=orders.GROUP, entered=entered)


def enter(world: World, seller_id: int, *, key: str = "", group: str = "Stairs 3") -> str:
    asked = purchase(world, seller_id, world.visitor(), key=key or world.unique("key"), group=group)
    return world.counter.place(asked, number=world.unique("N"), at=world.now)


def more(world: World, units: int) -> None:
    with world.transaction() as session:
        supply.receive_stock(session, sku="A", quantity=units, reference=world.unique("in"), at=world.now)


def standings(world: World, seller_id: int) -> dict[str, orders.GroupStanding]:
    with world.database.reading() as session:
        found = orders.group_standings(
            session,
            currency=world.currency,
            since=world.now - timedelta(days=60),
            until=world.now + timedelta(days=1),
            entered_by=seller_id,
        )
    return {each.group: each for each in found}


def test_one_key_makes_one_order_however_many_buyers_it_is_sent_for_at_once(world: World) -> None:
    seller = world.visitor()
    asked = [purchase(world, seller, world.visitor(), key="same") for _ in range(8)]
    numbers = [world.unique("N") for _ in asked]

    def place(each: tuple[orders.Purchase, str]) -> str | None:
        try:
            return world.counter.place(each[0], number=each[1], at=world.now)
        except orders.CheckoutKeyReused:
            return None

    with ThreadPoolExecutor(8) as crowd:
        placed = [number for number in crowd.map(place, zip(asked, numbers, strict=True)) if number]
    assert len(placed) == 1
    assert standings(world, seller)["Stairs 3"].orders == 1
    assert world.broken() == []


def test_a_member_enters_no_more_at_once_than_one_after_another(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders.entries, "UNPAID_MAX", 3)
    seller = world.visitor()
    asked = [purchase(world, seller, world.visitor(), key=world.unique("key")) for _ in range(8)]
    numbers = [world.unique("N") for _ in asked]
    start = Barrier(len(asked))

    def place(each: tuple[orders.Purchase, str]) -> str | None:
        start.wait()
        try:
            return world.counter.place(each[0], number=each[1], at=world.now)
        except orders.TooManyUnpaid:
            return None

    with ThreadPoolExecutor(len(asked)) as crowd:
        placed = [number for number in crowd.map(place, zip(asked, numbers, strict=True)) if number]
    assert len(placed) == 3
    assert standings(world, seller)["Stairs 3"].waiting == 3
    with world.transaction() as session:
        orders.cancel_entered(session, placed[0], member_id=seller, at=world.now)
    assert world.state(enter(world, seller)) == "placed"
    assert world.broken() == []


def test_what_is_entered_for_a_buyer_uses_up_nothing_of_what_they_may_hold(world: World) -> None:
    more(world, 30)
    buyer, sellers = world.visitor(), [world.visitor(), world.visitor()]
    for seller in sellers:
        for _ in range(11):
            world.counter.place(
                purchase(world, seller, buyer, key=world.unique("key")), number=world.unique("N"), at=world.now
            )
    own = world.counter.place(world.purchase(buyer, [("A", 1)]), number=world.unique("N"), at=world.now)
    assert world.state(own) == "placed"


def test_who_enters_orders_may_have_as_many_unpaid_as_goods_may_be_held_for(world: World) -> None:
    """The two limits are one: neither refuses what the other lets pass."""
    assert world.gateway.terms.limits.open_holds_per_customer_max == orders.entries.UNPAID_MAX
    more(world, 30)
    seller = world.visitor()
    for _ in range(orders.entries.UNPAID_MAX):
        enter(world, seller)
    with pytest.raises(orders.TooManyUnpaid):
        enter(world, seller)


def test_an_entered_order_lapses_after_a_day_and_not_after_half_an_hour(world: World) -> None:
    number = enter(world, world.visitor())
    for hours, state in ((23, "placed"), (2, "cancelled")):
        world.now += timedelta(hours=hours)
        world.pass_days(0)
        assert world.state(number) == state


def test_the_buyers_own_bag_is_left_alone(world: World) -> None:
    buyer = world.visitor()
    with world.transaction() as session:
        orders.add_to_cart(session, buyer_id=buyer, sku="A", quantity=3, at=world.now)
    world.counter.place(purchase(world, world.visitor(), buyer, key="k"), number=world.unique("N"), at=world.now)
    with world.database.reading() as session:
        assert [each.quantity for each in orders.cart(session, buyer)] == [3]


def test_groups_add_up_to_what_came_in_and_went_back(world: World) -> None:
    """Three orders of 99.00 in one group: one paid, one paid and refunded, one given up; one waits in another."""
    seller = world.visitor()
    kept, back, gone = (enter(world, seller) for _ in range(3))
    enter(world, seller, group="Yoga")
    for number in (kept, back):
        world.pay(number)
    world.refund(back)
    with world.transaction() as session:
        orders.cancel_entered(session, gone, member_id=seller, at=world.now)
    found = standings(world, seller)
    stairs, yoga = found["Stairs 3"], found["Yoga"]
    assert (stairs.orders, stairs.paid, stairs.waiting, stairs.given_up) == (3, 2, 0, 1)
    assert (stairs.taken.minor, stairs.refunded.minor, stairs.kept.minor) == (19800, 9900, 9900)
    assert (yoga.orders, yoga.waiting, yoga.expected.minor, yoga.taken.minor) == (1, 1, 9900, 0)
    assert standings(world, world.visitor()) == {}
    assert world.broken() == []


def test_nobody_gives_up_what_another_entered(world: World) -> None:
    number = enter(world, world.visitor())
    with pytest.raises(orders.UnknownOrder), world.transaction() as session:
        orders.cancel_entered(session, number, member_id=world.visitor(), at=world.now)
    assert world.state(number) == "placed"


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_group_has_a_name_of_sensible_length(name: str) -> None:
    with pytest.raises(Invalid):
        orders.group_name(name)


@pytest.mark.parametrize("name", ["a\x00b", "\u202eabc", "a\u200bb"])
def test_every_character_of_a_groups_name_can_be_seen(name: str) -> None:
    with pytest.raises(Invalid, match="cannot be seen"):
        orders.group_name(name)


def test_spaces_in_a_groups_name_do_not_make_another_group() -> None:
    assert orders.group_name("  Stairs\n 3 ") == "Stairs 3"
