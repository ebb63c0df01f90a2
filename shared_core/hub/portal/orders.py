"""A supplier's orders: new ones, those to be sent, sent, gone wrong; one of them; its packing slip."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.hub import vetted
from shared_core.hub.hub import Hub
from shared_core.hub.portal.own import NUMBER_LENGTH_MAX, OwnOrderNumber
from shared_core.hub.portal.words import ORDER_STATES, TABS, address_lines, options_text
from shared_core.hub.steps import STEPS
from shared_core.hub.viewer import HubDep, PortalDep, current, page, speaks
from shared_core.supply import Tab

HOME = "/portal"
PAGE_MAX = 1000
LINES_NAMED_MAX = 3

router = APIRouter()
Search = Annotated[str, Query(alias="q", max_length=NUMBER_LENGTH_MAX)]
PageNumber = Annotated[int, Query(alias="page", ge=1, le=PAGE_MAX)]


@router.get("")
def listing(
    request: Request, hub: HubDep, viewer: PortalDep, tab: Tab = Tab.NEW, q: Search = "", number: PageNumber = 1
) -> HTMLResponse:
    """What is searched for is looked for in all tabs."""
    at, search = hub.clock(), q.strip()
    with hub.database.reading() as session:
        found, more = supply.orders_of(
            session, supplier=viewer.supplier, tab=None if search else tab, search=search, page=number, at=at
        )
        waiting = supply.orders_waiting(session, supplier=viewer.supplier)
        titles = supply.titles_of(session, sorted({line.sku for each in found for line in each.lines}))
        asked = vetted.asked_now(session, hub, viewer.supplier)
        agreement = vetted.agreement(session, hub, viewer.supplier)
    said = speaks(request)
    tabs = [
        {
            "url": f"{HOME}?tab={each.value}",
            "label": said(TABS[each]),
            "count": waiting.get(each, 0),
            "current": not search and each is tab,
        }
        for each in Tab
    ]
    chosen = {"q": search} if search else {"tab": tab.value}
    return page(
        request,
        "portal/orders.html",
        tabs=tabs,
        search=search,
        documents=vetted.worst(said, asked),
        agreement=agreement,
        orders=[_row(request, each, titles, at) for each in found],
        listing={
            "previous_url": _page_url(chosen, number - 1) if number > 1 else "",
            "next_url": _page_url(chosen, number + 1) if more and number < PAGE_MAX else "",
        },
    )


@router.get("/orders/{number}")
def one(request: Request, number: OwnOrderNumber, hub: HubDep, viewer: PortalDep) -> HTMLResponse:
    return order_page(request, hub, number)


@router.get("/orders/{number}/slip")
def packing_slip(request: Request, number: OwnOrderNumber, hub: HubDep, viewer: PortalDep) -> HTMLResponse:
    """To be printed and laid into the box: no prices, and nobody but the customer."""
    with hub.database.reading() as session:
        found = supply.own_order(session, number, supplier=viewer.supplier)
    return page(
        request,
        "portal/slip.html",
        number=number,
        placed_at=found.detail.placed_at,
        address=address_lines(found.detail.ship_to),
        lines=[_line(each) for each in found.lines if each.coming],
    )


def order_page(
    request: Request,
    hub: Hub,
    number: str,
    *,
    trouble: str = "",
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    """The order; with what was typed, where that was refused."""
    viewer, at = current(request), hub.clock()
    with hub.database.reading() as session:
        found = supply.own_order(session, number, supplier=viewer.supplier)
        titles = {each.sku: each.title for each in found.lines}
        returns = _returns(session, found)
    order, label = found.detail, ORDER_STATES[found.detail.state]
    to_send = [_line(each) for each in found.lines if each.to_send]
    said = speaks(request)
    return page(
        request,
        "portal/order.html",
        status_code=status,
        trouble=trouble,
        typed=typed or {},
        order=order,
        late=order.is_late(at),
        state={"label": said(label[0]), "tone": label[1]},
        address=address_lines(order.ship_to),
        lines=[_line(each) for each in found.lines],
        to_send=to_send if order.state in supply.TO_SEND else [],
        parcels=[_parcel(each, titles) for each in order.shipments],
        steps=[_step(request, each, titles) for each in found.steps],
        returns=returns,
        carriers=[each.code for each in supply.CARRIERS],
    )


def _returns(session: Session, found: supply.OwnOrder) -> list[str]:
    known = supply.returns.listed(session, supplier=found.detail.supplier, references=[found.detail.reference])
    return [each.returned.number for each in known if each.returned.supplier_order == found.detail.number]


def _row(
    request: Request, order: supply.SupplierOrderDetail, titles: Mapping[str, str], at: datetime
) -> dict[str, object]:
    label, tone = ORDER_STATES[order.state]
    return {
        "number": order.number,
        "placed_at": order.placed_at,
        "due_at": order.due_at if order.state in supply.TO_SEND else None,
        "late": order.is_late(at),
        "where": f"{order.ship_to.name}, {order.ship_to.city}",
        "goods": [(_name(line, titles), line.warehouse, line.quantity) for line in order.lines[:LINES_NAMED_MAX]],
        "more": max(len(order.lines) - LINES_NAMED_MAX, 0),
        "state": speaks(request)(label),
        "tone": tone,
    }


def _name(line: supply.PackLine, titles: Mapping[str, str]) -> str:
    """Which of a product's variants, too."""
    return " · ".join(filter(None, (titles.get(line.sku, line.sku), options_text(line.options))))


def _line(each: supply.PackedLine) -> dict[str, object]:
    return {
        "sku": each.sku,
        "title": each.title,
        "warehouse": each.warehouse,
        "options": options_text(each.options),
        "coming": each.coming,
        "short": each.short,
        "sent": each.sent,
        "to_send": each.to_send,
    }


def _parcel(each: supply.ShipmentView, titles: Mapping[str, str]) -> dict[str, object]:
    return {
        "carrier": each.carrier,
        "tracking": each.tracking_number,
        "shipped_at": each.shipped_at,
        "delivered_at": each.delivered_at,
        "goods": _named(each.lines, titles),
    }


def _step(request: Request, each: supply.OrderStep, titles: Mapping[str, str]) -> dict[str, object]:
    return {
        "what": speaks(request)(STEPS[each.what]),
        "at": each.at,
        "actor": each.actor,
        "goods": _named(each.lines, titles),
        "parcel": f"{each.carrier} {each.tracking_number}".strip(),
        "reason": each.reason,
    }


def _named(lines: Sequence[supply.HoldLine], titles: Mapping[str, str]) -> list[tuple[str, int]]:
    return [(titles.get(each.sku, each.sku), each.quantity) for each in lines]


def _page_url(chosen: Mapping[str, str], number: int) -> str:
    return f"{HOME}?{urlencode({**chosen, 'page': number})}"
