"""What happens to orders; others listen."""

from dataclasses import dataclass
from datetime import datetime

from shared_core.supply import SupplyEvent


@dataclass(frozen=True)
class OrderPlaced:
    order_id: int
    at: datetime


@dataclass(frozen=True)
class OrderPaid:
    order_id: int
    at: datetime


@dataclass(frozen=True)
class OrderCancelled:
    order_id: int
    at: datetime


@dataclass(frozen=True)
class OrderLapsed:
    """Nobody paid in time. Money that arrives after all makes it a paid order; until then it earns nobody anything."""

    order_id: int
    at: datetime


@dataclass(frozen=True)
class OrderDelivered:
    order_id: int
    at: datetime


@dataclass(frozen=True)
class ParcelCancelled:
    """A supplier cannot ship this parcel; what was paid for it was announced before as a refund."""

    order_id: int
    parcel_id: int
    at: datetime


@dataclass(frozen=True)
class ParcelShort:
    """Some pieces of the parcel will never come; what was paid for them was announced before as a refund.

    `news` is the number of the supply's event that said so.
    """

    order_id: int
    parcel_id: int
    news: int
    at: datetime


@dataclass(frozen=True)
class ReturnAccepted:
    """The shop lets goods come back; the supply side is to be asked."""

    order_id: int
    return_id: int
    at: datetime


@dataclass(frozen=True)
class ReturnSent:
    """Goods are on their way back."""

    order_id: int
    return_id: int
    at: datetime


@dataclass(frozen=True)
class ReturnCalledOff:
    """Nothing comes back after all."""

    order_id: int
    return_id: int
    at: datetime


@dataclass(frozen=True)
class NewsUnapplied:
    """The supply side told of something that could not be applied then."""

    news: SupplyEvent
    at: datetime


@dataclass(frozen=True)
class OrderCompleted:
    """The return window has closed."""

    order_id: int
    at: datetime


@dataclass(frozen=True)
class DisputeOpened:
    """The customer's bank took money of the order back; until it is decided nobody has earned on it."""

    order_id: int
    dispute_id: int
    at: datetime


@dataclass(frozen=True)
class DisputeClosed:
    """It is decided; what a lost one cost was announced before as a refund."""

    order_id: int
    dispute_id: int
    at: datetime


@dataclass(frozen=True)
class OrderRefunded:
    """Money of the order was promised back; `refund_id` says for which lines."""

    order_id: int
    refund_id: int
    at: datetime
