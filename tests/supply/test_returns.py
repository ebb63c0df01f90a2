"""Pieces that were sent come back: nothing is owed less before somebody has looked at them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.ledger import accounts
from shared_core.supply import Bearer, Inspected, Remedy, ReturnReason
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, TERMS, discrepancies, gateway, lines, stocked, where, yuan
from tests.supply.test_confirming import hub_book
from tests.supply.test_withdrawing import charged

WAREHOUSE = supply.Address(name="Acme returns", phone="0571-1", street="9 Dock Road", city="Ningbo")
OWED = accounts.supplier_payable("acme")


@pytest.fixture
def shop(database: Database) -> supply.LocalGateway:
    """Three A from acme and two B from bestco, all delivered; acme takes goods back, bestco has said nothing."""
    stocked(database, {"A": 5, "B": 5})
    opened = gateway(database, replace(TERMS, platform_fee_bps=200))
    opened.hold("o1", lines(A=3, B=2), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    opened.confirm("o1", ship_to=HOME, goods=yuan(20000), at=NOON)
    with database.transaction() as session:
        supply.returns.set_terms(session, supplier="acme", terms=supply.returns.ReturnTerms(WAREHOUSE, send_days=14))
        for number in ("o1-1", "o1-2"):
            supply.ship(session, number=number, carrier="Local", tracking_number=number, at=NOON)
            supply.deliver(session, number=number, at=NOON)
    return opened


def ask(shop: supply.LocalGateway, number: str = "r1", *, reason: Any = ReturnReason.NO_REASON, **more: Any) -> Any:
    lines_asked = more.pop("lines", lines(A=2))
    asked = {"remedy": Remedy.MONEY, "words": "", "at": NOON} | more
    return shop.request_return("o1", lines_asked, number=number, reason=reason, **asked)


def receive(database: Database, number: str = "r1") -> None:
    with database.transaction() as session:
        supply.returns.receive(session, number, actor="ann", at=NOON)


def inspect(database: Database, *found: Inspected, number: str = "r1", **named: Any) -> None:
    with database.transaction() as session:
        supply.returns.inspect(session, number, list(found), actor="ann", at=NOON, **named)


def news(shop: supply.LocalGateway) -> list[str]:
    return [each.kind for each in shop.events().events if each.kind.startswith("return")]


def test_one_piece_is_taken_back_and_one_refused(database: Database, shop: supply.LocalGateway) -> None:
    owed, book = charged(database), hub_book(database)
    asked = ask(shop)
    assert (asked.state, asked.address, asked.send_by) == ("authorised", WAREHOUSE, NOON + timedelta(days=14))
    sent = shop.ship_return("o1", number="r1", carrier="SF", tracking_number="SF1234567890123", at=NOON)
    assert (sent.state, sent.carrier) == ("sent", "SF")
    receive(database)
    assert (charged(database), where(database, "A")) == (owed, (5, 2, 0, 3)), "nobody has looked into the box"
    for _ in range(2):
        inspect(database, Inspected("A", sellable=1, unsellable=0, refused=1), said="one was worn")
    settled = shop.view_return("o1", number="r1")
    assert (settled.state, settled.supply, settled.fee, settled.said) == (
        "settled",
        yuan(4000),
        yuan(80),
        "one was worn",
    )
    assert owed - charged(database) == 4080
    assert hub_book(database)[OWED] - book[OWED] == 3600
    assert where(database, "A") == (5, 3, 0, 2)
    assert news(shop) == ["return_approved", "return_received", "return_settled"]
    assert discrepancies(database) == []


@pytest.mark.parametrize(("bearer", "less"), [(Bearer.SUPPLIER, 4080), (Bearer.STORE, 0)])
def test_who_bears_a_spoilt_piece_decides_what_is_owed(
    database: Database, shop: supply.LocalGateway, bearer: Bearer, less: int
) -> None:
    owed = charged(database)
    ask(shop, lines=lines(A=1))
    receive(database)
    inspect(database, Inspected("A", 0, 1, 0), bearer=bearer)
    assert owed - charged(database) == less
    assert where(database, "A") == (5, 2, 0, 3), "it is written off"
    assert discrepancies(database) == []


def test_the_supplier_at_fault_pays_for_the_way_back(database: Database, shop: supply.LocalGateway) -> None:
    owed, book = charged(database), hub_book(database)
    ask(shop, reason=ReturnReason.DAMAGED, lines=lines(A=1))
    receive(database)
    inspect(database, Inspected("A", 0, 1, 0), freight=yuan(1200))
    view = shop.view_return("o1", number="r1")
    assert (view.supply, view.freight, view.fee, view.bearer) == (yuan(4000), yuan(1200), yuan(80), Bearer.SUPPLIER)
    assert owed - charged(database) == 5280
    assert hub_book(database)[OWED] - book[OWED] == 3600 + 1200


def test_who_changes_their_mind_pays_for_the_way_back(database: Database, shop: supply.LocalGateway) -> None:
    ask(shop, lines=lines(A=1))
    receive(database)
    with pytest.raises(supply.returns.FreightNotDue):
        inspect(database, Inspected("A", 1, 0, 0), freight=yuan(1))
    assert shop.view_return("o1", number="r1").state == "received"


def test_new_pieces_come_for_damaged_ones_at_no_charge(database: Database, shop: supply.LocalGateway) -> None:
    owed = charged(database)
    ask(shop, reason=ReturnReason.DAMAGED, remedy=Remedy.REPLACEMENT, lines=lines(A=1))
    receive(database)
    inspect(database, Inspected("A", 0, 1, 0))
    assert charged(database) == owed
    assert where(database, "A") == (5, 1, 0, 4)
    with database.transaction() as session:
        for _ in range(2):
            supply.returns.ship_new(session, "r1", carrier="SF", tracking_number="SF1234567890123", at=NOON)
        supply.returns.deliver_new(session, "r1", at=NOON)
    box = shop.view_return("o1", number="r1").new_box
    assert box == supply.NewBox("SF", "SF1234567890123", NOON)
    assert news(shop)[-2:] == ["return_replaced", "return_made_good"]
    assert discrepancies(database) == []


def test_without_stock_for_new_pieces_money_goes_back(database: Database, shop: supply.LocalGateway) -> None:
    owed = charged(database)
    with database.transaction() as session:
        supply.adjust_stock(session, sku="A", quantity=-2, reference="burnt", at=NOON)
    ask(shop, reason=ReturnReason.MISSING, remedy=Remedy.REPLACEMENT, lines=lines(A=1))
    inspect(database, Inspected("A", 0, 1, 0))
    settled = shop.view_return("o1", number="r1")
    assert (settled.state, settled.replaced, settled.supply) == ("settled", False, yuan(4000))
    assert owed - charged(database) == 4080
    assert discrepancies(database) == []


def test_a_replaced_piece_can_come_back_again(database: Database, shop: supply.LocalGateway) -> None:
    ask(shop, reason=ReturnReason.WRONG, remedy=Remedy.REPLACEMENT, lines=lines(A=1))
    receive(database)
    inspect(database, Inspected("A", 1, 0, 0))
    assert where(database, "A") == (5, 2, 0, 3), "one came, one went"
    ask(shop, "r2", lines=lines(A=3))
    receive(database, "r2")
    inspect(database, Inspected("A", 3, 0, 0), number="r2")
    assert where(database, "A") == (5, 5, 0, 0)
    assert discrepancies(database) == []


def test_a_return_that_nothing_was_sent_for_expires(database: Database, shop: supply.LocalGateway) -> None:
    ask(shop)
    with database.transaction() as session:
        assert supply.returns.expire(session, at=NOON + timedelta(days=13)) == 0
        assert supply.returns.expire(session, at=NOON + timedelta(days=14)) == 1
    assert shop.view_return("o1", number="r1").state == "expired"
    assert ask(shop, "r2").state == "authorised", "the pieces can be asked back again"


def test_a_return_is_cancelled_until_it_is_on_its_way(database: Database, shop: supply.LocalGateway) -> None:
    ask(shop)
    assert shop.cancel_return("o1", number="r1", at=NOON) == shop.cancel_return("o1", number="r1", at=NOON)
    ask(shop, "r2")
    shop.ship_return("o1", number="r2", carrier="Local", tracking_number="1", at=NOON)
    with pytest.raises(supply.returns.ReturnStepRefused):
        shop.cancel_return("o1", number="r2", at=NOON)


def test_without_terms_the_operator_decides(database: Database, shop: supply.LocalGateway) -> None:
    assert ask(shop, lines=lines(B=1)).state == "requested"
    with database.transaction() as session:
        with pytest.raises(supply.returns.NoReturnAddress):
            supply.returns.authorise(session, "r1", actor="ann", at=NOON)
        supply.returns.authorise(session, "r1", actor="ann", at=NOON, address=WAREHOUSE, send_days=3)
    assert shop.view_return("o1", number="r1").send_by == NOON + timedelta(days=3)
    ask(shop, "r2", lines=lines(B=1))
    with database.transaction() as session:
        supply.returns.decline(session, "r2", reason="worn", actor="ann", at=NOON)
        [last, first] = supply.returns.listed(session, supplier="bestco")
    assert (last.returned.state, last.returned.said, first.returned.state) == ("declined", "worn", "authorised")
    assert [step.actor for step in last.steps] == ["north", "ann"]


def test_what_cannot_come_back_is_refused(database: Database, shop: supply.LocalGateway) -> None:
    ask(shop, lines=lines(A=2))
    with pytest.raises(supply.returns.ReturnTooMuch) as refused:
        ask(shop, "r2", lines=lines(A=2))
    assert refused.value.params == {"sku": "A", "left": 1}
    with pytest.raises(supply.ReferenceReused):
        ask(shop, lines=lines(A=1))
    with pytest.raises(supply.returns.OneSupplierOnly):
        ask(shop, "r2", lines=lines(A=1, B=1))
    with pytest.raises(supply.returns.ReturnPointless):
        ask(shop, "r2", lines=lines(B=1), remedy=Remedy.REPLACEMENT)
    with pytest.raises(supply.returns.UnknownReturn):
        gateway(database, replace(TERMS, store="south")).view_return("o1", number="r1")
    with pytest.raises(supply.returns.ReturnStepRefused):
        inspect(database, Inspected("A", 2, 0, 0))


def test_a_store_that_does_not_know_of_returns_hears_of_them_once_it_does(
    database: Database, shop: supply.LocalGateway
) -> None:
    older = supply.LocalGateway(database, shop.terms, knows_returns=False)
    before = older.events().cursor
    older.withdraw("o1", lines(A=1), withdrawal="w", restock=True, at=NOON)
    receive(database, "w:1")
    inspect(database, Inspected("A", 1, 0, 0), number="w:1")
    older.hold("o2", lines(B=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    older.confirm("o2", ship_to=HOME, at=NOON)
    older.withdraw("o2", None, withdrawal="w2", restock=True, at=NOON)
    heard = older.events(after=before)
    assert [each.kind for each in heard.events] == ["cancelled"], "its other news do not wait"
    later = shop.events(after=heard.cursor).events
    assert [each.kind for each in later] == ["return_approved", "return_received", "return_settled"]
    assert {each.return_number for each in later} == {"w:1"}


def test_a_return_and_a_withdrawal_have_numbers_of_their_own(database: Database, shop: supply.LocalGateway) -> None:
    ask(shop, "r1", lines=lines(A=1))
    with pytest.raises(supply.ReferenceReused):
        shop.withdraw("o1", lines(B=1), withdrawal="r1", restock=True, at=NOON)
    shop.withdraw("o1", lines(B=1), withdrawal="w1", restock=True, at=NOON)
    for taken in ("w1", "w1:2"):
        with pytest.raises(supply.ReferenceReused):
            ask(shop, taken, lines=lines(A=1))
