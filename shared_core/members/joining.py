"""The second edge: who invited whom to become a promoter. Set once, when they join."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared_core.kernel.database import lock
from shared_core.kernel.events import announce
from shared_core.members.ancestry import inviters_above
from shared_core.members.errors import AlreadyJoined, InviterLoop, NotIdentified, UnknownMember
from shared_core.members.events import MemberJoined
from shared_core.members.models import Member

INVITER_LOCK = "inviter"


def join(session: Session, member_id: int, *, inviter_id: int | None, at: datetime) -> bool:
    """Make a member a promoter, invited by `inviter_id` (None: nobody). The same again changes nothing.

    The inviter need not have joined yet; an inviter who was a visitor and became part of an account is that account.
    Returns whether they joined just now. Raises UnknownMember, NotIdentified (only people join), AlreadyJoined (by
    another invitation), InviterLoop.
    """
    lock(session, INVITER_LOCK)
    inviter_id = None if inviter_id is None else _account_of(session, inviter_id)
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
    if inviter_id is not None and member_id in inviters_above(session, inviter_id) | {inviter_id}:
        raise InviterLoop
    session.execute(update(Member).where(Member.id == member_id).values(joined_at=at, inviter_id=inviter_id))
    announce(session, MemberJoined(member_id, inviter_id, at))
    return True


def _account_of(session: Session, member_id: int) -> int:
    columns = (Member.id, Member.merged_into_id)
    row = session.execute(select(*columns).where(Member.id == member_id)).one_or_none()
    if row is None:
        raise UnknownMember
    merged_into_id: int | None = row.merged_into_id
    return member_id if merged_into_id is None else merged_into_id
