"""Supplier orders of every storefront and supplier: found, read, and moved on for a supplier who asks for it."""

from collections.abc import Callable, Sequence
from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import AfterValidator
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.hub.console import words
from shared_core.hub.console.acting import address, attempt, listing_of
from shared_core.hub.console.typed import pieces, reason
from shared_core.hub.errors import NothingTyped
from shared_core.hub.hub import Hub
from shared_core.hub.steps import STEPS
from shared_core.hub.viewer import HubDep, OrdersDep, ReaderDep, current, page, speaks
from shared_core.kernel.i18n import N_
from shared_core.web.going import as_step, go, step_name

HOME = "/console/orders"
ID_MAX = 2**62
Show = Literal["all", "open", "late", "placed", "accepted", "shipped", "delivered", "cancelled"]
SHOWN: dict[str, str] = {
    "all": N_("All"),
    "open": N_("To be sent"),
    "late": N_("Late"),
    **{state: said.label for state, said in words.ORDER.items()},
}

router = APIRouter()
Number = Annotated[str, Path(max_length=360), AfterValidator(step_name)]
Text = Annotated[str, Form(max_length=200)]
Typed = Annotated[list[str], Form(max_length=500)]
Filter = Annotated[str, Query(max_length=64)]

_log = structlog.get_logger()


@router.get("/orders")
def listing(
    request: Request,
    hub: HubDep,
    viewer: ReaderDep,
    show: Show = "open",
    supplier: Filter = "",
    store: Filter = "",
    q: Annotated[str, Query(max_length=100)] = "",
    before: Annotated[int | None, Query(ge=1, le=ID_MAX)] = None,
) -> HTMLResponse:
    said, at = speaks(request), hub.clock()
    states = {"all": None, "late": None, "open": supply.TO_SEND}.get(show, (show,))
    with hub.database.reading() as session:
        found = supply.supplier_order_page(
            session,
            states=states,
            supplier=supplier,
            store=store,
            late_at=at if show == "late" else None,
            search=q.strip(),
            before=before,
        )
    chosen = {"show": show, "supplier": supplier, "store": store, "q": q}
    return page(
        request,
        "console/orders.html",
        query=q,
        chosen=chosen,
        shows=[
            {
                "url": address(HOME, {name: value for name, value in (chosen | {"show": each}).items() if value}),
                "label": said(label),
                "current": each == show,
            }
            for each, label in SHOWN.items()
        ],
        orders=[
            {
                "number": each.number,
                "supplier": each.supplier,
                "store": each.store,
                "placed_at": each.placed_at,
                "due_at": each.due_at,
                "late": each.is_late(at),
                "pieces": sum(line.quantity for line in each.lines),
                "state": said(words.ORDER[each.state].label),
                "tone": words.ORDER[each.state].tone,
            }
            for each in found.orders
        ],
        listing=listing_of(HOME, chosen, first=before is None, before=found.before),
    )


@router.get("/orders/{number}")
def one(request: Request, number: Number, hub: HubDep, viewer: ReaderDep) -> HTMLResponse:
    return _one(request, hub, number)


@router.post("/orders/{number}/accept")
def accept(request: Request, number: Number, hub: HubDep, viewer: OrdersDep) -> Response:
    return _move(
        request,
        hub,
        number,
        "accept",
        lambda session: supply.accept(session, number=number, at=hub.clock(), actor=viewer.actor),
    )


@router.post("/orders/{number}/cancel")
def cancel(request: Request, number: Number, hub: HubDep, viewer: OrdersDep, why: Text = "") -> Response:
    """Nothing of it, or nothing more, will come: the storefront refunds its customer."""

    def work(session: Session) -> None:
        supply.cancel(session, number=number, reason=reason(why), at=hub.clock(), actor=viewer.actor)

    return _move(request, hub, number, "cancel", work)


@router.post("/orders/{number}/short")
def short(
    request: Request,
    number: Number,
    hub: HubDep,
    viewer: OrdersDep,
    sku: Typed,
    count: Typed,
    before: Typed,
    why: Text = "",
) -> Response:
    """Some pieces will never come. `before`: how many were missing when the form was made, so that the same form again
    changes nothing.
    """

    def work(session: Session) -> None:
        known = {each.sku: each.quantity for each in pieces(sku, before)}
        more = pieces(sku, count)
        if not more:
            raise NothingTyped
        missing = [supply.HoldLine(each.sku, each.quantity + known.get(each.sku, 0)) for each in more]
        supply.short_ship(
            session, number=number, missing=missing, reason=reason(why), at=hub.clock(), actor=viewer.actor
        )

    return _move(request, hub, number, "short", work)


