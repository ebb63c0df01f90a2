"""What stores pay their hub and the hub pays others: evidence, booked once, taken back by a booking of its own."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared_core import audit, ledger, supply
from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from shared_core.kernel.money import Money
from shared_core.ledger import Posting, accounts
from shared_core.supply import settlement, tenancy
from tests.hub.hubs import add, tenant_gateway
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, lines, stocked, yuan
from tests.supply.test_concurrency import at_once, kinds
from tests.worlds import World

LATER = NOON + timedelta(hours=1)
NORTH, ACME = (
    settlement.Party(settlement.PartyKind.TENANT, "north"),
    settlement.Party(settlement.PartyKind.SUPPLIER, "acme"),
)


@pytest.fixture
def shop(database: Database) -> supply.TenantGateway:
    """The store "north" of a hub; it pays in advance. One A costs it 48.00, of which 36.00 are the supplier's."""
    stocked(database, {"A": 20})
    return tenant_gateway(database, add(database, "north", credit_limit_minor=0))


def pay(database: Database, party: settlement.Party, minor: int, number: str = "T1") -> settlement.PaymentView:
    with database.transaction() as session:
        return settlement.record_payment(session, party, yuan(minor), number=number, actor="ann", at=NOON)


def undo(database: Database, number: str = "T1") -> settlement.PaymentView:
    with database.transaction() as session:
        return settlement.reverse_payment(session, number, reason="bounced", actor="bo", at=LATER)


def owes(database: Database) -> int:
    with database.reading() as session:
        return tenancy.tenant_owes(session, "north", "CNY").minor


def broken(database: Database) -> list[str]:
    with database.reading() as session:
        return [each.code for each in audit.check_hub(session) if not each.ok]


def buy(shop: supply.TenantGateway, number: str, pieces: int = 1) -> None:
    shop.hold(number, lines(A=pieces), customer=number, ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm(number, ship_to=HOME, at=NOON)


def test_who_pays_in_advance_can_order_for_what_was_paid(database: Database, shop: supply.TenantGateway) -> None:
    with pytest.raises(supply.CreditUsedUp):
        buy(shop, "o1")
    pay(database, NORTH, 4_800)
    assert owes(database) == -4_800
    buy(shop, "o1")
    assert owes(database) == 0 and broken(database) == []
    with pytest.raises(supply.CreditUsedUp):
        buy(shop, "o2")


def test_a_transaction_number_settles_one_payment(database: Database, shop: supply.TenantGateway) -> None:
    assert pay(database, NORTH, 4_800) == pay(database, NORTH, 4_800)
    for party, minor in ((NORTH, 4_799), (ACME, 4_800), (settlement.CARRIER, 4_800)):
        with pytest.raises(settlement.PaymentTaken, match="T1"):
            pay(database, party, minor)
    assert owes(database) == -4_800 and broken(database) == []


def test_a_payment_that_was_none_is_taken_back_and_its_number_is_free(
    database: Database, shop: supply.TenantGateway
) -> None:
    pay(database, NORTH, 8_400)
    back = undo(database)
    assert back == undo(database) and back.reversal == settlement.ReversalView("bounced", "bo", LATER)
    assert owes(database) == 0
    assert pay(database, NORTH, 4_800).reversal is None
    assert owes(database) == -4_800 and broken(database) == []
    with database.reading() as session:
        amounts = [(each.amount.minor, each.reversal is not None) for each in settlement.payments(session, NORTH)]
        assert amounts == [(8_400, True), (4_800, False)]
        assert settlement.received_of(session, "north", "CNY") == yuan(4_800)
    with pytest.raises(settlement.UnknownPayment):
        undo(database, "T2")


def test_suppliers_and_carriers_are_paid_what_is_owed_to_them(database: Database, shop: supply.TenantGateway) -> None:
    pay(database, NORTH, 9_600)
    buy(shop, "o1")
    pay(database, ACME, 3_600, "S1")
    pay(database, settlement.CARRIER, 500, "C1")
    with database.reading() as session:
        left = ledger.trial_balance(session, book=ledger.HUB)
    assert left[accounts.supplier_payable("acme"), "CNY"] == 0
    assert left[accounts.carrier_payable(), "CNY"] == -300
    assert left[accounts.bank(), "CNY"] == 9_600 - 4_100 and broken(database) == []


@pytest.mark.parametrize("number", ["", " T1", "T1 ", "T\n1", "T" * 65])
def test_a_number_that_is_none_is_refused(database: Database, shop: supply.TenantGateway, number: str) -> None:
    with pytest.raises(settlement.BadTransactionNumber):
        pay(database, NORTH, 1, number)


def test_a_payment_is_of_somebody_known_in_their_currency(database: Database, shop: supply.TenantGateway) -> None:
    with pytest.raises(settlement.BadPayment, match="more than nothing"):
        pay(database, NORTH, 0)
    with pytest.raises(tenancy.UnknownTenant):
        pay(database, settlement.Party(settlement.PartyKind.TENANT, "south"), 1)
    with pytest.raises(supply.UnknownSupplier):
        pay(database, settlement.Party(settlement.PartyKind.SUPPLIER, "north"), 1)
    with pytest.raises(settlement.BadPayment, match="in CNY"), database.transaction() as session:
        settlement.record_payment(session, NORTH, Money(1, "USD"), number="T1", actor="ann", at=NOON)
    assert owes(database) == 0


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("UPDATE supply_payment SET amount_minor = amount_minor + 1 WHERE party = 'tenant'", "I3"),
        ("UPDATE supply_payment SET amount_minor = amount_minor + 1 WHERE party = 'supplier'", "I2"),
        ("DELETE FROM supply_payment_reversal", "I2"),
        ("UPDATE ledger_running_balance SET balance_minor = balance_minor + 1", "I8"),
    ],
)
def test_the_audit_sees_what_was_changed_behind_its_back(
    database: Database, shop: supply.TenantGateway, fault: str, code: str
) -> None:
    pay(database, NORTH, 9_600)
    pay(database, ACME, 100, "S1")
    pay(database, ACME, 200, "S2")
    undo(database, "S2")
    assert broken(database) == []
    with database.transaction() as session:
        session.execute(text(fault))
    assert code in broken(database)


