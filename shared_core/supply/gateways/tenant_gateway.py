"""One of many stores of a hub: its references are its own.

Two stores may call different things by the same number. In the hub's rows every reference of a store has its code in
front, "north.1042": it is unique there, and a supplier sees where an order comes from. A code has no dot, so no
reference of one store can ever look like another's.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from shared_core.kernel.errors import PlatformError
from shared_core.kernel.money import Money
from shared_core.supply.errors import BadReference
from shared_core.supply.gateway import EVENTS_PER_PAGE_MAX, NO_SALES, OFFERS_PER_PAGE_MAX, SupplyGateway, Terms
from shared_core.supply.models import REFERENCE_LENGTH_MAX
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

NAMED_BY_REFERENCE = ("reference", "number")
"""Parameters of errors that name a hold, a withdrawal or a supplier order."""


class TenantGateway:
    """Implements `SupplyGateway` for the store of `terms` over a gateway that serves all stores of a hub."""

    def __init__(self, hub: SupplyGateway, terms: Terms) -> None:
        self.hub = hub
        self.prefix = f"{terms.store}."

    def offers(self, after: int = 0, limit: int = OFFERS_PER_PAGE_MAX) -> OfferPage:
        return self.hub.offers(after, limit)

    def sales(self, *, at: datetime) -> tuple[SaleView, ...]:
        return self.hub.sales(at=at)

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
        with self._own_names():
            held = self.hub.hold(
                self._hubs(reference), lines, customer=customer, ttl=ttl, at=at, sales=sales, region=region
            )
        return replace(held, reference=reference)

    def view(self, reference: str) -> HoldView:
        with self._own_names():
            held = self.hub.view(self._hubs(reference))
        return replace(held, reference=reference)

    def release(self, reference: str, *, at: datetime) -> None:
        with self._own_names():
            self.hub.release(self._hubs(reference), at=at)

    def confirm(self, reference: str, *, ship_to: Address, at: datetime, goods: Money | None = None) -> Confirmation:
        with self._own_names():
            bought = self.hub.confirm(self._hubs(reference), ship_to=ship_to, at=at, goods=goods)
        orders = tuple(replace(each, number=self._stores(each.number)) for each in bought.supplier_orders)
        return replace(bought, reference=reference, supplier_orders=orders)

    def withdraw(
        self,
        reference: str,
        lines: Sequence[HoldLine] | None,
        *,
        withdrawal: str,
        restock: bool,
        at: datetime,
    ) -> Withdrawal:
        with self._own_names():
            back = self.hub.withdraw(
                self._hubs(reference), lines, withdrawal=self._hubs(withdrawal), restock=restock, at=at
            )
        returns = tuple(self._stores(each) for each in back.returns)
        return replace(back, withdrawal=withdrawal, reference=reference, returns=returns)

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
        with self._own_names():
            back = self.hub.request_return(
                self._hubs(reference),
                lines,
                number=self._hubs(number),
                reason=reason,
                remedy=remedy,
                words=words,
                at=at,
            )
        return self._return(back)

    def ship_return(
        self, reference: str, *, number: str, carrier: str, tracking_number: str, at: datetime
    ) -> ReturnView:
        with self._own_names():
            back = self.hub.ship_return(
                self._hubs(reference),
                number=self._hubs(number),
                carrier=carrier,
                tracking_number=tracking_number,
                at=at,
            )
        return self._return(back)

    def cancel_return(self, reference: str, *, number: str, at: datetime) -> ReturnView:
        with self._own_names():
            back = self.hub.cancel_return(self._hubs(reference), number=self._hubs(number), at=at)
        return self._return(back)

    def view_return(self, reference: str, *, number: str) -> ReturnView:
        with self._own_names():
            back = self.hub.view_return(self._hubs(reference), number=self._hubs(number))
        return self._return(back)

    def events(self, after: int = 0, limit: int = EVENTS_PER_PAGE_MAX) -> EventPage:
        page = self.hub.events(after, limit)
        events = (
            replace(
                each,
                reference=self._stores(each.reference),
                supplier_order=self._stores(each.supplier_order),
                return_number=self._stores(each.return_number),
            )
            for each in page.events
        )
        return replace(page, events=tuple(events))

    def _return(self, back: ReturnView) -> ReturnView:
        return replace(
            back,
            number=self._stores(back.number),
            reference=self._stores(back.reference),
            supplier_order=self._stores(back.supplier_order),
        )

    def _hubs(self, reference: str) -> str:
        """A name of the store as the hub has it. Raises BadReference."""
        maximum = REFERENCE_LENGTH_MAX - len(self.prefix)
        if not (1 <= len(reference) <= maximum and reference.isprintable()):
            raise BadReference(maximum=maximum)
        return self.prefix + reference

    def _stores(self, name: str) -> str:
        """A name of the hub as the store knows it."""
        return name.removeprefix(self.prefix)

    @contextmanager
    def _own_names(self) -> Iterator[None]:
        """Refusals name things as the store does."""
        try:
            yield
        except PlatformError as refusal:
            renamed = {
                key: self._stores(str(value)) if key in NAMED_BY_REFERENCE else value
                for key, value in refusal.params.items()
            }
            raise type(refusal)(**renamed) from refusal
