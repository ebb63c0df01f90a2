"""A supply side that is away, answers too late or not at all: nothing is sold twice, held for ever or given up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from shared_core import catalog, orders, supply
from shared_core.kernel import outbox
from shared_core.orders.checkout import DRAFT_LIFE
from shared_core.orders.models import Order
from tests.worlds import World

AWAY = supply.SupplyUnavailable(retry_after=5)


class Faulty:
    """A gateway over another; `before` and `after` may fail calls by name: the request or the answer is lost."""

    def __init__(self, gateway: supply.SupplyGateway) -> None:
        self.gateway = gateway
        self.before: dict[str, Exception] = {}
        self.after: dict[str, Exception] = {}
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        called = getattr(self.gateway, name)

        def call(*args: Any, **named: Any) -> Any:
            self.calls.append(name)
            if name in self.before:
                raise self.before[name]
            answer = called(*args, **named)
            if name in self.after:
                raise self.after[name]
            return answer

        return call

    def recover(self) -> None:
        self.before, self.after = {}, {}


@pytest.fixture
def faulty(world: World) -> Faulty:
    gateway = Faulty(world.gateway)
    for each in (world.counter, world.desk):
        object.__setattr__(each, "gateway", gateway)
    return gateway


def held(world: World, sku: str = "A") -> int:
    with world.database.reading() as session:
        return supply.level(session, sku=sku).held


def order(world: World) -> Order:
    with world.database.reading() as session:
        return session.scalars(select(Order)).one()


def in_cart(world: World, buyer: int) -> int:
    with world.database.reading() as session:
        return len(orders.cart(session, buyer))


@pytest.mark.parametrize("failure", [AWAY, supply.HubRefused(reason="its key was revoked")], ids=lambda e: e.code)
@pytest.mark.parametrize("when", ["before", "after"])
def test_without_an_answer_nothing_is_placed_and_the_same_checkout_finishes_later(
    world: World, faulty: Faulty, when: str, failure: Exception
) -> None:
    buyer = world.visitor()
    with world.transaction() as session:
        orders.put_in_cart(session, buyer_id=buyer, sku="A", quantity=2, at=world.now)
    getattr(faulty, when)["hold"] = failure
    with pytest.raises(type(failure)):
        world.place(buyer, [("A", 2)], key="k")
    assert (order(world).state, in_cart(world, buyer)) == ("draft", 1)
    with world.database.reading() as session:
        assert orders.orders_of(session, buyer) == []

    faulty.recover()
    world.now += timedelta(minutes=5)
    number = world.place(buyer, [("A", 2)], key="k")

    assert (world.state(number), in_cart(world, buyer), held(world)) == ("placed", 0, 2)


def test_goods_that_may_be_held_are_given_back_once_the_hub_can_be_reached(world: World, faulty: Faulty) -> None:
    faulty.after["hold"] = AWAY
    with pytest.raises(supply.SupplyUnavailable):
        world.place(world.visitor(), [("A", 2)], key="k")
    assert held(world) == 2
    faulty.before["release"] = AWAY
    world.now += DRAFT_LIFE + timedelta(seconds=1)
    with world.transaction() as session:
        assert orders.give_up_drafts(session, at=world.now) == 1
    assert outbox.deliver(world.database, at=world.now) == 0 and held(world) == 2

    faulty.recover()
    world.now += timedelta(minutes=1)
    outbox.deliver(world.database, at=world.now)

    assert (order(world).state, held(world)) == ("refused", 0)


def test_a_refused_checkout_tried_again_without_an_answer_gives_its_goods_back_too(
    world: World, faulty: Faulty
) -> None:
    buyer = world.visitor()
    with pytest.raises(supply.OutOfStock):
        world.place(buyer, [("A", 11)], key="k")
    with world.transaction() as session:
        supply.receive_stock(session, sku="A", quantity=1, reference="more", at=world.now)
    faulty.after["hold"] = AWAY
    with pytest.raises(supply.SupplyUnavailable):
        world.place(buyer, [("A", 11)], key="k")
    assert held(world) == 11

    faulty.recover()
    world.now += DRAFT_LIFE + timedelta(seconds=1)
    with world.transaction() as session:
        orders.give_up_drafts(session, at=world.now)
    outbox.deliver(world.database, at=world.now)

    assert held(world) == 0


def test_goods_that_cannot_be_given_back_at_once_are_given_back_later(world: World, faulty: Faulty) -> None:
    """Something refuses the order after its goods are held, and just then the hub is away."""

    def refuse(_session: object, _event: orders.OrderPlaced) -> None:
        raise orders.CartEmpty

    world.listeners.listen(orders.OrderPlaced, refuse)
    faulty.before["release"] = AWAY
    with pytest.raises(supply.SupplyUnavailable):
        world.place(world.visitor(), [("A", 2)], key="k")
    assert (order(world).state, held(world)) == ("draft", 2)

    faulty.recover()
    world.now += DRAFT_LIFE + timedelta(seconds=1)
    with world.transaction() as session:
        orders.give_up_drafts(session, at=world.now)
    outbox.deliver(world.database, at=world.now)

    assert held(world) == 0


def test_paid_orders_wait_for_the_hub_however_long_it_is_away(world: World, faulty: Faulty) -> None:
    number = world.place(world.visitor(), [("A", 1)])
    faulty.before["confirm"] = AWAY
    world.pay(number)
    for _ in range(3 * outbox.ATTEMPTS_MAX):
        outbox.deliver(world.database, at=world.now)
        world.now += outbox.RETRY_LONGEST
    with world.database.reading() as session:
        assert outbox.parked(session) == [] and outbox.backlog(session) > 0

    faulty.recover()
    outbox.deliver(world.database, at=world.now)

    assert order(world).supply_state == "confirmed"
    assert world.broken() == []


def test_following_says_that_the_hub_is_away_and_misses_nothing(world: World, faulty: Faulty) -> None:
    number = world.place(world.visitor(), [("A", 1)])
    world.pay(number)
    outbox.deliver(world.database, at=world.now)
    with world.transaction() as session:
        supply.ship(session, number=f"{number}-1", carrier="Local", tracking_number="1", at=world.now)
    faulty.after["events"] = AWAY
    with pytest.raises(supply.SupplyUnavailable):
        world.desk.follow()
    faulty.recover()
    assert world.desk.follow() == 1 and world.state(number) == "shipped"


def test_the_window_stays_as_it_was_while_the_hub_is_away(world: World, faulty: Faulty) -> None:
    faulty.before["offers"] = AWAY
    with world.database.reading() as session:
        before = catalog.cursor(session)
    with pytest.raises(supply.SupplyUnavailable):
        catalog.pull(world.database, faulty, rule=catalog.PriceRule(), at=world.now)  # type: ignore[arg-type]
    with world.database.reading() as session:
        assert catalog.cursor(session) == before


def test_a_parcel_is_heard_of_before_the_answer_that_it_was_ordered(world: World, faulty: Faulty) -> None:
    number = world.place(world.visitor(), [("A", 1)])
    faulty.after["confirm"] = AWAY
    world.pay(number)
    outbox.deliver(world.database, at=world.now)
    assert order(world).supply_state == "none"
    with world.transaction() as session:
        supply.ship(session, number=f"{number}-1", carrier="Local", tracking_number="1", at=world.now)
    with pytest.raises(supply.SupplyUnavailable):
        world.desk.follow()
    assert world.state(number) == "paid"

    faulty.recover()

    assert world.desk.follow() == 1
    assert (world.state(number), order(world).supply_state) == ("shipped", "confirmed")
    world.settle_down()
    assert world.broken() == []


def test_an_order_refunded_before_the_answer_that_its_goods_were_ordered_takes_them_back(
    world: World, faulty: Faulty
) -> None:
    """The supply side has sold them; were that not found out, it would send them and ask for their price."""
    number = world.place(world.visitor(), [("A", 2)])
    faulty.after["confirm"] = AWAY
    world.pay(number)
    outbox.deliver(world.database, at=world.now)
    with world.transaction() as session:
        orders.refund_all(
            session, number, reason="changed_mind", actor="staff:1", goods_back=True, refund_number="r1", at=world.now
        )
    assert order(world).supply_state == "none"

    faulty.recover()
    for _ in range(outbox.ATTEMPTS_MAX):
        world.now += timedelta(minutes=1)
        outbox.deliver(world.database, at=world.now)
        world.desk.follow()

    assert (world.state(number), order(world).supply_state) == ("refunded", "confirmed")
    with world.database.reading() as session:
        [sent] = supply.supplier_orders(session, references=[number])
        level = supply.level(session, sku="A")
    assert (sent.state, level.free, level.sold) == ("cancelled", 10, 0)
    assert world.broken() == []


def test_news_of_an_order_nobody_knows_keeps_no_other_news_waiting(world: World, faulty: Faulty) -> None:
    """The shop was brought back from a backup, perhaps; the hub's supplier ships all the same."""
    forgotten, known = world.place(world.visitor(), [("A", 1)]), world.place(world.visitor(), [("A", 1)])
    for number in (forgotten, known):
        world.pay(number)
    with world.transaction() as session:
        for number in (forgotten, known):
            supply.ship(session, number=f"{number}-1", carrier="Local", tracking_number=number, at=world.now)
        session.execute(update(Order).where(Order.number == forgotten).values(number="lost"))

    assert world.desk.follow() == 2
    assert world.state(known) == "shipped"

    for _ in range(outbox.ATTEMPTS_MAX):
        world.now += outbox.RETRY_LONGEST
        outbox.deliver(world.database, at=world.now)
    with world.database.reading() as session:
        [given_up] = outbox.parked(session)
    assert given_up.subscriber == "supply-news" and forgotten in (given_up.error or "")


def test_a_checkout_that_is_given_up_while_the_supply_side_answers_places_nothing(world: World, faulty: Faulty) -> None:
    buyer = world.visitor()

    def hold(*args: Any, **named: Any) -> Any:
        held = world.gateway.hold(*args, **named)
        with world.transaction() as session:
            orders.give_up_drafts(session, at=world.now + DRAFT_LIFE + timedelta(seconds=1))
        return held

    faulty.hold = hold  # type: ignore[attr-defined]
    with pytest.raises(orders.CheckoutLapsed):
        world.place(buyer, [("A", 2)], key="k")
    outbox.deliver(world.database, at=world.now)
    assert (order(world).state, held(world)) == ("refused", 0)
