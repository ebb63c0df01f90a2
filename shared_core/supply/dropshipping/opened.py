"""A supplier order as one works on it: locked, with its lines and where their pieces are."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.supply.dropshipping import events
from shared_core.supply.dropshipping.pieces import Pieces
from shared_core.supply.errors import StepRefused, UnknownSupplierOrder
from shared_core.supply.inventory import holds
from shared_core.supply.models import Shipment, StockHold, StockHoldLine, SupplierOrder
from shared_core.supply.views import EventKind, HoldLine, SupplyEvent


def locked(session: Session, number: str) -> tuple[SupplierOrder, StockHold]:
    """The supplier order as it is now; its hold is locked first, as whoever withdraws does.

    Raises UnknownSupplierOrder.
    """
    query = select(StockHold.reference).join(SupplierOrder, SupplierOrder.hold_id == StockHold.id)
    reference = session.scalar(query.where(SupplierOrder.number == number))
    hold = None if reference is None else holds.locked_hold(session, reference)
    if hold is None:
        raise UnknownSupplierOrder(number=number)
    own = select(SupplierOrder).where(SupplierOrder.number == number).with_for_update()
    return session.scalars(own.execution_options(populate_existing=True)).one(), hold


def step(order: SupplierOrder, wanted: str, *, after: tuple[str, ...]) -> None:
    """Raises StepRefused."""
    if order.state not in after:
        raise StepRefused(number=order.number, state=order.state, wanted=wanted)
    order.state, order.seq = wanted, None


def accepted(order: SupplierOrder, *, at: datetime, actor: str = "") -> None:
    """Whoever sends a part, or says which part never comes, will send the rest. Raises StepRefused."""
    step(order, "accepted", after=("placed", "accepted"))
    if order.accepted_at is None:
        order.accepted_at, order.accepted_by = at, actor


def lines_of(session: Session, order: SupplierOrder) -> Sequence[StockHoldLine]:
    """The order's lines by SKU, as they are now."""
    query = select(StockHoldLine).where(StockHoldLine.supplier_order_id == order.id).order_by(StockHoldLine.sku)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def pieces_of(line: StockHoldLine) -> Pieces:
    return Pieces(
        ordered=line.quantity,
        withdrawn=line.withdrawn,
        restocked=line.restocked,
        short=line.short,
        short_open=line.short_open,
        sent=line.sent,
        coming_back=line.coming_back,
        returned=line.returned,
        kept=line.kept,
        replaced=line.replaced,
        exchanged=line.exchanged,
    )


def write_pieces(line: StockHoldLine, pieces: Pieces) -> None:
    line.withdrawn, line.restocked, line.sent = pieces.withdrawn, pieces.restocked, pieces.sent
    line.short, line.short_open = pieces.short, pieces.short_open
    line.coming_back, line.returned, line.kept = pieces.coming_back, pieces.returned, pieces.kept
    line.replaced, line.exchanged = pieces.replaced, pieces.exchanged


def tell(
    session: Session,
    kind: EventKind,
    order: SupplierOrder,
    hold: StockHold,
    *,
    at: datetime,
    shipment: Shipment | None = None,
    lines: Sequence[HoldLine] = (),
    actor: str = "",
) -> SupplyEvent:
    """The store hears of it."""
    return events.record(
        session,
        kind,
        store=hold.store,
        reference=hold.reference,
        order=order,
        shipment=shipment,
        lines=lines,
        actor=actor,
        at=at,
    )
