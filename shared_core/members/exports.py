"""Everything this room knows, row by row, for the shop's owner to take away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.members.binding_rows import in_force
from shared_core.members.models import BindingRow, Member

ROWS_PER_FETCH = 5_000
EXTERNAL_PREFIX = "ext:"


@dataclass(frozen=True, slots=True)
class BindingExport:
    """A binding in force. `member` and `sponsor` are names given by another platform, or else public codes.

    `depth`: how many sponsors are above the member, at least 1.
    """

    fan_id: int
    sponsor_id: int
    member: str
    sponsor: str
    bound_at: datetime
    depth: int


@dataclass(frozen=True, slots=True)
class MemberExport:
    """One person or visitor (those who became part of an account are left out)."""

    member: str
    code: str
    name: str
    phone: str | None
    email: str | None
    created_at: datetime
    identified_at: datetime | None
    joined_at: datetime | None
    inviter: str | None
    staff_role: str | None


def export_bindings(session: Session, *, at: datetime) -> Iterator[BindingExport]:
    """All bindings in force at `at`, by ascending fan. Keeps two numbers per fan in memory, not the rows."""
    edges = select(BindingRow.fan_id, BindingRow.sponsor_id).where(in_force(at))
    sponsors = {
        row.fan_id: row.sponsor_id for row in session.execute(edges.execution_options(yield_per=ROWS_PER_FETCH))
    }
    depths = _depths(sponsors)
    labels = export_names(session)
    rows = select(BindingRow.fan_id, BindingRow.sponsor_id, BindingRow.bound_at).where(in_force(at))
    for row in session.execute(rows.order_by(BindingRow.fan_id).execution_options(yield_per=ROWS_PER_FETCH)):
        yield BindingExport(
            fan_id=row.fan_id,
            sponsor_id=row.sponsor_id,
            member=labels[row.fan_id],
            sponsor=labels[row.sponsor_id],
            bound_at=row.bound_at,
            depth=depths[row.fan_id],
        )


def export_members(session: Session) -> Iterator[MemberExport]:
    """All people and visitors, oldest first."""
    labels = export_names(session)
    query = select(Member).where(Member.merged_into_id.is_(None)).order_by(Member.id)
    for member in session.scalars(query.execution_options(yield_per=ROWS_PER_FETCH)):
        yield MemberExport(
            member=labels[member.id],
            code=member.code,
            name=member.name,
            phone=member.phone,
            email=member.email,
            created_at=member.created_at,
            identified_at=member.identified_at,
            joined_at=member.joined_at,
            inviter=None if member.inviter_id is None else labels[member.inviter_id],
            staff_role=member.staff_role,
        )


def external_key(source: str, name: str) -> str:
    """How a member of another platform is known here."""
    return f"{EXTERNAL_PREFIX}{source}:{name}"


def export_names(session: Session) -> dict[int, str]:
    """How every member is called in exports: the name another platform gave them, or else their public code."""
    query = select(Member.id, Member.code, Member.external_key).execution_options(yield_per=ROWS_PER_FETCH)
    return {row.id: _label(row.code, row.external_key) for row in session.execute(query)}


def _label(code: str, key: str | None) -> str:
    return code if key is None else key.removeprefix(EXTERNAL_PREFIX).partition(":")[2]


def _depths(sponsors: dict[int, int]) -> dict[int, int]:
    """Steps to the top for every fan; members who are nobody's fan are at 0. There are no loops."""
    depths: dict[int, int] = {}
    for fan_id in sponsors:
        path = [fan_id]
        while path[-1] not in depths and path[-1] in sponsors:
            path.append(sponsors[path[-1]])
            assert len(path) <= len(sponsors) + 1, "bindings go round in a ring"
        depth = depths.setdefault(path.pop(), 0)
        while path:
            depth += 1
            depths[path.pop()] = depth
    return depths
