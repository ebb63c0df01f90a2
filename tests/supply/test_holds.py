"""Holding goods: all lines or none, once per reference, and given back exactly once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared_core import supply
from shared_core.kernel.database import Database
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, TERMS, discrepancies, gateway, lines, put, stocked, where, yuan

LATER = NOON + HALF_AN_HOUR


@pytest.fixture
def shop(database: Database) -> supply.LocalGateway:
    stocked(database, {"A": 5, "B": 5})
    return gateway(database)


def expire(database: Database, at: datetime = LATER) -> int:
    with database.transaction() as session:
        return supply.expire_holds(session, at=at)


def test_held_units_are_no_longer_free(database: Database, shop: supply.LocalGateway) -> None:
    held = shop.hold("o1", lines(A=2, B=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    assert (held.state, held.expires_at) == (supply.HoldState.HELD, LATER)
    assert held.lines == (supply.HeldLine("A", 2, yuan(4000)), supply.HeldLine("B", 1, yuan(4000)))
    assert where(database, "A") == (5, 3, 2, 0)
    assert where(database, "B") == (5, 4, 1, 0)


def test_all_lines_are_held_or_none(database: Database, shop: supply.LocalGateway) -> None:
    with pytest.raises(supply.OutOfStock) as refused:
        shop.hold("o1", lines(A=5, B=6), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    assert refused.value.params == {"sku": "B", "available": 5}
    assert where(database, "A") == (5, 5, 0, 0)


def test_a_refused_hold_leaves_its_reference_free(shop: supply.LocalGateway) -> None:
    with pytest.raises(supply.OutOfStock):
        shop.hold("o1", lines(A=6), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    assert shop.hold("o1", lines(A=5), customer="c", ttl=HALF_AN_HOUR, at=NOON).state == "held"


def test_the_same_reference_holds_once(database: Database, shop: supply.LocalGateway) -> None:
    first = shop.hold("o1", lines(A=2, B=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    again = shop.hold("o1", lines(B=1, A=2), customer="c", ttl=timedelta(hours=2), at=LATER)
    assert again == first
    assert where(database, "A") == (5, 3, 2, 0)


@pytest.mark.parametrize(("customer", "quantity"), [("c", 3), ("somebody else", 2)])
def test_a_reference_cannot_mean_two_things(shop: supply.LocalGateway, customer: str, quantity: int) -> None:
    shop.hold("o1", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    with pytest.raises(supply.ReferenceReused):
        shop.hold("o1", lines(A=quantity), customer=customer, ttl=HALF_AN_HOUR, at=NOON)


def test_the_same_reference_again_tells_what_has_become_of_the_hold(shop: supply.LocalGateway) -> None:
    for _ in range(2):
        shop.hold("o1", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON)
        shop.release("o1", at=NOON)
    assert shop.hold("o1", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON).state == "released"


def test_two_lines_with_one_sku_cannot_pass_separately(shop: supply.LocalGateway) -> None:
    with pytest.raises(supply.OutOfStock):
        shop.hold("o1", [*lines(A=3), *lines(A=3)], customer="c", ttl=HALF_AN_HOUR, at=NOON)


def test_what_is_not_offered_cannot_be_held(database: Database, shop: supply.LocalGateway) -> None:
    with database.transaction() as session:
        priceless = supply.ProductSpec("gift", "Gift", (supply.VariantSpec("G", suggested=yuan(100)),))
        supply.put_product(session, priceless, supplier="acme", at=NOON)
        supply.receive_stock(session, sku="G", quantity=1, reference="g", at=NOON)
    for sku in ("G", "nope"):
        with pytest.raises(supply.UnknownSku):
            shop.hold("o1", [supply.HoldLine(sku, 1)], customer="c", ttl=HALF_AN_HOUR, at=NOON)


def test_one_customer_cannot_hold_the_whole_shop(database: Database, shop: supply.LocalGateway) -> None:
    strict = gateway(database, replace(TERMS, limits=supply.HoldLimits(open_holds_per_customer_max=2)))
    strict.hold("o1", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    strict.hold("o2", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    with pytest.raises(supply.HoldLimitReached) as refused:
        strict.hold("o3", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    assert refused.value.params == {"limit": "open_holds_per_customer_max", "maximum": 2}
    strict.hold("o4", lines(A=1), customer="d", ttl=HALF_AN_HOUR, at=NOON)
    strict.release("o1", at=NOON)
    strict.hold("o5", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    strict.hold("o6", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=LATER)  # the others have run out


def test_releasing_gives_back_once(database: Database, shop: supply.LocalGateway) -> None:
    shop.hold("o1", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    for _ in range(3):
        shop.release("o1", at=NOON)
    assert where(database, "A") == (5, 5, 0, 0)


def test_releasing_what_was_never_held_is_nothing(database: Database, shop: supply.LocalGateway) -> None:
    shop.release("never", at=NOON)
    assert where(database, "A") == (5, 5, 0, 0)


def test_a_confirmed_hold_cannot_be_released(shop: supply.LocalGateway) -> None:
    shop.hold("o1", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm("o1", ship_to=HOME, at=NOON)
    with pytest.raises(supply.HoldConfirmed):
        shop.release("o1", at=NOON)


def test_a_hold_that_ran_out_is_given_back_exactly_once(database: Database, shop: supply.LocalGateway) -> None:
    shop.hold("o1", lines(A=2, B=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    shop.hold("o2", lines(A=1), customer="c", ttl=timedelta(hours=2), at=NOON)
    assert expire(database, NOON) == 0
    assert [expire(database) for _ in range(3)] == [1, 0, 0]
    shop.release("o1", at=LATER)
    assert where(database, "A") == (5, 4, 1, 0)
    assert discrepancies(database) == []


def test_goods_keep_the_price_at_which_they_were_held(database: Database, shop: supply.LocalGateway) -> None:
    shop.hold("o1", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    with database.transaction() as session:
        put(session, "A", price=9900)
    assert shop.confirm("o1", ship_to=HOME, at=NOON).supply == yuan(4000)
