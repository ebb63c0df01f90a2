"""Opening rooms, closing them, looking them up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from shared_core import catalog, rewards
from shared_core.kernel.database import lock
from shared_core.livestream import rules
from shared_core.livestream.errors import (
    AgeNotDeclared,
    BadRoomTimes,
    BadRoomTitle,
    GoodsNotForSale,
    MayNotHost,
    NoRooms,
    RoomOver,
    TooManyGoods,
    TooManyRooms,
    UnknownRoom,
)
from shared_core.livestream.models import LiveGoods, LiveRoom
from shared_core.plan import Plan, host_age_min, may

PAGE_MAX = 100
TIME_LIMITS = {"days": rules.LENGTH_MAX.days, "ahead": rules.AHEAD_MAX.days}


@dataclass(frozen=True, slots=True)
class OpenRoom:
    """What a host asks for; `slugs` name the products, `old_enough` is the host's declaration."""

    title: str
    slugs: Sequence[str]
    starts_at: datetime
    ends_at: datetime
    old_enough: bool


def may_host(session: Session, plan: Plan, member_id: int) -> bool:
    """Whether a member may open rooms under the plan."""
    return may(plan, "host", rank=rewards.rank_of(session, plan, member_id))


def open_room(session: Session, plan: Plan, wanted: OpenRoom, *, host_id: int, code: str, at: datetime) -> LiveRoom:
    """Make a room. Raises NoRooms, MayNotHost, AgeNotDeclared, BadRoomTitle, BadRoomTimes, GoodsNotForSale,
    TooManyRooms.
    """
    _check_host(session, plan, host_id, old_enough=wanted.old_enough)
    title = _check_title(wanted.title)
    if not rules.good_times(wanted.starts_at, wanted.ends_at, at=at):
        raise BadRoomTimes(**TIME_LIMITS)
    codes = _check_goods(session, wanted.slugs)
    lock(session, f"rooms of {host_id}")
    coming = select(func.count()).where(
        LiveRoom.host_id == host_id, LiveRoom.ends_at > at, LiveRoom.closed_at.is_(None)
    )
    if (session.scalar(coming) or 0) >= rules.ROOMS_OPEN_MAX:
        raise TooManyRooms(maximum=rules.ROOMS_OPEN_MAX)
    row = LiveRoom(
        code=code,
        host_id=host_id,
        title=title,
        age_declared=host_age_min(plan, rank=rewards.rank_of(session, plan, host_id)),
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        made_at=at,
    )
    session.add(row)
    session.flush()
    session.add_all(LiveGoods(room_id=row.id, place=place, product_code=each) for place, each in enumerate(codes))
    session.flush()
    return row


def close_room(session: Session, code: str, *, by: str, at: datetime, host_id: int | None = None) -> LiveRoom:
    """End a room now; one that is over stays as it is. With `host_id`, only theirs. Raises UnknownRoom."""
    query = select(LiveRoom).where(LiveRoom.code == code).with_for_update()
    row = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if row is None or (host_id is not None and row.host_id != host_id):
        raise UnknownRoom
    if row.state(at) is not rules.RoomState.OVER:
        row.closed_at, row.closed_by = at, by
        session.flush()
    return row


def show_goods(session: Session, code: str, slug: str, *, host_id: int, at: datetime) -> None:
    """One more product on show in the host's room, behind the others. Again: no-op.

    Raises UnknownRoom, RoomOver, GoodsNotForSale, and TooManyGoods at the most a room shows.
    """
    row = _own_room(session, code, host_id=host_id, at=at)
    [product] = _check_goods(session, [slug])
    shown = codes_of(session, row.id)
    if product in shown:
        return
    if len(shown) >= rules.GOODS_MAX:
        raise TooManyGoods(maximum=rules.GOODS_MAX)
    last = session.scalar(select(func.max(LiveGoods.place)).where(LiveGoods.room_id == row.id))
    session.add(LiveGoods(room_id=row.id, place=0 if last is None else last + 1, product_code=product))
    session.flush()


