"""What happened to the goods, for the stores that wait for them. See `numbering` for why no event is ever missed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.supply.dropshipping.return_models import ReturnRow
from shared_core.supply.gateway import EVENTS_PER_PAGE_MAX
from shared_core.supply.models import Shipment, SupplierOrder, SupplyEventRow
from shared_core.supply.views import EventKind, EventPage, HoldLine, SupplyEvent


def record(
    session: Session,
    kind: EventKind,
    *,
    store: str,
    reference: str,
    order: SupplierOrder,
    at: datetime,
    shipment: Shipment | None = None,
    lines: Sequence[HoldLine] = (),
    returned: ReturnRow | None = None,
    actor: str = "",
) -> SupplyEvent:
    """Write one event of the supplier order, with its parcel or return if it has one, and the pieces it tells of."""
    row = SupplyEventRow(
        kind=kind,
        store=store,
        reference=reference,
        supplier_order=order.number,
        carrier=shipment.carrier if shipment else "",
        tracking_number=shipment.tracking_number if shipment else "",
        lines=[[line.sku, line.quantity] for line in lines],
        reason=order.reason if kind in (EventKind.CANCELLED, EventKind.SHORT) else returned.said if returned else "",
        return_number=returned.number if returned else "",
        held_back=returned is not None and returned.withdrawn,
        actor=actor,
        at=at,
    )
    session.add(row)
    order.seq = None
    session.flush()
    return _event(row)


def page(session: Session, *, store: str, after: int, limit: int) -> EventPage:
    """Numbered events of one store after the cursor."""
    query = (
        select(SupplyEventRow)
        .where(SupplyEventRow.store == store, SupplyEventRow.seq > after)
        .order_by(SupplyEventRow.seq)
        .limit(min(limit, EVENTS_PER_PAGE_MAX))
    )
    found = tuple(_event(row) for row in session.scalars(query))
    return EventPage(events=found, cursor=found[-1].id if found else after)


def _event(row: SupplyEventRow) -> SupplyEvent:
    return SupplyEvent(
        id=row.seq or 0,
        kind=EventKind(row.kind),
        reference=row.reference,
        supplier_order=row.supplier_order,
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        at=row.at,
        lines=tuple(HoldLine(sku, pieces) for sku, pieces in row.lines),
        reason=row.reason,
        return_number=row.return_number,
    )
