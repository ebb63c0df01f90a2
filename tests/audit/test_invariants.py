"""Every invariant is seen to fail: one planted fault each, behind the rooms' backs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import CursorResult, text

from shared_core import audit, ledger, orders, plan
from shared_core.audit import replay
from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from shared_core.ledger import accounts
from tests.plan.plans import rule
from tests.worlds import World


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A settled shop: payouts paid and failed, a hand-out, a refund, disputes open and lost, an order under way."""
    listeners = Listeners()
    database = Database(database_url, listeners)
    chosen = plan.loads(plan.preset("participants") + rule("fund", "team_fund", rate="2.5%"), currency="CNY")
    lived = World(database, listeners, plans=(chosen,))
    lived.stock_up("A", units=50)
    lived.seller_id = lived.visitor()
    lived.sold(lived.visitor(), [("A", 20)])
    lived.pass_days(30)
    lived.pay_out(lived.ask_payout(lived.seller_id, 8000))
    lived.fail_payout(lived.ask_payout(lived.seller_id, 5000))
    lived.hand_out(lived.promoter(), 300)
    returned = lived.sold(lived.visitor(), [("A", 2)])
    lived.refund(returned, {"A": 1})
    lived.pay(lived.place(lived.visitor(), [("A", 1)]))
    lived.ask_payout(lived.seller_id, 1000)
    _money_by_statement(lived)
    lived.dispute(lived.sold(lived.visitor(), [("A", 2)]), 8900)
    lived.end_dispute(lived.dispute(lived.sold(lived.visitor(), [("A", 2)]), 8900), "lost")
    assert lived.broken() == []
    yield lived
    database.dispose()


def _money_by_statement(lived: World) -> None:
    """One payment matched by hand, with a tail let off; one sent back, one nobody's; some of it handed over."""
    lived.counter = replace(lived.counter, rail=orders.ManualRail(("till",), orders.Match.TAIL))
    number = lived.place(lived.visitor(), [("A", 1)])
    with lived.transaction() as session:
        wanted = orders.expectation(session, orders.get(session, number).id)
        assert wanted is not None and wanted.tail_minor
        amounts = (wanted.amount_minor, 777, 888)
        early = lived.now - timedelta(days=2)
        seen = [orders.SeenRow(line, f"S{line}", lived.money(each), early) for line, each in enumerate(amounts, 1)]
        orders.take_in(session, seen, collector="till", entered_by="staff:1", at=lived.now)
        matching, wrong, _ = (each.id for each in orders.waiting_receipts(session))
        orders.assign(session, matching, number, entered_by="staff:1", at=lived.now)
        orders.give_back(session, wrong, evidence="back", entered_by="staff:1", at=lived.now)
        orders.hand_over(session, collector="till", amount=lived.money(5000), reference="B1", at=lived.now)
    lived.settle_down()


ACCOUNT = "(SELECT id FROM ledger_account WHERE book = 'store' AND address = '{}')"
ANY_POSTING = "(SELECT MIN(id) FROM ledger_posting)"
FAULTS = {
    "I1": f"UPDATE ledger_posting SET amount_minor = amount_minor + 1 WHERE id = {ANY_POSTING}",
    "I2": "UPDATE order_evidence SET amount_minor = amount_minor - 1",
    "I3": "UPDATE ledger_posting SET amount_minor = amount_minor + 7 WHERE destination_id IN "
    "(SELECT id FROM ledger_account WHERE book = 'hub' AND address = 'assets:store:store')",
    "I4": f"UPDATE ledger_posting SET amount_minor = amount_minor + 100000000 WHERE destination_id = "
    f"{ACCOUNT.format('liabilities:customer-deposit')}",
    "I5": "UPDATE order_order SET refunded_minor = refunded_minor + 1 WHERE refunded_minor < total_minor",
    "I6": "UPDATE reward_earning SET amount_minor = amount_minor + 1",
    "I7": "UPDATE reward_payout SET tax_minor = tax_minor + 1, net_minor = net_minor - 1 WHERE state = 'paid'",
    "I10": "UPDATE order_evidence SET transaction_no = 'other-' || transaction_no",
    "I11": "UPDATE reward_earning SET booked_at = NULL WHERE state = 'pending'",
    "I12": "UPDATE supply_stock SET received = received + 1, free = free + 1",
    "I13": "UPDATE reward_handout_part SET amount_minor = amount_minor + 1",
}


