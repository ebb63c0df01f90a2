"""The gateway to a supply that lives in the same database: each call is a transaction of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from shared_core.kernel.database import Database
from shared_core.kernel.money import Money
from shared_core.supply import numbering
from shared_core.supply.catalogue import offers
from shared_core.supply.dropshipping import confirming, events, returning, withdrawing
from shared_core.supply.gateway import EVENTS_PER_PAGE_MAX, NO_SALES, OFFERS_PER_PAGE_MAX, Terms
from shared_core.supply.inventory import holds
from shared_core.supply.return_kinds import Remedy, ReturnReason
from shared_core.supply.sales import planning
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


class LocalGateway:
    """Implements `SupplyGateway` for the store of `terms`; one that does not know of returns hears of none."""

    def __init__(self, database: Database, terms: Terms, *, knows_returns: bool = True) -> None:
        self.database = database
        self.terms = terms
        self.knows_returns = knows_returns

    def offers(self, after: int = 0, limit: int = OFFERS_PER_PAGE_MAX) -> OfferPage:
        numbering.catch_up(self.database, numbering.waiting_offers, numbering.number_offers)
        with self.database.glance() as session:
            return offers.page(session, terms=self.terms, after=after, limit=limit)

    def sales(self, *, at: datetime) -> tuple[SaleView, ...]:
        with self.database.reading() as session:
            return planning.shown(session, terms=self.terms, at=at)

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
        with self.database.transaction() as session:
            return holds.hold(
                session,
                reference,
                lines,
                terms=self.terms,
                customer=customer,
                ttl=ttl,
                at=at,
                sales=sales,
                region=region,
            )

    def view(self, reference: str) -> HoldView:
        with self.database.reading() as session:
            return holds.view(session, reference, terms=self.terms)

    def release(self, reference: str, *, at: datetime) -> None:
        with self.database.transaction() as session:
            holds.release(session, reference, at=at)

    def confirm(self, reference: str, *, ship_to: Address, at: datetime, goods: Money | None = None) -> Confirmation:
        with self.database.transaction() as session:
            return confirming.confirm(session, reference, terms=self.terms, ship_to=ship_to, at=at, goods=goods)

    def withdraw(
        self,
        reference: str,
        lines: Sequence[HoldLine] | None,
        *,
        withdrawal: str,
        restock: bool,
        at: datetime,
    ) -> Withdrawal:
        with self.database.transaction() as session:
            return withdrawing.withdraw(
                session, reference, lines, terms=self.terms, withdrawal=withdrawal, restock=restock, at=at
            )

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
        with self.database.transaction() as session:
            return returning.request_return(
                session,
                reference,
                lines,
                terms=self.terms,
                number=number,
                reason=reason,
                remedy=remedy,
                words=words,
                at=at,
            )

    def ship_return(
        self, reference: str, *, number: str, carrier: str, tracking_number: str, at: datetime
    ) -> ReturnView:
        with self.database.transaction() as session:
            return returning.ship_return(
                session,
                reference,
                terms=self.terms,
                number=number,
                carrier=carrier,
                tracking_number=tracking_number,
                at=at,
            )

    def cancel_return(self, reference: str, *, number: str, at: datetime) -> ReturnView:
        with self.database.transaction() as session:
            return returning.cancel_return(session, reference, terms=self.terms, number=number, at=at)

    def view_return(self, reference: str, *, number: str) -> ReturnView:
        with self.database.reading() as session:
            return returning.view_return(session, reference, terms=self.terms, number=number)

    def events(self, after: int = 0, limit: int = EVENTS_PER_PAGE_MAX) -> EventPage:
        with self.database.glance() as session:
            held_back = self.knows_returns and numbering.held_back(session, self.terms.store)
        if held_back:
            with self.database.transaction() as session:
                numbering.let_through(session, self.terms.store)
        numbering.catch_up(self.database, numbering.waiting_events, numbering.number_events)
        with self.database.glance() as session:
            return events.page(session, store=self.terms.store, after=after, limit=limit)