def test_of_the_same_payment_entered_at_once_one_is_booked(database: Database, shop: supply.TenantGateway) -> None:
    found = at_once(2, lambda _: pay(database, NORTH, 4_800))
    assert kinds(found) == {"PaymentView": 2} and owes(database) == -4_800


# --- the store's side -----------------------------------------------------------------------------------------------


def test_a_store_s_payment_is_evidence_of_its_bank_account_and_no_debt(database_url: str) -> None:
    listeners = Listeners()
    shop = World(Database(database_url, listeners), listeners)
    shop.stock_up("A")
    shop.pay(shop.place(shop.visitor(), [("A", 1)]))
    shop.settle_down()
    with shop.transaction() as session:
        settlement.record_payment(session, settlement.THE_HUB, yuan(99_900), number="T1", actor="bo", at=shop.now)
    assert shop.broken() == [], "paid in advance"
    with shop.transaction() as session:
        session.execute(text("UPDATE supply_payment SET amount_minor = amount_minor - 1"))
    assert [line.split()[0] for line in shop.broken()] == ["I2"]
    shop.database.dispose()


def test_goods_on_which_store_and_hub_differ_are_a_fault_and_payments_are_not(database_url: str) -> None:
    listeners = Listeners()
    shop = World(Database(database_url, listeners), listeners)
    shop.stock_up("A")
    shop.pay(shop.place(shop.visitor(), [("A", 1)]))
    shop.settle_down()
    with shop.transaction() as session:
        settlement.record_payment(session, settlement.THE_HUB, yuan(4_000), number="T1", actor="bo", at=shop.now)

    def told(charged: int, received: int, credited: int = 0) -> tuple[bool, str]:
        account = audit.HubAccount(yuan(charged), yuan(received), yuan(credited))
        with shop.database.reading() as session:
            [found] = [each for each in audit.check(session, at=shop.now, hub=lambda: account) if each.code == "I3"]
        return found.ok, str(found.note or "")

    assert told(0, 4_000) == (True, ""), "what this database's own hub is due is counted in"
    assert told(0, 0) == (True, "this shop has paid the hub 40.00 CNY, the hub has received 0.00 CNY")
    assert told(0, 4_000, 5)[0] and "0.00 CNY of it is booked" in told(0, 4_000, 5)[1]
    assert not told(1, 4_000)[0]
    shop.database.dispose()


# --- the balance that is kept ---------------------------------------------------------------------------------------

TENANTS = (f"t{number}" for number in itertools.count())
MOVES = st.lists(
    st.tuples(st.sampled_from("sbm"), st.sampled_from("sbm"), st.integers(0, 10**6)).filter(lambda it: it[0] != it[1]),
    max_size=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(before=MOVES, after=st.lists(MOVES, max_size=4))
def test_a_kept_balance_is_what_a_replay_says(
    session: Session, before: list[tuple[str, str, int]], after: list[list[tuple[str, str, int]]]
) -> None:
    code = next(TENANTS)
    names = {"s": accounts.due_store(code), "b": accounts.bank(), "m": accounts.supply_margin()}
    for turn, moves in enumerate([before, *after]):
        postings = [Posting(names[out], names[into], yuan(minor)) for out, into, minor in moves]
        for _ in range(2):
            ledger.post(session, f"x:{code}:{turn}", postings, book=ledger.HUB, at=NOON)
        if turn == 0:
            ledger.keep(session, names["s"], "CNY", book=ledger.HUB)
    said = ledger.balance(session, names["s"], "CNY", book=ledger.HUB).minor
    assert said == ledger.kept_balances(session, book=ledger.HUB)[names["s"], "CNY"]
    assert said == ledger.trial_balance(session, book=ledger.HUB)[names["s"], "CNY"]


def test_orders_that_are_confirmed_at_once_all_count(database: Database) -> None:
    stocked(database, {"A": 20})
    shop = tenant_gateway(database, add(database, "north"))
    for number in range(4):
        shop.hold(f"o{number}", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    at_once(4, lambda number: shop.confirm(f"o{number}", ship_to=HOME, at=NOON))
    assert owes(database) == 4 * 4_800 and broken(database) == []
