"""What the people who run the supply see on their desk."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shared_core.kernel.money import Money
from shared_core.supply.dropshipping.opened import pieces_of
from shared_core.supply.gateway import Address, HoldLine
from shared_core.supply.models import Shipment, StockHold, StockHoldLine, Supplier, SupplierOrder
from shared_core.supply.rules import SupplierState

SUPPLIER_ORDERS_SHOWN_MAX = 200
TO_SEND = ("placed", "accepted")
"""States in which something is still to be sent."""

Query = Select[SupplierOrder, str, StockHold]
ORDERS: Query = (
    select(SupplierOrder, Supplier.code, StockHold)
    .join(Supplier, Supplier.id == SupplierOrder.supplier_id)
    .join(StockHold, StockHold.id == SupplierOrder.hold_id)
)


@dataclass(frozen=True, slots=True)
class SupplierView:
    code: str
    name: str
    freight: Money
    state: SupplierState


@dataclass(frozen=True, slots=True)
class ShipmentView:
    """One parcel; without `lines` it has all of the supplier order in it."""

    carrier: str
    tracking_number: str
    lines: tuple[HoldLine, ...]
    shipped_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class PackLine:
    """What to put into the parcels; `options` as they were when it was bought. `sent` are on their way already."""

    sku: str
    options: tuple[tuple[str, str], ...]
    quantity: int
    sent: int = 0


@dataclass(frozen=True, slots=True)
class SupplierOrderDetail:
    """`lines` are what is to be shipped: what was withdrawn or is short is taken off."""

    number: str
    supplier: str
    state: str
    reference: str
    store: str
    lines: tuple[PackLine, ...]
    ship_to: Address
    placed_at: datetime
    due_at: datetime | None
    shipments: tuple[ShipmentView, ...]


def suppliers(session: Session) -> list[SupplierView]:
    """All suppliers by code."""
    rows = session.scalars(select(Supplier).order_by(Supplier.code))
    return [
        SupplierView(row.code, row.name, Money(row.freight_minor, row.currency), SupplierState(row.state))
        for row in rows
    ]


def supplier_orders(
    session: Session,
    *,
    references: Collection[str] | None = None,
    states: Collection[str] | None = None,
    limit: int = SUPPLIER_ORDERS_SHOWN_MAX,
) -> list[SupplierOrderDetail]:
    """Supplier orders, the newest first: those of these holds, in these states. Three queries."""
    query = ORDERS.order_by(SupplierOrder.id.desc()).limit(min(limit, SUPPLIER_ORDERS_SHOWN_MAX))
    if references is not None:
        query = query.where(StockHold.reference.in_(references))
    if states is not None:
        query = query.where(SupplierOrder.state.in_(states))
    return details(session, query)


def late_orders(session: Session, *, at: datetime, limit: int = SUPPLIER_ORDERS_SHOWN_MAX) -> list[SupplierOrderDetail]:
    """Supplier orders that should have left before `at` and of which something is still to be sent; the latest due
    last. Three queries.
    """
    late = ORDERS.where(SupplierOrder.state.in_(TO_SEND), SupplierOrder.due_at <= at)
    return details(
        session, late.order_by(SupplierOrder.due_at, SupplierOrder.id).limit(min(limit, SUPPLIER_ORDERS_SHOWN_MAX))
    )


def details(session: Session, query: Query) -> list[SupplierOrderDetail]:
    """Those of a query on `ORDERS`. Three queries."""
    rows = session.execute(query).all()
    ids = [order.id for order, *_ in rows]
    lines, parcels = _lines(session, ids), _parcels(session, ids)
    return [
        SupplierOrderDetail(
            number=order.number,
            supplier=supplier,
            state=order.state,
            reference=hold.reference,
            store=hold.store,
            lines=tuple(lines.get(order.id, ())),
            ship_to=Address.from_json(hold.ship_to or {}),
            placed_at=order.placed_at,
            due_at=order.due_at,
            shipments=tuple(parcels.get(order.id, ())),
        )
        for order, supplier, hold in rows
    ]


def _lines(session: Session, order_ids: Iterable[int]) -> dict[int, list[PackLine]]:
    query = select(StockHoldLine).where(StockHoldLine.supplier_order_id.in_(list(order_ids)))
    lines: dict[int, list[PackLine]] = {}
    for row in session.scalars(query.order_by(StockHoldLine.sku)):
        left = pieces_of(row).coming
        if row.supplier_order_id is not None and left:
            options = tuple((name, value) for name, value in row.options)
            lines.setdefault(row.supplier_order_id, []).append(PackLine(row.sku, options, left, min(row.sent, left)))
    return lines


def _parcels(session: Session, order_ids: Iterable[int]) -> dict[int, list[ShipmentView]]:
    own = (Shipment.supplier_order_id.in_(list(order_ids)), Shipment.return_id.is_(None))
    query = select(Shipment).where(*own).order_by(Shipment.id)
    parcels: dict[int, list[ShipmentView]] = {}
    for row in session.scalars(query):
        view = ShipmentView(
            row.carrier,
            row.tracking_number,
            tuple(HoldLine(sku, quantity) for sku, quantity in row.lines),
            row.shipped_at,
            row.delivered_at,
        )
        parcels.setdefault(row.supplier_order_id, []).append(view)
    return parcels
