"""What this room announces, always inside the transaction in which it happened."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MemberIdentified:
    """A visitor became a person we know (signed up, or was imported from a platform that knew them)."""

    member_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class FanBound:
    """`fan_id` is bound to `sponsor_id` from now on; the fan may still be an anonymous visitor."""

    fan_id: int
    sponsor_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class FanCounted:
    """`fan_id` is a head among the fans of `sponsor_id`: bound and identified. Never announced twice for a pair."""

    sponsor_id: int
    fan_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class FanLeft:
    """`fan_id` used the right to leave `sponsor_id` and is free."""

    fan_id: int
    sponsor_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MemberJoined:
    """`member_id` became a promoter, invited by `inviter_id` (None: nobody)."""

    member_id: int
    inviter_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class VisitorMerged:
    """The anonymous row `visitor_id` is now part of the account `member_id`; what others keep under it moves there."""

    visitor_id: int
    member_id: int
    at: datetime
