"""Paid goods: supplier orders, and the hub's half of the money to the cent."""

from dataclasses import replace
from datetime import datetime

import pytest

from shared_core import ledger, supply
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money
from shared_core.ledger import accounts
from tests.supply.goods import (
    HALF_AN_HOUR,
    HOME,
    NOON,
    TERMS,
    discrepancies,
    gateway,
    lines,
    put,
    stocked,
    where,
    yuan,
)

LATER = NOON + HALF_AN_HOUR
WITH_FEE = replace(TERMS, platform_fee_bps=200)


def hub_book(database: Database) -> dict[str, int]:
    """Balances of the hub's book in minor units, debits positive; accounts at zero are left out."""
    with database.reading() as session:
        balances = ledger.trial_balance(session, book=ledger.HUB)
    assert sum(balances.values()) == 0
    return {address: minor for (address, _), minor in balances.items() if minor}


def expire(database: Database, at: datetime) -> None:
    with database.transaction() as session:
        supply.expire_holds(session, at=at)


def test_the_worked_example_of_the_hub_to_the_cent(database: Database) -> None:
    """Goods 89.00, supply 40.00 of which the supplier gets 36.00, carriage 8.00, platform fee 2 % of the goods."""
    stocked(database, {"A": 1})
    shop = gateway(database, WITH_FEE)
    shop.hold("o1", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    bought = shop.confirm("o1", ship_to=HOME, goods=yuan(8900), at=NOON)
    assert (bought.supply, bought.freight, bought.fee) == (yuan(4000), yuan(800), yuan(178))
    assert hub_book(database) == {
        accounts.due_store("north"): 4978,
        accounts.supplier_payable("acme"): -3600,
        accounts.carrier_payable(): -800,
        accounts.supply_margin(): -400,
        accounts.platform_fee_income(): -178,
    }
    with database.reading() as session:
        assert supply.charged(session, store="north", currency="CNY") == yuan(4978)
        assert ledger.posted(session, "sup:o1", book=ledger.HUB)
        assert not ledger.posted(session, "sup:o1", book=ledger.STORE)


def test_each_supplier_gets_one_order(database: Database) -> None:
    stocked(database, {"A1": 5, "A2": 5, "B": 5})
    shop = gateway(database)
    shop.hold("o1", lines(A1=1, B=2, A2=3), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    bought = shop.confirm("o1", ship_to=HOME, at=NOON)
    assert bought.supplier_orders == (
        supply.SupplierOrderView("o1-1", "acme", tuple(lines(A1=1, A2=3)), yuan(16000), yuan(800)),
        supply.SupplierOrderView("o1-2", "bestco", tuple(lines(B=2)), yuan(8000), yuan(800)),
    )
    assert (bought.supply, bought.freight, bought.fee) == (yuan(24000), yuan(1600), yuan(0))
    assert hub_book(database)[accounts.supplier_payable("bestco")] == -7200
    assert [where(database, sku) for sku in ("A1", "A2", "B")] == [(5, 4, 0, 1), (5, 2, 0, 3), (5, 3, 0, 2)]


def test_confirming_again_answers_the_same_and_books_nothing_more(database: Database) -> None:
    stocked(database, {"A": 5, "B": 5})
    shop = gateway(database, WITH_FEE)
    shop.hold("o1", lines(A=1, B=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    first = shop.confirm("o1", ship_to=HOME, at=NOON)
    book = hub_book(database)
    assert shop.confirm("o1", ship_to=HOME, at=LATER) == first
    assert (hub_book(database), where(database, "A")) == (book, (5, 4, 0, 1))


def test_a_confirmed_order_cannot_be_sent_elsewhere_or_priced_anew(database: Database) -> None:
    stocked(database, {"A": 5})
    shop = gateway(database)
    shop.hold("o1", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm("o1", ship_to=HOME, goods=yuan(8900), at=NOON)
    for address, goods in ((replace(HOME, street="2 Long Lane"), yuan(8900)), (HOME, yuan(8800)), (HOME, None)):
        with pytest.raises(supply.ReferenceReused):
            shop.confirm("o1", ship_to=address, goods=goods, at=NOON)


def test_a_late_payment_holds_again(database: Database) -> None:
    stocked(database, {"A": 5})
    shop = gateway(database)
    shop.hold("o1", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    expire(database, LATER)
    shop.confirm("o1", ship_to=HOME, at=LATER)
    assert where(database, "A") == (5, 3, 0, 2)
    assert discrepancies(database) == []


def test_a_payment_after_the_time_but_before_the_sweep_just_sells(database: Database) -> None:
    stocked(database, {"A": 2})
    shop = gateway(database)
    shop.hold("o1", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm("o1", ship_to=HOME, at=LATER + HALF_AN_HOUR)
    expire(database, LATER + HALF_AN_HOUR)
    assert where(database, "A") == (2, 0, 0, 2)


def test_what_others_bought_in_the_meantime_is_out_of_stock(database: Database) -> None:
    stocked(database, {"A": 2, "B": 2})
    shop = gateway(database)
    shop.hold("o1", lines(A=2, B=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    expire(database, LATER)
    shop.hold("o2", lines(A=1), customer="d", ttl=HALF_AN_HOUR, at=LATER)
    with pytest.raises(supply.OutOfStock):
        shop.confirm("o1", ship_to=HOME, at=LATER)
    assert where(database, "B") == (2, 2, 0, 0)
    assert hub_book(database) == {}


def test_released_goods_are_not_sold(database: Database) -> None:
    stocked(database, {"A": 2})
    shop = gateway(database)
    shop.hold("o1", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    shop.release("o1", at=NOON)
    with pytest.raises(supply.HoldReleased):
        shop.confirm("o1", ship_to=HOME, at=NOON)


def test_an_unknown_hold_and_another_stores_hold_cannot_be_confirmed(database: Database) -> None:
    stocked(database, {"A": 2})
    shop = gateway(database)
    shop.hold("o1", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    with pytest.raises(supply.UnknownHold):
        shop.confirm("o2", ship_to=HOME, at=NOON)
    with pytest.raises(supply.UnknownHold):
        gateway(database, replace(TERMS, store="south")).confirm("o1", ship_to=HOME, at=NOON)


def test_yen_have_no_decimals_and_need_none(database: Database) -> None:
    with database.transaction() as session:
        supply.create_supplier(session, code="edo", name="Edo", freight=Money(500, "JPY"), at=NOON)
        fan = supply.VariantSpec("FAN", cost=Money(1200, "JPY"), supply_price=Money(1500, "JPY"))
        supply.put_product(session, supply.ProductSpec("fan", "Fan", (fan,)), supplier="edo", at=NOON)
        supply.receive_stock(session, sku="FAN", quantity=1, reference="in", at=NOON)
    shop = gateway(database, supply.Terms(store="south", currency="JPY", platform_fee_bps=150))
    shop.hold("o1", lines(FAN=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    bought = shop.confirm("o1", ship_to=HOME, goods=Money(3333, "JPY"), at=NOON)
    assert (bought.supply, bought.freight, bought.fee) == (Money(1500, "JPY"), Money(500, "JPY"), Money(49, "JPY"))


def test_goods_that_cost_the_store_nothing_are_booked_as_carriage_alone(database: Database) -> None:
    with database.transaction() as session:
        put(session, "A", units=1, cost=0, price=0)
    shop = gateway(database)
    shop.hold("o1", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm("o1", ship_to=HOME, at=NOON)
    assert hub_book(database) == {accounts.due_store("north"): 800, accounts.carrier_payable(): -800}
