"""The hub's HTTP interface for shops; docs/hub-api.md is the contract. Instants are the hub's own clock.

Who asks is known by the key alone: no path and no body names a store, so none can name another's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Protocol, cast

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import FileResponse

from shared_core import media, supply
from shared_core.hub import nudging
from shared_core.hub.gate import Gate, KeyedRoute
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money
from shared_core.supply import settlement, tenancy, wire
from shared_core.web import files, problems

CURSOR_MAX = 2**62


class Served(Protocol):
    """What the interface needs of the process it runs in; kept as `app.state.hub`."""

    @property
    def database(self) -> Database: ...

    @property
    def clock(self) -> Callable[[], datetime]: ...

    @property
    def zone(self) -> str: ...

    @property
    def gate(self) -> Gate: ...

    @property
    def pictures(self) -> media.PictureStore: ...


@dataclass(frozen=True)
class Call:
    """One authenticated call."""

    hub: Served
    caller: tenancy.Caller
    at: datetime
    protocol: int

    @property
    def shop(self) -> supply.SupplyGateway:
        """The supply as this store may see it."""
        terms, knows = self.caller.terms, self.protocol >= wire.RETURNS_SINCE
        return supply.TenantGateway(supply.LocalGateway(self.hub.database, terms, knows_returns=knows), terms)


def the_hub(request: Request) -> Served:
    return cast(Served, request.app.state.hub)


def _spoken(
    response: Response, protocol: Annotated[str, Header(alias=wire.PROTOCOL_HEADER)] = str(wire.PROTOCOL)
) -> int:
    """Say which protocol we speak; the one the shop speaks. Raises ProtocolTooOld."""
    response.headers[wire.PROTOCOL_HEADER] = str(wire.PROTOCOL)
    response.headers["Cache-Control"] = "no-store"
    if not protocol.isdecimal() or int(protocol[:9]) < wire.OLDEST_SHOP:
        raise supply.ProtocolTooOld(oldest=wire.OLDEST_SHOP, found=protocol[:9])
    return int(protocol[:9])


def _call(
    request: Request,
    hub: Annotated[Served, Depends(the_hub)],
    protocol: Annotated[int, Depends(_spoken)],
    store: Annotated[str, Header(alias=wire.STORE_HEADER)] = "",
    timeline: Annotated[str, Header(alias=wire.TIMELINE_HEADER)] = "",
) -> Call:
    """Who was let in at the gate.

    Raises OtherStore when the caller takes itself for somebody else, OtherTimeline when it takes us for another hub.
    """
    call = Call(hub, request.state.caller, request.state.at, protocol)
    if store and store != call.caller.terms.store:
        raise tenancy.OtherStore(store=store[: wire.WIRE_TEXT_MAX])
    if timeline and timeline != call.caller.timeline:
        raise tenancy.OtherTimeline()
    return call


def _allowed(scope: tenancy.Scope) -> Callable[[Call], Call]:
    """Calls whose key has this scope. Raises ScopeMissing."""

    def allowed(call: Annotated[Call, Depends(_call)]) -> Call:
        call.caller.require(scope)
        return call

    return allowed


def _reference(reference: str) -> str:
    return wire.name_in(reference)


def _withdrawal(withdrawal: str) -> str:
    return wire.name_in(withdrawal)


def _number(number: str) -> str:
    return wire.name_in(number)


Anybody = Annotated[Call, Depends(_call)]
OfferReader = Annotated[Call, Depends(_allowed(tenancy.Scope.OFFERS_READ))]
Buyer = Annotated[Call, Depends(_allowed(tenancy.Scope.ORDERS_WRITE))]
AccountReader = Annotated[Call, Depends(_allowed(tenancy.Scope.STATEMENT_READ))]
Objector = Annotated[Call, Depends(_allowed(tenancy.Scope.STATEMENT_OBJECT))]
EventReader = Annotated[Call, Depends(_allowed(tenancy.Scope.EVENTS_READ))]
Reference = Annotated[str, Depends(_reference)]
Numbered = Annotated[str, Depends(_number)]
Withdrawn = Annotated[str, Depends(_withdrawal)]
After = Annotated[int, Query(ge=0, le=CURSOR_MAX)]

router = APIRouter(prefix=wire.PATH, tags=["supply"], dependencies=[Depends(_spoken)], route_class=KeyedRoute)
unlocked = APIRouter(prefix=wire.PATH, tags=["supply"])
"""What anybody may ask for."""


@router.get("/me")
def me(call: Anybody) -> wire.Me:
    """Who the key belongs to, on what terms, and which protocols the hub speaks."""
    terms = call.caller.terms
    with call.hub.database.reading() as session:
        store = tenancy.tenant(session, terms.store)
        owed = tenancy.tenant_owes(session, terms.store, terms.currency)
        received = settlement.received_of(session, terms.store, terms.currency)
        credited = settlement.credited(session, terms.store, terms.currency)
        histories = tenancy.timelines(session)
    accounted = tenancy.Scope.STATEMENT_READ in call.caller.scopes
    limit = store.terms.store_limits.credit_limit_minor
    return wire.Me(
        store=store.code,
        name=store.name,
        currency=store.currency,
        state=store.state,
        platform_fee_bps=store.terms.platform_fee_bps,
        credit_limit=None if limit is None else Money(limit, store.currency),
        balance=owed if accounted else None,
        scopes=tuple(sorted(call.caller.scopes)),
        protocol=wire.PROTOCOL,
        oldest_protocol=wire.OLDEST_SHOP,
        received=received if accounted else None,
        credited=credited if accounted else None,
        timelines=tuple(histories),
    )


@router.get("/offers")
def offers(
    call: OfferReader,
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=supply.OFFERS_PER_PAGE_MAX)] = supply.OFFERS_PER_PAGE_MAX,
) -> supply.OfferPage:
    """Offers that changed since the cursor `after`; ask again with `cursor` while there is `more`."""
    return call.shop.offers(after, limit)


@unlocked.get("/media/{digest}", response_class=FileResponse, responses=problems.responses(404))
def picture(hub: Annotated[Served, Depends(the_hub)], digest: Annotated[str, Path(max_length=64)]) -> Response:
    """A picture by its content, in WebP; without a key, since shops show it to everybody."""
    return files.picture(hub.pictures.find(digest, media.WIDTHS[-1]))


@router.get("/sales")
def sales(call: OfferReader) -> wire.SalesShown:
    """The sale events that run or can be looked at beforehand, the first to begin first."""
    return wire.SalesShown(call.shop.sales(at=call.at))


@router.get("/events")
def events(
    call: EventReader,
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=supply.EVENTS_PER_PAGE_MAX)] = supply.EVENTS_PER_PAGE_MAX,
) -> supply.EventPage:
    """What happened to the store's goods after the cursor `after`."""
    return wire.understood(call.shop.events(after, limit), after=after, protocol=call.protocol)


