"""What one supplier sees of its own orders and goods: never another's, never what anything costs the stores."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from shared_core.supply.catalogue.products import supplier_row
from shared_core.supply.dropshipping.desk import ORDERS, TO_SEND, WITH_PLACE, SupplierOrderDetail, details
from shared_core.supply.dropshipping.opened import pieces_of
from shared_core.supply.dropshipping.return_models import ReturnRow
from shared_core.supply.errors import UnknownReturn, UnknownSupplierOrder
from shared_core.supply.inventory import shelves
from shared_core.supply.inventory.stock_models import Stock, Warehouse
from shared_core.supply.models import Product, StockHoldLine, Supplier, SupplierOrder, SupplyEventRow, Variant
from shared_core.supply.views import EventKind, HoldLine

GOODS = (
    select(Variant, Product, Stock, func.coalesce(Warehouse.code, ""))
    .join(Product, Product.id == Variant.product_id)
    .join(Stock, Stock.variant_id == Variant.id)
    .outerjoin(Warehouse, Warehouse.id == Stock.warehouse_id)
    .join(Supplier, shelves.GIVES)
)
"""Each shelf of a SKU with whose pieces are on it."""
PER_PAGE = 50
GOODS_PER_PAGE = 100
STEPS_SHOWN_MAX = 200


class Tab(StrEnum):
    NEW = "new"
    TO_SEND = "to_send"
    SENT = "sent"
    PROBLEMS = "problems"
    """Late, short of something, or cancelled."""


@dataclass(frozen=True, slots=True)
class PackedLine:
    """One SKU of a supplier order; `coming` of those `ordered` are sent or will be, `short` were reported missing."""

    sku: str
    title: str
    options: tuple[tuple[str, str], ...]
    ordered: int
    coming: int
    short: int
    sent: int
    to_send: int
    warehouse: str = ""


@dataclass(frozen=True, slots=True)
class OrderStep:
    """What happened to a supplier order; `actor` is empty where the store did it, or nobody said who."""

    what: str
    at: datetime
    actor: str = ""
    lines: tuple[HoldLine, ...] = ()
    carrier: str = ""
    tracking_number: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OwnOrder:
    detail: SupplierOrderDetail
    lines: tuple[PackedLine, ...]
    steps: tuple[OrderStep, ...]


@dataclass(frozen=True, slots=True)
class OwnGoods:
    """A SKU with its stock in one warehouse: `free` can be ordered, `held` wait for payment, `sold` were bought and
    not given back. `warehouse` is empty where the supplier has not told which.
    """

    sku: str
    title: str
    brand: str
    options: tuple[tuple[str, str], ...]
    on_offer: bool
    free: int
    held: int
    sold: int
    warehouse: str = ""


def orders_of(
    session: Session, *, supplier: str, tab: Tab | None = None, search: str = "", page: int = 1, at: datetime
) -> tuple[list[SupplierOrderDetail], bool]:
    """A supplier's orders in this tab, or all of them, those with `search` in their number; and whether more follow.

    What is to be sent comes by when it is due, so that late ones are first; anything else late first, then the newest.
    Raises UnknownSupplier.
    """
    own = SupplierOrder.supplier_id == supplier_row(session, supplier).id
    query = ORDERS.where(own)
    if tab is not None:
        query = query.where(_in(tab, at))
    if search:
        query = query.where(func.lower(SupplierOrder.number).contains(search.lower(), autoescape=True))
    if tab in (Tab.NEW, Tab.TO_SEND):
        query = query.order_by(SupplierOrder.due_at.nulls_last(), SupplierOrder.id)
    else:
        query = query.order_by(case((_late(at), 0), else_=1), SupplierOrder.id.desc())
    found = details(session, query.offset((page - 1) * PER_PAGE).limit(PER_PAGE + 1))
    return found[:PER_PAGE], len(found) > PER_PAGE


def orders_waiting(session: Session, *, supplier: str) -> Mapping[Tab, int]:
    """How many of a supplier's orders are new, and to be sent. Raises UnknownSupplier."""
    own = SupplierOrder.supplier_id == supplier_row(session, supplier).id
    query = select(SupplierOrder.state, func.count()).where(own, SupplierOrder.state.in_(TO_SEND))
    counted = dict(session.execute(query.group_by(SupplierOrder.state)).all())
    return {Tab.NEW: counted.get("placed", 0), Tab.TO_SEND: counted.get("accepted", 0)}


def orders_changed(
    session: Session, *, supplier: str, after: int, states: Collection[str] | None = None, limit: int
) -> tuple[list[SupplierOrderDetail], int, bool]:
    """A supplier's orders that changed since the cursor `after`, in these states, each once and as it is now; the
    cursor to go on from, and whether more follow. Numbered ones only, see `numbering`. Raises UnknownSupplier.
    """
    query = select(SupplierOrder.seq).where(
        SupplierOrder.supplier_id == supplier_row(session, supplier).id, SupplierOrder.seq > after
    )
    if states is not None:
        query = query.where(SupplierOrder.state.in_(states))
    places = [each for each in session.scalars(query.order_by(SupplierOrder.seq).limit(limit + 1)) if each is not None]
    shown = places[:limit]
    found = details(session, ORDERS.where(SupplierOrder.seq.in_(shown)).order_by(SupplierOrder.seq))
    return found, shown[-1] if shown else after, len(places) > limit


