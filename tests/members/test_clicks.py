"""Clicks recorded in bulk are decided as if each had come alone."""

import itertools
from collections.abc import Collection

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


def promoters_only(session: Session, member_ids: Collection[int]) -> Collection[int]:
    """What a room above may say: here promoters hold the rank it takes."""
    return members.promoters(session, member_ids)


POLICIES = [
    FOR_EVER,
    THIRTY_DAYS,
    BindingPolicy(who_may_lock="members"),
    BindingPolicy(who_may_lock="promoters"),
    BindingPolicy(on="sign_up"),
    BindingPolicy(days=3, protected_days=0),
    BindingPolicy(only_new=True),
    BindingPolicy(on="sign_up", only_new=True),
    BindingPolicy(qualified=promoters_only),
    BindingPolicy(only_new=True, qualified=promoters_only),
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


def test_only_the_first_link_of_a_newcomer_binds_where_only_newcomers_are_bound(session: Session) -> None:
    sponsor, anna = code_of(session, visitor(session)), person(session)
    members.create_visitor(session, token_hash="known", code="KNOWN", at=NOON)
    clicks = [click("new", sponsor), click("known", sponsor), click("", sponsor, member_id=anna)]
    clicks += [click("lost", "NOBODY"), click("lost", sponsor)]

    answers = members.record_clicks(session, clicks, policy=BindingPolicy(only_new=True))

    assert [answer.outcome for answer in answers] == [
        Outcome.BOUND,
        Outcome.REFUSED_KNOWN,
        Outcome.REFUSED_KNOWN,
        Outcome.REFUSED_SPONSOR,
        Outcome.REFUSED_KNOWN,
    ]


def test_ranks_are_asked_for_a_batch_and_not_for_each_click(session: Session) -> None:
    anna, ben = person(session), person(session)
    asked: list[set[int]] = []

    def only_ben(_session: Session, member_ids: Collection[int]) -> Collection[int]:
        asked.append(set(member_ids))
        return {ben}

    links = [code_of(session, each) for each in (anna, ben)]
    newcomers = [click(f"new-{number}", links[number % 2]) for number in range(6)]
    answers = members.record_clicks(session, newcomers, policy=BindingPolicy(qualified=only_ben))
    assert told(answers) == [(Outcome.REFUSED_SPONSOR, None), (Outcome.BOUND, ben)] * 3
    assert 1 <= len(asked) <= 2 and asked[0] == {anna, ben}, "newcomers first, then whoever is left"


def test_a_link_that_was_noted_binds_later_whatever_the_rank_is_by_then(session: Session) -> None:
    anna, ben = person(session), person(session)
    later = BindingPolicy(on="first_order", only_new=True, qualified=lambda session, ids: {anna})
    [kept, lost] = members.record_clicks(
        session, [click("a", code_of(session, anna)), click("b", code_of(session, ben))], policy=later
    )
    assert (kept.outcome, lost.outcome) == (Outcome.NOTED, Outcome.REFUSED_SPONSOR)
    nobody = BindingPolicy(on="first_order", only_new=True, qualified=lambda session, ids: set())
    for fan_id, sponsor_id in ((kept.visitor_id, anna), (lost.visitor_id, None)):
        members.bind_first_link(session, fan_id, moment="first_order", policy=nobody, at=NOON)
        assert members.sponsor_of(session, fan_id, at=NOON) == sponsor_id


def test_a_click_of_nobody_is_a_mistake() -> None:
    with pytest.raises(AssertionError):
        Click("ANNA", NOON)
