"""Goods given back for refunds: stock, supplier orders and the hub's book follow, once per withdrawal."""

from dataclasses import replace

import pytest

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.ledger import accounts
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, TERMS, discrepancies, gateway, lines, stocked, where, yuan
from tests.supply.test_confirming import hub_book

ONE_OF_A = lines(A=1)


@pytest.fixture
def shop(database: Database) -> supply.LocalGateway:
    """Three A from acme and two B from bestco are sold as o1, for 200.00 of goods and a fee of 2 %."""
    stocked(database, {"A": 5, "B": 5})
    opened = gateway(database, replace(TERMS, platform_fee_bps=200))
    opened.hold("o1", lines(A=3, B=2), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    opened.confirm("o1", ship_to=HOME, goods=yuan(20000), at=NOON)
    return opened


def ship(database: Database, number: str) -> None:
    with database.transaction() as session:
        supply.ship(session, number=number, carrier="Local", tracking_number="SF1", at=NOON)


def states(database: Database) -> list[str]:
    with database.reading() as session:
        return [order.state for order in reversed(supply.supplier_orders(session))]


def charged(database: Database) -> int:
    """What the store owes, the same from the supply's rows and from the hub's book."""
    with database.reading() as session:
        minor = supply.charged(session, store="north", currency="CNY").minor
    assert minor == hub_book(database).get(accounts.due_store("north"), 0)
    return minor


def test_part_of_an_order_goes_back_on_sale(database: Database, shop: supply.LocalGateway) -> None:
    before = charged(database)
    back = shop.withdraw("o1", ONE_OF_A, withdrawal="r1", restock=True, at=NOON)
    assert (back.lines, back.supply, back.freight) == (tuple(ONE_OF_A), yuan(4000), yuan(0))
    assert back.fee == yuan(80)  # a fifth of 4.00
    assert before - charged(database) == 4080
    assert where(database, "A") == (5, 3, 0, 2)
    assert states(database) == ["placed", "placed"]


def test_a_withdrawal_counts_once(database: Database, shop: supply.LocalGateway) -> None:
    first = shop.withdraw("o1", ONE_OF_A, withdrawal="r1", restock=True, at=NOON)
    owed = charged(database)
    assert shop.withdraw("o1", ONE_OF_A, withdrawal="r1", restock=True, at=NOON) == first
    assert (charged(database), where(database, "A")) == (owed, (5, 3, 0, 2))


@pytest.mark.parametrize(("wanted", "restock"), [(lines(A=2), True), (ONE_OF_A, False), (None, True)])
def test_a_withdrawal_cannot_mean_two_things(
    shop: supply.LocalGateway, wanted: list[supply.HoldLine] | None, restock: bool
) -> None:
    shop.withdraw("o1", ONE_OF_A, withdrawal="r1", restock=True, at=NOON)
    with pytest.raises(supply.ReferenceReused):
        shop.withdraw("o1", wanted, withdrawal="r1", restock=restock, at=NOON)


def test_everything_withdrawn_before_shipping_leaves_the_books_as_if_nothing_had_been(
    database: Database, shop: supply.LocalGateway
) -> None:
    shop.withdraw("o1", ONE_OF_A, withdrawal="r1", restock=True, at=NOON)
    rest = shop.withdraw("o1", None, withdrawal="r2", restock=True, at=NOON)
    assert (rest.lines, rest.freight) == (tuple(lines(A=2, B=2)), yuan(1600))
    assert hub_book(database) == {}
    assert charged(database) == 0
    assert states(database) == ["cancelled", "cancelled"]
    assert where(database, "A") == where(database, "B") == (5, 5, 0, 0)
    assert discrepancies(database) == []


def test_freight_of_one_supplier_comes_back_with_all_of_its_goods(
    database: Database, shop: supply.LocalGateway
) -> None:
    assert shop.withdraw("o1", lines(B=2), withdrawal="r1", restock=True, at=NOON).freight == yuan(800)
    assert states(database) == ["placed", "cancelled"]


def test_what_has_left_is_not_given_back_at_a_word(database: Database, shop: supply.LocalGateway) -> None:
    ship(database, "o1-2")
    owed = charged(database)
    back = shop.withdraw("o1", lines(A=1, B=2), withdrawal="r1", restock=True, at=NOON)
    assert (back.lines, back.supply, back.freight, back.returns) == (tuple(ONE_OF_A), yuan(4000), yuan(0), ("r1:2",))
    assert shop.withdraw("o1", lines(A=1, B=2), withdrawal="r1", restock=True, at=NOON) == back
    assert owed - charged(database) == 4000 + back.fee.minor
    assert states(database) == ["placed", "shipped"]
    assert where(database, "B") == (5, 3, 0, 2), "nobody has seen them yet"
    waiting = shop.view_return("o1", number="r1:2")
    assert (waiting.state, waiting.lines) == ("requested", tuple(lines(B=2)))
    assert shop.withdraw("o1", lines(B=1), withdrawal="r2", restock=True, at=NOON).returns == (), "it is in one already"
    assert discrepancies(database) == []


def test_freight_comes_back_when_the_supplier_could_not_ship(database: Database, shop: supply.LocalGateway) -> None:
    with database.transaction() as session:
        supply.cancel(session, number="o1-2", at=NOON)
    owed = charged(database)
    back = shop.withdraw("o1", lines(B=2), withdrawal="r1", restock=False, at=NOON)
    assert back.freight == yuan(800)
    assert owed - charged(database) == 8000 + 800 + back.fee.minor
    assert [event.kind for event in shop.events().events] == ["cancelled"]


def test_no_more_can_be_withdrawn_than_was_sold(shop: supply.LocalGateway) -> None:
    shop.withdraw("o1", lines(A=2), withdrawal="r1", restock=True, at=NOON)
    with pytest.raises(supply.WithdrawnTooMuch) as refused:
        shop.withdraw("o1", lines(A=2), withdrawal="r2", restock=True, at=NOON)
    assert refused.value.params == {"sku": "A", "left": 1}
    with pytest.raises(supply.WithdrawnTooMuch):
        shop.withdraw("o1", lines(nope=1), withdrawal="r3", restock=True, at=NOON)


def test_withdrawing_the_rest_when_nothing_is_left_is_nothing(shop: supply.LocalGateway) -> None:
    shop.withdraw("o1", None, withdrawal="r1", restock=True, at=NOON)
    rest = shop.withdraw("o1", None, withdrawal="r2", restock=True, at=NOON)
    assert (rest.lines, rest.supply, rest.freight, rest.fee) == ((), yuan(0), yuan(0), yuan(0))


def test_only_confirmed_goods_can_be_withdrawn(database: Database, shop: supply.LocalGateway) -> None:
    shop.hold("o2", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    with pytest.raises(supply.HoldNotConfirmed):
        shop.withdraw("o2", None, withdrawal="r1", restock=True, at=NOON)
    with pytest.raises(supply.UnknownHold):
        shop.withdraw("o3", None, withdrawal="r1", restock=True, at=NOON)
    with pytest.raises(supply.UnknownHold):
        gateway(database, replace(TERMS, store="south")).withdraw("o1", None, withdrawal="r1", restock=True, at=NOON)
