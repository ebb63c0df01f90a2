"""Who was in a room and who brought them; in which room a purchase is made."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from shared_core import catalog
from shared_core.kernel.database import insert_or_ignore
from shared_core.livestream import rules
from shared_core.livestream.models import LiveRoom, LiveVisit
from shared_core.livestream.rooms import codes_of, room
from shared_core.orders import InRoom


def record_visit(session: Session, code: str, *, viewer_id: int, referrer_id: int | None = None, at: datetime) -> None:
    """Somebody is in the room, perhaps brought there. The first who brings a viewer into a room stays it.

    The host's own visits leave no trace, nor do visits when the room is over. Raises UnknownRoom.
    """
    row = room(session, code)
    if viewer_id == row.host_id or row.state(at) is rules.RoomState.OVER:
        return
    brought = referrer_id
    if brought is not None and not rules.may_refer(brought, viewer_id=viewer_id, host_id=row.host_id):
        brought = None
    seen = {"room_id": row.id, "viewer_id": viewer_id, "referrer_id": brought, "first_at": at, "last_at": at}
    if not insert_or_ignore(session, LiveVisit, seen, conflict=["room_id", "viewer_id"]):
        again = update(LiveVisit).where(LiveVisit.room_id == row.id, LiveVisit.viewer_id == viewer_id)
        first = func.coalesce(LiveVisit.referrer_id, brought)
        session.execute(again.values(last_at=at, referrer_id=first))


def came_by(session: Session, viewer_id: int, *, skus: Collection[str], at: datetime) -> InRoom | None:
    """The room in which the viewer buys these goods; None when in none.

    It is open, was visited lately and shows one of the goods; of several the one that was visited last.
    """
    lately = session.execute(_VISITED, {"viewer_id": viewer_id, "since": at - rules.VISIT_COUNTS_FOR})
    seen = [(visit, there) for visit, there in lately if _counts(visit, there, viewer_id, at=at)]
    if not seen:
        return None
    bought = {item.product_code for item in catalog.for_sale(session, skus=skus).values()}
    for visit, there in seen:
        if not bought.isdisjoint(codes_of(session, there.id)):
            return InRoom(there.code, there.host_id, _referrer(visit, there))
    return None


_VISITED = (
    select(LiveVisit, LiveRoom)
    .join(LiveRoom, LiveRoom.id == LiveVisit.room_id)
    .where(LiveVisit.viewer_id == bindparam("viewer_id"), LiveVisit.last_at >= bindparam("since"))
    .order_by(LiveVisit.last_at.desc(), LiveVisit.room_id.desc())
)
"""What every checkout asks is put together once."""


def viewers(session: Session, room_ids: Sequence[int]) -> dict[int, int]:
    """How many came to each room; rooms nobody came to are left out."""
    came = select(LiveVisit.room_id, func.count().label("viewers")).where(LiveVisit.room_id.in_(room_ids))
    query = came.group_by(LiveVisit.room_id)
    return {row.room_id: row.viewers for row in session.execute(query)}


def merge_visits(session: Session, *, visitor_id: int, member_id: int) -> None:
    """A visitor is an account: their visits are the account's, and nobody was brought by themselves or the host."""
    own = select(LiveRoom.id).where(LiveRoom.host_id == member_id)
    mine = LiveVisit.viewer_id == visitor_id
    session.execute(delete(LiveVisit).where(mine, LiveVisit.room_id.in_(own)))
    for visit in session.scalars(select(LiveVisit).where(mine)).all():
        _take_over(session, visit, member_id)
    brought = LiveVisit.referrer_id == visitor_id
    nobody = brought & ((LiveVisit.viewer_id == member_id) | LiveVisit.room_id.in_(own))
    for which, referrer_id in ((nobody, None), (brought, member_id)):
        moved = update(LiveVisit).where(which).values(referrer_id=referrer_id)
        session.execute(moved, execution_options={"synchronize_session": "fetch"})


def _take_over(session: Session, visit: LiveVisit, member_id: int) -> None:
    """The visit becomes the account's; where the account was there itself, the two become one."""
    referrer_id = None if visit.referrer_id == member_id else visit.referrer_id
    known = session.get(LiveVisit, (visit.room_id, member_id))
    session.delete(visit)
    session.flush()
    if known is None:
        session.add(
            LiveVisit(
                room_id=visit.room_id,
                viewer_id=member_id,
                referrer_id=referrer_id,
                first_at=visit.first_at,
                last_at=visit.last_at,
            )
        )
    else:
        earlier_first = visit.first_at < known.first_at
        both = (referrer_id, known.referrer_id) if earlier_first else (known.referrer_id, referrer_id)
        known.referrer_id = both[0] if both[0] is not None else both[1]
        known.first_at, known.last_at = min(known.first_at, visit.first_at), max(known.last_at, visit.last_at)
    session.flush()


def _counts(visit: LiveVisit, there: LiveRoom, viewer_id: int, *, at: datetime) -> bool:
    open_now = there.state(at) is rules.RoomState.OPEN and there.host_id != viewer_id
    return open_now and rules.visit_counts(visit.last_at, at=at)


def _referrer(visit: LiveVisit, there: LiveRoom) -> int | None:
    """Who brought the viewer, asked once more: rows may have become one person's in the meantime."""
    referrer_id = visit.referrer_id
    if referrer_id is None or not rules.may_refer(referrer_id, viewer_id=visit.viewer_id, host_id=there.host_id):
        return None
    return referrer_id
