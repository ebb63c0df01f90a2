"""When a room is open, which visit counts, and who brought whom, decided without a database."""

from datetime import datetime, timedelta
from enum import StrEnum

TITLE_LENGTH_MAX = 60
GOODS_MAX = 48
ROOMS_OPEN_MAX = 5
"""Rooms one host has at a time that are not over."""
LENGTH_MAX = timedelta(days=3)
AHEAD_MAX = timedelta(days=60)
"""How long before it begins a room may be announced."""
VISIT_COUNTS_FOR = timedelta(hours=24)
"""How long after somebody was last seen in an open room their purchase is made there; as long as a share link leads."""


class RoomState(StrEnum):
    COMING = "coming"
    OPEN = "open"
    OVER = "over"


def state_of(*, starts_at: datetime, ends_at: datetime, closed_at: datetime | None, at: datetime) -> RoomState:
    """A room is open from its beginning on, until it ends or is closed."""
    if at >= ends_at or (closed_at is not None and at >= closed_at):
        return RoomState.OVER
    return RoomState.OPEN if at >= starts_at else RoomState.COMING


def visit_counts(last_at: datetime, *, at: datetime) -> bool:
    """Whether a purchase at `at` is made in the room that was last seen at `last_at`."""
    return last_at <= at <= last_at + VISIT_COUNTS_FOR


def may_refer(referrer_id: int, *, viewer_id: int, host_id: int) -> bool:
    """Whether somebody brought a viewer into a host's room: nobody brings themselves, and a host is there already."""
    return referrer_id not in (viewer_id, host_id)


def good_times(starts_at: datetime, ends_at: datetime, *, at: datetime) -> bool:
    """Whether a room can be opened from then till then."""
    return starts_at <= at + AHEAD_MAX and at < ends_at and starts_at < ends_at <= starts_at + LENGTH_MAX
