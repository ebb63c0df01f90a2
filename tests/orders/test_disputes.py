"""Disputed payments: taken by the bank, kept back from members, given back or lost, and never lost to the books."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core import audit, ledger, orders, plan, rewards
from shared_core.kernel.database import Database
from shared_core.kernel.errors import Invalid, PlatformError
from shared_core.kernel.listeners import Listeners
from shared_core.kernel.money import MixedCurrencies, Money
from shared_core.ledger import accounts
from shared_core.ledger import rules as ledger_rules
from shared_core.orders import DisputeState, dispute_rules
from tests import journals
from tests.databases import Databases
from tests.worlds import ZONE, World

PLANS = (plan.loads(plan.preset("participants"), currency="CNY"),)
ENDS = ("won", "lost", "withdrawn", "expired")


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A shop with a seller, whose orders come from two suppliers."""
    listeners = Listeners()
    lived = World(Database(database_url, listeners), listeners, plans=PLANS)
    lived.stock_up("A", units=60)
    lived.stock_up("B", price=2000, cost=800, supplied=1000, by="bestco")
    lived.seller_id = lived.visitor()
    yield lived
    lived.database.dispose()


def owed(world: World, address: str) -> int:
    with world.database.reading() as session:
        return ledger.owed(session, address, "CNY").minor


def wallet(world: World) -> tuple[int, int, int]:
    """(pending, held, available) of the seller."""
    assert world.seller_id is not None
    with world.database.reading() as session:
        found = rewards.wallet(session, world.seller_id, "CNY")
    return found.pending.minor, found.held.minor, found.available.minor


# --- rules ---


def test_a_dispute_ends_once_and_in_any_of_four_ways() -> None:
    assert {each for each in DisputeState if dispute_rules.may_end(DisputeState.OPEN, each)} == set(ENDS)
    for ended in ENDS:
        assert not any(dispute_rules.may_end(DisputeState(ended), each) for each in DisputeState)


@given(disputed=st.integers(0, 10**6), left=st.lists(st.integers(0, 10**5), min_size=1, max_size=5))
def test_a_disputed_amount_is_spread_over_the_goods_and_no_line_loses_more_than_it_has(
    disputed: int, left: list[int]
) -> None:
    parts = dispute_rules.spread(Money(disputed, "CNY"), left)
    assert sum(parts) == min(disputed, sum(left))
    assert all(0 <= part <= most for part, most in zip(parts, left, strict=True))


@given(
    amount=st.integers(1, 10**6),
    part=st.integers(0, 10**6),
    fee=st.integers(0, 10**4),
    tail=st.integers(0, 30),
    delivered=st.booleans(),
)
def test_however_a_dispute_ends_nothing_stays_claimed(
    amount: int, part: int, fee: int, tail: int, delivered: bool
) -> None:
    whole, charged, paid, off = (Money(each, "CNY") for each in (amount, min(part, amount) + tail, fee, tail))
    opening = dispute_rules.opening_postings("till", whole, paid)
    restored = [*opening, *dispute_rules.restoring_postings("till", whole)]
    lost = [*opening, *dispute_rules.losing_postings(whole, charged, off, delivered=delivered)]
    for ended, cash, borne, let in ((restored, -fee, 0, 0), (lost, -fee - amount, amount + tail, tail)):
        moved = {address: minor for (address, _), minor in ledger_rules.net_changes(ended).items()}
        deposit, loss = moved.get(accounts.customer_deposit(), 0), moved.get(accounts.chargeback_loss(), 0)
        assert moved[accounts.dispute_receivable()] == 0
        assert moved[accounts.clearing("till")] == cash
        assert moved.get(accounts.dispute_fee(), 0) == fee
        assert moved.get(accounts.discounts(), 0) == -let
        assert deposit + loss == borne and (deposit == 0 or not delivered)


# --- the way of a dispute ---


def test_what_a_member_earned_is_kept_back_and_let_go_when_the_dispute_is_won(world: World) -> None:
    """99.00 paid for one A; the seller's share waits, is held, and waits again. The fee of 15.00 is gone."""
    number = world.place(world.visitor(), [("A", 1)])
    world.pay(number)
    earned, _, _ = wallet(world)

    dispute = world.dispute(number, 9900)

    assert wallet(world) == (0, earned, 0) and earned > 0
    assert owed(world, accounts.dispute_receivable()) == -9900
    assert owed(world, accounts.clearing("till")) == 1500
    assert world.broken() == []
    world.end_dispute(dispute, "won")
    assert wallet(world) == (earned, 0, 0)
    assert owed(world, accounts.dispute_receivable()) == 0
    assert owed(world, accounts.clearing("till")) == -8400
    assert owed(world, accounts.dispute_fee()) == -1500
    assert world.broken() == []


def test_a_dispute_lost_before_delivery_is_borne_by_the_deposit(world: World) -> None:
    number = world.place(world.visitor(), [("A", 1)])
    world.pay(number)

    world.end_dispute(world.dispute(number, 9900), "lost")

    assert world.state(number) == "refunded"
    assert owed(world, accounts.customer_deposit()) == 0 == owed(world, accounts.chargeback_loss())
    assert wallet(world) == (0, 0, 0)
    assert world.broken() == []