@pytest.mark.parametrize("code", FAULTS)
def test_a_planted_fault_breaks_its_invariant(world: World, code: str) -> None:
    with world.transaction() as session:
        session.execute(text(FAULTS[code]))

    assert code in {line.split()[0] for line in world.broken()}


DISPUTED_FAULTS = {
    "a fee that the rail does not keep": ("I2", "UPDATE order_dispute SET fee_minor = fee_minor + 1"),
    "an amount nobody took": ("I2", "UPDATE order_dispute SET amount_minor = amount_minor - 1 WHERE state = 'open'"),
    "a dispute that ended and was not booked": (
        "I10",
        "UPDATE order_dispute SET state = 'won', ended_at = opened_at WHERE state = 'open'",
    ),
    "a dispute without a booking": ("I10", "UPDATE order_dispute SET number = 'other-' || number"),
    "a loss that the order does not show": (
        "I5",
        "UPDATE order_dispute SET refund_id = NULL WHERE state = 'lost'",
    ),
    "shares that are not kept back": (
        "I5",
        "UPDATE reward_earning SET held_minor = held_minor - 1 WHERE held_minor > 0",
    ),
    "shares kept back for nothing": (
        "I6",
        "UPDATE reward_earning SET held_minor = 1 WHERE held_minor = 0 AND amount_minor > reversed_minor",
    ),
}


@pytest.mark.parametrize("fault", DISPUTED_FAULTS)
def test_a_fault_in_a_dispute_breaks_its_invariant(world: World, fault: str) -> None:
    code, statement = DISPUTED_FAULTS[fault]
    with world.transaction() as session:
        session.execute(text(statement))

    assert code in {line.split()[0] for line in world.broken()}


ANY_OTHER_MEMBER = "(SELECT MAX(id) FROM member)"
CHANGED_ROWS = {
    "a tail that was not let off": ("I5", "UPDATE order_expectation SET tail_minor = tail_minor + 1"),
    "a paid order that cost something else": (
        "I10",
        "UPDATE order_order SET total_minor = total_minor + 9, freight_minor = freight_minor + 9 WHERE state = 'paid'",
    ),
    "goods that no line is for": ("I5", "UPDATE order_line SET goods_net_minor = goods_net_minor + 9"),
    "evidence of another order": (
        "I10",
        "UPDATE order_evidence SET order_id = (SELECT MIN(id) FROM order_order) WHERE transaction_no = 'S1'",
    ),
    "a receipt of another order": (
        "I10",
        "UPDATE order_receipt SET order_id = (SELECT MIN(id) FROM order_order) WHERE outcome = 'matched'",
    ),
    "an order that arrived and earned nothing": (
        "I4",
        "UPDATE order_order SET state = 'delivered', delivered_at = paid_at WHERE state = 'paid'",
    ),
    "a refund that nobody sent": ("I5", "UPDATE order_refund SET sent_at = at WHERE sent_at IS NULL"),
    "an earning of somebody else": (
        "I6",
        f"UPDATE reward_earning SET member_id = {ANY_OTHER_MEMBER} WHERE member_id IS NOT NULL",
    ),
    "an earning that matured and was not booked": (
        "I6",
        "UPDATE reward_earning SET state = 'available' WHERE member_id IS NOT NULL AND state = 'pending'",
    ),
    "a part of a hand-out for somebody else": (
        "I6",
        f"UPDATE reward_handout_part SET member_id = {ANY_OTHER_MEMBER}",
    ),
    "a hand-out that is more than its parts": ("I13", "UPDATE reward_handout SET amount_minor = amount_minor + 1"),
    "a payout of somebody else": ("I6", f"UPDATE reward_payout SET member_id = {ANY_OTHER_MEMBER}"),
    "a payout that nobody paid": ("I2", "UPDATE reward_payout SET state = 'paid' WHERE state = 'requested'"),
    "a payout that was paid and is asked for again": (
        "I7",
        "UPDATE reward_payout SET state = 'requested' WHERE state = 'paid'",
    ),
}


@pytest.mark.parametrize("fault", CHANGED_ROWS)
def test_a_changed_row_breaks_its_invariant(world: World, fault: str) -> None:
    code, statement = CHANGED_ROWS[fault]
    with world.transaction() as session:
        changed = session.execute(text(statement))
        assert isinstance(changed, CursorResult) and changed.rowcount

    assert code in {line.split()[0] for line in world.broken()}


