"""From payment to completion, and every way off the path."""

from datetime import UTC, datetime, timedelta

import pytest

from shared_core import ledger, orders, supply
from shared_core.kernel import outbox
from shared_core.ledger import HUB, accounts
from tests.worlds import World


def balances(world: World, book: str = ledger.STORE) -> dict[str, int]:
    with world.database.reading() as session:
        return {address: minor for (address, _), minor in ledger.trial_balance(session, book=book).items() if minor}


def test_the_books_of_one_order_from_payment_to_completion(world: World) -> None:
    number = world.place(world.visitor(), [("A", 1)])
    world.pay(number)
    assert balances(world) == {
        "assets:clearing:till": 9900,
        "liabilities:customer-deposit": -9900,
        "expenses:supply": 4000,
        "expenses:shipping": 800,
        "liabilities:hub:supply": -4800,
        "expenses:platform-fee": 178,
        "liabilities:hub:payable": -178,
    }

    world.ship(number)
    assert world.state(number) == "shipped"
    world.deliver(number)
    world.pass_days(9)

    assert world.state(number) == "completed"
    assert balances(world)["income:sales"] == -8900
    assert balances(world)["income:shipping"] == -1000
    assert "liabilities:customer-deposit" not in balances(world)
    assert balances(world, HUB)["assets:store:store"] == 4978


def test_the_return_window_is_counted_in_the_shops_calendar_days(world: World) -> None:
    number = world.sold(world.visitor(), [("A", 1)])  # delivered on 2 March, noon in Shanghai

    with world.transaction() as session:
        assert orders.complete_due(session, at=datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)) == 0
        assert orders.complete_due(session, at=datetime(2026, 3, 9, 16, 0, tzinfo=UTC)) == 1
    assert world.state(number) == "completed"


def test_an_order_of_two_suppliers_is_two_parcels_and_arrives_when_both_have(world: World) -> None:
    number = world.place(world.visitor(), [("A", 1), ("B", 1)])
    world.pay(number)
    with world.transaction() as session:
        first, second = orders.parcels(session, orders.get(session, number).id)
        supply.ship(session, number=first.supplier_order, carrier="Local", tracking_number="1", at=world.now)
        supply.deliver(session, number=first.supplier_order, at=world.now)
    world.settle_down()
    assert world.state(number) == "paid"

    world.ship(number)
    assert world.state(number) == "shipped"
    world.now += timedelta(days=2)
    with world.transaction() as session:
        supply.deliver(session, number=second.supplier_order, at=world.now)
    world.settle_down()

    assert world.state(number) == "delivered"
    with world.database.reading() as session:
        assert orders.get(session, number).delivered_at == world.now


def test_an_unpaid_order_lapses_and_its_goods_are_free_again(world: World) -> None:
    number = world.place(world.visitor(), [("A", 3)])

    world.pass_days(1)

    assert world.state(number) == "cancelled"
    with world.database.reading() as session:
        assert supply.level(session, sku="A").free == 10


def test_money_that_comes_after_the_order_lapsed_still_buys_the_goods(world: World) -> None:
    number = world.place(world.visitor(), [("A", 3)])
    world.pass_days(1)

    world.pay(number)

    assert world.state(number) == "paid"
    with world.database.reading() as session:
        assert supply.level(session, sku="A").sold == 3


def test_money_that_comes_when_the_goods_are_gone_goes_back(world: World) -> None:
    late = world.place(world.visitor(), [("A", 3)])
    world.pass_days(1)
    world.pay(world.place(world.visitor(), [("A", 8)]))

    world.pay(late)

    assert world.state(late) == "refunded"
    with world.database.reading() as session:
        assert ledger.owed(session, accounts.refund_payable(), "CNY") == world.money(3 * 8900)
        assert orders.refunds(session, orders.get(session, late).id)[0].reason == "out_of_stock"


def test_money_for_an_order_the_customer_cancelled_goes_back(world: World) -> None:
    number = world.place(world.visitor(), [("A", 1)])
    with world.transaction() as session:
        orders.cancel(session, number, actor="buyer", at=world.now)
        orders.cancel(session, number, actor="buyer", at=world.now)
    world.settle_down()

    world.pay(number)

    assert world.state(number) == "refunded"
    with world.database.reading() as session:
        assert supply.level(session, sku="A").free == 10


def test_the_same_payment_again_changes_nothing(world: World) -> None:
    number = world.place(world.visitor(), [("A", 1)])
    world.pay(number, transaction_no="T1")
    before = balances(world)

    world.pay(number, transaction_no="T1")

    assert balances(world) == before


def test_one_payment_cannot_pay_for_two_orders(world: World) -> None:
    first, second = (world.place(world.visitor(), [("A", 1)]) for _ in range(2))
    world.pay(first, transaction_no="T1")

    with pytest.raises(orders.EvidenceUsed):
        world.pay(second, transaction_no="T1")
    assert world.state(second) == "placed"


