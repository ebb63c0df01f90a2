"""Reading the network: a fan's sponsor now and then, a sponsor's fans. No phone, address or order leaves here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared_core.members.binding_rows import in_force
from shared_core.members.logins import mask_name
from shared_core.members.models import BindingHistoryRow, BindingRow, Member

FANS_PER_PAGE_MAX = 100


@dataclass(frozen=True, slots=True)
class Tie:
    """A fan's own view of their binding: the sponsor's masked name, since when, until when (None: for ever)."""

    sponsor_id: int
    sponsor_name: str
    bound_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Fan:
    """A sponsor's view of a fan: a masked name ("" for a visitor), and whether they count as a head."""

    name: str
    identified: bool
    bound_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class FanPage:
    """Fans, newest member first; `cursor` asks for the next page, None when there is none."""

    fans: list[Fan]
    cursor: int | None


def sponsor_of(session: Session, fan_id: int, *, at: datetime) -> int | None:
    """Whose fan this member is at `at` (now), or nobody's."""
    query = select(BindingRow.sponsor_id).where(BindingRow.fan_id == fan_id, in_force(at))
    return session.scalar(query)


def sponsor_then(session: Session, fan_id: int, *, at: datetime) -> int | None:
    """Whose fan this member was at `at` in the past; a sponsor who became part of an account is the account."""
    now = select(BindingRow.sponsor_id).where(BindingRow.fan_id == fan_id, in_force(at), BindingRow.bound_at <= at)
    sponsor_id = session.scalar(now)
    if sponsor_id is not None:
        return sponsor_id
    over = BindingHistoryRow
    return session.scalar(
        select(func.coalesce(Member.merged_into_id, Member.id))
        .join(over, over.sponsor_id == Member.id)
        .where(over.fan_id == fan_id, over.bound_at <= at, over.ended_at > at)
        .order_by(over.id.desc())
        .limit(1)
    )


def tie_of(session: Session, fan_id: int, *, at: datetime) -> Tie | None:
    """What a fan is told about their binding; None when free."""
    row = session.execute(
        select(BindingRow.sponsor_id, Member.name, BindingRow.bound_at, BindingRow.ends_at)
        .join(Member, Member.id == BindingRow.sponsor_id)
        .where(BindingRow.fan_id == fan_id, in_force(at))
    ).one_or_none()
    return Tie(row.sponsor_id, mask_name(row.name), row.bound_at, row.ends_at) if row else None


def direct_fans(
    session: Session, sponsor_id: int, *, at: datetime, after: int | None = None, limit: int = 20
) -> FanPage:
    """The people bound to a sponsor at `at`, a page at a time."""
    size = min(limit, FANS_PER_PAGE_MAX)
    query = (
        select(BindingRow.fan_id, Member.name, Member.identified_at, BindingRow.bound_at, BindingRow.ends_at)
        .join(Member, Member.id == BindingRow.fan_id)
        .where(BindingRow.sponsor_id == sponsor_id, in_force(at))
        .order_by(BindingRow.fan_id.desc())
        .limit(size + 1)
    )
    if after is not None:
        query = query.where(BindingRow.fan_id < after)
    rows = session.execute(query).all()
    fans = [Fan(mask_name(row.name), row.identified_at is not None, row.bound_at, row.ends_at) for row in rows[:size]]
    return FanPage(fans, rows[size - 1].fan_id if len(rows) > size else None)


def fan_counts(session: Session, sponsor_id: int, *, at: datetime) -> tuple[int, int]:
    """How many are bound to a sponsor at `at`: all of them, and the identified ones."""
    query = (
        select(func.count(), func.count(Member.identified_at))
        .select_from(BindingRow)
        .join(Member, Member.id == BindingRow.fan_id)
        .where(BindingRow.sponsor_id == sponsor_id, in_force(at))
    )
    everybody, identified = session.execute(query).one()
    return everybody, identified


def member_by_code(session: Session, code: str) -> int | None:
    """The member with this public code; a visitor who became part of an account is that account."""
    return session.scalar(select(func.coalesce(Member.merged_into_id, Member.id)).where(Member.code == code))


def names(session: Session, member_ids: Iterable[int]) -> dict[int, str]:
    """Names as they are, for the back office; members who do not exist are left out."""
    query = select(Member.id, Member.name).where(Member.id.in_(sorted(set(member_ids))))
    return {row.id: row.name for row in session.execute(query)}
