"""Giving money back, in any number and order."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core import ledger, orders, supply
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.listeners import Listeners
from shared_core.ledger import accounts
from tests.databases import Databases
from tests.worlds import World


def owed(world: World, address: str) -> int:
    with world.database.reading() as session:
        return ledger.owed(session, address, "CNY").minor


def test_a_refund_before_delivery_comes_out_of_the_deposit_and_returns_the_goods(world: World) -> None:
    number = world.place(world.visitor(), [("A", 2)])
    world.pay(number)

    world.refund(number, {"A": 1})

    assert owed(world, accounts.refund_payable()) == 8900
    assert owed(world, accounts.customer_deposit()) == 18800 - 8900
    assert owed(world, accounts.due_hub_supply()) == 4000 + 800
    with world.database.reading() as session:
        assert (supply.level(session, sku="A").free, supply.level(session, sku="A").sold) == (9, 1)


def test_a_refund_after_delivery_lowers_income(world: World) -> None:
    number = world.sold(world.visitor(), [("A", 2)])

    world.refund(number, {"A": 1}, goods_back=False)

    assert owed(world, accounts.returns()) == -8900
    assert owed(world, accounts.sales()) == 17800
    assert owed(world, accounts.due_hub_supply()) == 8000 + 800


def test_delivery_after_a_partial_refund_books_only_what_was_kept(world: World) -> None:
    number = world.place(world.visitor(), [("A", 2)])
    world.pay(number)
    world.refund(number, {"A": 1}, freight=True)
    world.ship(number)
    world.deliver(number)

    assert owed(world, accounts.customer_deposit()) == 0
    assert (owed(world, accounts.sales()), owed(world, accounts.shipping_income())) == (8900, 0)


def test_a_whole_refund_before_shipping_leaves_no_trace_but_the_promise(world: World) -> None:
    number = world.place(world.visitor(), [("A", 1), ("B", 2)])
    world.pay(number)

    world.refund(number)

    assert world.state(number) == "refunded"
    assert owed(world, accounts.refund_payable()) == 13900
    assert owed(world, accounts.customer_deposit()) == 0
    assert owed(world, accounts.due_hub_supply()) == 0
    assert owed(world, accounts.due_hub_payable()) == 0
    with world.database.reading() as session:
        assert supply.stock_discrepancies(session) == []
        assert supply.level(session, sku="A").free == 10


def test_a_sent_refund_is_sent_once(world: World) -> None:
    number = world.place(world.visitor(), [("A", 1)])
    world.pay(number)
    refund_number = world.refund(number)

    for _ in range(2):
        with world.transaction() as session:
            orders.mark_refund_sent(session, refund_number, evidence="W1", at=world.now)

    assert owed(world, accounts.refund_payable()) == 0
    assert owed(world, accounts.clearing("till")) == 0


def test_more_than_was_bought_cannot_be_refunded(world: World) -> None:
    number = world.place(world.visitor(), [("A", 2)])
    world.pay(number)
    world.refund(number, {"A": 1})

    with pytest.raises(orders.RefundTooMuch):
        world.refund(number, {"A": 2})
    assert owed(world, accounts.refund_payable()) == 8900


def test_an_unpaid_order_has_nothing_to_refund(world: World) -> None:
    number = world.place(world.visitor(), [("A", 1)])

    with pytest.raises(orders.StepNotAllowed):
        world.refund(number)


def test_twenty_clicks_on_one_refund_button_refund_once(world: World) -> None:
    number = world.place(world.visitor(), [("A", 2)])
    world.pay(number)
    with world.database.reading() as session:
        line = orders.lines(session, orders.get(session, number).id)[0]
    wanted = orders.RefundOrder([orders.RefundItem(line.id, 1)], reason="x", actor="staff:1", goods_back=True)

    def click(_: int) -> None:
        with world.transaction() as session:
            orders.refund(session, number, wanted, refund_number="R-1", at=world.now)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(click, range(20)))

    assert owed(world, accounts.refund_payable()) == 8900


def test_two_different_refunds_at_once_never_exceed_what_was_paid(world: World) -> None:
    number = world.place(world.visitor(), [("A", 1)])
    world.pay(number)

    def click(attempt: int) -> bool:
        try:
            with world.transaction() as session:
                orders.refund_all(
                    session,
                    number,
                    reason="x",
                    actor="staff:1",
                    goods_back=True,
                    refund_number=f"R-{attempt}",
                    at=world.now,
                )
        except PlatformError:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(click, range(10))).count(True) == 1
    assert owed(world, accounts.refund_payable()) == 9900


def test_an_order_with_an_open_refund_request_does_not_complete(world: World) -> None:
    buyer = world.visitor()
    number = world.sold(buyer, [("A", 1)])
    with world.transaction() as session:
        orders.request_refund(session, number, buyer_id=buyer, reason="too small", at=world.now)

    world.pass_days(30)
    assert world.state(number) == "delivered"
    with world.transaction() as session:
        orders.answer_request(session, number, answer="no", at=world.now)
    world.pass_days(1)

    assert world.state(number) == "completed"


def test_a_stranger_cannot_ask_for_somebody_elses_money(world: World) -> None:
    number = world.sold(world.visitor(), [("A", 1)])

    with pytest.raises(orders.UnknownOrder), world.transaction() as session:
        orders.request_refund(session, number, buyer_id=world.visitor(), reason="mine", at=world.now)


@given(
    quantities=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    refunds=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans()), max_size=6),
    delivered_after=st.integers(0, 6),
)
def test_no_sequence_of_refunds_gives_back_more_than_was_paid(
    databases: Databases, quantities: tuple[int, int], refunds: list[tuple[int, int, bool]], delivered_after: int
) -> None:
    with databases.fresh() as url:
        listeners = Listeners()
        world = World(Database(url, listeners), listeners)
        world.stock_up("A")
        world.stock_up("B", price=2000, cost=800, supplied=1000, by="bestco")
        number = world.place(world.visitor(), [("A", quantities[0]), ("B", quantities[1])])
        world.pay(number)
        for place, (a, b, freight) in enumerate(refunds):
            if place == delivered_after:
                world.ship(number)
                world.deliver(number)
            try:
                world.refund(number, {"A": a, "B": b}, freight=freight)
            except PlatformError:
                continue

        with world.database.reading() as session:
            row = orders.get(session, number)
            promised = ledger.owed(session, accounts.refund_payable(), "CNY").minor
            deposit = ledger.owed(session, accounts.customer_deposit(), "CNY").minor
            kept = sum(
                ledger.owed(session, each, "CNY").minor for each in (accounts.sales(), accounts.shipping_income())
            )
            returned = -ledger.owed(session, accounts.returns(), "CNY").minor
            assert 0 <= promised == row.refunded_minor <= row.total_minor
            assert deposit + kept - returned + promised == row.total_minor
            assert deposit >= 0
            assert supply.stock_discrepancies(session) == []
        world.database.dispose()
