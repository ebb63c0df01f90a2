"""Returns to a supplier: those to decide, on the way, to inspect and ended; one of them."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from shared_core import supply
from shared_core.hub.hub import Hub
from shared_core.hub.portal.own import OwnReturnNumber
from shared_core.hub.portal.words import REASONS, RETURN_STATES, RETURN_TABS, address_lines
from shared_core.hub.viewer import HubDep, PortalDep, current, page, speaks
from shared_core.supply import Remedy, ReturnState

HOME = "/portal/returns"
ADDRESS_FIELDS = ("name", "phone", "country", "region", "city", "district", "street", "postcode")
SEND_DAYS = 14
SHOWN_MAX = 100

router = APIRouter()
ReturnTab = Annotated[Literal["decide", "coming", "here", "ended"], Query()]


@router.get("/returns")
def listing(request: Request, hub: HubDep, viewer: PortalDep, tab: ReturnTab = "decide") -> HTMLResponse:
    said = speaks(request)
    with hub.database.reading() as session:
        found = supply.returns.listed(
            session, supplier=viewer.supplier, states=RETURN_TABS[tab][1], limit=SHOWN_MAX + 1
        )
        titles = supply.titles_of(session, sorted({line.sku for each in found for line in each.returned.lines}))
    tabs = [
        {"url": f"{HOME}?tab={key}", "label": said(label), "count": 0, "current": key == tab}
        for key, (label, _) in RETURN_TABS.items()
    ]
    return page(
        request,
        "portal/returns.html",
        tabs=tabs,
        returns=[_view(request, each, titles) for each in found[:SHOWN_MAX]],
        shown_max=SHOWN_MAX if len(found) > SHOWN_MAX else 0,
    )


@router.get("/returns/{number}")
def one(request: Request, number: OwnReturnNumber, hub: HubDep, viewer: PortalDep) -> HTMLResponse:
    return return_page(request, hub, number)


def return_page(
    request: Request,
    hub: Hub,
    number: str,
    *,
    trouble: str = "",
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    """The return; with what was typed, where that was refused."""
    viewer = current(request)
    with hub.database.reading() as session:
        found = supply.returns.detail(session, number)
        terms = supply.returns.supplier_terms(session, supplier=viewer.supplier)
        titles = supply.titles_of(session, [line.sku for line in found.returned.lines])
    said = found.returned
    known = {"country": "CN", "send_days": str(terms.send_days if terms else SEND_DAYS)}
    known |= terms.address.as_json() if terms else {}
    return page(
        request,
        "portal/return.html",
        status_code=status,
        trouble=trouble,
        typed=known | dict(typed or {}),
        one=_view(request, found, titles),
        address=address_lines(said.address) if said.address else [],
        may=_may(said),
        lines=_lines(said, titles),
        steps=[
            {"what": speaks(request)(RETURN_STATES[each.state][0]), "at": each.at, "actor": each.actor}
            for each in found.steps
        ],
    )


def _may(said: supply.ReturnView) -> dict[str, bool]:
    """What can be done with it now."""
    state, back = said.state, said.reason.comes_back
    new_box = said.new_box
    return {
        "authorise": state is ReturnState.REQUESTED and back,
        "decline": state is ReturnState.REQUESTED,
        "receive": back and state in (ReturnState.REQUESTED, ReturnState.AUTHORISED, ReturnState.SENT),
        "inspect": state is ReturnState.RECEIVED or (state is ReturnState.REQUESTED and not back),
        "replace": said.replaced and new_box is None,
        "replaced": new_box is not None and new_box.delivered_at is None,
    }


def _lines(said: supply.ReturnView, titles: Mapping[str, str]) -> list[dict[str, object]]:
    found = {each.sku: each for each in said.inspected}
    return [
        {
            "sku": each.sku,
            "title": titles.get(each.sku, each.sku),
            "quantity": each.quantity,
            "found": found.get(each.sku),
        }
        for each in said.lines
    ]


def _view(request: Request, each: supply.returns.ReturnDetail, titles: Mapping[str, str]) -> dict[str, object]:
    """Without what the store gets back for it: that is none of the supplier's business."""
    said, returned = speaks(request), each.returned
    label, tone = RETURN_STATES[returned.state]
    return {
        "number": returned.number,
        "order": returned.supplier_order,
        "state": said(label),
        "tone": tone,
        "reason": said(REASONS[returned.reason]),
        "comes_back": returned.reason.comes_back,
        "new": returned.remedy is Remedy.REPLACEMENT,
        "words": each.words,
        "said": returned.said,
        "send_by": returned.send_by if returned.state is ReturnState.AUTHORISED else None,
        "parcel": f"{returned.carrier} {returned.tracking_number}".strip(),
        "new_box": returned.new_box,
        "goods": [(titles.get(line.sku, line.sku), line.quantity) for line in returned.lines],
        "asked_at": each.steps[0].at if each.steps else None,
    }
