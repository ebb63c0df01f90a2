"""Every invariant is seen to fail: one planted fault each, behind the rooms' backs."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from shared_core import audit, ledger, plan
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
    lived.dispute(lived.sold(lived.visitor(), [("A", 2)]), 8900)
    lived.end_dispute(lived.dispute(lived.sold(lived.visitor(), [("A", 2)]), 8900), "lost")
    assert lived.broken() == []
    yield lived
    database.dispose()


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
