"""Counting the stock against what was received, held and sold: invariant I12, and figures for whoever audits."""

from dataclasses import dataclass

from sqlalchemy import SQLColumnExpression, func, select
from sqlalchemy.orm import Session

from shared_core.kernel.money import Money
from shared_core.supply.inventory.stock_models import Stock, StockMovement, Warehouse
from shared_core.supply.models import StockHold, StockHoldLine, SupplierOrder, Variant, WithdrawalRow
from shared_core.supply.sales.sale_models import SaleLine
from shared_core.supply.views import HoldState

Place = tuple[int, int | None]
"""A shelf: variant and warehouse, as in `Stock`."""


@dataclass(frozen=True, slots=True)
class StockDiscrepancy:
    """`figure` of `sku` is `found` in the row of a shelf, but the rows that explain it say `expected`.

    `warehouse` is empty for the shelf of the product's own supplier that has no name.
    """

    sku: str
    figure: str
    expected: int
    found: int
    warehouse: str = ""


def stock_discrepancies(session: Session) -> list[StockDiscrepancy]:
    """I12 for every shelf: received = free + held + sold, each counted from movements and holds, and what is taken
    of sales; empty when true.
    """
    received = _received(session)
    held = _per_hold_line(session, HoldState.HELD, StockHoldLine.quantity)
    gone = StockHoldLine.quantity - StockHoldLine.restocked + StockHoldLine.replaced - StockHoldLine.exchanged
    sold = _per_hold_line(session, HoldState.CONFIRMED, gone)
    found: list[StockDiscrepancy] = []
    for row, sku, warehouse in session.execute(_SHELVES):
        place = row.variant_id, row.warehouse_id
        expected = {
            "received": received.pop(place, 0),
            "held": held.pop(place, 0),
            "sold": sold.pop(place, 0),
            "free": row.received - row.held - row.sold,
        }
        found += [
            StockDiscrepancy(sku, figure, count, getattr(row, figure), warehouse)
            for figure, count in expected.items()
            if getattr(row, figure) != count
        ]
    nowhere = {"received": received, "held": held, "sold": sold}
    found += [
        _without_shelf(session, figure, left) for figure, rest in nowhere.items() for left in rest.items() if left[1]
    ]
    return found + sale_discrepancies(session)


def _without_shelf(session: Session, figure: str, left: tuple[Place, int]) -> StockDiscrepancy:
    (variant_id, warehouse_id), count = left
    warehouse = session.scalar(select(Warehouse.code).where(Warehouse.id == warehouse_id)) or ""
    sku = session.scalar(select(Variant.sku).where(Variant.id == variant_id)) or ""
    return StockDiscrepancy(sku, figure, count, 0, warehouse)


def sale_discrepancies(session: Session) -> list[StockDiscrepancy]:
    """What sales say was taken of them and what holds took; empty when it is the same."""
    kept = func.coalesce(func.sum(StockHoldLine.quantity - StockHoldLine.withdrawn), 0)
    held = (
        select(StockHoldLine.sale_line_id, kept.label("pieces"))
        .join(StockHold)
        .where(StockHold.state.in_((HoldState.HELD, HoldState.CONFIRMED)), StockHoldLine.sale_line_id.is_not(None))
        .group_by(StockHoldLine.sale_line_id)
        .subquery()
    )
    query = (
        select(Variant.sku, SaleLine.taken, func.coalesce(held.c.pieces, 0))
        .join(SaleLine, SaleLine.variant_id == Variant.id)
        .outerjoin(held, held.c.sale_line_id == SaleLine.id)
        .where(SaleLine.taken != func.coalesce(held.c.pieces, 0))
        .order_by(Variant.sku)
    )
    return [StockDiscrepancy(sku, "taken of a sale", int(kept), taken) for sku, taken, kept in session.execute(query)]


def charged(session: Session, *, store: str, currency: str) -> Money:
    """What the store was charged for goods, freight and fees, less what was given back, from the supply's own rows.

    The hub book's `due_store` must say the same, less what the store has paid.
    """
    own = (StockHold.store == store, StockHold.currency == currency)
    orders = select(func.sum(SupplierOrder.supply_minor + SupplierOrder.freight_minor)).join(StockHold).where(*own)
    fees = select(func.sum(StockHold.fee_minor)).where(*own)
    back = WithdrawalRow.supply_minor + WithdrawalRow.freight_minor + WithdrawalRow.fee_minor
    returned = select(func.sum(back)).join(StockHold).where(*own)
    total, fee, given_back = (int(session.scalar(query) or 0) for query in (orders, fees, returned))
    return Money(total + fee - given_back, currency)


_SHELVES = (
    select(Stock, Variant.sku, func.coalesce(Warehouse.code, ""))
    .join(Variant, Variant.id == Stock.variant_id)
    .outerjoin(Warehouse, Warehouse.id == Stock.warehouse_id)
    .order_by(Variant.sku, Stock.id)
    .execution_options(populate_existing=True)
)


def _per_hold_line(session: Session, state: HoldState, quantity: SQLColumnExpression[int]) -> dict[Place, int]:
    query = (
        select(StockHoldLine.variant_id, StockHoldLine.warehouse_id, func.sum(quantity))
        .join(StockHold, StockHold.id == StockHoldLine.hold_id)
        .where(StockHold.state == state)
        .group_by(StockHoldLine.variant_id, StockHoldLine.warehouse_id)
    )
    return {(variant_id, place): int(total) for variant_id, place, total in session.execute(query)}


def _received(session: Session) -> dict[Place, int]:
    place = StockMovement.variant_id, StockMovement.warehouse_id
    query = select(*place, func.sum(StockMovement.quantity)).group_by(*place)
    return {(variant_id, place): int(total) for variant_id, place, total in session.execute(query)}
