"""Who is there, for the back office: people we know, newest first, with what staff need to recognise them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from shared_core.members.binding_rows import in_force
from shared_core.members.models import BindingRow, Member

PEOPLE_PER_PAGE_MAX = 100
SHOWN_HEAD = 3
SHOWN_TAIL = 2


@dataclass(frozen=True, slots=True)
class Person:
    """An identified member. `login` is shortened; `sponsor_id` is whose fan they are now; `fans` are theirs."""

    member_id: int
    code: str
    name: str
    login: str
    staff_role: str | None
    identified_at: datetime | None
    joined_at: datetime | None
    sponsor_id: int | None
    fans: int


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """`cursor` asks for the next page, None when there is none."""

    people: Sequence[Person]
    cursor: int | None


def people(
    session: Session, *, at: datetime, search: str = "", after: int | None = None, limit: int = 30
) -> PeoplePage:
    """Identified members with `search` in their name or login, or as their public code; paged, two queries."""
    size = min(limit, PEOPLE_PER_PAGE_MAX)
    query = (
        select(Member, BindingRow.sponsor_id)
        .join(BindingRow, (BindingRow.fan_id == Member.id) & in_force(at), isouter=True)
        .where(Member.identified_at.is_not(None), *_matching(search.strip()))
        .order_by(Member.id.desc())
        .limit(size + 1)
    )
    if after is not None:
        query = query.where(Member.id < after)
    rows = session.execute(query).all()
    fans = _fans(session, [row.id for row, _ in rows[:size]], at=at)
    found = [_person(row, sponsor_id, fans.get(row.id, 0)) for row, sponsor_id in rows[:size]]
    return PeoplePage(found, rows[size - 1][0].id if len(rows) > size else None)


def _matching(search: str) -> list[ColumnElement[bool]]:
    if not search:
        return []
    holds = [column.contains(search, autoescape=True) for column in (Member.name, Member.phone, Member.email)]
    return [or_(*holds, Member.code == search.upper())]


def _fans(session: Session, sponsor_ids: Sequence[int], *, at: datetime) -> dict[int, int]:
    query = (
        select(BindingRow.sponsor_id, func.count().label("fans"))
        .where(BindingRow.sponsor_id.in_(sponsor_ids), in_force(at))
        .group_by(BindingRow.sponsor_id)
    )
    return {row.sponsor_id: row.fans for row in session.execute(query)}


def _person(row: Member, sponsor_id: int | None, fans: int) -> Person:
    return Person(
        member_id=row.id,
        code=row.code,
        name=row.name,
        login=_shortened(row.phone or row.email or ""),
        staff_role=row.staff_role,
        identified_at=row.identified_at,
        joined_at=row.joined_at,
        sponsor_id=sponsor_id,
        fans=fans,
    )


def _shortened(login: str) -> str:
    """Enough to recognise, too little to write to."""
    name, at, domain = login.partition("@")
    if len(name) <= SHOWN_HEAD + SHOWN_TAIL:
        return f"{name[:1]}**{at}{domain}" if name else ""
    return f"{name[:SHOWN_HEAD]}****{name[-SHOWN_TAIL:]}{at}{domain}"
