"""What a supplier says of an order: it will be sent, or not, or not all of it; a box left, a box arrived."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.hub.console.acting import attempt
from shared_core.hub.console.typed import counts, pieces
from shared_core.hub.console.typed import reason as typed_reason
from shared_core.hub.errors import NoPieces
from shared_core.hub.hub import Hub
from shared_core.hub.portal.orders import HOME, order_page
from shared_core.hub.portal.own import OwnOrderNumber, as_typed
from shared_core.hub.viewer import HubDep, PortalDep, current
from shared_core.web.going import as_step, go

TEXT_LENGTH_MAX = 300

router = APIRouter()
Text = Annotated[str, Form(max_length=TEXT_LENGTH_MAX)]
Texts = Annotated[list[Text], Form()]


@router.post("/orders/{number}/accept")
def accept(request: Request, number: OwnOrderNumber, hub: HubDep, viewer: PortalDep) -> Response:
    return _done(
        request, hub, number, lambda session: supply.accept(session, number=number, at=hub.clock(), actor=viewer.actor)
    )


@router.post("/orders/{number}/reject")
def reject(request: Request, number: OwnOrderNumber, hub: HubDep, viewer: PortalDep, reason: Text = "") -> Response:
    """None of it comes, or nothing more; the customer is refunded."""

    def work(session: Session) -> None:
        said = typed_reason(reason)
        supply.cancel(session, number=number, at=hub.clock(), reason=said, actor=viewer.actor)

    return _done(request, hub, number, work, {"reject_reason": reason})


@router.post("/orders/{number}/short")
def never_come(
    request: Request,
    number: OwnOrderNumber,
    hub: HubDep,
    viewer: PortalDep,
    sku: Texts,
    before: Texts,
    missing: Texts,
    reason: Text = "",
) -> Response:
    """`before` are those that were short when the form was shown, so that sending it twice reports nothing twice."""

    def work(session: Session) -> None:
        known, more = counts(before, of=sku), counts(missing, of=sku)
        short = [supply.HoldLine(each, had + new) for each, had, new in zip(sku, known, more, strict=True) if new]
        if not short:
            raise NoPieces
        said = typed_reason(reason)
        supply.short_ship(session, number=number, missing=short, at=hub.clock(), reason=said, actor=viewer.actor)

    return _done(request, hub, number, work, {"short_reason": reason} | as_typed("missing", missing, of=sku))


@router.post("/orders/{number}/ship")
def ship(
    request: Request,
    number: OwnOrderNumber,
    hub: HubDep,
    viewer: PortalDep,
    sku: Texts,
    inside: Texts,
    carrier: Text = "",
    tracking: Text = "",
) -> Response:
    """One box. The same box again changes nothing."""

    def work(session: Session) -> None:
        lines = pieces(sku, inside)
        if not lines:
            raise NoPieces
        supply.ship(
            session,
            number=number,
            carrier=carrier,
            tracking_number=tracking,
            lines=lines,
            at=hub.clock(),
            actor=viewer.actor,
        )

    typed = {"carrier": carrier, "tracking": tracking} | as_typed("inside", inside, of=sku)
    return _done(request, hub, number, work, typed)


@router.post("/orders/{number}/deliver")
def deliver(request: Request, number: OwnOrderNumber, hub: HubDep, viewer: PortalDep, tracking: Text = "") -> Response:
    return _done(
        request,
        hub,
        number,
        lambda session: supply.deliver(
            session, number=number, tracking_number=tracking, at=hub.clock(), actor=viewer.actor
        ),
    )


def _done(
    request: Request,
    hub: Hub,
    number: str,
    work: Callable[[Session], object],
    typed: Mapping[str, str] | None = None,
) -> Response:
    """Done, unless the order was given to another supplier a moment ago."""

    def own_work(session: Session) -> None:
        work(session)
        supply.check_own_order(session, number, supplier=viewer.supplier)  # it is locked now, and cannot move

    viewer = current(request)
    trouble = attempt(request, hub, own_work)
    if trouble:
        return order_page(request, hub, number, trouble=trouble, typed=typed, status=422)
    return go(f"{HOME}/orders/{as_step(number)}", done="saved")
