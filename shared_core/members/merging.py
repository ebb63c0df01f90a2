"""A visitor turns out to be somebody we know: the anonymous row becomes part of the account.

- The account's own binding is never overwritten. Only where the account has none does it take over the visitor's,
  as it is (no longer life), unless that would bind the account to itself or close a loop. Where only newcomers are
  bound, an account that was there before the link was followed takes over neither a binding nor a first link.
- The visitor's fans become the account's fans, each with a row of history. A fan whose binding would close a loop or
  tie the account to itself is set free instead, as everybody is whose link is refused.
- Members the visitor invited count as invited by the account, under the same conditions.
- The visitor's row stays as a signpost, so that links shared before go on working; its cookie is retired.
- What other rooms keep under the visitor (a cart) they move when they hear VisitorMerged.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared_core.kernel.database import lock
from shared_core.kernel.events import announce
from shared_core.members.ancestry import bindings_above, inviters_above
from shared_core.members.binding_rows import end_bindings, in_force, move_bindings, read_bindings, write_bindings
from shared_core.members.bindings import BINDING_LOCK
from shared_core.members.errors import AlreadySignedUp, NotIdentified, UnknownMember
from shared_core.members.events import FanBound, VisitorMerged
from shared_core.members.first_links import move_first_link
from shared_core.members.forest import Forest
from shared_core.members.heads import Head, count_heads
from shared_core.members.joining import INVITER_LOCK
from shared_core.members.models import BindingRow, Member
from shared_core.members.rules import Binding


@dataclass(frozen=True, slots=True)
class Merged:
    """What an account took over from a visitor."""

    visitor_id: int
    member_id: int
    binding_taken: bool
    fans_moved: int
    fans_freed: int


def merge_visitor(session: Session, *, visitor_id: int, member_id: int, at: datetime, only_new: bool = False) -> Merged:
    """Make the visitor part of the account. See the top of this file for what moves; `only_new`: newcomers are bound.

    Raises UnknownMember; AlreadySignedUp when the "visitor" is an account or part of one; NotIdentified when the
    "account" is a visitor.
    """
    lock(session, BINDING_LOCK)
    visitor_since, account_since = _check_both(session, visitor_id=visitor_id, member_id=member_id)
    known = only_new and account_since < visitor_since
    moved, freed = _move_fans(session, visitor_id=visitor_id, member_id=member_id, at=at)
    taken = _take_binding(session, visitor_id=visitor_id, member_id=member_id, known=known, at=at)
    held = read_bindings(session, [member_id]).get(member_id)
    bound = held is not None and held.outlives(at)
    move_first_link(session, visitor_id, member_id=None if bound or known else member_id)
    _move_invited(session, visitor_id=visitor_id, member_id=member_id)
    session.execute(
        update(Member).where(Member.id == visitor_id).values(merged_into_id=member_id, visitor_token_hash=None)
    )
    announce(session, VisitorMerged(visitor_id, member_id, at))
    return Merged(visitor_id, member_id, binding_taken=taken, fans_moved=moved, fans_freed=freed)


def _check_both(session: Session, *, visitor_id: int, member_id: int) -> tuple[datetime, datetime]:
    """Since when the shop has known each. Both rows are held until the end, so that no link binds to the visitor in the
    meantime.
    """
    columns = (Member.id, Member.identified_at, Member.merged_into_id, Member.created_at)
    query = select(*columns).where(Member.id.in_([visitor_id, member_id])).order_by(Member.id).with_for_update()
    rows = {row.id: row for row in session.execute(query)}
    if visitor_id not in rows or member_id not in rows:
        raise UnknownMember
    if rows[visitor_id].identified_at is not None or rows[visitor_id].merged_into_id is not None:
        raise AlreadySignedUp
    if rows[member_id].identified_at is None:
        raise NotIdentified
    return rows[visitor_id].created_at, rows[member_id].created_at


def _move_fans(session: Session, *, visitor_id: int, member_id: int, at: datetime) -> tuple[int, int]:
    """How many fans moved, and how many had to be set free."""
    query = (
        select(BindingRow.fan_id, Member.identified_at)
        .join(Member, Member.id == BindingRow.fan_id)
        .where(BindingRow.sponsor_id == visitor_id, in_force(at))
        .order_by(BindingRow.fan_id)
    )
    identified = {row.fan_id: row.identified_at is not None for row in session.execute(query)}
    bindings = read_bindings(session, identified)
    above = bindings_above(session, [member_id], at=at).keys() | {member_id}
    freed = {fan_id: binding for fan_id, binding in bindings.items() if fan_id in above}
    end_bindings(session, freed, reason="freed", at=at)
    moved = {fan_id: binding for fan_id, binding in bindings.items() if fan_id not in above}
    move_bindings(session, moved, sponsor_id=member_id, at=at)
    for fan_id in sorted(moved):
        announce(session, FanBound(fan_id, member_id, at))
    count_heads(session, [Head(member_id, fan_id, at) for fan_id in sorted(moved) if identified[fan_id]])
    return len(moved), len(freed)


def _take_binding(session: Session, *, visitor_id: int, member_id: int, known: bool, at: datetime) -> bool:
    """Whether the account took over the visitor's binding; not one that was `known` before, where only newcomers are
    bound. The visitor is bound to nobody afterwards.
    """
    bindings = read_bindings(session, [visitor_id, member_id])
    offered, held = bindings.get(visitor_id), bindings.get(member_id)
    if offered is None or not offered.outlives(at):
        return False
    end_bindings(session, {visitor_id: offered}, reason="merged", at=at)
    if known or (held is not None and held.outlives(at)) or _closes_loop(session, member_id, offered, at=at):
        return False
    write_bindings(session, [(member_id, offered)], previous={} if held is None else {member_id: held})
    announce(session, FanBound(member_id, offered.sponsor_id, at))
    count_heads(session, [Head(offered.sponsor_id, member_id, at)])
    return True


def _closes_loop(session: Session, member_id: int, offered: Binding, *, at: datetime) -> bool:
    forest = Forest()
    for fan_id, binding in bindings_above(session, [offered.sponsor_id], at=at).items():
        forest.add(fan_id, binding)
    return forest.closes_loop(member_id, offered.sponsor_id, at=at)


def _move_invited(session: Session, *, visitor_id: int, member_id: int) -> None:
    invited = list(session.scalars(select(Member.id).where(Member.inviter_id == visitor_id)))
    if not invited:
        return
    lock(session, INVITER_LOCK)
    above = inviters_above(session, member_id) | {member_id}
    for invited_id in invited:
        inviter_id = None if invited_id in above else member_id
        session.execute(update(Member).where(Member.id == invited_id).values(inviter_id=inviter_id))