@router.post("/orders/{number}/ship")
def ship(
    request: Request,
    number: Number,
    hub: HubDep,
    viewer: OrdersDep,
    sku: Typed,
    count: Typed,
    carrier: Text = "",
    tracking_number: Text = "",
) -> Response:
    """A box with these pieces in it. The same box again changes nothing."""

    def work(session: Session) -> None:
        inside = pieces(sku, count)
        if not inside:
            raise NothingTyped
        supply.ship(
            session,
            number=number,
            carrier=carrier,
            tracking_number=tracking_number,
            lines=inside,
            at=hub.clock(),
            actor=viewer.actor,
        )

    return _move(request, hub, number, "ship", work)


@router.post("/orders/{number}/deliver")
def deliver(request: Request, number: Number, hub: HubDep, viewer: OrdersDep, tracking_number: Text = "") -> Response:
    """A box has arrived, or all of them."""

    def work(session: Session) -> None:
        supply.deliver(
            session, number=number, tracking_number=tracking_number or None, at=hub.clock(), actor=viewer.actor
        )

    return _move(request, hub, number, "deliver", work)


@router.post("/orders/{number}/move")
def give_to(
    request: Request,
    number: Number,
    hub: HubDep,
    viewer: OrdersDep,
    to: Annotated[str, Form(max_length=64)] = "",
    why: Text = "",
    restock: Annotated[bool, Form()] = False,
) -> Response:
    """Another supplier sends it; its former one has not accepted it."""

    def work(session: Session) -> None:
        supply.move_order(
            session, number, to=to, reason=reason(why), restock=restock, actor=viewer.actor, at=hub.clock()
        )

    return _move(request, hub, number, "move", work)


def _move(request: Request, hub: Hub, number: str, step: str, work: Callable[[Session], object]) -> Response:
    """Do one step for a supplier; who asked for it is in the log."""
    trouble = attempt(request, hub, work)
    if trouble:
        return _one(request, hub, number, trouble=trouble, status=409)
    _log.info("supplier order moved on", number=number, step=step, by=current(request).actor)
    return go(f"{HOME}/{as_step(number)}", done="saved")


def _one(request: Request, hub: Hub, number: str, *, trouble: str = "", status: int = 200) -> HTMLResponse:
    """Raises UnknownSupplierOrder."""
    said = speaks(request)
    with hub.database.reading() as session:
        story = supply.supplier_order_story(session, number)
        moves = supply.moves_of(session, number)
        others = supply.may_take(session, number)
    order = story.order
    return page(
        request,
        "console/order.html",
        status_code=status,
        trouble=trouble,
        order=order,
        story=story,
        state=said(words.ORDER[order.state].label),
        tone=words.ORDER[order.state].tone,
        late=order.is_late(hub.clock()),
        open=order.state in supply.TO_SEND,
        waits=[each for each in order.shipments if each.delivered_at is None],
        to_send=[each for each in story.lines if each.to_send],
        carriers=[each.code for each in supply.CARRIERS],
        others=others,
        history=[
            {"at": order.placed_at, "text": said(STEPS["placed"]), "more": "", "by": ""},
            *(_moved(said(STEPS["moved"]), each) for each in moves),
            *(
                [{"at": story.accepted_at, "text": said(STEPS["accepted"]), "more": "", "by": story.accepted_by}]
                if story.accepted_at
                else []
            ),
            *(
                {
                    "at": each.at,
                    "text": said(STEPS[each.kind]),
                    "by": each.actor,
                    "more": _more(each.carrier, each.tracking_number, each.lines, each.reason),
                }
                for each in story.events
            ),
        ],
    )


def _moved(text: str, move: supply.MoveView) -> dict[str, object]:
    more = f"{move.before} → {move.after} · {move.reason}"
    return {"at": move.at, "text": text, "more": more, "by": move.actor}


def _more(carrier: str, tracking_number: str, lines: Sequence[supply.HoldLine], why: str) -> str:
    inside = ", ".join(f"{each.quantity} × {each.sku}" for each in lines)
    return " · ".join(each for each in (f"{carrier} {tracking_number}".strip(), inside, why) if each)
