"""The quota of invite codes is audited: codes are what their entries say (I14), and no bug or forged row passes."""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType

import pytest
from hypothesis import given, settings
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared_core import audit
from shared_core.invites import Kind, joining, quota, rules
from shared_core.kernel.database import Database
from tests.databases import undone
from tests.invites.quotas import Club
from tests.invites.test_laws import History, Step, histories

issuing: ModuleType = import_module("shared_core.invites.issuing")


def faults(club: Club | History) -> str:
    """What I14 says; the other invariants ask for more of a shop than the tests of invites tell."""
    at = club.at if isinstance(club, Club) else club.club.at
    [result] = [each for each in audit.check(club.session, at=at) if each.code == "I14"]
    return result.detail(str)


def live(session: Session) -> Club:
    """Codes earned, given out, used, revoked, expired and taken back; one is still open."""
    club = Club(session)
    anna, buyer = club.promoter(), club.member()
    sale = club.sale(seller=anna, buyer=buyer, goods=60_000)
    club.use(club.member(), club.code(anna))
    club.revoke(anna, club.issue(anna).number)
    club.issue(anna)
    club.later(days=11)
    club.expire()
    club.issue(anna)
    club.refund(sale, 60_000)
    return club


@settings(deadline=None, max_examples=25)
@given(steps=histories())
def test_codes_are_what_their_entries_say_after_any_history(database: Database, steps: list[Step]) -> None:
    with undone(database) as session:
        history = History(session)
        history.run(steps)
        assert faults(history) == ""


FORGED = {
    "a use without an entry": "UPDATE invite_code SET used_at = expires_at WHERE used_at IS NULL "
    "AND returned_at IS NULL",
    "a code without an entry": "DELETE FROM invite_quota_entry WHERE kind = 'issued'",
    "an entry without a code": "UPDATE invite_quota_entry SET code_id = NULL WHERE kind = 'used'",
    "an entry of two codes": "UPDATE invite_quota_entry SET codes = 2 WHERE kind = 'expired'",
    "a code that came back and did not": "UPDATE invite_code SET returned_at = NULL WHERE returned_why = 'revoked'",
    "one kind of return for the other": "UPDATE invite_code SET returned_why = 'revoked' "
    "WHERE returned_why = 'expired'",
    "a use told twice": "INSERT INTO invite_quota_entry (member_id, kind, codes, reference, sales_minor, plan_version, "
    "code_id, at) SELECT member_id, kind, codes, 'again', sales_minor, plan_version, code_id, at "
    "FROM invite_quota_entry WHERE kind = 'used'",
    "codes taken back that were not free": "UPDATE invite_quota_entry SET codes = codes + 50 WHERE kind = 'taken_back'",
    "the entry of another": "UPDATE invite_quota_entry SET member_id = member_id + 1 WHERE kind = 'used'",
    "a code used by nobody": "DELETE FROM invite_acceptance",
    "somebody else's recruit": "UPDATE invite_acceptance SET inviter_id = (SELECT MIN(id) FROM member "
    "WHERE id NOT IN (invite_acceptance.inviter_id, invite_acceptance.member_id))",
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_row_is_noticed(session: Session, forged: str) -> None:
    club = live(session)
    assert faults(club) == ""
    session.flush()
    session.execute(text(FORGED[forged]))
    assert faults(club) != ""


def test_a_fault_says_which_code_and_which_member(session: Session) -> None:
    club = live(session)
    session.flush()
    session.execute(text("DELETE FROM invite_quota_entry WHERE kind = 'used'"))
    number = session.scalar(text("SELECT number FROM invite_code WHERE used_at IS NOT NULL"))
    assert faults(club) == f"code {number} is used, which 0 entries say"


# --- planted bugs: each replaces one rule, and the invariant must say so ---


def a_used_code_leaves_no_entry(planted: pytest.MonkeyPatch) -> None:
    """It stays among the open ones for ever."""
    enter = quota.enter

    def forgetful(session, plan, member_id, kind, **named):  # type: ignore[no-untyped-def]
        if kind != Kind.USED:
            enter(session, plan, member_id, kind, **named)

    planted.setattr(quota, "enter", forgetful)


def a_code_is_used_in_the_quota_of_whoever_uses_it(planted: pytest.MonkeyPatch) -> None:
    """Its issuer keeps it as an open one."""
    enter = quota.enter

    def astray(session, plan, member_id, kind, *, code_id=None, **named):  # type: ignore[no-untyped-def]
        if kind == Kind.USED:
            member_id = session.scalar(text(f"SELECT member_id FROM invite_acceptance WHERE code_id = {code_id}"))
        enter(session, plan, member_id, kind, code_id=code_id, **named)

    planted.setattr(quota, "enter", astray)


def a_refund_takes_back_codes_given_out(planted: pytest.MonkeyPatch) -> None:
    """Free codes go below nothing."""
    planted.setattr(rules, "due", lambda plan, there, sales: rules.entitled(plan, sales) - there.out)


def a_code_taken_back_can_still_be_used(planted: pytest.MonkeyPatch) -> None:
    """The quota has it back, and nothing is written on the code."""
    come_back = issuing._return

    def unwritten(session, plan, row, why, *, at):  # type: ignore[no-untyped-def]
        come_back(session, plan, row, why, at=at)
        if why == Kind.REVOKED:
            row.returned_at, row.returned_why = None, ""

    planted.setattr(issuing, "_return", unwritten)


def a_code_brings_people_to_the_first_promoter(planted: pytest.MonkeyPatch) -> None:
    """Whoever gave it out spends a code for somebody else."""
    accept = joining._accept

    def astray(session, plan, member_id, *, inviter_id, row, at):  # type: ignore[no-untyped-def]
        first = session.scalar(text(f"SELECT MIN(id) FROM member WHERE id NOT IN ({inviter_id}, {member_id})"))
        return accept(session, plan, member_id, inviter_id=first, row=row, at=at)

    planted.setattr(joining, "_accept", astray)


BUGS = [
    a_used_code_leaves_no_entry,
    a_code_is_used_in_the_quota_of_whoever_uses_it,
    a_refund_takes_back_codes_given_out,
    a_code_taken_back_can_still_be_used,
    a_code_brings_people_to_the_first_promoter,
]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    bug(monkeypatch)
    assert faults(live(session)) != ""


def test_without_a_bug_the_same_life_goes_well(session: Session) -> None:
    club = live(session)
    assert faults(club) == ""
    kinds = session.scalars(text("SELECT DISTINCT kind FROM invite_quota_entry")).all()
    assert set(kinds) == {*Kind}
