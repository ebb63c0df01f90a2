"""From a cart to an order whose goods are held."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core import catalog, orders, supply
from shared_core.kernel.errors import NotFound, PlatformError
from shared_core.orders.models import Order
from tests.worlds import World


def test_an_order_freezes_prices_freight_and_seller(world: World) -> None:
    buyer, world.seller_id = world.visitor(), world.visitor()

    number = world.place(buyer, [("A", 1), ("B", 2)])

    with world.database.reading() as session:
        row = orders.get(session, number)
        lines = orders.lines(session, row.id)
        wanted = orders.expectation(session, row.id)
    assert (row.state, row.goods_minor, row.freight_minor, row.total_minor) == ("placed", 12900, 1000, 13900)
    assert (row.seller_id, row.claim, row.return_days) == (world.seller_id, "link", 7)
    assert [(line.sku, line.quantity, line.goods_net_minor, line.supply_minor) for line in lines] == [
        ("A", 1, 8900, 4000),
        ("B", 2, 4000, 2000),
    ]
    assert wanted is not None
    assert (wanted.collector, wanted.amount_minor, wanted.memo) == ("till", 13900, number[-6:])


def test_placing_takes_the_bought_lines_out_of_the_cart(world: World) -> None:
    buyer = world.visitor()
    with world.transaction() as session:
        orders.add_to_cart(session, buyer_id=buyer, sku="A", quantity=1, at=world.now)
        orders.add_to_cart(session, buyer_id=buyer, sku="A", quantity=1, at=world.now)
        orders.put_in_cart(session, buyer_id=buyer, sku="B", quantity=5, at=world.now)
        assert orders.cart_count(session, buyer) == 7

    world.place(buyer, [("A", 2)])

    with world.database.reading() as session:
        assert [(line.sku, line.quantity) for line in orders.cart(session, buyer)] == [("B", 5)]


def test_the_same_checkout_key_again_gives_the_same_order(world: World) -> None:
    buyer = world.visitor()

    first = world.place(buyer, [("A", 1)], key="k")
    second = world.place(buyer, [("A", 1)], key="k")

    assert first == second
    with world.database.reading() as session:
        assert supply.level(session, sku="A").held == 1


def test_the_same_checkout_key_with_another_content_is_refused(world: World) -> None:
    buyer = world.visitor()
    world.place(buyer, [("A", 1)], key="k")

    with pytest.raises(orders.CheckoutKeyReused):
        world.place(buyer, [("A", 2)], key="k")


def test_a_hundred_parallel_posts_with_one_key_make_one_order(world: World) -> None:
    buyer = world.visitor()
    purchase = world.purchase(buyer, [("A", 1)], key="k")

    def post(attempt: int) -> str:
        return world.counter.place(purchase, number=f"P{attempt:09d}", at=world.now)

    with ThreadPoolExecutor(20) as pool:
        numbers = set(pool.map(post, range(100)))

    assert len(numbers) == 1
    with world.database.reading() as session:
        assert len(session.scalars(select(Order)).all()) == 1
        assert supply.level(session, sku="A").held == 1


def test_forty_buyers_on_ten_units_make_exactly_ten_orders(world: World) -> None:
    buyers = [world.visitor() for _ in range(40)]

    def buy(buyer: int) -> bool:
        try:
            world.place(buyer, [("A", 1)])
        except supply.OutOfStock:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(buy, buyers)).count(True) == 10


def test_an_order_that_cannot_be_held_whole_holds_nothing_and_says_why(world: World) -> None:
    buyer = world.visitor()

    with pytest.raises(supply.OutOfStock):
        world.place(buyer, [("A", 1), ("B", 11)], key="k")

    with world.database.reading() as session:
        assert supply.level(session, sku="A").held == 0
        row = session.scalars(select(Order)).one()
        assert (row.state, orders.steps(session, row.id)[-1].reason) == ("refused", "out_of_stock")
        assert orders.orders_of(session, buyer) == []


def test_a_refused_checkout_tried_again_succeeds_when_the_goods_are_back(world: World) -> None:
    buyer = world.visitor()
    with pytest.raises(supply.OutOfStock):
        world.place(buyer, [("B", 11)], key="k")
    with world.transaction() as session:
        supply.receive_stock(session, sku="B", quantity=1, reference="more", at=world.now)

    number = world.place(buyer, [("B", 11)], key="k")

    assert world.state(number) == "placed"


def test_an_old_checkout_cannot_be_tried_again_at_its_old_price(world: World) -> None:
    buyer = world.visitor()
    with pytest.raises(supply.OutOfStock):
        world.place(buyer, [("B", 11)], key="k")
    world.now += timedelta(hours=1)

    with pytest.raises(orders.CheckoutLapsed):
        world.place(buyer, [("B", 11)], key="k")


def test_goods_are_held_for_where_they_go(world: World) -> None:
    told: list[object] = []

    class Listens:
        def __getattr__(self, name: str) -> object:
            return getattr(world.gateway, name)

        def hold(self, *args: object, **named: object) -> object:
            told.append(named["region"])
            return world.gateway.hold(*args, **named)  # type: ignore[arg-type]

    counter = replace(world.counter, gateway=Listens())  # type: ignore[arg-type]
    for number, region in (("D1", "浙江省"), ("D2", "")):
        purchase = world.purchase(world.visitor(), [("A", 1)])
        counter.place(replace(purchase, address=replace(purchase.address, region=region)), number=number, at=world.now)
    assert told == ["CN-ZJ", ""]


def test_a_killed_checkout_is_finished_by_the_next_try(world: World) -> None:
    buyer = world.visitor()
    purchase = world.purchase(buyer, [("A", 1)], key="k")

    class Killed(Exception):
        pass

    class DiesAfterHolding:
        def __getattr__(self, name: str) -> object:
            return getattr(world.gateway, name)

        def hold(self, *args: object, **kwargs: object) -> None:
            world.gateway.hold(*args, **kwargs)  # type: ignore[arg-type]
            raise Killed

    with pytest.raises(Killed):
        replace(world.counter, gateway=DiesAfterHolding()).place(purchase, number="D1", at=world.now)  # type: ignore[arg-type]
    number = world.counter.place(purchase, number="D2", at=world.now)

    assert number == "D1"
    assert world.state("D1") == "placed"
    with world.database.reading() as session:
        assert supply.level(session, sku="A").held == 1


def test_a_killed_checkout_nobody_comes_back_for_gives_its_goods_back(world: World) -> None:
    buyer = world.visitor()
    purchase = world.purchase(buyer, [("A", 1)])
    with world.transaction() as session:
        world.counter._draft(session, purchase, number="D1", at=world.now)
    world.gateway.hold("D1", [supply.HoldLine("A", 1)], customer="x", ttl=timedelta(days=1), at=world.now)

    world.now += timedelta(minutes=31)
    with world.transaction() as session:
        assert orders.give_up_drafts(session, at=world.now) == 1
    world.settle_down()

    assert world.state("D1") == "refused"
    with world.database.reading() as session:
        assert supply.level(session, sku="A").held == 0


def test_a_price_that_changed_since_it_was_shown_is_never_charged(world: World) -> None:
    buyer = world.visitor()

    with pytest.raises(orders.PriceChanged):
        world.counter.place(world.purchase(buyer, [("A", 1)], seen=9000), number="N", at=world.now)
    assert world.counter.place(world.purchase(buyer, [("A", 1)], seen=9900), number="N", at=world.now) == "N"


def test_goods_whose_supply_price_rose_above_the_price_are_not_sold_at_a_loss(world: World) -> None:
    buyer = world.visitor()
    with world.transaction() as session:
        dearer = supply.VariantSpec(
            sku="B", cost=world.money(9000), supply_price=world.money(9000), suggested=world.money(2000)
        )
        product = supply.ProductSpec(code="p-b", title="Sample B", variants=(dearer,))
        supply.put_product(session, product, supplier="bestco", at=world.now)

    with pytest.raises(catalog.NotListed):
        world.place(buyer, [("B", 1)])

    with world.database.reading() as session:
        assert supply.level(session, sku="B").held == 0


@pytest.mark.parametrize("lines", [[], [("A", 0)], [("A", -1)], [("A", 1000)], [("A", 1), ("A", 1)], [("NOPE", 1)]])
def test_a_nonsensical_purchase_is_refused_with_a_reason(world: World, lines: list[tuple[str, int]]) -> None:
    with pytest.raises(PlatformError):
        world.place(world.visitor(), lines)

    with world.database.reading() as session:
        assert session.scalars(select(Order)).all() == []


def test_a_visitors_cart_is_handed_to_an_account_that_has_none(world: World) -> None:
    visitor, empty, full = world.visitor(), world.visitor(), world.visitor()
    with world.transaction() as session:
        orders.put_in_cart(session, buyer_id=visitor, sku="A", quantity=1, at=world.now)
        orders.hand_over_cart(session, from_id=visitor, to_id=empty)
        orders.put_in_cart(session, buyer_id=full, sku="B", quantity=1, at=world.now)
        orders.hand_over_cart(session, from_id=empty, to_id=full)

        assert [line.sku for line in orders.cart(session, full)] == ["B"]
        assert orders.cart(session, visitor) == []


class Vetoed(NotFound):
    code = "vetoed"
    message = "No."


def test_what_a_listener_refuses_is_not_placed_and_its_goods_go_back(world: World) -> None:
    vetoes = [Vetoed()]

    def veto(session: Session, event: orders.OrderPlaced) -> None:
        if vetoes:
            raise vetoes.pop()

    world.listeners.listen(orders.OrderPlaced, veto)
    buyer = world.visitor()
    purchase = world.purchase(buyer, [("A", 3)], key="k")
    with pytest.raises(Vetoed):
        world.counter.place(purchase, number="N1", at=world.now)
    with world.database.reading() as session:
        assert orders.get(session, "N1").state == orders.State.REFUSED
        assert supply.level(session, sku="A").held == 0
    with pytest.raises(orders.CheckoutLapsed):
        world.counter.place(purchase, number="N2", at=world.now)
    world.place(buyer, [("A", 3)])
