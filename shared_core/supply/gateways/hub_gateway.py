"""The gateway to a supply that lives in a hub, reached over HTTP. Instants are the hub's: `at` is not sent."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import ValidationError

from shared_core.kernel.money import Money
from shared_core.media import is_digest
from shared_core.supply.errors import HubRefused
from shared_core.supply.gateway import EVENTS_PER_PAGE_MAX, NO_SALES, OFFERS_PER_PAGE_MAX
from shared_core.supply.gateways import wire
from shared_core.supply.gateways.hub_client import HubClient
from shared_core.supply.return_kinds import Remedy, ReturnReason
from shared_core.supply.settlement.objections import ObjectionView
from shared_core.supply.settlement.statement_rules import Line, Statement
from shared_core.supply.views import (
    Address,
    Confirmation,
    EventPage,
    HoldLine,
    HoldView,
    Offer,
    OfferPage,
    ReturnView,
    SaleView,
    Withdrawal,
)


class HubGateway:
    """Implements `SupplyGateway`. Every call may also raise SupplyUnavailable, and HubRefused."""

    def __init__(self, client: HubClient) -> None:
        self.client = client

    def close(self) -> None:
        self.client.close()

    def me(self) -> wire.Me:
        """Who we are to the hub."""
        return self.client.get("/me", wire.ME)

    def tell_at(self, url: str) -> str | None:
        """Let the hub say at this address when something happened; the secret with which it signs, None where the
        hub is too old for it.
        """
        if self.client.protocol() < wire.NUDGES_SINCE:
            return None
        return self.client.put("/webhook", wire.WebhookAsked(url=url), wire.WEBHOOK).secret

    def statement(self, month: str) -> Statement:
        """What the hub says we owed it in the month "2026-11". Also raises NoStatement."""
        return self.client.get(f"/statements/{wire.segment(month)}", wire.STATEMENT)

    def object_to(self, number: str, *, month: str, line: Line, amount: Money, reason: str) -> ObjectionView:
        """A line of a statement is wrong. Also raises NoStatement, UnknownLine, BadObjection, ObjectionTaken."""
        with _sendable():
            asked = wire.ObjectionAsked(
                month=month,
                kind=line.kind.value,
                reference=line.reference,
                amount=wire.MoneySent(minor=amount.minor, currency=amount.currency),
                reason=reason,
            )
        return self.client.put(f"/objections/{wire.segment(number)}", asked, wire.OBJECTION)

    def objections(self) -> list[ObjectionView]:
        """What we objected to, and what the hub said."""
        return self.client.get("/objections", wire.OBJECTIONS)

    def offers(self, after: int = 0, limit: int = OFFERS_PER_PAGE_MAX) -> OfferPage:
        page = self.client.get("/offers", wire.OFFERS, after=after, limit=limit)
        return replace(page, offers=tuple(self._with_addresses(offer) for offer in page.offers))

    def _with_addresses(self, offer: Offer) -> Offer:
        """The offer with pictures that can be fetched from the hub; what is no name of one is left aside."""
        pictures = tuple(
            replace(each, url=f"{self.client.url}{wire.PATH}/media/{each.digest}")
            for each in offer.product.pictures
            if is_digest(each.digest)
        )
        own = offer.picture if is_digest(offer.picture) else ""
        return replace(offer, product=replace(offer.product, pictures=pictures), picture=own)

    def sales(self, *, at: datetime) -> tuple[SaleView, ...]:
        """None where the hub is too old to know of any."""
        if self.client.protocol() < wire.SALES_SINCE:
            return ()
        return self.client.get("/sales", wire.SALES).sales

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
        with _sendable():
            seconds = wire.whole_seconds(ttl)
            asked = wire.HoldAsked(
                lines=wire.lines_sent(lines),
                customer=customer,
                ttl_seconds=seconds,
                sales=dict(sales),
                region=self._told(region),
            )
        return self.client.put(_path(reference), asked, wire.HOLD)

    def _told(self, region: str) -> str:
        """What can be said of it: nothing to a hub that is too old to know of regions."""
        return region if region and self.client.protocol() >= wire.REGIONS_SINCE else ""

    def view(self, reference: str) -> HoldView:
        return self.client.get(_path(reference), wire.HOLD)

    def release(self, reference: str, *, at: datetime) -> None:
        self.client.tell(f"{_path(reference)}/release")

    def confirm(self, reference: str, *, ship_to: Address, at: datetime, goods: Money | None = None) -> Confirmation:
        with _sendable():
            asked = wire.ConfirmationAsked(
                ship_to=wire.AddressSent(**ship_to.as_json()),
                goods=None if goods is None else wire.MoneySent(minor=goods.minor, currency=goods.currency),
            )
        return self.client.post(f"{_path(reference)}/confirmation", asked, wire.CONFIRMATION)

    def withdraw(
        self,
        reference: str,
        lines: Sequence[HoldLine] | None,
        *,
        withdrawal: str,
        restock: bool,
        at: datetime,
    ) -> Withdrawal:
        with _sendable():
            asked = wire.WithdrawalAsked(lines=None if lines is None else wire.lines_sent(lines), restock=restock)
        return self.client.put(f"{_path(reference)}/withdrawals/{wire.segment(withdrawal)}", asked, wire.WITHDRAWAL)

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
        with _sendable():
            asked = wire.ReturnAsked(lines=wire.lines_sent(lines), reason=reason, remedy=remedy, words=words)
        return self.client.put(_return(reference, number), asked, wire.RETURN)

    def ship_return(
        self, reference: str, *, number: str, carrier: str, tracking_number: str, at: datetime
    ) -> ReturnView:
        with _sendable():
            asked = wire.ParcelSent(carrier=carrier, tracking_number=tracking_number)
        return self.client.put(f"{_return(reference, number)}/parcel", asked, wire.RETURN)

    def cancel_return(self, reference: str, *, number: str, at: datetime) -> ReturnView:
        with _sendable():
            asked = wire.Nothing()
        return self.client.put(f"{_return(reference, number)}/cancellation", asked, wire.RETURN)

    def view_return(self, reference: str, *, number: str) -> ReturnView:
        return self.client.get(_return(reference, number), wire.RETURN)

    def events(self, after: int = 0, limit: int = EVENTS_PER_PAGE_MAX) -> EventPage:
        return self.client.get("/events", wire.EVENTS, after=after, limit=limit)


@contextmanager
def _sendable() -> Iterator[None]:
    """What no hub would read is not sent. Raises HubRefused."""
    try:
        yield
    except ValidationError as error:
        [first, *_] = error.errors()
        where = ".".join(str(part) for part in first["loc"])
        raise HubRefused(reason=f"{where} cannot be sent: {first['msg']}") from error


def _path(reference: str) -> str:
    return f"/holds/{wire.segment(reference)}"


def _return(reference: str, number: str) -> str:
    return f"{_path(reference)}/returns/{wire.segment(number)}"
