"""Links with which people of an import, and staff without a password, set how they log in."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from shared_core import members
from tests.members.people import FOR_EVER, NOON, bind, days, numbers, person, visitor

ANNA = members.normalise_login("anna@example.com")


def imported(session: Session, *names: str) -> list[int]:
    """People whom another platform knows by these names."""
    ids = members.ensure_external_members(
        session, [(name, NOON) for name in names], source="old", new_code=lambda: f"E{next(numbers)}"
    )
    return [ids[name] for name in names]


def give(session: Session, member_id: int, token: str = "t", *, at: datetime = NOON) -> None:
    members.give_access_links(session, {member_id: token}, by="staff:1", expires_at=days(14), at=at)


def use(session: Session, token: str = "t", *, login: members.Login = ANNA, at: datetime = NOON) -> members.Proven:
    return members.use_access_link(session, token, login=login, name="Anna", password_hash="hash", at=at)


def test_who_uses_a_link_keeps_the_row_with_its_fans_and_can_log_in(session: Session) -> None:
    [me] = imported(session, "u-1")
    bind(session, visitor(session), me)
    give(session, me)
    assert members.holder_of_access_link(session, "t", at=NOON) == members.Account(me, "u-1", None, None)

    assert use(session).member_id == me

    assert members.credentials(session, ANNA) == members.Credentials(me, "hash")
    assert members.names(session, [me]) == {me: "Anna"}
    assert members.fan_counts(session, me, at=NOON) == (1, 0)


def test_a_link_works_once(session: Session) -> None:
    [me] = imported(session, "u-1")
    give(session, me)
    use(session)

    for other in (ANNA, members.normalise_login("eve@example.com")):
        with pytest.raises(members.AccessLinkDead):
            use(session, login=other)
    with pytest.raises(members.AccessLinkDead):
        members.holder_of_access_link(session, "t", at=NOON)


def test_a_link_ends_at_its_time(session: Session) -> None:
    [me] = imported(session, "u-1")
    give(session, me)

    with pytest.raises(members.AccessLinkDead):
        use(session, at=days(14))
    assert use(session, at=days(13)).member_id == me


def test_a_link_can_be_taken_back(session: Session) -> None:
    [me] = imported(session, "u-1")
    give(session, me)

    assert members.take_back_access_links(session, [me], at=NOON) == 1
    assert members.take_back_access_links(session, [me], at=NOON) == 0

    with pytest.raises(members.AccessLinkDead):
        use(session)


def test_a_new_link_takes_the_old_one_back(session: Session) -> None:
    [me] = imported(session, "u-1")
    give(session, me, "old")
    give(session, me, "new", at=days(1))

    with pytest.raises(members.AccessLinkDead):
        use(session, "old", at=days(1))
    assert use(session, "new", at=days(1)).member_id == me


def test_a_token_that_nobody_gave_opens_nothing(session: Session) -> None:
    give(session, imported(session, "u-1")[0])

    with pytest.raises(members.AccessLinkDead):
        use(session, "guess")


def test_the_login_of_another_account_is_refused_and_the_link_goes_on_working(session: Session) -> None:
    [me] = imported(session, "u-1")
    other = person(session, "Anna", login="anna@example.com")
    give(session, me)

    with pytest.raises(members.LoginTaken), session.begin_nested():
        use(session)

    assert members.credentials(session, ANNA).member_id == other, "nobody was merged"
    assert use(session, login=members.normalise_login("anna@elsewhere.example")).member_id == me


def test_a_login_that_is_there_stays(session: Session) -> None:
    login = members.normalise_login("boss@example.com")
    boss = members.sign_up(
        session, login=login, password_hash=None, name="x", visitor_id=None, code="B", policy=FOR_EVER, at=NOON
    )
    give(session, boss)

    use(session, login=ANNA)

    assert members.credentials(session, login) == members.Credentials(boss, "hash")
    assert members.credentials(session, ANNA) == members.Credentials(None, None)


def test_nobody_who_can_log_in_gets_a_link(session: Session) -> None:
    with pytest.raises(members.CanLogIn):
        give(session, person(session))
    with pytest.raises(members.UnknownMember):
        give(session, visitor(session))
    with pytest.raises(members.UnknownMember):
        give(session, 4711)


def test_the_unclaimed_are_those_of_an_import_without_log_in_and_without_a_link(session: Session) -> None:
    first, second, third = imported(session, "u-1", "u-2", "u-3")
    person(session)
    give(session, first, "t1")
    give(session, second, "t2")
    use(session, "t2")

    assert [each.member_id for each in members.unclaimed(session, at=NOON)] == [third]
    waiting = list(members.unclaimed(session, at=days(14)))
    assert [(each.member_id, each.name) for each in waiting] == [(first, "old:u-1"), (third, "old:u-3")]
    give(session, first, "t3", at=days(14))


def test_members_are_named_by_code_or_as_the_other_platform_knows_them(session: Session) -> None:
    [me] = imported(session, "a:b")
    code = members.people(session, at=NOON).people[0].code

    assert members.find_members(session, [code, "old:a:b", "ext:old:a:b"]) == dict.fromkeys(
        [code, "old:a:b", "ext:old:a:b"], me
    )
    with pytest.raises(members.NobodyCalled, match="old:nobody"):
        members.find_members(session, [code, "old:nobody"])


def test_the_directory_tells_who_waits_for_a_log_in(session: Session) -> None:
    [me] = imported(session, "u-1")
    person(session, "Bob")
    give(session, me)

    [waiting] = members.people(session, at=NOON, only="without_log_in").people
    assert (waiting.member_id, waiting.can_log_in, waiting.link_until) == (me, False, days(14))
    [later] = members.people(session, at=days(14), only="without_log_in").people
    assert later.link_until is None


def test_an_owner_who_cannot_log_in_yet_does_not_count(session: Session) -> None:
    first, second = person(session), imported(session, "u-1")[0]
    for each in (first, second):
        members.set_staff_role(session, each, role="owner")

    with pytest.raises(members.LastOwner):
        members.set_staff_role(session, first, role=None)
    give(session, second)
    use(session)
    members.set_staff_role(session, first, role=None)
    assert [each.member_id for each in members.people(session, at=NOON, only="staff").people] == [second]
