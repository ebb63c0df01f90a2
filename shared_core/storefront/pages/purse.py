"""A member's money at a glance: what was earned so far, and where each part of it is."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from shared_core import rewards
from shared_core.kernel.money import Money
from shared_core.storefront.shop import Shop

BAR_WIDTH = 1000
"""The picture is so many units wide."""


@dataclass(frozen=True)
class Stretch:
    """One part of the bar, in units of its width."""

    kind: str
    start: int
    width: int


@dataclass(frozen=True)
class Purse:
    """The five parts are all there is: together they are what was earned. `available` is negative in debt."""

    waiting: Money
    held: Money
    available: Money
    requested: Money
    paid: Money

    @property
    def earned(self) -> Money:
        return self.waiting + self.held + self.available + self.requested + self.paid

    @property
    def used(self) -> bool:
        """Whether there ever was anything in it."""
        return any(part.minor for part in (self.waiting, self.held, self.available, self.requested, self.paid))

    @property
    def bar(self) -> tuple[Stretch, ...]:
        """The parts side by side; nothing for an empty purse or one in debt."""
        parts = {
            "paid": self.paid,
            "requested": self.requested,
            "available": self.available,
            "waiting": self.waiting + self.held,
        }
        whole = self.earned.minor
        if whole <= 0 or self.available.minor < 0:
            return ()
        stretches, before = [], 0
        for kind, part in parts.items():
            start, end = BAR_WIDTH * before // whole, BAR_WIDTH * (before + part.minor) // whole
            before += part.minor
            if end > start:
                stretches.append(Stretch(kind, start, end - start))
        return tuple(stretches)


def purse_of(session: Session, shop: Shop, member_id: int) -> Purse:
    """What the books and the payouts say about the member's money."""
    wallet = rewards.wallet(session, member_id, shop.currency)
    out = rewards.taken_out(session, member_id, shop.currency)
    return Purse(wallet.pending, wallet.held, wallet.available, out.requested, out.paid)


def payout_minimum(shop: Shop) -> Money:
    """The smallest amount that can be asked for."""
    return Money(max(shop.plan_at(shop.clock()).settlement.payout_min, 1), shop.currency)
