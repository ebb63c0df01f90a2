"""What a supplier does with a return: where it may go, it is here, what was found in it, new pieces for it."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.hub.console.acting import attempt
from shared_core.hub.console.typed import counts
from shared_core.hub.errors import AddressMissing, ReasonMissing
from shared_core.hub.hub import Hub
from shared_core.hub.portal.own import OwnReturnNumber, as_typed
from shared_core.hub.portal.returns import HOME, return_page
from shared_core.hub.viewer import HubDep, PortalDep
from shared_core.web.going import as_step, go

TEXT_LENGTH_MAX = 300

router = APIRouter()
Text = Annotated[str, Form(max_length=TEXT_LENGTH_MAX)]
Texts = Annotated[list[Text], Form()]


@router.post("/returns/{number}/authorise")
def authorise(
    request: Request,
    number: OwnReturnNumber,
    hub: HubDep,
    viewer: PortalDep,
    name: Text = "",
    phone: Text = "",
    street: Text = "",
    city: Text = "",
    region: Text = "",
    district: Text = "",
    postcode: Text = "",
    country: Text = "CN",
    send_days: Text = "",
) -> Response:
    """The pieces may be sent to this address."""
    typed = {
        "name": name, "phone": phone, "street": street, "city": city, "region": region, "district": district,
        "postcode": postcode, "country": country,
    }  # fmt: skip
    typed = {field: value.strip() for field, value in typed.items()}

    def work(session: Session) -> None:
        if not all(typed[each] for each in ("name", "phone", "street", "city", "country")):
            raise AddressMissing
        [days] = counts([send_days], of=["send_days"])
        where = supply.Address.from_json(typed)
        supply.returns.authorise(session, number, address=where, send_days=days, actor=viewer.actor, at=hub.clock())

    return _done(request, hub, number, work, typed | {"send_days": send_days})


@router.post("/returns/{number}/decline")
def decline(request: Request, number: OwnReturnNumber, hub: HubDep, viewer: PortalDep, reason: Text = "") -> Response:
    def work(session: Session) -> None:
        if not reason.strip():
            raise ReasonMissing
        supply.returns.decline(session, number, reason=reason, actor=viewer.actor, at=hub.clock())

    return _done(request, hub, number, work, {"reason": reason})


@router.post("/returns/{number}/received")
def received(request: Request, number: OwnReturnNumber, hub: HubDep, viewer: PortalDep) -> Response:
    return _done(
        request,
        hub,
        number,
        lambda session: supply.returns.receive(session, number, actor=viewer.actor, at=hub.clock()),
    )


@router.post("/returns/{number}/inspected")
def inspected(
    request: Request,
    number: OwnReturnNumber,
    hub: HubDep,
    viewer: PortalDep,
    sku: Texts,
    sellable: Texts,
    unsellable: Texts,
    refused: Texts,
    said: Text = "",
) -> Response:
    """Every piece is one of three; whose fault the return is says who bears what cannot be sold again."""

    def work(session: Session) -> None:
        each_kind = [counts(each, of=sku) for each in (sellable, unsellable, refused)]
        found = [supply.Inspected(*each) for each in zip(sku, *each_kind, strict=True)]
        supply.returns.inspect(session, number, found, said=said, actor=viewer.actor, at=hub.clock())

    typed = {"said": said}
    for name, written in (("sellable", sellable), ("unsellable", unsellable), ("refused", refused)):
        typed |= as_typed(name, written, of=sku)
    return _done(request, hub, number, work, typed)


@router.post("/returns/{number}/replacement")
def send_new(
    request: Request, number: OwnReturnNumber, hub: HubDep, viewer: PortalDep, carrier: Text = "", tracking: Text = ""
) -> Response:
    """The box with new pieces is on its way."""

    def work(session: Session) -> None:
        supply.returns.ship_new(
            session, number, carrier=carrier, tracking_number=tracking, at=hub.clock(), actor=viewer.actor
        )

    return _done(request, hub, number, work, {"carrier": carrier, "tracking": tracking})


@router.post("/returns/{number}/replacement/delivered")
def new_arrived(request: Request, number: OwnReturnNumber, hub: HubDep, viewer: PortalDep) -> Response:
    return _done(
        request,
        hub,
        number,
        lambda session: supply.returns.deliver_new(session, number, at=hub.clock(), actor=viewer.actor),
    )


def _done(
    request: Request,
    hub: Hub,
    number: str,
    work: Callable[[Session], object],
    typed: Mapping[str, str] | None = None,
) -> Response:
    trouble = attempt(request, hub, work)
    if trouble:
        return return_page(request, hub, number, trouble=trouble, typed=typed, status=422)
    return go(f"{HOME}/{as_step(number)}", done="saved")
