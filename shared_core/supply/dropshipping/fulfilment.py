"""A supplier's work: accept, ship, deliver, or say that it can not."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.kernel.errors import Invalid, Phrase
from shared_core.kernel.i18n import N_
from shared_core.supply import rules
from shared_core.supply.dropshipping import events, pieces
from shared_core.supply.dropshipping.lines import lines_of, pieces_of, write_pieces
from shared_core.supply.errors import ShortTooMuch, StepRefused, UnknownSku, UnknownSupplierOrder
from shared_core.supply.gateway import EventKind, HoldLine, SupplyEvent
from shared_core.supply.inventory import holds
from shared_core.supply.models import TEXT_LENGTH_MAX, Shipment, StockHold, StockHoldLine, SupplierOrder


def accept(session: Session, *, number: str, at: datetime) -> None:
    """The supplier will ship. Again: no-op. Raises UnknownSupplierOrder, StepRefused."""
    order, _ = _locked(session, number)
    if order.accepted_at is not None:
        return
    _step(order, "accepted", after=("placed",))
    order.accepted_at = at


def ship(session: Session, *, number: str, carrier: str, tracking_number: str, at: datetime) -> SupplyEvent | None:
    """The parcel is on its way. Again with the same parcel: no-op. Raises UnknownSupplierOrder, StepRefused."""
    order, hold = _locked(session, number)
    known = _shipment(session, order)
    if known is not None and (known.carrier, known.tracking_number) == (carrier, tracking_number):
        return None
    _step(order, "shipped", after=("placed", "accepted"))
    order.shipped_at = at
    for line in lines_of(session, order):
        write_pieces(line, pieces.send(pieces_of(line), pieces_of(line).to_send))
    shipment = Shipment(supplier_order_id=order.id, carrier=carrier, tracking_number=tracking_number, shipped_at=at)
    session.add(shipment)
    return _tell(session, EventKind.SHIPPED, order, hold, shipment, at)


def deliver(session: Session, *, number: str, at: datetime) -> SupplyEvent | None:
    """The customer has the parcel. Again: no-op. Raises UnknownSupplierOrder, StepRefused."""
    order, hold = _locked(session, number)
    if order.delivered_at is not None:
        return None
    _step(order, "delivered", after=("shipped",))
    shipment = _shipment(session, order)
    assert shipment is not None, f"{number} was shipped without a parcel"
    order.delivered_at = shipment.delivered_at = at
    return _tell(session, EventKind.DELIVERED, order, hold, shipment, at)


def cancel(session: Session, *, number: str, at: datetime, reason: str = "") -> None:
    """The supplier cannot ship, or will not. Again: no-op. Raises UnknownSupplierOrder, StepRefused, Invalid.

    The store hears of it, refunds its customer and withdraws the goods; only then the money is given back.
    """
    order, hold = _locked(session, number)
    if order.cancelled_at is not None:
        return
    _step(order, "cancelled", after=("placed", "accepted"))
    for line in lines_of(session, order):
        write_pieces(line, pieces.report_short(pieces_of(line), pieces_of(line).to_send))
    order.cancelled_at, order.reason = at, _reason(reason)
    _tell(session, EventKind.CANCELLED, order, hold, None, at)


def short_ship(
    session: Session, *, number: str, missing: Sequence[HoldLine], at: datetime, reason: str = ""
) -> SupplyEvent | None:
    """`missing` are all pieces of these SKUs that never come, those reported before counted in; the rest is shipped.

    So the same again is a no-op. Pieces of which nothing is left to send cancel the supplier order. The store hears
    of it, refunds its customer and withdraws the pieces; only then the money is given back. They are not on sale
    again: what the supplier still has, its next feed says.
    Raises UnknownSupplierOrder, UnknownSku, BadQuantity, ShortTooMuch, StepRefused, Invalid.
    """
    order, hold = _locked(session, number)
    lines = {line.sku: line for line in lines_of(session, order)}
    more = [line for line in _more_missing(order, lines, missing) if line.quantity]
    if not more:
        return None
    _step(order, "accepted", after=("placed", "accepted"))
    order.accepted_at, order.reason = order.accepted_at or at, _reason(reason)
    for each in more:
        write_pieces(lines[each.sku], pieces.report_short(pieces_of(lines[each.sku]), each.quantity))
    if not any(pieces_of(line).coming for line in lines.values()):
        order.state, order.cancelled_at = "cancelled", at
        return _tell(session, EventKind.CANCELLED, order, hold, None, at)
    return _tell(session, EventKind.SHORT, order, hold, None, at, lines=more)


def _more_missing(order: SupplierOrder, lines: dict[str, StockHoldLine], missing: Sequence[HoldLine]) -> list[HoldLine]:
    """What is missing beyond what was reported before."""
    more = []
    for each in rules.merge_lines(missing):
        if each.sku not in lines:
            raise UnknownSku(sku=each.sku)
        now = pieces_of(lines[each.sku])
        if not 0 <= each.quantity - now.short <= now.to_send:
            raise ShortTooMuch(
                sku=each.sku, number=order.number, reported=now.short, to_send=now.to_send, wanted=each.quantity
            )
        more.append(HoldLine(each.sku, each.quantity - now.short))
    return more


def _reason(said: str) -> str:
    if len(said.strip()) > TEXT_LENGTH_MAX:
        raise Invalid(field="reason", reason=Phrase(N_("write at most {most} characters"), most=TEXT_LENGTH_MAX))
    return said.strip()


def _locked(session: Session, number: str) -> tuple[SupplierOrder, StockHold]:
    """The supplier order as it is now; its hold is locked first, as whoever withdraws does."""
    query = select(StockHold.reference).join(SupplierOrder, SupplierOrder.hold_id == StockHold.id)
    reference = session.scalar(query.where(SupplierOrder.number == number))
    hold = None if reference is None else holds.locked_hold(session, reference)
    if hold is None:
        raise UnknownSupplierOrder(number=number)
    own = select(SupplierOrder).where(SupplierOrder.number == number).with_for_update()
    return session.scalars(own.execution_options(populate_existing=True)).one(), hold


def _step(order: SupplierOrder, wanted: str, *, after: tuple[str, ...]) -> None:
    if order.state not in after:
        raise StepRefused(number=order.number, state=order.state, wanted=wanted)
    order.state = wanted


def _shipment(session: Session, order: SupplierOrder) -> Shipment | None:
    return session.scalars(select(Shipment).where(Shipment.supplier_order_id == order.id)).one_or_none()


def _tell(
    session: Session,
    kind: EventKind,
    order: SupplierOrder,
    hold: StockHold,
    shipment: Shipment | None,
    at: datetime,
    *,
    lines: Sequence[HoldLine] = (),
) -> SupplyEvent:
    return events.record(
        session,
        kind,
        store=hold.store,
        reference=hold.reference,
        order=order,
        shipment=shipment,
        lines=lines,
        at=at,
    )
