"""What this room announces, always inside the transaction in which it happened."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RankChanged:
    """`member_id` left the rank `former` for `rank`: promoted, or lowered by a month's review."""

    member_id: int
    former: str
    rank: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PayoutChanged:
    """A payout was asked for, paid, or failed; `payout_id` says which."""

    payout_id: int
    at: datetime
