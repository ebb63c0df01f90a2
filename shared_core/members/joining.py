"""The second edge: who invited whom to become a promoter. Set once, when they join."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shared_core.kernel.database import lock
from shared_core.kernel.events import announce
from shared_core.members.ancestry import inviters_above
from shared_core.members.errors import AlreadyJoined, InviterLoop, NotIdentified, UnknownMember
from shared_core.members.events import MemberJoined
from shared_core.members.models import Member

INVITER_LOCK = "inviter"


class Stage(StrEnum):
    """How far somebody has come: known by a cookie only, by name, or as one who may earn."""

    VISITOR = "visitor"
    CUSTOMER = "customer"
    PROMOTER = "promoter"


def join(session: Session, member_id: int, *, inviter_id: int | None, at: datetime) -> bool:
    """Make a member a promoter, invited by `inviter_id` (None: nobody). The same again changes nothing.

    The inviter need not have joined yet; an inviter who was a visitor and became part of an account is that account.
    Returns whether they joined just now. Raises UnknownMember, NotIdentified (only people join), AlreadyJoined (by
    another invitation), InviterLoop.
    """
    lock(session, INVITER_LOCK)
    inviter_id = None if inviter_id is None else account_of(session, inviter_id)
    columns = (Member.identified_at, Member.joined_at, Member.inviter_id)
    row = session.execute(select(*columns).where(Member.id == member_id)).one_or_none()
    if row is None:
        raise UnknownMember
    if row.identified_at is None:
        raise NotIdentified
    if row.joined_at is not None:
        if row.inviter_id == inviter_id:
            return False
        raise AlreadyJoined
    if inviter_id is not None:
        check_inviter(session, member_id, inviter_id=inviter_id)
    session.execute(update(Member).where(Member.id == member_id).values(joined_at=at, inviter_id=inviter_id))
    announce(session, MemberJoined(member_id, inviter_id, at))
    return True


def check_inviter(session: Session, member_id: int, *, inviter_id: int) -> None:
    """Raises InviterLoop where this invitation would make somebody their own inviter, over any number of steps."""
    if member_id in inviters_above(session, inviter_id) | {inviter_id}:
        raise InviterLoop


def account_of(session: Session, member_id: int) -> int:
    """The member, or the account of which this visitor has become a part. Raises UnknownMember."""
    found = session.scalar(select(func.coalesce(Member.merged_into_id, Member.id)).where(Member.id == member_id))
    if found is None:
        raise UnknownMember
    return found


def stage_of(session: Session, member_id: int) -> Stage:
    """How far the member has come. Raises UnknownMember."""
    columns = (Member.identified_at, Member.joined_at)
    row = session.execute(select(*columns).where(Member.id == member_id)).one_or_none()
    if row is None:
        raise UnknownMember
    if row.joined_at is not None:
        return Stage.PROMOTER
    return Stage.VISITOR if row.identified_at is None else Stage.CUSTOMER


def promoters(session: Session, member_ids: Iterable[int]) -> set[int]:
    """Those of the members who have joined. One query."""
    wanted = set(member_ids)
    return set(session.scalars(select(Member.id).where(Member.id.in_(wanted), Member.joined_at.is_not(None))))


def invited_by(session: Session, inviter_id: int, *, limit: int) -> Sequence[int]:
    """Whom this member brought in, newest members first."""
    query = select(Member.id).where(Member.inviter_id == inviter_id).order_by(Member.id.desc())
    return session.scalars(query.limit(limit)).all()