def own_order(session: Session, number: str, *, supplier: str) -> OwnOrder:
    """One of the supplier's orders. Raises UnknownSupplierOrder, for another's as for none."""
    found = details(session, ORDERS.where(SupplierOrder.number == number, Supplier.code == supplier))
    if not found:
        raise UnknownSupplierOrder(number=number)
    row = session.scalars(select(SupplierOrder).where(SupplierOrder.number == number)).one()
    return OwnOrder(found[0], tuple(_lines(session, row)), tuple(_steps(session, row)))


def check_own_order(session: Session, number: str, *, supplier: str) -> None:
    """Raises UnknownSupplierOrder, for another supplier's as for none."""
    query = select(SupplierOrder.id).join(Supplier, Supplier.id == SupplierOrder.supplier_id)
    if session.scalar(query.where(SupplierOrder.number == number, Supplier.code == supplier)) is None:
        raise UnknownSupplierOrder(number=number)


def check_own_return(session: Session, number: str, *, supplier: str) -> None:
    """Raises UnknownReturn, for another supplier's as for none."""
    query = (
        select(ReturnRow.id)
        .join(SupplierOrder, SupplierOrder.id == ReturnRow.supplier_order_id)
        .join(Supplier, Supplier.id == SupplierOrder.supplier_id)
        .where(ReturnRow.number == number, Supplier.code == supplier)
    )
    if session.scalar(query) is None:
        raise UnknownReturn(number=number)


def goods_of(session: Session, *, supplier: str, search: str = "", page: int = 1) -> tuple[list[OwnGoods], bool]:
    """A supplier's SKUs with their stock, those with `search` in their SKU or title; and whether more follow.

    Raises UnknownSupplier.
    """
    own = Supplier.id == supplier_row(session, supplier).id
    query = GOODS.where(own).order_by(Product.title, Variant.sku, Warehouse.code.nulls_first())
    if search:
        words = (
            func.lower(column).contains(search.lower(), autoescape=True) for column in (Variant.sku, Product.title)
        )
        query = query.where(or_(*words))
    rows = session.execute(query.offset((page - 1) * GOODS_PER_PAGE).limit(GOODS_PER_PAGE + 1)).all()
    return [goods_view(*row) for row in rows[:GOODS_PER_PAGE]], len(rows) > GOODS_PER_PAGE


def titles_of(session: Session, skus: Sequence[str]) -> Mapping[str, str]:
    """What the products of these SKUs are called."""
    query = select(Variant.sku, Product.title).join(Product, Product.id == Variant.product_id)
    return dict(session.execute(query.where(Variant.sku.in_(skus))).all())


def goods_view(variant: Variant, product: Product, stock: Stock, warehouse: str) -> OwnGoods:
    """One SKU in one warehouse as its supplier sees it."""
    return OwnGoods(
        sku=variant.sku,
        title=product.title,
        brand=product.brand,
        options=tuple((name, value) for name, value in variant.options),
        on_offer=variant.active and product.active and variant.cost_minor is not None,
        free=stock.free,
        held=stock.held,
        sold=stock.sold,
        warehouse=warehouse,
    )


def _in(tab: Tab, at: datetime) -> ColumnElement[bool]:
    match tab:
        case Tab.NEW:
            return SupplierOrder.state == "placed"
        case Tab.TO_SEND:
            return SupplierOrder.state == "accepted"
        case Tab.SENT:
            return SupplierOrder.state.in_(("shipped", "delivered"))
        case Tab.PROBLEMS:
            short = select(StockHoldLine.supplier_order_id).where(
                StockHoldLine.supplier_order_id == SupplierOrder.id, StockHoldLine.short > 0
            )
            return or_(_late(at), SupplierOrder.state == "cancelled", short.exists())


def _late(at: datetime) -> ColumnElement[bool]:
    late = SupplierOrder.due_at.is_not(None) & (SupplierOrder.due_at <= at)
    return late & SupplierOrder.state.in_(TO_SEND)


def _lines(session: Session, order: SupplierOrder) -> list[PackedLine]:
    query = WITH_PLACE.add_columns(Product.title).join(Variant, Variant.id == StockHoldLine.variant_id)
    query = query.join(Product, Product.id == Variant.product_id).where(StockHoldLine.supplier_order_id == order.id)
    found = []
    for row, warehouse, title in session.execute(query.order_by(StockHoldLine.sku)):
        now, options = pieces_of(row), tuple((name, value) for name, value in row.options)
        figures = now.ordered, now.coming, now.short, now.sent, now.to_send
        found.append(PackedLine(row.sku, title, options, *figures, warehouse))
    return found


def _steps(session: Session, order: SupplierOrder) -> list[OrderStep]:
    """Oldest first."""
    query = select(SupplyEventRow).where(SupplyEventRow.supplier_order == order.number).order_by(SupplyEventRow.id)
    told = [
        OrderStep(
            EventKind(row.kind),
            row.at,
            actor=row.actor,
            lines=tuple(HoldLine(sku, pieces) for sku, pieces in row.lines),
            carrier=row.carrier,
            tracking_number=row.tracking_number,
            reason=row.reason,
        )
        for row in session.scalars(query.limit(STEPS_SHOWN_MAX))
    ]
    first = [OrderStep("placed", order.placed_at)]
    if order.accepted_at is not None:
        first.append(OrderStep("accepted", order.accepted_at, actor=order.accepted_by))
    return sorted([*first, *told], key=lambda step: step.at)
