"""The laws of the books over any history, and planted bugs that break them."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from shared_core.kernel.database import Database
from shared_core.kernel.money import Money
from shared_core.ledger import Posting, accounts, entry
from shared_core.ledger import rules as ledger_rules
from shared_core.rewards import EarningState, Rewards, rules
from tests.databases import undone
from tests.rewards.histories import KINDS, History, LawBroken, Step, lifecycles, uniform
from tests.rewards.shops import NOON


def run(database: Database, steps: list[Step]) -> History:
    """Run a history in a transaction of its own that is then thrown away."""
    with undone(database) as session:
        history = History(session)
        history.run(steps)
    return history


@given(steps=uniform())
def test_the_books_balance_after_any_history(database: Database, steps: list[Step]):
    run(database, steps)


@given(steps=lifecycles())
def test_the_books_balance_after_any_life_of_orders(database: Database, steps: list[Step]):
    run(database, steps)


def test_the_histories_reach_every_kind_of_step(database: Database):
    reached: dict[str, int] = {}

    @settings(max_examples=120, phases=[Phase.generate], derandomize=True, suppress_health_check=list(HealthCheck))
    @given(steps=uniform() | lifecycles())
    def explore(steps: list[Step]) -> None:
        for kind, times in run(database, steps).happened.items():
            reached[kind] = reached.get(kind, 0) + times

    explore()
    assert set(reached) == set(KINDS)


@given(
    state=st.sampled_from([EarningState.PENDING, EarningState.AVAILABLE]),
    amount=st.integers(1, 10**6),
    parts=st.lists(st.integers(0, 10**6), min_size=3, max_size=3),
)
def test_a_shift_moves_exactly_what_is_taken_and_what_is_kept(state: EarningState, amount: int, parts: list[int]):
    less, held, to_be_held = (Money(part % (amount + 1), "CNY") for part in parts)
    kept, owed = accounts.member_held(7), rules.owed_in(state, 7)
    moved = ledger_rules.net_changes(rules.shift_postings(state, 7, less, held, to_be_held))
    changes = {address: -minor for (address, _), minor in moved.items()}
    assert changes.get(kept, 0) == to_be_held.minor - held.minor
    assert changes.get(accounts.commission(), 0) == less.minor
    assert changes.get(owed, 0) == -less.minor - (to_be_held.minor - held.minor)


# --- planted bugs: each replaces one rule, and some law must break --------------------------------------------------


def no_idempotency(planted: pytest.MonkeyPatch) -> None:
    """Every announcement of a payment books the shares again."""
    times = iter(range(10**6))
    planted.setattr(rules, "may_book", lambda booked_at: True)
    planted.setattr(rules, "allocation_reference", lambda number: f"alloc:{number}:{next(times)}")


def per_refund_allocation(planted: pytest.MonkeyPatch) -> None:
    """Each refund is divided on its own and the fractions are lost (here: rounded up)."""

    def each_on_its_own(amount: int, reversed_minor: int, refunded: int, goods: int) -> int:
        before = reversed_minor * goods // amount
        return min(-(-amount * max(refunded - before, 0) // goods), amount - reversed_minor)

    planted.setattr(rules, "to_reverse", each_on_its_own)


def mature_gross_of_reversals(planted: pytest.MonkeyPatch) -> None:
    """The whole share matures although part of it was taken back."""
    planted.setattr(rules, "to_mature", lambda amount, reversed_minor, held_minor: amount - held_minor)


def no_clawback_after_maturity(planted: pytest.MonkeyPatch) -> None:
    """Refunds that come late take the money from where it no longer is."""

    def always_pending(state: EarningState, member_id: int | None) -> str:
        return rules.purse(member_id).pending

    planted.setattr(rules, "owed_in", always_pending)


def payout_failure_forgets_tax(planted: pytest.MonkeyPatch) -> None:
    """A failed payout gives back what was sent and keeps what was withheld."""

    def without_tax(member_id: int, payout: str, net: Money, tax: Money, authority: str) -> list[Posting]:
        return [entry(debit=accounts.payout_in_flight(payout), credit=accounts.member_available(member_id), amount=net)]

    planted.setattr(rules, "failure_postings", without_tax)


def payout_from_a_negative_balance(planted: pytest.MonkeyPatch) -> None:
    """A debt is taken for credit."""
    planted.setattr(rules, "may_pay_out", lambda available, asked: 0 < asked.minor <= abs(available.minor))


def a_lost_dispute_takes_nothing_back(planted: pytest.MonkeyPatch) -> None:
    """It ends like a won one: the shares are let go, and the refund is not heard of."""
    planted.setattr(Rewards, "on_refunded", lambda self, session, event: None)


def a_dispute_keeps_nothing_back(planted: pytest.MonkeyPatch) -> None:
    """What may be lost stays where it can be taken out."""
    planted.setattr(rules, "to_hold", lambda amount, reversed_minor, claimed, goods: 0)


def what_was_kept_back_stays_there(planted: pytest.MonkeyPatch) -> None:
    """A dispute that was won is forgotten."""
    planted.setattr(Rewards, "on_dispute_closed", lambda self, session, event: None)


def a_lost_dispute_takes_from_what_is_free(planted: pytest.MonkeyPatch) -> None:
    """The money kept back for it is not the money that is taken."""

    def shift(state: EarningState, member_id: int | None, less: Money, held: Money, to_be_held: Money) -> list[Posting]:
        owed, kept = rules.owed_in(state, member_id), rules.purse(member_id).held
        more = max(to_be_held - held, Money(0, "CNY"))
        return [
            entry(debit=owed, credit=accounts.commission(), amount=less),
            entry(debit=owed, credit=kept, amount=more),
        ]

    planted.setattr(rules, "shift_postings", shift)


def a_debt_of_the_fund_is_handed_out(planted: pytest.MonkeyPatch) -> None:
    """A refund after the fund was handed out is taken for credit."""
    planted.setattr(rules, "may_hand_out", lambda available, asked: 0 < asked.minor <= abs(available.minor))


def the_fund_is_handed_out_before_it_matures(planted: pytest.MonkeyPatch) -> None:
    """What may still go back counts as what there is."""
    planted.setattr(rules, "may_hand_out", lambda available, asked: asked.minor > 0)


def a_hand_out_is_booked_again(planted: pytest.MonkeyPatch) -> None:
    """The second member gets what the first one got, and the fund gives it twice."""

    def doubled(parts: Mapping[int, Money]) -> list[Posting]:
        fund, [first, *others] = accounts.fund_available(), parts.items()
        return [
            entry(debit=fund, credit=accounts.member_available(each), amount=first[1]) for each, _ in (first, *others)
        ]

    planted.setattr(rules, "handout_postings", doubled)


def refunds_spare_the_fund(planted: pytest.MonkeyPatch) -> None:
    """Nobody in person has to give back what the fund earned, so nobody does."""
    shift = rules.shift_postings

    def spared(state: EarningState, member_id: int | None, *amounts: Money) -> list[Posting]:
        return [] if member_id is None else shift(state, member_id, *amounts)

    planted.setattr(rules, "shift_postings", spared)


BUGS = [
    (no_idempotency, "I6|I8"),
    (per_refund_allocation, "I5"),
    (mature_gross_of_reversals, "I4|I8"),
    (no_clawback_after_maturity, "I4|I8"),
    (payout_failure_forgets_tax, "I7|I8"),
    (payout_from_a_negative_balance, "I9"),
    (a_lost_dispute_takes_nothing_back, "I5"),
    (a_dispute_keeps_nothing_back, "I5"),
    (what_was_kept_back_stays_there, "I5"),
    (a_lost_dispute_takes_from_what_is_free, "I4|I8"),
    (a_debt_of_the_fund_is_handed_out, "I9"),
    (the_fund_is_handed_out_before_it_matures, "I9"),
    (a_hand_out_is_booked_again, "I8"),
    (refunds_spare_the_fund, "I6|I8"),
]


@pytest.mark.parametrize(("bug", "law"), BUGS, ids=[bug.__name__ for bug, _ in BUGS])
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None], law: str, monkeypatch: pytest.MonkeyPatch, database: Database
):
    bug(monkeypatch)
    with pytest.raises(LawBroken, match=law):
        hunt(database)


def test_without_a_bug_the_same_hunt_finds_nothing(database: Database):
    hunt(database, examples=10)


A_FUND_IN_DEBT: list[Step] = [
    *(("place", 0, 9_000), ("pay", 0, 3), ("deliver", 0, 3), ("wait", 0, 11), ("complete", 0, 3), ("wait", 0, 11)),
    *(("sweep", 0, 3), ("hand_all", 0, 1), ("give", 0, 1), ("refund_rest", 0, 1), ("hand_all", 0, 1), ("give", 0, 1)),
]
"""Chance seldom leads there: the fund is handed out, then what filled it goes back."""


def hunt(database: Database, examples: int = 150) -> None:
    """Both generators, stopping at the first broken law without making it smaller."""
    phases = [Phase.explicit, Phase.generate]

    @settings(max_examples=examples, phases=phases, derandomize=True, suppress_health_check=list(HealthCheck))
    @example(steps=A_FUND_IN_DEBT)
    @given(steps=st.one_of(lifecycles(), uniform()))
    def look(steps: list[Step]) -> None:
        run(database, steps)

    look()


def test_the_rules_say_what_they_promise():
    assert rules.may_book(None) and not rules.may_book(NOON)
    assert rules.to_reverse(100, 33, 50, 100) == 17
    assert rules.to_reverse(100, 50, 50, 100) == 0
    assert rules.to_mature(100, 33, 0) == 67
    assert rules.to_mature(100, 33, 40) == 27
    assert rules.to_hold(100, 33, 75, 100) == 42
    assert rules.to_hold(100, 33, 175, 100) == 67
    assert rules.may_pay_out(Money(5, "CNY"), Money(5, "CNY"))
    assert not rules.may_pay_out(Money(5, "CNY"), Money(6, "CNY"))
    assert not rules.may_pay_out(Money(-5, "CNY"), Money(5, "CNY"))
    assert not rules.may_pay_out(Money(5, "CNY"), Money(0, "CNY"))
    assert rules.may_hand_out(Money(5, "CNY"), Money(5, "CNY"))
    assert not rules.may_hand_out(Money(5, "CNY"), Money(6, "CNY"))
    assert not rules.may_hand_out(Money(-5, "CNY"), Money(5, "CNY"))
    assert not rules.may_hand_out(Money(5, "CNY"), Money(0, "CNY"))


@given(parts=st.dictionaries(st.integers(1, 9), st.integers(1, 10**6), min_size=1))
def test_a_hand_out_gives_each_member_their_part_and_takes_the_sum_from_the_fund(parts: dict[int, int]):
    moved = ledger_rules.net_changes(
        rules.handout_postings({member: Money(part, "CNY") for member, part in parts.items()})
    )
    given_to = {accounts.member_available(member): -part for member, part in parts.items()}
    assert {address: minor for (address, _), minor in moved.items()} == given_to | {
        accounts.fund_available(): sum(parts.values())
    }


def test_a_history_can_be_told(session: Session):
    """Placed, paid, a third back, delivered, completed, matured, taken, failed, the rest back: nothing is owed."""
    history = History(session)
    steps: list[Step] = [
        ("place", 0, 100),
        ("pay", 0, 0),
        ("refund", 0, 3_333),
        ("deliver", 0, 0),
        ("wait", 0, 9),
        ("complete", 0, 0),
        ("sweep", 0, 0),
        ("take_all", 0, 0),
        ("failed", 0, 0),
        ("refund_rest", 0, 0),
    ]
    history.run(steps)
    assert history.shop.commission() == 0
