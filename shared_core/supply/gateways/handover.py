"""From a supply of its own to a hub: what was ordered before is finished where it began."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from shared_core.kernel.money import Money
from shared_core.supply.errors import UnknownHold
from shared_core.supply.gateway import EVENTS_PER_PAGE_MAX, NO_SALES, OFFERS_PER_PAGE_MAX, SupplyGateway
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


class Handover:
    """Implements `SupplyGateway`: everything is asked of `present`, but for what `former` has held.

    Offers and events are those of `present`; whoever still waits for events of `former` follows both.
    """

    def __init__(self, former: SupplyGateway, present: SupplyGateway) -> None:
        self.former, self.present = former, present

    def offers(self, after: int = 0, limit: int = OFFERS_PER_PAGE_MAX) -> OfferPage:
        return self.present.offers(after, limit)

    def sales(self, *, at: datetime) -> tuple[SaleView, ...]:
        return self.present.sales(at=at)

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
        asked = self._of(reference)
        return asked.hold(reference, lines, customer=customer, ttl=ttl, at=at, sales=sales, region=region)

    def view(self, reference: str) -> HoldView:
        return self._of(reference).view(reference)

    def release(self, reference: str, *, at: datetime) -> None:
        self._of(reference).release(reference, at=at)

    def confirm(self, reference: str, *, ship_to: Address, at: datetime, goods: Money | None = None) -> Confirmation:
        return self._of(reference).confirm(reference, ship_to=ship_to, at=at, goods=goods)

    def withdraw(
        self,
        reference: str,
        lines: Sequence[HoldLine] | None,
        *,
        withdrawal: str,
        restock: bool,
        at: datetime,
    ) -> Withdrawal:
        asked = self._of(reference)
        return asked.withdraw(reference, lines, withdrawal=withdrawal, restock=restock, at=at)

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
        return self._of(reference).request_return(
            reference, lines, number=number, reason=reason, remedy=remedy, words=words, at=at
        )

    def ship_return(
        self, reference: str, *, number: str, carrier: str, tracking_number: str, at: datetime
    ) -> ReturnView:
        return self._of(reference).ship_return(
            reference, number=number, carrier=carrier, tracking_number=tracking_number, at=at
        )

    def cancel_return(self, reference: str, *, number: str, at: datetime) -> ReturnView:
        return self._of(reference).cancel_return(reference, number=number, at=at)

    def view_return(self, reference: str, *, number: str) -> ReturnView:
        return self._of(reference).view_return(reference, number=number)

    def events(self, after: int = 0, limit: int = EVENTS_PER_PAGE_MAX) -> EventPage:
        return self.present.events(after, limit)

    def _of(self, reference: str) -> SupplyGateway:
        try:
            self.former.view(reference)
        except UnknownHold:
            return self.present
        return self.former
