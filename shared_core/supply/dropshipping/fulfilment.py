"""A supplier's work: accept, ship, deliver, or say that it can not."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.supply.dropshipping import events
from shared_core.supply.errors import StepRefused, UnknownSupplierOrder
from shared_core.supply.gateway import EventKind, SupplyEvent
from shared_core.supply.models import Shipment, StockHold, SupplierOrder


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


def cancel(session: Session, *, number: str, at: datetime) -> None:
    """The supplier cannot ship. Again: no-op. Raises UnknownSupplierOrder, StepRefused.

    The store hears of it, refunds its customer and withdraws the goods; only then the money is given back.
    """
    order, hold = _locked(session, number)
    if order.cancelled_at is not None:
        return
    _step(order, "cancelled", after=("placed", "accepted"))
    order.cancelled_at = at
    _tell(session, EventKind.CANCELLED, order, hold, None, at)


def _locked(session: Session, number: str) -> tuple[SupplierOrder, StockHold]:
    query = select(SupplierOrder).where(SupplierOrder.number == number).with_for_update()
    order = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if order is None:
        raise UnknownSupplierOrder(number=number)
    return order, session.get_one(StockHold, order.hold_id)


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
) -> SupplyEvent:
    return events.record(
        session, kind, store=hold.store, reference=hold.reference, order=order, shipment=shipment, at=at
    )
