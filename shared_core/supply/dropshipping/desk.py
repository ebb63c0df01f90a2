"""What the people who run the supply see on their desk."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from shared_core.kernel.money import Money
from shared_core.supply.dropshipping.opened import pieces_of
from shared_core.supply.errors import UnknownSupplierOrder
from shared_core.supply.inventory.stock_models import Warehouse
from shared_core.supply.models import Shipment, StockHold, StockHoldLine, Supplier, SupplierOrder, SupplyEventRow
from shared_core.supply.rules import SupplierState
from shared_core.supply.views import Address, HoldLine

SUPPLIERORDERS_SHOWN_MAX = 200
SUPPLIERORDERS_PER_PAGE = 50
TO_SEND = ("placed", "accepted")
"""States in which something is still to be sent."""

Query = Select[SupplierOrder, str, StockHold]
ORDERS: Query = (
    select(SupplierOrder, Supplier.code, StockHold)
    .join(Supplier, Supplier.id == SupplierOrder.supplier_id)
    .join(StockHold, StockHold.id == SupplierOrder.hold_id)
)
WITH_PLACE: Select[StockHoldLine, str] = select(StockHoldLine, func.coalesce(Warehouse.code, "")).outerjoin(
    Warehouse, Warehouse.id == StockHoldLine.warehouse_id
)
"""Lines, each with the warehouse it comes from."""


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
    """What to put into the parcels; `options` as they were when it was bought. `sent` are on their way already.

    `warehouse`: where its pieces lie; empty where the supplier has not told.
    """

    sku: str
    options: tuple[tuple[str, str], ...]
    quantity: int
    sent: int = 0
    warehouse: str = ""


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

    def is_late(self, at: datetime) -> bool:
        """Whether something of it should have left by now and has not."""
        return self.due_at is not None and self.due_at <= at and self.state in TO_SEND


@dataclass(frozen=True, slots=True)
class SupplierOrderPage:
    """`before` leads to the older ones; None when there are none."""

    orders: tuple[SupplierOrderDetail, ...]
    before: int | None


@dataclass(frozen=True, slots=True)
class LineStanding:
    """Where the pieces of one line are: see `pieces`."""

    sku: str
    options: tuple[tuple[str, str], ...]
    ordered: int
    withdrawn: int
    short: int
    sent: int
    to_send: int
    warehouse: str = ""


@dataclass(frozen=True, slots=True)
class SupplierOrderEvent:
    """What the store was told: `kind` as in the events feed."""

    kind: str
    carrier: str
    tracking_number: str
    lines: tuple[HoldLine, ...]
    reason: str
    at: datetime
    actor: str = ""
    """Who of the supply side did it; empty where that was not told."""


@dataclass(frozen=True, slots=True)
class SupplierOrderStory:
    """One supplier order with all that is known of it. `cost` is the supplier's, `supply` and `freight` the store's."""

    order: SupplierOrderDetail
    lines: tuple[LineStanding, ...]
    events: tuple[SupplierOrderEvent, ...]
    accepted_at: datetime | None
    accepted_by: str
    reason: str
    cost: Money
    supply: Money
    freight: Money


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
    limit: int = SUPPLIERORDERS_SHOWN_MAX,
) -> list[SupplierOrderDetail]:
    """Supplier orders, the newest first: those of these holds, in these states. Three queries."""
    query = ORDERS.order_by(SupplierOrder.id.desc()).limit(min(limit, SUPPLIERORDERS_SHOWN_MAX))
    if references is not None:
        query = query.where(StockHold.reference.in_(references))
    if states is not None:
        query = query.where(SupplierOrder.state.in_(states))
    return details(session, query)


def supplier_order_page(
    session: Session,
    *,
    states: Collection[str] | None = None,
    supplier: str = "",
    store: str = "",
    late_at: datetime | None = None,
    search: str = "",
    before: int | None = None,
    limit: int = SUPPLIERORDERS_PER_PAGE,
) -> SupplierOrderPage:
    """Supplier orders of everybody, the newest first, by what is given. `late_at`: those that should have left by then
    and have something to send; `search`: a part of an order's number or of the store's. Four queries.
    """
    query = _matching(ORDERS, states=states, supplier=supplier, store=store, late_at=late_at)
    if search:
        of_store = StockHold.reference.contains(search, autoescape=True)
        query = query.where(or_(of_store, SupplierOrder.number.contains(search, autoescape=True)))
    if before is not None:
        query = query.where(SupplierOrder.id < before)
    ids = session.scalars(
        query.with_only_columns(SupplierOrder.id).order_by(SupplierOrder.id.desc()).limit(limit + 1)
    ).all()
    shown = ids[:limit]
    found = details(session, ORDERS.where(SupplierOrder.id.in_(shown)).order_by(SupplierOrder.id.desc()))
    return SupplierOrderPage(tuple(found), shown[-1] if len(ids) > limit else None)


def count_supplier_orders(
    session: Session,
    *,
    states: Collection[str] | None = None,
    supplier: str = "",
    store: str = "",
    late_at: datetime | None = None,
) -> int:
    """How many there are of what `supplier_order_page` shows."""
    query = _matching(ORDERS, states=states, supplier=supplier, store=store, late_at=late_at)
    return session.scalar(query.with_only_columns(func.count())) or 0


def supplier_order_story(session: Session, number: str) -> SupplierOrderStory:
    """Raises UnknownSupplierOrder."""
    row = session.execute(ORDERS.where(SupplierOrder.number == number)).one_or_none()
    if row is None:
        raise UnknownSupplierOrder(number=number)
    order, _, hold = row
    [detail] = details(session, ORDERS.where(SupplierOrder.id == order.id))
    lines = WITH_PLACE.where(StockHoldLine.supplier_order_id == order.id).order_by(StockHoldLine.sku)
    told = select(SupplyEventRow).where(
        SupplyEventRow.supplier_order == number, SupplyEventRow.reference == hold.reference
    )
    return SupplierOrderStory(
        order=detail,
        lines=tuple(_standing(line, place) for line, place in session.execute(lines)),
        events=tuple(_event(each) for each in session.scalars(told.order_by(SupplyEventRow.id))),
        accepted_at=order.accepted_at,
        accepted_by=order.accepted_by,
        reason=order.reason,
        cost=Money(order.cost_minor, hold.currency),
        supply=Money(order.supply_minor, hold.currency),
        freight=Money(order.freight_minor, hold.currency),
    )


def late_orders(session: Session, *, at: datetime, limit: int = SUPPLIERORDERS_SHOWN_MAX) -> list[SupplierOrderDetail]:
    """Supplier orders that should have left before `at` and of which something is still to be sent; the latest due
    last. Three queries.
    """
    late = ORDERS.where(SupplierOrder.state.in_(TO_SEND), SupplierOrder.due_at <= at)
    return details(
        session, late.order_by(SupplierOrder.due_at, SupplierOrder.id).limit(min(limit, SUPPLIERORDERS_SHOWN_MAX))
    )


def _matching(
    query: Query, *, states: Collection[str] | None, supplier: str, store: str, late_at: datetime | None
) -> Query:
    if states is not None:
        query = query.where(SupplierOrder.state.in_(states))
    if supplier:
        query = query.where(Supplier.code == supplier)
    if store:
        query = query.where(StockHold.store == store)
    if late_at is not None:
        query = query.where(SupplierOrder.state.in_(TO_SEND), SupplierOrder.due_at <= late_at)
    return query


def _standing(line: StockHoldLine, warehouse: str) -> LineStanding:
    now = pieces_of(line)
    options = tuple((name, value) for name, value in line.options)
    return LineStanding(line.sku, options, now.ordered, now.withdrawn, now.short, now.sent, now.to_send, warehouse)


def _event(row: SupplyEventRow) -> SupplierOrderEvent:
    lines = tuple(HoldLine(sku, quantity) for sku, quantity in row.lines)
    return SupplierOrderEvent(row.kind, row.carrier, row.tracking_number, lines, row.reason, row.at, row.actor)


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
    query = WITH_PLACE.where(StockHoldLine.supplier_order_id.in_(list(order_ids)))
    lines: dict[int, list[PackLine]] = {}
    for row, warehouse in session.execute(query.order_by(StockHoldLine.sku)):
        left = pieces_of(row).coming
        if row.supplier_order_id is not None and left:
            options = tuple((name, value) for name, value in row.options)
            line = PackLine(row.sku, options, left, min(row.sent, left), warehouse)
            lines.setdefault(row.supplier_order_id, []).append(line)
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
