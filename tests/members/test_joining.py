"""Becoming a promoter by somebody's invitation."""

import pytest
from sqlalchemy.orm import Session

from shared_core import members
from tests.members.people import NOON, bind, days, heard, person, visitor


def test_a_member_joins_once(session: Session) -> None:
    anna, ben, carl = person(session), person(session), person(session)

    with heard(session) as told:
        assert members.join(session, ben, inviter_id=anna, at=NOON)
        assert not members.join(session, ben, inviter_id=anna, at=days(1))

    assert told == [members.MemberJoined(ben, anna, NOON)]
    with pytest.raises(members.AlreadyJoined):
        members.join(session, ben, inviter_id=carl, at=NOON)
    assert members.inviters(session, ben, depth_max=5) == [anna]


def test_nobody_needs_an_inviter(session: Session) -> None:
    anna = person(session)

    members.join(session, anna, inviter_id=None, at=NOON)

    assert members.inviters(session, anna, depth_max=5) == []


def test_the_inviter_may_be_another_than_the_sponsor(session: Session) -> None:
    fan, seller, inviter = person(session), person(session), person(session)
    bind(session, fan, seller)

    members.join(session, fan, inviter_id=inviter, at=NOON)

    assert members.sponsor_of(session, fan, at=NOON) == seller
    assert members.inviters(session, fan, depth_max=1) == [inviter]


def test_a_visitor_cannot_join(session: Session) -> None:
    with pytest.raises(members.NotIdentified):
        members.join(session, visitor(session), inviter_id=None, at=NOON)


def test_nobody_invites_themselves_directly_or_through_others(session: Session) -> None:
    anna, ben, carl = person(session), person(session), person(session)
    with pytest.raises(members.InviterLoop):
        members.join(session, anna, inviter_id=anna, at=NOON)
    members.join(session, ben, inviter_id=anna, at=NOON)
    members.join(session, carl, inviter_id=ben, at=NOON)

    with pytest.raises(members.InviterLoop):
        members.join(session, anna, inviter_id=carl, at=NOON)


def test_an_inviter_who_does_not_exist_is_an_error(session: Session) -> None:
    with pytest.raises(members.UnknownMember):
        members.join(session, person(session), inviter_id=10**9, at=NOON)
