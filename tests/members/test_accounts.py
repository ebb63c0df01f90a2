"""Signing up, logging in, staff."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from shared_core import members
from shared_core.kernel.database import Database
from shared_core.kernel.errors import NotFound
from shared_core.members.models import Member
from tests.members.people import NOON, bind, days, heard, person, visitor

CHEAP = members.Passwords(time_cost=1, memory_kib=8, parallelism=1)
ANNA = members.normalise_login("anna@example.com")
PASSWORD = "correct horse battery"


def anna(session: Session, *, visitor_id: int | None = None) -> int:
    return person(session, "Anna", login=ANNA.value, password_hash=CHEAP.hash(PASSWORD), visitor_id=visitor_id)


def log_in(
    session: Session, password: str = PASSWORD, *, visitor_id: int | None = None, token: str = "t1"
) -> members.LoggedIn:
    proven = CHEAP.verify(members.credentials(session, ANNA), password)
    return members.log_in(
        session, proven, visitor_id=visitor_id, token_hash=token, device="Firefox", expires_at=days(30), at=NOON
    )


def test_signing_up_keeps_the_visitors_row_its_code_and_its_fans(session: Session) -> None:
    me, fan = visitor(session), visitor(session)
    bind(session, fan, me)
    code = session.get_one(Member, me).code

    with heard(session) as told:
        assert anna(session, visitor_id=me) == me

    session.expire_all()
    assert session.get_one(Member, me).code == code
    assert members.sponsor_of(session, fan, at=NOON) == me
    assert told == [members.MemberIdentified(me, NOON)]


def test_a_visitors_cookie_stops_working_when_they_sign_up(session: Session) -> None:
    me = members.create_visitor(session, token_hash="cookie", code="ME", at=NOON)
    assert members.visitor(session, "cookie") is not None

    anna(session, visitor_id=me)

    assert members.visitor(session, "cookie") is None


def test_the_same_cookie_is_the_same_visitor(session: Session) -> None:
    first = members.create_visitor(session, token_hash="cookie", code="ONE", at=NOON)

    assert members.create_visitor(session, token_hash="cookie", code="TWO", at=NOON) == first


def test_a_login_belongs_to_one_account(session: Session) -> None:
    anna(session)

    with pytest.raises(members.LoginTaken):
        person(session, "Another Anna", login="  ANNA@example.com ")


def test_an_account_does_not_sign_up_again(session: Session) -> None:
    me = anna(session)

    with pytest.raises(members.AlreadySignedUp):
        person(session, visitor_id=me)


def test_who_knows_the_password_gets_a_session(session: Session) -> None:
    me = anna(session)

    assert log_in(session).member_id == me

    viewer = members.viewer(session, "t1", at=NOON)
    assert viewer is not None
    assert (viewer.member_id, viewer.name, viewer.identified, viewer.staff_role) == (me, "Anna", True, None)


def test_a_wrong_password_gets_none(session: Session) -> None:
    anna(session)

    with pytest.raises(members.WrongCredentials):
        log_in(session, "wrong horse battery")


def test_a_password_changed_between_verifying_and_logging_in_is_refused(session: Session) -> None:
    anna(session)
    proven = CHEAP.verify(members.credentials(session, ANNA), PASSWORD)
    members.change_password(session, proven, password_hash=CHEAP.hash("another horse"), keep_token_hash=None, at=NOON)

    with pytest.raises(members.WrongCredentials):
        members.log_in(session, proven, visitor_id=None, token_hash="t1", device="", expires_at=days(1), at=NOON)


def test_logging_in_raises_the_price_of_an_old_hash(session: Session) -> None:
    anna(session)
    dearer = members.Passwords(time_cost=2, memory_kib=16, parallelism=1)
    proven = dearer.verify(members.credentials(session, ANNA), PASSWORD)

    members.log_in(session, proven, visitor_id=None, token_hash="t1", device="", expires_at=days(1), at=NOON)

    assert dearer.verify(members.credentials(session, ANNA), PASSWORD).stronger_hash is None


def test_a_session_ends_at_its_time_however_often_it_is_used(session: Session) -> None:
    anna(session)
    log_in(session)
    for day in range(30):
        assert members.viewer(session, "t1", at=days(day)) is not None

    assert members.viewer(session, "t1", at=days(30) - timedelta(microseconds=1)) is not None
    assert members.viewer(session, "t1", at=days(30)) is None


def test_logging_out_is_real(session: Session) -> None:
    anna(session)
    log_in(session)

    members.log_out(session, "t1", at=NOON)

    assert members.viewer(session, "t1", at=NOON) is None


def test_devices_are_listed_and_ended_one_by_one_or_all_but_mine(session: Session) -> None:
    me = anna(session)
    for token in ("t1", "t2", "t3"):
        log_in(session, token=token)

    listed = members.devices(session, me, at=NOON)
    members.revoke_device(session, me, device_id=listed[0].id, at=NOON)
    assert [device.token_hash for device in members.devices(session, me, at=NOON)] == ["t2", "t1"]
    assert members.revoke_all(session, me, at=NOON, keep_token_hash="t1") == 1

    assert members.viewer(session, "t1", at=NOON) is not None
    assert members.viewer(session, "t2", at=NOON) is None


def test_a_device_of_somebody_else_cannot_be_ended(session: Session) -> None:
    me = anna(session)
    log_in(session)
    (device,) = members.devices(session, me, at=NOON)

    with pytest.raises(NotFound):
        members.revoke_device(session, person(session), device_id=device.id, at=NOON)
    assert members.viewer(session, "t1", at=NOON) is not None


def test_a_new_password_ends_all_other_sessions(session: Session) -> None:
    anna(session)
    log_in(session, token="here")
    log_in(session, token="elsewhere")
    proven = CHEAP.verify(members.credentials(session, ANNA), PASSWORD)

    members.change_password(session, proven, password_hash=CHEAP.hash("new horse"), keep_token_hash="here", at=NOON)

    assert members.viewer(session, "here", at=NOON) is not None
    assert members.viewer(session, "elsewhere", at=NOON) is None


def test_of_two_new_passwords_for_one_old_one_the_second_is_refused(session: Session) -> None:
    anna(session)
    proven = CHEAP.verify(members.credentials(session, ANNA), PASSWORD)
    members.change_password(session, proven, password_hash="first", keep_token_hash=None, at=NOON)

    with pytest.raises(members.WrongPassword):
        members.change_password(session, proven, password_hash="second", keep_token_hash=None, at=NOON)


def test_a_request_learns_who_is_looking_in_one_query(database: Database) -> None:
    with database.transaction() as session:
        anna(session)
        log_in(session)
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *parts: statements.append(parts[2]))

    with database.reading() as session:
        members.viewer(session, "t1", at=NOON)

    assert [statement.split()[0] for statement in statements if statement != "BEGIN"] == ["SELECT"]


def test_a_shop_keeps_at_least_one_owner(session: Session) -> None:
    first, second = person(session), person(session)
    members.set_staff_role(session, first, role="owner")

    with pytest.raises(members.LastOwner):
        members.set_staff_role(session, first, role=None)
    members.set_staff_role(session, second, role="owner")
    members.set_staff_role(session, first, role="staff")

    with pytest.raises(members.LastOwner):
        members.set_staff_role(session, second, role="staff")


def test_a_visitor_is_no_staff(session: Session) -> None:
    with pytest.raises(members.NotIdentified):
        members.set_staff_role(session, visitor(session), role="staff")