def test_a_dispute_lost_after_payout_leaves_the_debt_that_a_refund_leaves(world: World) -> None:
    first, second = (world.sold(world.visitor(), [("A", 10)]) for _ in range(2))
    world.pass_days(40)
    world.pay_out(world.ask_payout(world.seller_id or 0, world.available(world.seller_id or 0)))
    world.refund(first, goods_back=False)
    _, _, after_refund = wallet(world)

    dispute = world.dispute(second, 89000)
    pending, held, available = wallet(world)
    assert (pending, held, available) == (0, -after_refund, 2 * after_refund)
    with pytest.raises(rewards.PayoutAboveAvailable):
        world.ask_payout(world.seller_id or 0, 1000)
    world.end_dispute(dispute, "lost")

    assert wallet(world) == (0, 0, 2 * after_refund)
    assert owed(world, accounts.chargeback_loss()) == -89000
    assert world.broken() == []


@pytest.mark.parametrize("outcome", ENDS)
def test_an_order_under_dispute_waits_and_goes_on_afterwards(world: World, outcome: str) -> None:
    number = world.sold(world.visitor(), [("A", 1), ("B", 1)])
    dispute = world.dispute(number, 5000)
    world.pass_days(30)
    assert world.state(number) == "delivered"

    world.end_dispute(dispute, outcome)
    world.pass_days(1)

    assert world.state(number) == "completed"
    assert wallet(world)[:2] == (0, 0) and wallet(world)[2] > 0
    assert world.broken() == []


def test_part_of_a_payment_of_two_suppliers_goods_takes_its_part_of_each_line(world: World) -> None:
    """8,900 + 2,000 of goods and 1,000 of freight: 5,450 disputed are half of each line; the freight stays."""
    number = world.sold(world.visitor(), [("A", 1), ("B", 1)])

    world.end_dispute(world.dispute(number, 5450), "lost")

    with world.database.reading() as session:
        row = orders.get(session, number)
        assert [line.refunded_minor for line in orders.lines(session, row.id)] == [4450, 1000]
        assert (row.refunded_minor, row.refunded_freight_minor, row.state) == (5450, 0, "delivered")
        [refund] = orders.refunds(session, row.id)
        assert refund.sent_at is not None, "the bank has sent it"
    assert owed(world, accounts.refund_payable()) == 0
    assert world.broken() == []


def test_a_refund_by_hand_leaves_the_disputed_amount_alone(world: World) -> None:
    number = world.sold(world.visitor(), [("A", 2)])
    dispute = world.dispute(number, 8900)

    with pytest.raises(orders.OrderDisputed, match=r"89.00 CNY of the order .* at most 99.00 CNY"):
        world.refund(number)
    world.refund(number, {"A": 1})
    with pytest.raises(orders.OrderDisputed):
        world.refund(number, {"A": 1})
    assert world.broken() == []
    world.end_dispute(dispute, "won")
    world.refund(number, {"A": 1}, freight=True)

    assert world.state(number) == "refunded"
    assert world.broken() == []


def test_goods_that_cannot_be_supplied_are_paid_back_even_so_and_the_bank_s_part_is_our_loss(world: World) -> None:
    number = world.place(world.visitor(), [("B", 1)])
    world.pay(number)
    dispute = world.dispute(number, 3000)
    with world.transaction() as session:
        orders.refund_all(
            session,
            number,
            reason="out_of_stock",
            actor="system",
            goods_back=True,
            refund_number=f"{number}-gone",
            at=world.now,
            disputed_too=True,
        )
    world.settle_down()
    assert world.broken() == []

    world.end_dispute(dispute, "lost")

    assert owed(world, accounts.refund_payable()) == 3000
    assert owed(world, accounts.chargeback_loss()) == -3000
    assert world.broken() == []


def test_the_same_dispute_is_opened_and_ended_once(world: World) -> None:
    number = world.sold(world.visitor(), [("A", 1)])
    assert world.dispute(number, 5000, reference="DP-1") == world.dispute(number, 5000, reference="DP-1")
    with pytest.raises(ledger.ReferenceReused):
        world.dispute(number, 4000, reference="DP-1")
    other = world.sold(world.visitor(), [("A", 1)])
    with pytest.raises(ledger.ReferenceReused):
        world.dispute(other, 5000, reference="DP-1")

    for _ in range(2):
        world.end_dispute(f"{number}-D1", "lost")
    with pytest.raises(orders.DisputeEnded):
        world.end_dispute(f"{number}-D1", "won")
    with pytest.raises(orders.UnknownDispute):
        world.end_dispute(f"{number}-D2", "won")
    assert owed(world, accounts.chargeback_loss()) == -5000
    assert world.broken() == []