@router.put("/webhook")
def tell_at(call: EventReader, asked: wire.WebhookAsked) -> wire.WebhookMade:
    """Tell the store at this address when something happened; the secret stays while the address does."""
    with call.hub.database.transaction() as session:
        store = call.caller.terms.store
        return wire.WebhookMade(tenancy.tell_at(session, store, asked.url, secret=nudging.new_secret(), at=call.at))


@router.get("/statements/{month}")
def statement(call: AccountReader, month: str) -> settlement.Statement:
    """What the store owed in a month of the hub's calendar ("2026-11"): closed, or as far as it is known."""
    mine = settlement.Party(settlement.PartyKind.TENANT, call.caller.terms.store)
    with call.hub.database.reading() as session:
        return settlement.statement(session, mine, month, zone=call.hub.zone, at=call.at)


@router.get("/objections")
def objections(call: AccountReader) -> list[settlement.ObjectionView]:
    """What the store objected to on its statements, and what the hub said."""
    with call.hub.database.reading() as session:
        return settlement.objections(session, call.caller.terms.store)


@router.put("/objections/{number}")
def object_to(call: Objector, number: Numbered, asked: wire.ObjectionAsked) -> settlement.ObjectionView:
    """A line of a statement is wrong by this amount."""
    with call.hub.database.transaction() as session:
        return settlement.object_to(
            session,
            call.caller.terms.store,
            number=number,
            month=asked.month,
            kind=asked.kind,
            reference=asked.reference,
            amount=asked.amount.money,
            reason=asked.reason,
            zone=call.hub.zone,
            at=call.at,
        )


@router.put("/holds/{reference}")
def hold(call: Buyer, reference: Reference, asked: wire.HoldAsked) -> supply.HoldView:
    """Keep the goods of all lines, or of none."""
    ttl = timedelta(seconds=asked.ttl_seconds)
    lines = wire.lines_of(asked.lines)
    return call.shop.hold(
        reference, lines, customer=asked.customer, ttl=ttl, at=call.at, sales=asked.sales, region=asked.region
    )


@router.get("/holds/{reference}")
def view(call: Buyer, reference: Reference) -> supply.HoldView:
    """The hold as it is now."""
    return call.shop.view(reference)


@router.post("/holds/{reference}/release", status_code=204)
def release(call: Buyer, reference: Reference) -> None:
    """Give the goods back. Nothing happens where they are back already, or were never held."""
    call.shop.release(reference, at=call.at)


@router.post("/holds/{reference}/confirmation")
def confirm(call: Buyer, reference: Reference, asked: wire.ConfirmationAsked) -> supply.Confirmation:
    """The goods are paid: the store buys them."""
    goods = None if asked.goods is None else asked.goods.money
    return call.shop.confirm(reference, ship_to=asked.ship_to.address, at=call.at, goods=goods)


@router.put("/holds/{reference}/withdrawals/{withdrawal}")
def withdraw(
    call: Buyer, reference: Reference, withdrawal: Withdrawn, asked: wire.WithdrawalAsked
) -> supply.Withdrawal:
    """Give goods of a confirmed hold back."""
    lines = None if asked.lines is None else wire.lines_of(asked.lines)
    return call.shop.withdraw(reference, lines, withdrawal=withdrawal, restock=asked.restock, at=call.at)


@router.put("/holds/{reference}/returns/{number}")
def request_return(call: Buyer, reference: Reference, number: Numbered, asked: wire.ReturnAsked) -> supply.ReturnView:
    """Ask that pieces which one supplier has sent may come back."""
    return call.shop.request_return(
        reference,
        wire.lines_of(asked.lines),
        number=number,
        reason=asked.reason,
        remedy=asked.remedy,
        words=asked.words,
        at=call.at,
    )


@router.get("/holds/{reference}/returns/{number}")
def view_return(call: Buyer, reference: Reference, number: Numbered) -> supply.ReturnView:
    """The return as it is now."""
    return call.shop.view_return(reference, number=number)


@router.put("/holds/{reference}/returns/{number}/parcel")
def ship_return(call: Buyer, reference: Reference, number: Numbered, asked: wire.ParcelSent) -> supply.ReturnView:
    """The pieces are on their way back."""
    return call.shop.ship_return(
        reference, number=number, carrier=asked.carrier, tracking_number=asked.tracking_number, at=call.at
    )


@router.put("/holds/{reference}/returns/{number}/cancellation")
def cancel_return(call: Buyer, reference: Reference, number: Numbered, asked: wire.Nothing) -> supply.ReturnView:
    """Nothing comes back after all."""
    return call.shop.cancel_return(reference, number=number, at=call.at)