FORGED = {
    "a deposit that became a sale": ("I4", accounts.customer_deposit(), accounts.sales()),
    "a discount of no order": ("I5", accounts.discounts(), accounts.customer_deposit()),
    "a promise to pay back without a refund": ("I5", accounts.returns(), accounts.refund_payable()),
    "a promise to pay back that was forgotten": ("I5", accounts.refund_payable(), accounts.sales()),
    "a collector whom nobody paid": ("I2", accounts.clearing("ghost"), accounts.sales()),
    "money that left the bank": ("I2", accounts.platform_fee(), accounts.bank()),
    "money from a member to another": ("I6", accounts.member_available(1), accounts.member_available(2)),
    "money that need not mature": ("I6", accounts.member_pending(1), accounts.member_available(1)),
    "money kept back for nothing": ("I13", accounts.fund_available(), accounts.fund_held()),
    "a payout that nobody asked for": ("I7", accounts.sales(), accounts.payout_in_flight("forged")),
    "tax for another authority": ("I7", accounts.tax_withheld("here"), accounts.tax_withheld("elsewhere")),
}


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_booking_breaks_its_invariant(world: World, forgery: str) -> None:
    code, debit, credit = FORGED[forgery]
    with world.transaction() as session:
        moved = ledger.entry(debit=debit, credit=credit, amount=world.money(5))
        ledger.post(session, "x:forged", [moved], at=world.now)

    assert code in {line.split()[0] for line in world.broken()}


def test_a_payout_out_of_a_debt_is_noticed(world: World) -> None:
    assert world.seller_id is not None
    member = accounts.member_available(world.seller_id)
    forged = ledger.entry(debit=member, credit=accounts.bank(), amount=world.money(10_000_000))
    with world.transaction() as session:
        ledger.post(session, "po:forged", [forged], at=world.now)

    assert "I9" in {line.split()[0] for line in world.broken()}


FUND_FAULTS = {
    "a hand-out that was booked and not given": ("I13", "UPDATE reward_handout_end SET state = 'dropped'"),
    "an earning that matured and was not booked": (
        "I13",
        "UPDATE reward_earning SET state = 'available' WHERE member_id IS NULL AND state = 'pending'",
    ),
    "a fund's share taken back for nothing": (
        "I5",
        "UPDATE reward_earning SET reversed_minor = amount_minor, state = 'void' "
        "WHERE member_id IS NULL AND reversed_minor = 0 AND held_minor = 0",
    ),
}


@pytest.mark.parametrize("fault", FUND_FAULTS)
def test_a_fault_in_the_team_fund_breaks_its_invariant(world: World, fault: str) -> None:
    code, statement = FUND_FAULTS[fault]
    with world.transaction() as session:
        session.execute(text(statement))

    assert code in {line.split()[0] for line in world.broken()}


def test_handing_out_of_a_debt_is_noticed(world: World) -> None:
    assert world.seller_id is not None
    forged = ledger.entry(
        debit=accounts.fund_available(),
        credit=accounts.member_available(world.seller_id),
        amount=world.money(10_000_000),
    )
    with world.transaction() as session:
        ledger.post(session, "fund:forged", [forged], at=world.now)

    assert {"I9", "I13"} <= {line.split()[0] for line in world.broken()}


def test_a_delivery_given_up_is_a_fault_and_hides_no_other(world: World) -> None:
    with world.transaction() as session:
        session.execute(text("UPDATE outbox SET done_at = NULL, attempts = 10, error = 'gone' WHERE id = 1"))
    (told,) = world.broken()
    assert told.startswith("I3") and "was given up: gone" in told

    with world.transaction() as session:
        session.execute(text(FAULTS["I3"]))

    assert any(line.startswith("I3") and "the hub is due" in line for line in world.broken())


def test_a_replay_that_differs_from_the_sums_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(played: replay.Replay, row: object) -> None:
        return None

    monkeypatch.setattr(replay.Replay, "play", forgetful)

    assert "I8" in {line.split()[0] for line in world.broken()}


def test_every_invariant_is_reported_with_a_title(world: World) -> None:
    with world.database.reading() as session:
        results = audit.check(session, at=world.now)

    assert [each.code for each in results] == [f"I{number}" for number in range(1, 15)]
    assert all(each.ok and each.title for each in results)