def test_no_more_is_disputed_than_was_paid_and_an_unpaid_order_not_at_all(world: World) -> None:
    unpaid = world.place(world.visitor(), [("A", 1)])
    with pytest.raises(orders.NotDisputable):
        world.dispute(unpaid, 100)
    number = world.sold(world.visitor(), [("A", 1)])
    for amount in (0, -5):
        with pytest.raises(Invalid):
            world.dispute(number, amount)
    with pytest.raises(Invalid):
        world.dispute(number, 100, reference="  ")
    with pytest.raises(orders.DisputeTooMuch, match=r"99.00 CNY"):
        world.dispute(number, 9901)
    world.dispute(number, 9000)
    with pytest.raises(orders.DisputeTooMuch, match=r"9.00 CNY"):
        world.dispute(number, 901)
    claim = orders.DisputeClaim(Money(100, "USD"), Money(0, "CNY"), "other", "DP-9")
    with pytest.raises(MixedCurrencies), world.transaction() as session:
        orders.open_dispute(session, number, claim, actor="staff:1", at=world.now)
    claim = orders.DisputeClaim(Money(100, "CNY"), Money(0, "CNY"), "a bad mood", "DP-9")
    with pytest.raises(Invalid, match="not_received"), world.transaction() as session:
        orders.open_dispute(session, number, claim, actor="staff:1", at=world.now)


@pytest.mark.parametrize("taken_by", ["refund", "dispute"])
def test_a_refund_that_comes_while_a_payout_is_asked_for_is_booked_after_it(world: World, taken_by: str) -> None:
    number = world.sold(world.visitor(), [("A", 10)])
    world.pass_days(40)
    seller = world.seller_id or 0
    available = world.available(seller)
    take = {"refund": lambda: world.refund(number, goods_back=False), "dispute": lambda: world.dispute(number, 89000)}
    other = threading.Thread(target=take[taken_by])
    with world.transaction() as session:
        ledger.lock_accounts(session, [accounts.member_available(seller)], "CNY")
        other.start()
        other.join(0.5)
        assert other.is_alive(), "it waits"
        asked = Money(available, "CNY")
        rewards.request_payout(session, PLANS[0], member_id=seller, amount=asked, code="P1", zone=ZONE, at=world.now)
    other.join()

    assert world.available(seller) == -available
    assert world.broken() == []


def test_another_program_finds_the_journal_with_disputes_right(world: World) -> None:
    for outcome in ENDS:
        world.end_dispute(world.dispute(world.sold(world.visitor(), [("A", 1), ("B", 1)]), 7_777), outcome)
    world.dispute(world.sold(world.visitor(), [("A", 1)]), 9_900)
    with world.database.reading() as session:
        assert journals.faults(session, ZONE) == []
        told = list(ledger.export_beancount(session, zone=ZONE))
    assert any("balance Assets:Dispute-receivable  99.00 CNY" in line for line in told)


STEPS = ("deliver", "refund A", "refund B", "dispute", "dispute", "end", "end", "wait", "take")


@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 11900), st.sampled_from(ENDS)), max_size=10))
def test_after_any_history_of_disputes_and_refunds_the_books_are_right_and_the_member_has_what_is_left(
    databases: Databases, steps: list[tuple[str, int, str]]
) -> None:
    with databases.fresh() as url:
        listeners = Listeners()
        world = World(Database(url, listeners), listeners, plans=PLANS)
        world.stock_up("A")
        world.stock_up("B", price=2000, cost=800, supplied=1000, by="bestco")
        world.seller_id = world.visitor()
        number = world.place(world.visitor(), [("A", 1), ("B", 1)])
        world.pay(number)
        still: list[str] = []
        for step, amount, outcome in steps:
            try:
                _do(world, number, step, amount, outcome, still)
            except PlatformError:
                continue
            assert world.broken() == [], f"after {step}"
        for dispute in still:
            world.end_dispute(dispute, "won")
        with world.database.reading() as session:
            row = orders.get(session, number)
            lines = {line.id: line for line in orders.lines(session, row.id)}
            kept = [
                each.amount_minor
                - plan.reversal_target(
                    each.amount_minor, lines[each.line_id].refunded_minor, lines[each.line_id].goods_net_minor
                )
                for each in rewards.earnings_on(session, row.id)
            ]
            out = rewards.taken_out(session, world.seller_id, "CNY")
            assert all(each.ok for each in audit.check(session, at=world.now))
        assert sum(wallet(world)) + out.requested.minor == sum(kept)
        world.database.dispose()


def _do(world: World, number: str, step: str, amount: int, outcome: str, still: list[str]) -> None:
    if step == "deliver":
        world.ship(number)
        world.deliver(number)
    elif step.startswith("refund"):
        world.refund(number, {step[-1]: 1}, goods_back=amount % 2 == 0, freight=amount % 3 == 0)
    elif step == "dispute":
        still.append(world.dispute(number, amount))
    elif step == "end" and still:
        world.end_dispute(still.pop(amount % len(still)), outcome)
    elif step == "wait":
        world.pass_days(10)
    elif step == "take":
        assert world.seller_id is not None
        world.ask_payout(world.seller_id, max(world.available(world.seller_id), 1))
