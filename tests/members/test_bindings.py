"""Binding fans to sponsors: first link wins, nobody to themselves, no loops, the right to leave."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core import members
from shared_core.members import BindingPolicy, FanBound, FanCounted, FanLeft, Outcome
from shared_core.members.models import BindingHistoryRow
from tests.members.people import FOR_EVER, NOON, THIRTY_DAYS, bind, chain, days, heard, person, visitor


def history(session: Session, fan_id: int) -> list[tuple[str, int]]:
    """Why bindings of a fan ended, and to whom they were."""
    query = select(BindingHistoryRow).where(BindingHistoryRow.fan_id == fan_id).order_by(BindingHistoryRow.id)
    return [(row.reason, row.sponsor_id) for row in session.scalars(query)]


def test_the_first_link_wins(session: Session) -> None:
    fan, anna, ben = visitor(session), visitor(session), visitor(session)

    assert bind(session, fan, anna) == Outcome.BOUND
    assert bind(session, fan, ben) == Outcome.ALREADY_BOUND
    assert bind(session, fan, anna) == Outcome.ALREADY_BOUND

    assert members.sponsor_of(session, fan, at=days(1000)) == anna
    assert history(session, fan) == []


def test_nobody_is_bound_to_themselves(session: Session) -> None:
    anna = visitor(session)

    assert bind(session, anna, anna) == Outcome.REFUSED_SELF
    assert members.sponsor_of(session, anna, at=NOON) is None


@pytest.mark.parametrize("length", [2, 3, 7])
def test_a_link_that_closes_a_loop_is_refused_and_leaves_the_visitor_free(session: Session, length: int) -> None:
    people = [visitor(session) for _ in range(length)]
    other = visitor(session)
    chain(session, *people)

    assert bind(session, people[-1], people[0]) == Outcome.REFUSED_LOOP
    assert bind(session, people[-1], other) == Outcome.BOUND


def test_the_link_of_somebody_who_does_not_exist_binds_nobody(session: Session) -> None:
    assert bind(session, visitor(session), 10**9) == Outcome.REFUSED_SPONSOR


def test_a_fan_who_does_not_exist_is_an_error(session: Session) -> None:
    with pytest.raises(members.UnknownMember):
        bind(session, 10**9, visitor(session))


def test_after_expiry_the_next_link_binds_anew(session: Session) -> None:
    fan, anna, ben = person(session), visitor(session), visitor(session)
    bind(session, fan, anna, policy=THIRTY_DAYS)

    assert bind(session, fan, ben, policy=THIRTY_DAYS, at=days(29)) == Outcome.ALREADY_BOUND
    assert members.sponsor_of(session, fan, at=days(31)) is None
    assert bind(session, fan, ben, policy=THIRTY_DAYS, at=days(31)) == Outcome.BOUND

    assert members.sponsor_of(session, fan, at=days(31)) == ben
    assert history(session, fan) == [("expired", anna)]


def test_after_its_protection_the_next_link_takes_the_fan(session: Session) -> None:
    fan, anna, ben = visitor(session), visitor(session), visitor(session)
    policy = BindingPolicy(days=30, protected_days=7)
    bind(session, fan, anna, policy=policy)

    assert bind(session, fan, ben, policy=policy, at=days(7)) == Outcome.ALREADY_BOUND
    assert bind(session, fan, anna, policy=policy, at=days(8)) == Outcome.ALREADY_BOUND
    assert bind(session, fan, ben, policy=policy, at=days(8)) == Outcome.BOUND
    assert history(session, fan) == [("taken", anna)]


def test_a_policy_that_changes_later_does_not_move_what_was_promised(session: Session) -> None:
    fan, anna, ben = visitor(session), visitor(session), visitor(session)
    bind(session, fan, anna, policy=FOR_EVER)

    assert bind(session, fan, ben, policy=THIRTY_DAYS, at=days(300)) == Outcome.ALREADY_BOUND


def test_an_expired_binding_does_not_stand_in_the_way_of_the_opposite_one(session: Session) -> None:
    anna, ben = visitor(session), visitor(session)
    bind(session, anna, ben, policy=THIRTY_DAYS)

    assert bind(session, ben, anna, at=days(3)) == Outcome.REFUSED_LOOP
    assert bind(session, ben, anna, at=days(31)) == Outcome.BOUND


def test_only_those_may_lock_whom_the_policy_allows(session: Session) -> None:
    policy = BindingPolicy(who_may_lock="members")

    assert bind(session, visitor(session), visitor(session), policy=policy) == Outcome.REFUSED_SPONSOR
    assert bind(session, visitor(session), person(session), policy=policy) == Outcome.BOUND


def test_who_leaves_is_free_and_the_next_link_binds(session: Session) -> None:
    fan, anna, ben = person(session), visitor(session), visitor(session)
    bind(session, fan, anna)

    with heard(session) as told:
        assert members.leave(session, fan, at=days(1)) == anna

    assert told == [FanLeft(fan, anna, days(1))]
    assert members.tie_of(session, fan, at=days(1)) is None
    assert bind(session, fan, ben, at=days(1)) == Outcome.BOUND
    assert history(session, fan) == [("left", anna)]


def test_who_is_free_cannot_leave(session: Session) -> None:
    fan = person(session)

    with pytest.raises(members.NotBound):
        members.leave(session, fan, at=NOON)


def test_a_visitor_is_bound_but_no_head_until_they_sign_up(session: Session) -> None:
    fan, anna = visitor(session), visitor(session)
    with heard(session) as told:
        bind(session, fan, anna)
        assert told == [FanBound(fan, anna, NOON)]

        person(session, visitor_id=fan, at=days(1))

        assert told[-1] == FanCounted(anna, fan, days(1))
    assert members.head_count(session, anna) == 1


def test_a_person_who_is_bound_counts_at_once(session: Session) -> None:
    fan, anna = person(session), visitor(session)

    with heard(session) as told:
        bind(session, fan, anna)

    assert told == [FanBound(fan, anna, NOON), FanCounted(anna, fan, NOON)]


def test_nobody_is_counted_twice_for_the_same_sponsor(session: Session) -> None:
    fan, anna = person(session), visitor(session)
    bind(session, fan, anna)
    members.leave(session, fan, at=days(1))

    with heard(session) as told:
        bind(session, fan, anna, at=days(2))

    assert told == [FanBound(fan, anna, days(2))]


def test_whose_binding_ended_before_they_signed_up_is_nobodys_head(session: Session) -> None:
    fan, anna = visitor(session), visitor(session)
    bind(session, fan, anna, policy=THIRTY_DAYS)

    person(session, visitor_id=fan, at=days(40))

    assert members.head_count(session, anna) == 0


def test_the_past_can_be_asked_for(session: Session) -> None:
    fan, anna, ben = visitor(session), visitor(session), visitor(session)
    bind(session, fan, anna, policy=THIRTY_DAYS)
    members.leave(session, fan, at=days(10))
    bind(session, fan, ben, at=days(20), policy=THIRTY_DAYS)

    then = {day: members.sponsor_then(session, fan, at=days(day)) for day in (-1, 0, 9, 10, 19, 20, 49, 51)}

    assert then == {-1: None, 0: anna, 9: anna, 10: None, 19: None, 20: ben, 49: ben, 51: None}


def test_many_claims_are_decided_in_order_and_name_the_stored_sponsor(session: Session) -> None:
    fan, anna, ben = visitor(session), visitor(session), visitor(session)
    claims = [
        members.Claim(fan, anna, NOON),
        members.Claim(fan, ben, NOON),
        members.Claim(anna, fan, NOON),
        members.Claim(ben, ben, NOON),
        members.Claim(anna, ben, NOON),
        members.Claim(ben, fan, NOON),
    ]

    answers = members.bind_many(session, claims, policy=FOR_EVER)

    assert [(answer.outcome, answer.sponsor_id) for answer in answers] == [
        (Outcome.BOUND, anna),
        (Outcome.ALREADY_BOUND, anna),
        (Outcome.REFUSED_LOOP, None),
        (Outcome.REFUSED_SELF, None),
        (Outcome.BOUND, ben),
        (Outcome.REFUSED_LOOP, None),
    ]


class TestLaterMoments:
    """Policies that bind at sign-up or at the first order."""

    AT_SIGN_UP = BindingPolicy(on="sign_up")
    AT_ORDER = BindingPolicy(on="first_order", days=30)

    def test_a_click_is_noted_and_binds_at_sign_up(self, session: Session) -> None:
        fan, anna, ben = visitor(session), visitor(session), visitor(session)

        assert bind(session, fan, anna, policy=self.AT_SIGN_UP) == Outcome.NOTED
        assert bind(session, fan, ben, policy=self.AT_SIGN_UP) == Outcome.NOTED
        assert members.sponsor_of(session, fan, at=NOON) is None
        with heard(session) as told:
            person(session, visitor_id=fan, policy=self.AT_SIGN_UP, at=days(1))

        assert members.sponsor_of(session, fan, at=days(1)) == anna
        assert told[-2:] == [FanBound(fan, anna, days(1)), FanCounted(anna, fan, days(1))]

    def test_a_person_who_clicks_after_sign_up_is_bound_at_once(self, session: Session) -> None:
        assert bind(session, person(session), visitor(session), policy=self.AT_SIGN_UP) == Outcome.BOUND

    def test_the_first_order_binds_and_later_orders_change_nothing(self, session: Session) -> None:
        fan, anna = person(session), visitor(session)
        bind(session, fan, anna, policy=self.AT_ORDER)

        first = members.bind_first_link(session, fan, moment="first_order", policy=self.AT_ORDER, at=days(2))
        second = members.bind_first_link(session, fan, moment="first_order", policy=self.AT_ORDER, at=days(3))

        assert (first, second) == (Outcome.BOUND, None)
        tie = members.tie_of(session, fan, at=days(2))
        assert tie is not None and tie.bound_at == days(2)

    def test_a_noted_link_expires_and_the_next_one_is_noted_instead(self, session: Session) -> None:
        fan, anna, ben = person(session), visitor(session), visitor(session)
        bind(session, fan, anna, policy=self.AT_ORDER)
        bind(session, fan, ben, policy=self.AT_ORDER, at=days(40))

        members.bind_first_link(session, fan, moment="first_order", policy=self.AT_ORDER, at=days(41))

        assert members.sponsor_of(session, fan, at=days(41)) == ben

    def test_an_expired_note_binds_nobody(self, session: Session) -> None:
        fan, anna = person(session), visitor(session)
        bind(session, fan, anna, policy=self.AT_ORDER)

        outcome = members.bind_first_link(session, fan, moment="first_order", policy=self.AT_ORDER, at=days(40))

        assert outcome is None

    def test_a_noted_link_that_would_close_a_loop_is_refused_when_it_is_to_bind(self, session: Session) -> None:
        anna, ben = person(session), person(session)
        bind(session, anna, ben, policy=self.AT_ORDER)
        bind(session, ben, anna, policy=FOR_EVER)

        outcome = members.bind_first_link(session, anna, moment="first_order", policy=self.AT_ORDER, at=NOON)

        assert outcome == Outcome.REFUSED_LOOP

    def test_ones_own_link_is_not_noted(self, session: Session) -> None:
        anna = visitor(session)

        assert bind(session, anna, anna, policy=self.AT_ORDER) == Outcome.REFUSED_SELF


def test_everything_that_ever_bound_a_fan_is_kept(session: Session) -> None:
    fan, anna, ben = visitor(session), visitor(session), visitor(session)
    policy = BindingPolicy(days=9, protected_days=0)
    for day, sponsor in enumerate([anna, ben, anna, ben, anna]):
        bind(session, fan, sponsor, policy=policy, at=days(2 * day))

    assert history(session, fan) == [("taken", anna), ("taken", ben), ("taken", anna), ("taken", ben)]
    then = [members.sponsor_then(session, fan, at=days(day)) for day in range(9)]
    assert then == [anna, anna, ben, ben, anna, anna, ben, ben, anna]
