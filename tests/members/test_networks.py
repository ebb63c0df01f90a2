"""Looking up and down the network."""

import dataclasses

from sqlalchemy.orm import Session

from shared_core import members
from tests.members.people import FOR_EVER, NOON, THIRTY_DAYS, bind, chain, days, person, visitor


def test_the_upline_is_nearest_first_and_no_longer_than_asked(session: Session) -> None:
    people = [visitor(session) for _ in range(5)]
    chain(session, *people)

    assert members.upline(session, people[0], depth_max=10, at=NOON) == people[1:]
    assert members.upline(session, people[0], depth_max=2, at=NOON) == people[1:3]
    assert members.upline(session, people[0], depth_max=0, at=NOON) == []
    assert members.upline(session, people[-1], depth_max=10, at=NOON) == []


def test_the_upline_ends_where_a_binding_has_expired(session: Session) -> None:
    fan, anna, ben = (visitor(session) for _ in range(3))
    bind(session, fan, anna, policy=FOR_EVER)
    bind(session, anna, ben, policy=THIRTY_DAYS)

    assert members.upline(session, fan, depth_max=9, at=days(31)) == [anna]


def test_a_sponsor_sees_masked_names_and_nothing_else_of_a_fan(session: Session) -> None:
    anna = person(session, "Anna")
    fan = person(session, "张小明", login="13800138000")
    bind(session, fan, anna)
    bind(session, visitor(session), anna)

    page = members.direct_fans(session, anna, at=NOON)

    assert [fan.name for fan in page.fans] == ["", "张**"]
    assert [fan.identified for fan in page.fans] == [False, True]
    assert {field.name for field in dataclasses.fields(members.Fan)} == {"name", "identified", "bound_at", "ends_at"}


def test_fans_come_a_page_at_a_time(session: Session) -> None:
    anna = visitor(session)
    for _ in range(5):
        bind(session, visitor(session), anna)

    pages, cursor = [], None
    while True:
        page = members.direct_fans(session, anna, at=NOON, after=cursor, limit=2)
        pages.append(len(page.fans))
        cursor = page.cursor
        if cursor is None:
            break

    assert pages == [2, 2, 1]
    assert members.fan_counts(session, anna, at=NOON) == (5, 0)


def test_a_fan_sees_whose_fan_they_are_and_until_when(session: Session) -> None:
    fan, anna = visitor(session), person(session, "Anna")
    bind(session, fan, anna, policy=THIRTY_DAYS)

    tie = members.tie_of(session, fan, at=NOON)

    assert tie is not None
    assert (tie.sponsor_id, tie.sponsor_name, tie.bound_at) == (anna, "A**", NOON)
    assert tie.ends_at is not None


def test_bindings_are_exported_with_their_depth(session: Session) -> None:
    people = [visitor(session) for _ in range(4)]
    chain(session, *people)

    rows = {row.fan_id: (row.sponsor_id, row.depth) for row in members.export_bindings(session, at=NOON)}

    assert rows == {people[0]: (people[1], 3), people[1]: (people[2], 2), people[2]: (people[3], 1)}


def test_members_are_exported_without_secrets(session: Session) -> None:
    anna = person(session, "Anna", login="anna@example.com")
    members.join(session, anna, inviter_id=visitor(session), at=NOON)

    (row,) = [each for each in members.export_members(session) if each.name == "Anna"]

    assert (row.email, row.joined_at) == ("anna@example.com", NOON)
    assert not any("password" in field.name or "token" in field.name for field in dataclasses.fields(row))
