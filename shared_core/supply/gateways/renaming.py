"""A hub's goods under the SKUs a shop has always had for them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from shared_core.kernel.errors import PlatformError
from shared_core.kernel.money import Money
from shared_core.supply.gateway import EVENTS_PER_PAGE_MAX, NO_SALES, OFFERS_PER_PAGE_MAX, SupplyGateway
from shared_core.supply.return_kinds import Remedy, ReturnReason
from shared_core.supply.views import (
    Address,
    Confirmation,
    EventPage,
    HeldLine,
    HoldLine,
    HoldView,
    Offer,
    OfferPage,
    ReturnView,
    SaleGoods,
    SaleView,
    Withdrawal,
)

L = TypeVar("L", HoldLine, HeldLine)
G = TypeVar("G", Offer, SaleGoods)


class Renamed:
    """Implements `SupplyGateway` over another one; `names` are ours to theirs, what is not in it is called the same.

    Theirs that go by another name here are not also offered under the name another SKU of ours has.
    """

    def __init__(self, gateway: SupplyGateway, names: Mapping[str, str]) -> None:
        self.gateway = gateway
        self._theirs = dict(names)
        self._ours = {theirs: ours for ours, theirs in names.items()}

    def offers(self, after: int = 0, limit: int = OFFERS_PER_PAGE_MAX) -> OfferPage:
        page = self.gateway.offers(after, limit)
        return replace(page, offers=self._kept(page.offers))

    def sales(self, *, at: datetime) -> tuple[SaleView, ...]:
        return tuple(replace(sale, goods=self._kept(sale.goods)) for sale in self.gateway.sales(at=at))

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
        with self._our_names():
            theirs = {self._theirs.get(sku, sku): sale for sku, sale in sales.items()}
            held = self.gateway.hold(
                reference, self._asked(lines), customer=customer, ttl=ttl, at=at, sales=theirs, region=region
            )
        return replace(held, lines=self._told(held.lines))

    def view(self, reference: str) -> HoldView:
        held = self.gateway.view(reference)
        return replace(held, lines=self._told(held.lines))

    def release(self, reference: str, *, at: datetime) -> None:
        self.gateway.release(reference, at=at)

    def confirm(self, reference: str, *, ship_to: Address, at: datetime, goods: Money | None = None) -> Confirmation:
        with self._our_names():
            bought = self.gateway.confirm(reference, ship_to=ship_to, at=at, goods=goods)
        orders = (replace(each, lines=self._told(each.lines)) for each in bought.supplier_orders)
        return replace(bought, supplier_orders=tuple(orders))

    def withdraw(
        self,
        reference: str,
        lines: Sequence[HoldLine] | None,
        *,
        withdrawal: str,
        restock: bool,
        at: datetime,
    ) -> Withdrawal:
        asked = None if lines is None else self._asked(lines)
        with self._our_names():
            back = self.gateway.withdraw(reference, asked, withdrawal=withdrawal, restock=restock, at=at)
        return replace(back, lines=self._told(back.lines))

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
        with self._our_names():
            back = self.gateway.request_return(
                reference, self._asked(lines), number=number, reason=reason, remedy=remedy, words=words, at=at
            )
        return self._return(back)

    def ship_return(
        self, reference: str, *, number: str, carrier: str, tracking_number: str, at: datetime
    ) -> ReturnView:
        return self._return(
            self.gateway.ship_return(reference, number=number, carrier=carrier, tracking_number=tracking_number, at=at)
        )

    def cancel_return(self, reference: str, *, number: str, at: datetime) -> ReturnView:
        return self._return(self.gateway.cancel_return(reference, number=number, at=at))

    def view_return(self, reference: str, *, number: str) -> ReturnView:
        return self._return(self.gateway.view_return(reference, number=number))

    def events(self, after: int = 0, limit: int = EVENTS_PER_PAGE_MAX) -> EventPage:
        page = self.gateway.events(after, limit)
        return replace(page, events=tuple(replace(each, lines=self._told(each.lines)) for each in page.events))

    def _kept(self, offered: Sequence[G]) -> tuple[G, ...]:
        """What is offered, under our names."""
        kept = (each for each in offered if each.sku in self._ours or each.sku not in self._theirs)
        return tuple(replace(each, sku=self._our(each.sku)) for each in kept)

    def _our(self, sku: str) -> str:
        return self._ours.get(sku, sku)

    def _asked(self, lines: Sequence[HoldLine]) -> list[HoldLine]:
        return [replace(line, sku=self._theirs.get(line.sku, line.sku)) for line in lines]

    def _return(self, back: ReturnView) -> ReturnView:
        found = tuple(replace(each, sku=self._our(each.sku)) for each in back.inspected)
        return replace(back, lines=self._told(back.lines), inspected=found)

    def _told(self, lines: Sequence[L]) -> tuple[L, ...]:
        return tuple(replace(line, sku=self._our(line.sku)) for line in lines)

    @contextmanager
    def _our_names(self) -> Iterator[None]:
        """What is wrong with a SKU is said of the one that was asked for."""
        try:
            yield
        except PlatformError as error:
            theirs = error.params.get("sku")
            if theirs not in self._ours:
                raise
            raise type(error)(**{**error.params, "sku": self._ours[theirs]}) from error
