"""Walking up the two edges: fan to sponsor, member to inviter."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from shared_core.kernel.bulk import among, chunks
from shared_core.members.binding_rows import BINDING_COLUMNS, in_force
from shared_core.members.models import BindingRow, Member
from shared_core.members.rules import Binding

DEPTH_MAX = 64
"""No plan pays, and no page shows, more levels than this."""


def upline(session: Session, member_id: int, *, depth_max: int, at: datetime) -> list[int]:
    """Sponsor, sponsor's sponsor and so on at `at`, nearest first; at most `depth_max` of them."""
    above = (
        select(BindingRow.sponsor_id.label("member_id"), literal(1).label("depth"))
        .where(BindingRow.fan_id == member_id, in_force(at), BindingRow.bound_at <= at)
        .cte("above", recursive=True)
    )
    above = above.union_all(
        select(BindingRow.sponsor_id, above.c.depth + 1)
        .where(BindingRow.fan_id == above.c.member_id, in_force(at), BindingRow.bound_at <= at)
        .where(above.c.depth < min(depth_max, DEPTH_MAX))
    )
    if depth_max <= 0:
        return []
    return list(session.scalars(select(above.c.member_id).order_by(above.c.depth)))


def inviters(session: Session, member_id: int, *, depth_max: int) -> list[int]:
    """Inviter, inviter's inviter and so on, nearest first; at most `depth_max` of them."""
    above = (
        select(Member.inviter_id.label("member_id"), literal(1).label("depth"))
        .where(Member.id == member_id, Member.inviter_id.is_not(None))
        .cte("above", recursive=True)
    )
    above = above.union_all(
        select(Member.inviter_id, above.c.depth + 1)
        .where(Member.id == above.c.member_id, Member.inviter_id.is_not(None))
        .where(above.c.depth < min(depth_max, DEPTH_MAX))
    )
    if depth_max <= 0:
        return []
    return list(session.scalars(select(above.c.member_id).order_by(above.c.depth)))


def bindings_above(session: Session, member_ids: Iterable[int], *, at: datetime) -> dict[int, Binding]:
    """The bindings in force at `at` of these members and of everybody above them, however far: fan -> binding.

    UNION, not UNION ALL: it would end even if there were a loop.
    """
    found: dict[int, Binding] = {}
    columns = (BindingRow.fan_id, BindingRow.sponsor_id)
    for chunk in chunks(sorted(set(member_ids))):
        above = (
            select(*columns).where(among(session, BindingRow.fan_id, chunk), in_force(at)).cte("above", recursive=True)
        )
        above = above.union(select(*columns).join(above, BindingRow.fan_id == above.c.sponsor_id).where(in_force(at)))
        query = BINDING_COLUMNS.where(BindingRow.fan_id.in_(select(above.c.fan_id)))
        for row in session.execute(query):
            found[row.fan_id] = Binding(*row[1:])
    return found


def inviters_above(session: Session, member_id: int) -> set[int]:
    """Everybody who invited this member, over any number of steps."""
    above = select(Member.id, Member.inviter_id).where(Member.id == member_id).cte("above", recursive=True)
    above = above.union(select(Member.id, Member.inviter_id).join(above, Member.id == above.c.inviter_id))
    query = select(above.c.inviter_id).where(above.c.inviter_id.is_not(None))
    return set(session.scalars(query))
