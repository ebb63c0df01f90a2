"""The list of members that staff search."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from shared_core import members


def enter(session: Session, name: str, login: str, *, at: datetime) -> int:
    """A person we know; their id."""
    return members.sign_up(
        session,
        login=members.normalise_login(login),
        password_hash="not a real one",
        name=name,
        visitor_id=None,
        code=f"CODE{name.upper()}"[:16],
        policy=members.BindingPolicy(),
        at=at,
    )


def test_people_are_found_by_name_login_and_code_newest_first(session: Session, at: datetime) -> None:
    mei = enter(session, "Mei", "mei@example.com", at=at)
    bao = enter(session, "Bao", "13800138000", at=at)
    assert [each.member_id for each in members.people(session, at=at).people] == [bao, mei]
    for search in ("Me", "mei@", "codemei"):
        assert [each.member_id for each in members.people(session, at=at, search=search).people] == [mei]
    assert members.people(session, at=at, search="%").people == []


def test_logins_are_shortened_and_fans_counted(session: Session, at: datetime) -> None:
    mei = enter(session, "Mei", "mei.lin@example.com", at=at)
    bao = enter(session, "Bao", "13800138000", at=at)
    members.bind(session, fan_id=bao, sponsor_id=mei, policy=members.BindingPolicy(days=30), at=at)
    fan, sponsor = members.people(session, at=at).people
    assert (fan.sponsor_id, sponsor.fans) == (mei, 1)
    assert "138000" not in fan.login and "mei.lin" not in sponsor.login
    later = members.people(session, at=at + timedelta(days=60)).people
    assert [each.fans for each in later] == [0, 0]


def test_pages_follow_one_another_without_gap_or_repeat(session: Session, at: datetime) -> None:
    everybody = [enter(session, f"Person{number}", f"p{number}@example.com", at=at) for number in range(5)]
    seen: list[int] = []
    after = None
    while True:
        page = members.people(session, at=at, after=after, limit=2)
        seen += [each.member_id for each in page.people]
        after = page.cursor
        if after is None:
            break
    assert seen == everybody[::-1]
