"""Taking money out: never more than there is, every step once, failure gives back everything."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from shared_core import ledger, rewards
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money
from shared_core.ledger import accounts
from shared_core.rewards import PayoutState, rules
from tests.rewards.shops import Shop, preset


@pytest.fixture
def shop(session: Session) -> Shop:
    return Shop(session, preset("participants"))


def rich(shop: Shop, goods: int = 2_000_000) -> int:
    """A seller with 10 % of `goods` available."""
    seller, buyer = shop.members(2)
    shop.sale(seller=seller, buyer=buyer, goods=goods)
    return seller


def withheld(shop: Shop) -> int:
    return ledger.owed(shop.session, accounts.tax_withheld("cn"), "CNY").minor


def test_a_payout_goes_out_less_its_tax_and_settles_once(shop: Shop):
    """2,000.00 available; 1,800.00 asked for: (1,800 - 800) x 20 % = 200.00 tax, 1,600.00 in flight."""
    seller = rich(shop)
    payout = shop.request(seller, 180_000, "A")
    assert (payout.net_minor, payout.tax_minor, payout.state) == (160_000, 20_000, PayoutState.REQUESTED)
    assert shop.owed(seller) == (0, 20_000)
    assert withheld(shop) == 20_000
    paid = rewards.mark_payout_paid(shop.session, "A", evidence=" wx-1 ", actor="staff:1", at=shop.at)
    assert (paid.state, paid.evidence) == (PayoutState.PAID, "wx-1")
    assert rewards.mark_payout_paid(shop.session, "A", evidence="wx-1", actor="staff:1", at=shop.at) is paid
    assert ledger.balance(shop.session, accounts.bank(), "CNY").minor == -160_000
    with pytest.raises(rewards.PayoutSettled):
        rewards.mark_payout_failed(shop.session, "A", reason="late", actor="staff:1", at=shop.at)


def test_a_failed_payout_gives_back_money_and_tax(shop: Shop):
    seller = rich(shop)
    shop.request(seller, 180_000, "A")
    rewards.mark_payout_failed(shop.session, "A", reason="expired", actor="staff:1", at=shop.at)
    rewards.mark_payout_failed(shop.session, "A", reason="expired", actor="staff:1", at=shop.at)
    assert shop.owed(seller) == (0, 200_000)
    assert withheld(shop) == 0
    again = shop.request(seller, 180_000, "B")
    assert again.tax_minor == 20_000, "the failed one does not count for the month"
    with pytest.raises(rewards.PayoutSettled):
        rewards.mark_payout_paid(shop.session, "A", evidence="wx-9", actor="staff:1", at=shop.at)


def test_the_tax_of_a_month_does_not_depend_on_how_it_is_taken_out(shop: Shop):
    """1,800.00 in parts of 700.00, 700.00 and 400.00: no tax, then 120.00, then 80.00."""
    seller = rich(shop)
    parts = [shop.request(seller, amount).tax_minor for amount in (70_000, 70_000, 40_000)]
    assert parts == [0, 12_000, 8_000]
    shop.later(days=31)
    assert shop.request(seller, 8_000).tax_minor == 0


def test_asking_twice_with_one_code_is_asking_once(shop: Shop):
    seller = rich(shop)
    first = shop.request(seller, 100_000, "A")
    assert shop.request(seller, 100_000, "A") is first
    assert shop.owed(seller) == (0, 100_000)
    with pytest.raises(rewards.PayoutCodeReused):
        shop.request(seller, 90_000, "A")
    with pytest.raises(rewards.PayoutCodeReused):
        shop.request(rich(shop), 100_000, "A")


@pytest.mark.parametrize("asked", [200_001, 10**12])
def test_nobody_takes_out_more_than_is_available(shop: Shop, asked: int):
    seller = rich(shop)
    with pytest.raises(rewards.PayoutAboveAvailable, match=r"2000.00 CNY can be paid out"):
        shop.request(seller, asked)
    assert shop.owed(seller) == (0, 200_000)


@pytest.mark.parametrize("asked", [999, 0, -5_000])
def test_nobody_takes_out_less_than_the_minimum(shop: Shop, asked: int):
    seller = rich(shop)
    with pytest.raises(rewards.PayoutBelowMinimum, match=r"10.00 CNY"):
        shop.request(seller, asked)


def test_pending_money_cannot_be_taken(shop: Shop):
    seller, buyer = shop.members(2)
    shop.pay(shop.place(seller=seller, buyer=buyer, lines=[(100_000, 1)]))
    with pytest.raises(rewards.PayoutAboveAvailable):
        shop.request(seller, 5_000)


def test_one_transaction_number_settles_one_payout(shop: Shop):
    seller = rich(shop)
    shop.request(seller, 2_000, "A")
    shop.request(seller, 2_000, "B")
    rewards.mark_payout_paid(shop.session, "A", evidence="wx-1", actor="staff:1", at=shop.at)
    with pytest.raises(rewards.PayoutEvidenceUsed):
        rewards.mark_payout_paid(shop.session, "B", evidence="wx-1", actor="staff:1", at=shop.at)
    with pytest.raises(rewards.UnknownPayout):
        rewards.mark_payout_paid(shop.session, "Z", evidence="wx-2", actor="staff:1", at=shop.at)


def test_a_yen_shop_under_a_chinese_plan_withholds_nothing(session: Session):
    shop = Shop(session, preset("participants", "JPY"))
    seller = rich(shop, goods=1_000_000)
    payout = shop.request(seller, 100_000)
    assert (payout.net_minor, payout.tax_minor) == (100_000, 0)


def test_payouts_are_listed_newest_first_for_their_owner_and_the_back_office(shop: Shop):
    seller = rich(shop)
    for code in ("A", "B", "C"):
        shop.request(seller, 2_000, code)
    rewards.mark_payout_paid(shop.session, "B", evidence="wx-1", actor="staff:1", at=shop.at)
    assert [each.code for each in rewards.payouts_of(shop.session, seller)] == ["C", "B", "A"]
    waiting = rewards.list_payouts(shop.session, state=PayoutState.REQUESTED)
    assert [each.code for each in waiting] == ["C", "A"]
    with pytest.raises(rewards.UnknownPayout):
        rewards.payout_by_code(shop.session, "A", member_id=seller + 1)


def test_a_member_who_owes_nothing_has_an_empty_wallet(shop: Shop):
    wallet = rewards.wallet(shop.session, shop.member(), "CNY")
    assert wallet == rewards.Wallet(*[Money(0, "CNY")] * 3)


def test_what_was_taken_out_is_summed_with_its_tax_and_a_failed_payout_is_not(shop: Shop):
    seller = rich(shop)
    for code in ("A", "B", "C"):
        shop.request(seller, 50_000, code)
    rewards.mark_payout_paid(shop.session, "A", evidence="wx-1", actor="staff:1", at=shop.at)
    rewards.mark_payout_failed(shop.session, "C", reason="no such account", actor="staff:1", at=shop.at)
    out = rewards.taken_out(shop.session, seller, "CNY")
    assert (out.requested.minor, out.paid.minor) == (50_000, 50_000)
    left = rewards.wallet(shop.session, seller, "CNY").available
    assert left + out.requested + out.paid == Money(200_000, "CNY"), "all that was earned"


LIMIT = Money(100_000, "CNY")


def settle(shop: Shop, code: str, actor: str, evidence: str = "wx-1") -> rewards.Payout:
    return rewards.mark_payout_paid(
        shop.session, code, evidence=evidence, actor=actor, at=shop.at, two_people_above=LIMIT
    )


def test_a_large_payout_needs_two_people_and_both_are_on_record(shop: Shop):
    payout = shop.request(rich(shop), 100_001, "A")
    with pytest.raises(rewards.PayoutNeedsApproval, match=r"above 1000.00 CNY"):
        settle(shop, "A", "staff:1")
    rewards.approve_payout(shop.session, "A", actor="staff:1", at=shop.at)
    with pytest.raises(rewards.PayoutBySamePerson):
        settle(shop, "A", "staff:1")
    rewards.approve_payout(shop.session, "A", actor="staff:2", at=shop.at)
    assert settle(shop, "A", "staff:2").state == PayoutState.PAID, "the first approval stays"
    [steps] = rewards.payout_steps(shop.session, [payout.id]).values()
    assert [(each.step, each.actor) for each in steps] == [("approved", "staff:1"), ("paid", "staff:2")]
    assert settle(shop, "A", "staff:1") is payout, "repeating is a no-op, whoever does it"


def test_a_payout_of_the_limit_needs_one(shop: Shop):
    shop.request(rich(shop), 100_000, "A")
    assert settle(shop, "A", "staff:1").state == PayoutState.PAID


def test_only_a_payout_that_waits_can_be_approved(shop: Shop):
    shop.request(rich(shop), 100_001, "A")
    rewards.mark_payout_failed(shop.session, "A", reason="expired", actor="staff:1", at=shop.at)
    with pytest.raises(rewards.PayoutSettled):
        rewards.approve_payout(shop.session, "A", actor="staff:1", at=shop.at)
    with pytest.raises(rewards.UnknownPayout):
        rewards.approve_payout(shop.session, "Z", actor="staff:1", at=shop.at)


@given(gross=st.integers(1, 500), limit=st.none() | st.integers(0, 500), who=st.sampled_from(["a", "b", None]))
def test_two_people_are_asked_for_exactly_above_the_limit(gross: int, limit: int | None, who: str | None):
    large = limit is not None and gross > limit
    most = None if limit is None else Money(limit, "CNY")
    assert rules.needs_two(Money(gross, "CNY"), most) == large
    assert rules.may_settle(Money(gross, "CNY"), most, approved_by=who, actor="a") == (not large or who == "b")


@pytest.mark.parametrize("taken_by", ["refund", "dispute"])
def test_a_payout_asked_for_while_a_refund_takes_the_money_leaves_no_debt(database: Database, taken_by: str):
    with database.transaction() as session:
        shop = Shop(session, preset("participants"))
        seller, buyer = shop.members(2)
        order = shop.sale(seller=seller, buyer=buyer, goods=100_000)
    asked, looked = threading.Event(), []

    def ask() -> None:
        asked.set()
        try:
            with database.transaction() as session:
                again = Shop(session, *shop.plans)
                again.at = shop.at
                looked.append(again.request(seller, 10_000).state)
        except rewards.PayoutAboveAvailable as refused:
            looked.append(refused.code)

    other = threading.Thread(target=ask)
    with database.transaction() as session:
        again = Shop(session, *shop.plans)
        getattr(again, taken_by)(order, 50_000)
        session.flush()
        other.start()
        asked.wait()
        other.join(0.5)
        assert looked == [], "it waits"
    other.join()
    assert looked == ["payout_above_available"]


def test_two_people_at_once_settle_two_payouts_by_one_number_only_once(database: Database):
    """Both look the number up before either has written it down."""
    with database.transaction() as session:
        shop = Shop(session, preset("participants"))
        seller = rich(shop)
        for code in ("A", "B"):
            shop.request(seller, 2_000, code)
    together = threading.Barrier(2)

    def settle_one(code: str) -> str:
        together.wait()
        try:
            with database.transaction() as session:
                rewards.mark_payout_paid(session, code, evidence="wx-1", actor="staff:1", at=shop.at)
        except rewards.PayoutEvidenceUsed as refused:
            return refused.code
        return "paid"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(settle_one, ("A", "B"))) == ["paid", "payout_evidence_used"]
