"""A supplier's orders: those that changed, one of them, and what the supplier says of it."""

from typing import Annotated, Literal

from fastapi import Query
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.hub.api import CURSOR_MAX
from shared_core.hub.console.typed import reason
from shared_core.hub.supplier_api import sent, shown
from shared_core.hub.supplier_api.calls import Anybody, Call, OwnOrder, Reader, Write, Writer, section

PER_PAGE_MAX = 100

State = Literal["placed", "accepted", "shipped", "delivered", "cancelled"]

router = section("orders")


@router.get("/me")
def me(call: Anybody) -> shown.Me:
    """Whose key it is, and what it may do."""
    with call.hub.database.reading() as session:
        state = supply.supplier_state(session, supplier=call.supplier)
    return shown.Me(supplier=call.supplier, state=state, key=call.caller.key, scopes=sorted(call.caller.scopes))


@router.get("/orders")
def orders(
    call: Reader,
    after: Annotated[int, Query(ge=0, le=CURSOR_MAX)] = 0,
    state: Annotated[list[State] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=PER_PAGE_MAX)] = PER_PAGE_MAX,
) -> shown.Orders:
    """Orders that changed since the cursor `after` (0: all), each as it is now; again with `cursor` while `more`."""
    supply.number_changed_orders(call.hub.database)
    with call.hub.database.reading() as session:
        found, cursor, more = supply.orders_changed(
            session, supplier=call.supplier, after=after, states=state, limit=limit
        )
    return shown.Orders(orders=[shown.order(each, call.at) for each in found], cursor=cursor, more=more)


@router.get("/orders/{number}")
def order(number: OwnOrder, call: Reader) -> shown.Order:
    """The order as it is now."""
    with call.hub.database.reading() as session:
        return _seen(session, number, call)


@router.post("/orders/{number}/accept")
def accept(number: OwnOrder, write: Writer, asked: sent.Nothing) -> shown.Order:
    """It will be sent."""

    def work(session: Session) -> shown.Order:
        supply.accept(session, number=number, at=write.at, actor=write.actor)
        return _seen(session, number, write.call)

    return write.once(asked, shown.Order, work)


@router.post("/orders/{number}/reject")
def reject(number: OwnOrder, write: Writer, asked: sent.Reason) -> shown.Order:
    """None of it comes, or nothing more; the customer is refunded."""

    def work(session: Session) -> shown.Order:
        supply.cancel(session, number=number, at=write.at, reason=reason(asked.reason), actor=write.actor)
        return _seen(session, number, write.call)

    return write.once(asked, shown.Order, work)


@router.post("/orders/{number}/short")
def short(number: OwnOrder, write: Writer, asked: sent.Short) -> shown.Order:
    """Some pieces never come; the rest does."""

    def work(session: Session) -> shown.Order:
        missing = supply.wire.lines_of(asked.lines)
        said = reason(asked.reason)
        supply.short_ship(session, number=number, missing=missing, at=write.at, reason=said, actor=write.actor)
        return _seen(session, number, write.call)

    return write.once(asked, shown.Order, work)


@router.post("/orders/{number}/shipments")
def ship(number: OwnOrder, write: Writer, asked: sent.Boxes) -> shown.Order:
    """Boxes are on their way: all of them are taken, or none."""

    def work(session: Session) -> shown.Order:
        for box in asked.boxes:
            _ship(session, number, box, write)
        return _seen(session, number, write.call)

    return write.once(asked, shown.Order, work)


@router.post("/orders/{number}/delivered")
def delivered(number: OwnOrder, write: Writer, asked: sent.Arrived) -> shown.Order:
    """The customer has a box, or all of it."""

    def work(session: Session) -> shown.Order:
        supply.deliver(session, number=number, tracking_number=asked.tracking_number, at=write.at, actor=write.actor)
        return _seen(session, number, write.call)

    return write.once(asked, shown.Order, work)


def _ship(session: Session, number: str, box: sent.Box, write: Write) -> None:
    supply.ship(
        session,
        number=number,
        carrier=box.carrier,
        tracking_number=box.tracking_number,
        lines=None if box.lines is None else supply.wire.lines_of(box.lines),
        at=write.at,
        actor=write.actor,
    )


def _seen(session: Session, number: str, call: Call) -> shown.Order:
    session.flush()
    return shown.order(supply.own_order(session, number, supplier=call.supplier).detail, call.at)
