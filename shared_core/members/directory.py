"""Who is there, for the back office: people we know, newest first, with what staff need to recognise them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from shared_core.members.binding_rows import in_force
from shared_core.members.models import AccessLinkRow, BindingRow, Member

Group = Literal["staff", "without_log_in"]

PEOPLE_PER_PAGE_MAX = 100
SHOWN_HEAD = 3
SHOWN_TAIL = 2


@dataclass(frozen=True, slots=True)
class Person:
    """An identified member. `login` is shortened; `sponsor_id` is whose fan they are now; `fans` are theirs.

    `link_until`: until when the link works with which they set a log-in, None when there is none.
    """

    member_id: int
    code: str
    name: str
    login: str
    staff_role: str | None
    identified_at: datetime | None
    joined_at: datetime | None
    sponsor_id: int | None
    fans: int
    can_log_in: bool
    link_until: datetime | None


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """`cursor` asks for the next page, None when there is none."""

    people: Sequence[Person]
    cursor: int | None


def people(
    session: Session,
    *,
    at: datetime,
    search: str = "",
    after: int | None = None,
    limit: int = 30,
    only: Group | None = None,
) -> PeoplePage:
    """Identified members with `search` in their name or login, or as their public code; paged, two queries.

    `only` those of a group.
    """
    size = min(limit, PEOPLE_PER_PAGE_MAX)
    link = AccessLinkRow
    query = (
        select(Member, BindingRow.sponsor_id, link.expires_at)
        .join(BindingRow, (BindingRow.fan_id == Member.id) & in_force(at), isouter=True)
        .join(
            link,
            (link.member_id == Member.id) & link.used_at.is_(None) & link.revoked_at.is_(None) & (link.expires_at > at),
            isouter=True,
        )
        .where(Member.identified_at.is_not(None), *_matching(search.strip()), *_among(only))
        .order_by(Member.id.desc())
        .limit(size + 1)
    )
    if after is not None:
        query = query.where(Member.id < after)
    rows = session.execute(query).all()
    fans = _fans(session, [row.id for row, *_ in rows[:size]], at=at)
    found = [_person(row, sponsor_id, link_until, fans.get(row.id, 0)) for row, sponsor_id, link_until in rows[:size]]
    return PeoplePage(found, rows[size - 1][0].id if len(rows) > size else None)


def _among(only: Group | None) -> list[ColumnElement[bool]]:
    if only is None:
        return []
    return [Member.staff_role.is_not(None) if only == "staff" else Member.password_hash.is_(None)]


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


def _person(row: Member, sponsor_id: int | None, link_until: datetime | None, fans: int) -> Person:
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
        can_log_in=row.password_hash is not None,
        link_until=link_until,
    )


def _shortened(login: str) -> str:
    """Enough to recognise, too little to write to."""
    name, at, domain = login.partition("@")
    if len(name) <= SHOWN_HEAD + SHOWN_TAIL:
        return f"{name[:1]}**{at}{domain}" if name else ""
    return f"{name[:SHOWN_HEAD]}****{name[-SHOWN_TAIL:]}{at}{domain}"
