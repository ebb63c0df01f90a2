"""Decisions about sale events: values in, values out. Nothing has to run for a price to be right: time decides."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared_core.supply.errors import SaleLimitReached, SaleSoldOut


class SaleState(StrEnum):
    PLANNED = "planned"
    PREVIEW = "preview"
    """Shown, and not sold yet."""
    RUNNING = "running"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Window:
    """From `starts_at` on, until before `ends_at`. Withdrawn at any time, it is over for good."""

    preview_at: datetime
    starts_at: datetime
    ends_at: datetime
    withdrawn_at: datetime | None = None

    def __post_init__(self) -> None:
        assert self.preview_at <= self.starts_at < self.ends_at, "a sale is shown, begins and ends"


def state_at(window: Window, at: datetime) -> SaleState:
    """How far the sale is. One that had ended before it was withdrawn has ended."""
    if window.withdrawn_at is not None and window.withdrawn_at < window.ends_at and window.withdrawn_at <= at:
        return SaleState.WITHDRAWN
    if at >= window.ends_at:
        return SaleState.ENDED
    if at >= window.starts_at:
        return SaleState.RUNNING
    return SaleState.PREVIEW if at >= window.preview_at else SaleState.PLANNED


@dataclass(frozen=True, slots=True)
class SaleLimits:
    """How many pieces of one SKU of a sale there are, for all, for one store, for one customer of a store."""

    quantity: int
    per_store_max: int | None = None
    per_customer_max: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """Pieces that are held or bought and not given back: of all stores, of this one, of its customer."""

    all: int
    of_store: int
    of_customer: int


def left(limits: SaleLimits, taken: Taken) -> int:
    """What the store can still sell at the price of the sale."""
    here = limits.quantity - taken.all
    return here if limits.per_store_max is None else max(min(here, limits.per_store_max - taken.of_store), 0)


def require_room(limits: SaleLimits, taken: Taken, pieces: int, *, sku: str) -> None:
    """Whether the customer may have `pieces` more: SaleSoldOut for what nobody gets, then SaleLimitReached."""
    if pieces > left(limits, taken):
        raise SaleSoldOut(sku=sku, available=left(limits, taken))
    maximum = limits.per_customer_max
    if maximum is not None and taken.of_customer + pieces > maximum:
        raise SaleLimitReached(sku=sku, maximum=maximum)
