"""How a storefront reaches the goods: one protocol, whether the supply lives in the same database or far away.

The gateway takes no session: a caller commits what it wants, asks, and commits what it got. Therefore every call that
changes something is idempotent by its reference: the same call again changes nothing and answers the same, the same
reference with other content raises `ReferenceReused`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Protocol

from shared_core.kernel.money import Money
from shared_core.supply.return_kinds import Remedy, ReturnReason
from shared_core.supply.views import (
    Address,
    Confirmation,
    EventPage,
    HoldLine,
    HoldView,
    OfferPage,
    ReturnView,
    SaleView,
    Withdrawal,
)

OFFERS_PER_PAGE_MAX = 500
EVENTS_PER_PAGE_MAX = 200
CODE_PATTERN = r"[a-z0-9][a-z0-9-]{0,63}"
"""Codes of stores and suppliers: they are parts of account addresses."""
DEFAULT_TIER = "default"
"""The price list of a store with which no other was agreed."""
NO_SALES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class HoldLimits:
    """What one hold, and one customer, may keep from everybody else."""

    lines_per_hold_max: int = 100
    quantity_per_line_max: int = 999
    open_holds_per_customer_max: int = 20
    ttl_max: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms one store is supplied. `platform_fee_bps` is taken of the goods (see `SupplyGateway.confirm`).

    A `tenant` is one of many stores of a hub: each of its holds is measured against its row there (see `tenants`).
    Prices are those of the list of its `tier`.
    """

    store: str
    currency: str
    platform_fee_bps: int = 0
    limits: HoldLimits = HoldLimits()
    tenant: bool = False
    tier: str = DEFAULT_TIER

    def __post_init__(self) -> None:
        assert re.fullmatch(CODE_PATTERN, self.store), f"{self.store!r} cannot be a store's code"


class SupplyGateway(Protocol):
    """The supply side as a store sees it."""

    def offers(self, after: int = 0, limit: int = OFFERS_PER_PAGE_MAX) -> OfferPage:
        """Offers changed since the cursor `after` (0: all of them), each at its newest state."""
        ...

    def sales(self, *, at: datetime) -> tuple[SaleView, ...]:
        """The sale events that run or can be looked at beforehand, the first to begin first."""
        ...

    def hold(
        self,
        reference: str,
        lines: Sequence[HoldLine],
        *,
        customer: str,
        ttl: timedelta,
        at: datetime,
        sales: Mapping[str, str] = NO_SALES,
        region: str = "",
    ) -> HoldView:
        """Keep the goods of all lines, or of none, for `ttl`. Two lines with one SKU count as one.

        `sales` tells by SKU at the price of which sale event it is wanted; others at the ordinary one. At that price
        it is held or not at all: SaleNotRunning, SaleSoldOut, SaleLimitReached. Since protocol 3.
        `region` says where the goods go, by a code of `kernel.regions`; empty: not known. Since protocol 4.
        `customer` tells the customers of this store apart, by a name that says nothing of who they are.
        The same reference again returns the same hold, whatever has become of it.
        Raises OutOfStock, UnknownSku, HoldLimitReached, BadQuantity, BadRegion, NothingToHold,
        ReferenceReused.
        """
        ...

    def view(self, reference: str) -> HoldView:
        """The hold as it is now. Raises UnknownHold."""
        ...

    def release(self, reference: str, *, at: datetime) -> None:
        """Give the goods back. No-op when they are back already, or were never held. Raises HoldConfirmed."""
        ...

    def confirm(self, reference: str, *, ship_to: Address, at: datetime, goods: Money | None = None) -> Confirmation:
        """The goods are paid: sell them to the store and order them from the suppliers.

        Holds again, at the old prices, when the hold has expired; raises OutOfStock if it cannot, UnknownHold,
        HoldReleased, ReferenceReused. `goods` is what the customer paid for the goods, without freight: the base of
        the platform fee. Without it the fee is taken of the supply prices.
        """
        ...

    def withdraw(
        self,
        reference: str,
        lines: Sequence[HoldLine] | None,
        *,
        withdrawal: str,
        restock: bool,
        at: datetime,
    ) -> Withdrawal:
        """Give goods of a confirmed hold back, for a refund; `lines=None` means all that are left.

        Idempotent by `withdrawal`, for instance the refund's number. `restock` puts the goods on sale again.
        Supply prices and their part of the fee are given back; freight only with the whole of a supplier order that
        was never shipped. What has left is not given back at a word: it becomes a return, unless it is in one.
        Raises UnknownHold, HoldNotConfirmed, WithdrawnTooMuch, ReferenceReused.
        """
        ...

    def request_return(
        self,
        reference: str,
        lines: Sequence[HoldLine],
        *,
        number: str,
        reason: ReturnReason,
        remedy: Remedy,
        words: str,
        at: datetime,
    ) -> ReturnView:
        """Ask that pieces which one supplier has sent may come back. Idempotent by `number`.

        Raises UnknownHold, HoldNotConfirmed, BadQuantity, UnknownSku, OneSupplierOnly, ReturnTooMuch, ReturnPointless,
        TextTooLong, ReferenceReused.
        """
        ...

    def ship_return(
        self, reference: str, *, number: str, carrier: str, tracking_number: str, at: datetime
    ) -> ReturnView:
        """The pieces are on their way back, in one box. Idempotent.

        Raises UnknownReturn, ReturnStepRefused, BadTrackingNumber.
        """
        ...

    def cancel_return(self, reference: str, *, number: str, at: datetime) -> ReturnView:
        """Nothing comes back after all. Idempotent. Raises UnknownReturn, ReturnStepRefused."""
        ...

    def view_return(self, reference: str, *, number: str) -> ReturnView:
        """The return as it is now. Raises UnknownReturn."""
        ...

    def events(self, after: int = 0, limit: int = EVENTS_PER_PAGE_MAX) -> EventPage:
        """What happened to this store's goods after the cursor `after`; no event is ever skipped or repeated."""
        ...
