"""The invite quota: where codes are, what moves them, and how many a member is due. Without a database.

Codes move like money: every entry takes some from one place to another. What a member may give out is what has come to
`FREE` and not left it; nothing else says how many that is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared_core.plan import Invites


class Place(StrEnum):
    SHOP = "shop"
    FREE = "free"
    """To be given out."""
    OPEN = "open"
    """Given out, and neither used nor returned."""
    USED = "used"
    """Spent for good, however weak the invited person."""


class Kind(StrEnum):
    BASE = "base"
    """What every member starts with."""
    EARNED = "earned"
    """By own net sales."""
    TAKEN_BACK = "taken_back"
    """Sales were refunded, or the plan gives less."""
    ISSUED = "issued"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


MOVES: Mapping[Kind, tuple[Place, Place]] = {
    Kind.BASE: (Place.SHOP, Place.FREE),
    Kind.EARNED: (Place.SHOP, Place.FREE),
    Kind.TAKEN_BACK: (Place.FREE, Place.SHOP),
    Kind.ISSUED: (Place.FREE, Place.OPEN),
    Kind.USED: (Place.OPEN, Place.USED),
    Kind.EXPIRED: (Place.OPEN, Place.FREE),
    Kind.REVOKED: (Place.OPEN, Place.FREE),
}


class CodeState(StrEnum):
    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Balances:
    """How many codes of a member are where."""

    free: int = 0
    open: int = 0
    used: int = 0

    @property
    def out(self) -> int:
        """Given out and not come back."""
        return self.open + self.used


@dataclass(frozen=True, slots=True)
class Change:
    """`codes` (at least one) that an entry of this kind moves."""

    kind: Kind
    codes: int


def balances(moved: Mapping[Kind, int]) -> Balances:
    """The sum of all entries: codes moved by kind -> codes by place."""
    there = dict.fromkeys(Place, 0)
    for kind, codes in moved.items():
        source, destination = MOVES[kind]
        there[source] -= codes
        there[destination] += codes
    return Balances(there[Place.FREE], there[Place.OPEN], there[Place.USED])


def entitled(rules: Invites, sales_minor: int) -> int:
    """Codes that the plan gives a member for these own net sales, used ones included."""
    earned = max(sales_minor, 0) // rules.own_sales_per_code if rules.own_sales_per_code else 0
    return rules.base + earned


def due(rules: Invites, there: Balances, sales_minor: int) -> int:
    """Codes a member should have free. A code given out is never taken back: it counts as a debt until sales earn it.

    What `codes_max` holds back is given once there is room.
    """
    wanted = entitled(rules, sales_minor) - there.out
    if rules.codes_max is not None:
        wanted = min(wanted, rules.codes_max - there.open)
    return max(wanted, 0)


def debt(rules: Invites, there: Balances, sales_minor: int) -> int:
    """Codes given out that refunds have un-earned: so many of the next ones are not given."""
    return max(there.out - entitled(rules, sales_minor), 0)


def settlement(rules: Invites, moved: Mapping[Kind, int], sales_minor: int) -> list[Change]:
    """What brings the free codes to what is due."""
    there = balances(moved)
    missing = due(rules, there, sales_minor) - there.free
    if missing < 0:
        return [Change(Kind.TAKEN_BACK, -missing)]
    base = min(missing, max(rules.base - moved.get(Kind.BASE, 0), 0))
    return [each for each in (Change(Kind.BASE, base), Change(Kind.EARNED, missing - base)) if each.codes]


def sales_to_next(rules: Invites, there: Balances, sales_minor: int) -> int | None:
    """Own sales still missing to one more free code; None when no sale brings one."""
    if not rules.own_sales_per_code:
        return None
    free = due(rules, there, sales_minor)
    if rules.codes_max is not None and free + there.open >= rules.codes_max:
        return None
    steps = there.out + free + 1 - rules.base
    return steps * rules.own_sales_per_code - sales_minor


def is_open(used_at: datetime | None, returned_at: datetime | None) -> bool:
    """Whether a code can still come to an end: used once, or returned once, never both."""
    return used_at is None and returned_at is None


def state_of(used_at: datetime | None, returned_at: datetime | None, why: str, expired: bool) -> CodeState:
    """What a code is to its issuer; one past its day is expired before it has been returned."""
    if not is_open(used_at, returned_at):
        return CodeState.USED if used_at is not None else CodeState(why)
    return CodeState.EXPIRED if expired else CodeState.OPEN


def issued_reference(code_id: int) -> str:
    return f"issued:{code_id}"


def used_reference(code_id: int) -> str:
    return f"used:{code_id}"


def returned_reference(code_id: int) -> str:
    """One for expiry and revocation: a code comes back once."""
    return f"returned:{code_id}"