def test_a_second_payment_for_a_paid_order_is_not_swallowed(world: World) -> None:
    number = world.place(world.visitor(), [("A", 1)])
    world.pay(number, transaction_no="T1")

    with pytest.raises(orders.StepNotAllowed):
        world.pay(number, transaction_no="T2")


def test_a_payment_of_another_amount_is_not_taken_for_this_order(world: World) -> None:
    number = world.place(world.visitor(), [("A", 1)])

    with pytest.raises(orders.AmountDiffers), world.transaction() as session:
        orders.confirm_payment(
            session, number, transaction_no="T", amount=world.money(9899), entered_by="staff:1", at=world.now
        )


def test_an_order_cannot_be_cancelled_once_paid(world: World) -> None:
    number = world.place(world.visitor(), [("A", 1)])
    world.pay(number)

    with pytest.raises(orders.StepNotAllowed), world.transaction() as session:
        orders.cancel(session, number, actor="buyer", at=world.now)


def test_what_a_supplier_cannot_ship_is_refunded_and_the_rest_goes_on(world: World) -> None:
    number = world.place(world.visitor(), [("A", 1), ("B", 2)])
    world.pay(number)
    with world.transaction() as session:
        parcel = orders.parcels(session, orders.get(session, number).id)[1]
        supply.cancel(session, number=parcel.supplier_order, at=world.now)
    world.settle_down()
    world.ship(number)
    world.deliver(number)

    assert world.state(number) == "delivered"
    assert balances(world)["liabilities:refund-payable"] == -4000
    assert balances(world)["income:sales"] == -8900
    assert balances(world)["expenses:supply"] == 4000
    with world.database.reading() as session:
        assert supply.stock_discrepancies(session) == []


def cannot_ship(world: World, number: str, parcel: int = 0) -> None:
    with world.transaction() as session:
        found = orders.parcels(session, orders.get(session, number).id)[parcel]
        supply.cancel(session, number=found.supplier_order, at=world.now)
    world.settle_down()


def nothing_is_left(world: World) -> None:
    """Of the order everything is promised back, and nothing is owed for its goods."""
    left = balances(world)
    assert (left.get("liabilities:customer-deposit", 0), left.get("liabilities:hub:supply", 0)) == (0, 0)
    assert (left.get("liabilities:hub:payable", 0), left.get("expenses:supply", 0)) == (0, 0)
    assert world.broken() == []


def test_where_no_parcel_comes_at_all_the_freight_goes_back_too(world: World) -> None:
    """89.00 + 2 × 20.00 + 10.00 freight, by two suppliers of whom first one and then the other cannot ship."""
    number = world.place(world.visitor(), [("A", 1), ("B", 2)])
    world.pay(number)
    cannot_ship(world, number, 0)
    assert world.state(number) == "paid"
    cannot_ship(world, number, 1)

    assert world.state(number) == "refunded"
    assert balances(world)["liabilities:refund-payable"] == -13_900
    nothing_is_left(world)


def test_a_piece_refunded_before_does_not_keep_the_freight(world: World) -> None:
    number = world.place(world.visitor(), [("A", 2)])
    world.pay(number)
    world.refund(number, {"A": 1})
    cannot_ship(world, number)

    assert world.state(number) == "refunded"
    nothing_is_left(world)


def test_goods_whose_money_went_back_before_them_are_owed_to_nobody(world: World) -> None:
    """By the bank, for a lost dispute; or without the goods, which then never come: and the next order is followed."""
    disputed, kept, later = (world.place(world.visitor(), [("A", 2)]) for _ in range(3))
    for number in (disputed, kept, later):
        world.pay(number)
    world.end_dispute(world.dispute(disputed, 17_800, fee=0), "lost")
    world.refund(kept, {"A": 1}, goods_back=False)
    for number in (disputed, kept, later):
        cannot_ship(world, number)

    assert [world.state(number) for number in (kept, later)] == ["refunded", "refunded"]
    nothing_is_left(world)


def test_a_worker_killed_between_hub_and_shop_loses_nothing(world: World) -> None:
    number = world.place(world.visitor(), [("A", 1)])
    with world.transaction() as session:
        row = orders.confirm_payment(
            session, number, transaction_no="T", amount=world.money(9900), entered_by="staff:1", at=world.now
        )
        address = supply.Address.from_json(row.address)
    world.gateway.confirm(number, ship_to=address, at=world.now, goods=world.money(8900))  # and the worker dies

    outbox.deliver(world.database, at=world.now)

    assert balances(world)["liabilities:hub:supply"] == -4800
    assert balances(world, HUB)["assets:store:store"] == 4978


def test_two_followers_apply_each_event_once(world: World) -> None:
    number = world.place(world.visitor(), [("A", 1)])
    world.pay(number)
    world.ship(number)

    assert world.desk.follow() == 0
    with world.database.reading() as session:
        assert [step.state for step in orders.steps(session, orders.get(session, number).id)] == [
            "placed",
            "paid",
            "shipped",
        ]