def hide_goods(session: Session, code: str, slug: str, *, host_id: int, at: datetime) -> None:
    """No longer on show there. Again: no-op. Raises UnknownRoom, RoomOver, catalog.UnknownProduct."""
    row = _own_room(session, code, host_id=host_id, at=at)
    product = catalog.product(session, slug=slug, hidden=True).code
    session.execute(delete(LiveGoods).where(LiveGoods.room_id == row.id, LiveGoods.product_code == product))


def rooms_to_fill(session: Session, host_id: int, *, at: datetime) -> Sequence[LiveRoom]:
    """A host's rooms that are not over, the next first."""
    query = select(LiveRoom).where(LiveRoom.host_id == host_id, LiveRoom.ends_at > at, LiveRoom.closed_at.is_(None))
    return session.scalars(query.order_by(LiveRoom.starts_at, LiveRoom.id)).all()


def room(session: Session, code: str) -> LiveRoom:
    """Raises UnknownRoom."""
    row = session.scalars(select(LiveRoom).where(LiveRoom.code == code)).one_or_none()
    if row is None:
        raise UnknownRoom
    return row


def goods_of(session: Session, room_id: int, *, at: datetime | None = None) -> list[catalog.ProductView]:
    """What the room shows and can be bought, in the host's order, at the prices of `at`."""
    return catalog.products_by_code(session, codes_of(session, room_id), at=at)


def codes_of(session: Session, room_id: int) -> Sequence[str]:
    """The product codes of what is on show."""
    query = select(LiveGoods.product_code).where(LiveGoods.room_id == room_id).order_by(LiveGoods.place)
    return session.scalars(query).all()


def rooms_of(session: Session, host_id: int, *, limit: int = PAGE_MAX) -> Sequence[LiveRoom]:
    """A host's rooms, the newest first."""
    query = select(LiveRoom).where(LiveRoom.host_id == host_id).order_by(LiveRoom.id.desc())
    return session.scalars(query.limit(min(limit, PAGE_MAX))).all()


def list_rooms(session: Session, *, limit: int = PAGE_MAX, before: int | None = None) -> Sequence[LiveRoom]:
    """All rooms, the newest first; `before` is the id of the last one seen."""
    query = select(LiveRoom)
    if before is not None:
        query = query.where(LiveRoom.id < before)
    return session.scalars(query.order_by(LiveRoom.id.desc()).limit(min(limit, PAGE_MAX))).all()


def _own_room(session: Session, code: str, *, host_id: int, at: datetime) -> LiveRoom:
    """The host's own room, locked. Raises UnknownRoom, RoomOver."""
    query = select(LiveRoom).where(LiveRoom.code == code, LiveRoom.host_id == host_id).with_for_update()
    row = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if row is None:
        raise UnknownRoom
    if row.state(at) is rules.RoomState.OVER:
        raise RoomOver
    return row


def _check_host(session: Session, plan: Plan, host_id: int, *, old_enough: bool) -> None:
    if not plan.live.enabled:
        raise NoRooms
    rank = rewards.rank_of(session, plan, host_id)
    if not may(plan, "host", rank=rank):
        raise MayNotHost
    if not old_enough:
        raise AgeNotDeclared(age=host_age_min(plan, rank=rank))


def _check_title(text: str) -> str:
    """The title as it is kept."""
    title = " ".join(text.split())
    if not title or len(title) > rules.TITLE_LENGTH_MAX or not title.isprintable():
        raise BadRoomTitle(maximum=rules.TITLE_LENGTH_MAX)
    return title


def _check_goods(session: Session, slugs: Sequence[str]) -> list[str]:
    """The codes of the products."""
    found = []
    if 1 <= len(slugs) <= rules.GOODS_MAX and len(set(slugs)) == len(slugs):
        found = catalog.products_by_slug(session, slugs)
    if not found or len(found) < len(slugs):
        raise GoodsNotForSale(maximum=rules.GOODS_MAX)
    return [each.code for each in found]
