"""Bugs planted in payouts and statements, each with the test that kills it. Those of shares are in test_laws."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared_core.kernel.errors import PlatformError
from shared_core.kernel.money import Money
from shared_core.ledger import Posting, accounts, entry
from shared_core.rewards import payouts, rules, statements
from tests.rewards import test_payouts, test_statements
from tests.rewards.shops import Shop, preset

Test = Callable[[Session], None]


def a_transaction_number_is_not_looked_up(planted: pytest.MonkeyPatch) -> None:
    """The same transfer settles two payouts."""
    planted.setattr(payouts, "_is_used", lambda session, evidence: False)


def a_failure_forgets_the_tax(planted: pytest.MonkeyPatch) -> None:
    """What was withheld stays with the authority."""

    def without_tax(member_id: int, payout: str, net: Money, tax: Money, authority: str) -> list[Posting]:
        return [entry(debit=accounts.payout_in_flight(payout), credit=accounts.member_available(member_id), amount=net)]

    planted.setattr(rules, "failure_postings", without_tax)


def one_person_is_enough(planted: pytest.MonkeyPatch) -> None:
    """The limit is not asked."""
    planted.setattr(rules, "may_settle", lambda gross, limit, approved_by, actor: True)


def one_person_counts_for_two(planted: pytest.MonkeyPatch) -> None:
    """Whoever approved may also pay."""
    planted.setattr(
        rules,
        "may_settle",
        lambda gross, limit, approved_by, actor: not rules.needs_two(gross, limit) or approved_by is not None,
    )


def the_limit_is_reached_early(planted: pytest.MonkeyPatch) -> None:
    """A payout of exactly the limit needs two."""
    planted.setattr(rules, "needs_two", lambda gross, limit: limit is not None and gross >= limit)


def a_statement_leaves_out_the_tax(planted: pytest.MonkeyPatch) -> None:
    """Only what was sent is told."""
    told = statements.lines_of

    def without_tax(rows, own):  # type: ignore[no-untyped-def]
        for line in told(rows, own):
            yield replace(line, changes=tuple(each for each in line.changes if each[0] != statements.Entry.TAX))

    planted.setattr(statements, "lines_of", without_tax)


def a_statement_forgets_what_is_kept_back(planted: pytest.MonkeyPatch) -> None:
    """The money held is not the member's."""

    def without_held(member_id: int) -> tuple[str, str, str]:
        return accounts.member_pending(member_id), "", accounts.member_available(member_id)

    planted.setattr(statements, "_own", without_held)


def with_shop(test: Callable[[Shop], None]) -> Test:
    return lambda session: test(Shop(session, preset("participants")))


KILLED_BY: list[tuple[Callable[[pytest.MonkeyPatch], None], Test]] = [
    (a_transaction_number_is_not_looked_up, with_shop(test_payouts.test_one_transaction_number_settles_one_payout)),
    (a_failure_forgets_the_tax, with_shop(test_payouts.test_a_failed_payout_gives_back_money_and_tax)),
    (one_person_is_enough, with_shop(test_payouts.test_a_large_payout_needs_two_people_and_both_are_on_record)),
    (one_person_counts_for_two, with_shop(test_payouts.test_a_large_payout_needs_two_people_and_both_are_on_record)),
    (the_limit_is_reached_early, with_shop(test_payouts.test_a_payout_of_the_limit_needs_one)),
    (a_statement_leaves_out_the_tax, test_statements.test_failed_payouts_and_their_tax_cancel_out),
    (a_statement_forgets_what_is_kept_back, test_statements.test_what_a_visitor_brings_along_is_told),
]


@pytest.mark.parametrize(("bug", "test"), KILLED_BY, ids=[bug.__name__ for bug, _ in KILLED_BY])
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None], test: Test, monkeypatch: pytest.MonkeyPatch, session: Session
):
    bug(monkeypatch)
    with pytest.raises((AssertionError, IntegrityError, PlatformError, pytest.fail.Exception)):
        test(session)


@pytest.mark.parametrize("test", [test for _, test in KILLED_BY], ids=[bug.__name__ for bug, _ in KILLED_BY])
def test_without_the_bug_the_same_test_passes(test: Test, session: Session):
    test(session)
