"""What an order may become, what it costs and what a refund gives back; decided without a database."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from shared_core.kernel.money import Money

LINES_MAX = 50
QUANTITY_MAX = 999


class State(StrEnum):
    DRAFT = "draft"
    """Written down; the goods are not held yet."""
    PLACED = "placed"
    """The goods are held; payment is expected."""
    PAID = "paid"
    SHIPPED = "shipped"
    """All parcels are on their way."""
    DELIVERED = "delivered"
    """All parcels have arrived; the return window runs."""
    COMPLETED = "completed"
    """The return window has closed."""
    CANCELLED = "cancelled"
    """Given up before payment, by the customer or by time."""
    REFUSED = "refused"
    """The goods could not be held."""
    REFUNDED = "refunded"
    """Everything paid was given back."""


TRANSITIONS: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.PLACED, State.REFUSED}),
    State.PLACED: frozenset({State.PAID, State.CANCELLED}),
    State.PAID: frozenset({State.SHIPPED, State.DELIVERED, State.REFUNDED}),
    State.SHIPPED: frozenset({State.DELIVERED, State.REFUNDED}),
    State.DELIVERED: frozenset({State.COMPLETED, State.REFUNDED}),
    State.COMPLETED: frozenset({State.REFUNDED}),
    # Money that arrives after the order was given up is never lost: it is booked, then supplied or given back.
    State.CANCELLED: frozenset({State.PAID}),
    State.REFUSED: frozenset({State.DRAFT, State.PLACED}),  # the same checkout tried again, and the goods were back
    State.REFUNDED: frozenset(),
}

SOLD = (State.PAID, State.SHIPPED, State.DELIVERED, State.COMPLETED)
REVENUE_BOOKED = (State.DELIVERED, State.COMPLETED)


def may_become(state: State, wanted: State) -> bool:
    return wanted in TRANSITIONS[state]


@dataclass(frozen=True)
class Fare:
    """`flat` per order; nothing from `free_over` on (None: always charged)."""

    flat: Money
    free_over: Money | None = None

    def charge(self, goods: Money) -> Money:
        free = self.free_over is not None and goods >= self.free_over
        return Money(0, self.flat.currency) if free else self.flat


@dataclass(frozen=True)
class FreightRule:
    """What a customer pays for delivery: `usual`, or the fare of their region; to `excluded` ones nothing is sent.

    Regions are codes of `kernel.regions`. One that is not known is charged as usual.
    """

    usual: Fare
    regional: Mapping[str, Fare] = field(default_factory=dict)
    excluded: frozenset[str] = frozenset()

    def fare(self, region: str = "") -> Fare:
        return self.regional.get(region, self.usual)

    @property
    def least(self) -> Fare:
        """Nobody pays less than this for any goods, wherever they live."""
        fares = [self.usual, *self.regional.values()]
        free = [each.free_over for each in fares if each.free_over is not None]
        flat = min((each.flat for each in fares), key=lambda amount: amount.minor)
        return Fare(flat, min(free, key=lambda amount: amount.minor, default=None))


def line_refund(goods_net: Money, quantity: int, refunded_quantity: int, refunded: Money, pieces: int) -> Money:
    """What `pieces` more refunded pieces of a line give back.

    Cumulative: after each refund the total is the floor of the pieces' part of the line, and all pieces give back
    exactly what was paid; what was already refunded beyond that (a price reduction) counts towards it.
    """
    assert 0 < pieces <= quantity - refunded_quantity, "pieces that are still there"
    target = goods_net.minor * (refunded_quantity + pieces) // quantity
    return Money(max(target - refunded.minor, 0), goods_net.currency)


def request_hash(lines: Sequence[tuple[str, int]], address: dict[str, str], channel: str, note: str) -> str:
    """Binds a checkout key to what was ordered; the order of lines does not matter."""
    content = {"lines": sorted(lines), "address": address, "channel": channel, "note": note}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
