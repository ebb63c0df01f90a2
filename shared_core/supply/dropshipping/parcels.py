"""The parcels of a supplier order: one or several, on their way and arrived.

A supplier order is shipped once nothing is left to send, and delivered once all its parcels have arrived, or it is
settled that they never do; until then the store hears of each parcel by itself.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.supply import rules
from shared_core.supply.dropshipping import pieces
from shared_core.supply.dropshipping.carriers import parcel_mark
from shared_core.supply.dropshipping.opened import accepted, lines_of, locked, pieces_of, step, tell, write_pieces
from shared_core.supply.dropshipping.return_models import ReturnRow
from shared_core.supply.errors import ParcelReused, SentTooMuch, StepRefused, UnknownParcel, UnknownSku
from shared_core.supply.models import Shipment, StockHold, StockHoldLine, SupplierOrder
from shared_core.supply.return_kinds import ReturnReason, ReturnState
from shared_core.supply.views import EventKind, HoldLine, SupplyEvent


def ship(
    session: Session,
    *,
    number: str,
    carrier: str,
    tracking_number: str,
    at: datetime,
    lines: Sequence[HoldLine] | None = None,
    actor: str = "",
) -> SupplyEvent | None:
    """A parcel is on its way, with `lines` in it or with all that is left to send. Again with the same parcel: no-op.

    Raises UnknownSupplierOrder, BadTrackingNumber, BadQuantity, UnknownSku, SentTooMuch, ParcelReused, StepRefused.
    """
    order, hold = locked(session, number)
    carrier, tracking_number = parcel_mark(carrier, tracking_number)
    asked = None if lines is None else rules.merge_lines(lines)
    for known in shipments_of(session, order):
        if (known.carrier, known.tracking_number) == (carrier, tracking_number):
            if asked is not None and asked != [HoldLine(sku, quantity) for sku, quantity in known.lines]:
                raise ParcelReused(number=number, tracking_number=tracking_number)
            return None
    own = lines_of(session, order)
    sending = _sending(order, own, asked)
    if not sending:
        raise StepRefused(number=number, state=order.state, wanted="shipped")
    accepted(order, at=at, actor=actor)
    by_sku = {line.sku: line for line in own}
    for each in sending:
        write_pieces(by_sku[each.sku], pieces.send(pieces_of(by_sku[each.sku]), each.quantity))
    shipment = Shipment(
        supplier_order_id=order.id,
        carrier=carrier,
        tracking_number=tracking_number,
        lines=[[line.sku, line.quantity] for line in sending],
        shipped_at=at,
    )
    session.add(shipment)
    kind = EventKind.PART_SHIPPED if any(pieces_of(line).to_send for line in own) else EventKind.SHIPPED
    if kind == EventKind.SHIPPED:
        order.state, order.shipped_at = "shipped", at
    return tell(session, kind, order, hold, at=at, shipment=shipment, lines=sending, actor=actor)


def _sending(
    order: SupplierOrder, own: Sequence[StockHoldLine], asked: Sequence[HoldLine] | None
) -> Sequence[HoldLine]:
    left = {line.sku: pieces_of(line).to_send for line in own}
    if asked is None:
        return [HoldLine(sku, quantity) for sku, quantity in left.items() if quantity]
    for each in asked:
        if each.sku not in left:
            raise UnknownSku(sku=each.sku)
        if each.quantity > left[each.sku]:
            raise SentTooMuch(sku=each.sku, number=order.number, to_send=left[each.sku], wanted=each.quantity)
    return asked


def deliver(
    session: Session, *, number: str, at: datetime, tracking_number: str | None = None, actor: str = ""
) -> SupplyEvent | None:
    """The customer has the parcel, or all of them. Again: no-op.

    Raises UnknownSupplierOrder, UnknownParcel, StepRefused.
    """
    order, hold = locked(session, number)
    if order.delivered_at is not None:
        return None
    shipments = shipments_of(session, order)
    if tracking_number is None:
        if order.state != "shipped":
            raise StepRefused(number=order.number, state=order.state, wanted="delivered")
        arrived = [each for each in shipments if each.delivered_at is None]
    else:
        arrived = [each for each in shipments if each.tracking_number == tracking_number]
        if not arrived:
            raise UnknownParcel(number=number, tracking_number=tracking_number)
    news = None
    for shipment in arrived:
        if shipment.delivered_at is None:
            shipment.delivered_at = at
            news = _arrived(session, order, hold, shipments, shipment, at=at, actor=actor)
    return news


def _arrived(
    session: Session,
    order: SupplierOrder,
    hold: StockHold,
    shipments: Sequence[Shipment],
    shipment: Shipment,
    *,
    at: datetime,
    actor: str,
) -> SupplyEvent:
    lines = [HoldLine(sku, quantity) for sku, quantity in shipment.lines]
    if order.state == "shipped" and _all_arrived(session, order, shipments):
        order.state, order.delivered_at = "delivered", at
        return tell(session, EventKind.DELIVERED, order, hold, at=at, shipment=shipment, lines=lines, actor=actor)
    return tell(session, EventKind.PART_DELIVERED, order, hold, at=at, shipment=shipment, lines=lines, actor=actor)


def close_if_all_sent(
    session: Session, order: SupplierOrder, hold: StockHold, lines: Sequence[StockHoldLine], *, at: datetime
) -> None:
    """What was left to send was withdrawn or will never come: all that comes is on its way, or has arrived."""
    if order.state not in ("placed", "accepted") or not any(line.sent for line in lines):
        return
    if any(pieces_of(line).to_send for line in lines):
        return
    step(order, "shipped", after=("placed", "accepted"))
    order.shipped_at = at
    tell(session, EventKind.SHIPPED, order, hold, at=at)
    close_if_all_arrived(session, order, hold, at=at)


def close_if_all_arrived(session: Session, order: SupplierOrder, hold: StockHold, *, at: datetime) -> None:
    """Every box is there, or what was in it never arrived and that is settled."""
    if order.state == "shipped" and _all_arrived(session, order, shipments_of(session, order)):
        order.state, order.delivered_at = "delivered", at
        tell(session, EventKind.DELIVERED, order, hold, at=at)


def _all_arrived(session: Session, order: SupplierOrder, shipments: Sequence[Shipment]) -> bool:
    """Whether no piece is on its way any more."""
    boxes = [each for each in shipments if each.delivered_at is None]
    if not all(each.lines for each in boxes):  # older boxes do not say what is in them
        return False
    on_their_way = Counter[str]()
    for box in boxes:
        on_their_way.update(dict(box.lines))
    return on_their_way <= _lost(session, order)


def _lost(session: Session, order: SupplierOrder) -> Counter[str]:
    """Pieces that never arrived: their money went back, or new ones are there instead."""
    query = select(ReturnRow, Shipment.delivered_at).outerjoin(Shipment, Shipment.return_id == ReturnRow.id)
    settled = query.where(
        ReturnRow.supplier_order_id == order.id,
        ReturnRow.reason == ReturnReason.NEVER_ARRIVED,
        ReturnRow.state == ReturnState.SETTLED,
    )
    lost = Counter[str]()
    for row, made_good_at in session.execute(settled):
        if made_good_at is not None or not row.replaced:
            lost.update({sku: pieces - refused for sku, pieces, _, _, refused in row.lines})
    return lost


def shipments_of(session: Session, order: SupplierOrder) -> Sequence[Shipment]:
    """The order's parcels, the first to leave first; those with new pieces for a return are not among them."""
    own = select(Shipment).where(Shipment.supplier_order_id == order.id, Shipment.return_id.is_(None))
    return session.scalars(own.order_by(Shipment.id)).all()
