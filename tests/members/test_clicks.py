"""Clicks recorded in bulk are decided as if each had come alone."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from shared_core import members
from shared_core.members import BindingPolicy, Click, ClickAnswer, FanBound, FanCounted, Outcome
from shared_core.members.models import Member
from tests.databases import Databases
from tests.members.people import FOR_EVER, NOON, THIRTY_DAYS, bind, days, heard, opened, person, visitor

codes = itertools.count()
POLICIES = [
    FOR_EVER,
    THIRTY_DAYS,
    BindingPolicy(who_may_lock="members"),
    BindingPolicy(who_may_lock="promoters"),
    BindingPolicy(on="sign_up"),
    BindingPolicy(days=3, protected_days=0),
]


def click(token: str, sponsor_code: str, *, member_id: int | None = None) -> Click:
    number = next(codes)
    return Click(sponsor_code, NOON, visitor_token_hash=token, visitor_code=f"K{number}", member_id=member_id)


def code_of(session: Session, member_id: int) -> str:
    return session.get_one(Member, member_id).code


def small_world(session: Session) -> list[str]:
    """Links of a visitor, a person, a promoter, a visitor who became part of an account, and of nobody."""
    guest, anna, ben, merged = visitor(session), person(session), person(session), visitor(session)
    members.join(session, ben, inviter_id=None, at=NOON)
    members.merge_visitor(session, visitor_id=merged, member_id=anna, at=NOON)
    members.create_visitor(session, token_hash="known", code="KNOWN", at=NOON)
    return [*(code_of(session, each) for each in (guest, anna, ben, merged)), "KNOWN", "NOBODY"]


def told(answers: list[ClickAnswer]) -> list[tuple[Outcome, int | None]]:
    return [(answer.outcome, answer.sponsor_id) for answer in answers]


@given(
    clicks=st.lists(st.tuples(st.sampled_from(["a", "b", "c", "known"]), st.integers(0, 5)), max_size=12),
    policy=st.sampled_from(POLICIES),
)
def test_many_at_once_are_answered_as_one_after_the_other(
    databases: Databases, clicks: list[tuple[str, int]], policy: BindingPolicy
) -> None:
    with opened(databases) as session:
        links = small_world(session)
        together = members.record_clicks(session, [click(who, links[at]) for who, at in clicks], policy=policy)
        stored = {row.member: row.depth for row in members.export_bindings(session, at=NOON)}
    with opened(databases) as session:
        links = small_world(session)
        alone = [members.record_clicks(session, [click(who, links[at])], policy=policy)[0] for who, at in clicks]

        assert len(stored) == len(list(members.export_bindings(session, at=NOON)))
    assert told(together) == told(alone)


def test_a_batch_of_newcomers_is_bound_on_the_policys_terms(session: Session) -> None:
    sponsor = visitor(session)

    with heard(session) as events:
        answers = members.record_clicks(
            session, [click(f"new-{number}", code_of(session, sponsor)) for number in range(3)], policy=THIRTY_DAYS
        )

    assert told(answers) == [(Outcome.BOUND, sponsor)] * 3
    fans = [answer.visitor_id for answer in answers]
    assert sorted(event.fan_id for event in events) == sorted(fans)
    assert {type(event) for event in events} == {FanBound}
    tie = members.tie_of(session, fans[0], at=NOON)
    assert tie is not None and tie.ends_at is not None
    assert members.sponsor_of(session, fans[0], at=days(31)) is None


def test_people_who_are_logged_in_click_as_themselves(session: Session) -> None:
    anna, sponsor = person(session), visitor(session)

    with heard(session) as events:
        answers = members.record_clicks(
            session, [click("", code_of(session, sponsor), member_id=anna)], policy=FOR_EVER
        )

    assert answers == [ClickAnswer(Outcome.BOUND, anna, sponsor)]
    assert events == [FanBound(anna, sponsor, NOON), FanCounted(sponsor, anna, NOON)]


def test_a_visitor_who_was_here_before_keeps_their_row_and_their_sponsor(session: Session) -> None:
    me = members.create_visitor(session, token_hash="me", code="ME", at=NOON)
    anna, ben = visitor(session), visitor(session)
    bind(session, me, anna)

    answers = members.record_clicks(session, [click("me", code_of(session, ben))], policy=FOR_EVER)

    assert answers == [ClickAnswer(Outcome.ALREADY_BOUND, me, anna)]


def test_a_click_of_nobody_is_a_mistake() -> None:
    with pytest.raises(AssertionError):
        Click("ANNA", NOON)
