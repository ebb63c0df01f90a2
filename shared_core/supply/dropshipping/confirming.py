"""Selling held goods to the store: supplier orders, and the hub's half of the money."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.kernel.money import Money, zero
from shared_core.ledger import ReferenceReused
from shared_core.supply import books, rules
from shared_core.supply.dropshipping.promises import Promise, due_at
from shared_core.supply.dropshipping.promising import promises_of
from shared_core.supply.errors import (
    CreditUsedUp,
    HoldLimitReached,
    HoldReleased,
    OutOfStock,
    SaleLimitReached,
    TenantSuspended,
    UnknownHold,
)
from shared_core.supply.gateway import Terms
from shared_core.supply.inventory import holds, sourcing, stock
from shared_core.supply.models import StockHold, StockHoldLine, Supplier, SupplierOrder
from shared_core.supply.sales import quota
from shared_core.supply.tenancy import tenants
from shared_core.supply.views import Address, Confirmation, HoldLine, HoldState, SupplierOrderView

LATE_MAX = timedelta(hours=24)
"""So long after a hold of a hub's store has expired its goods can still be had at its prices."""


def confirm(
    session: Session,
    reference: str,
    *,
    terms: Terms,
    ship_to: Address,
    at: datetime,
    goods: Money | None = None,
) -> Confirmation:
    """See `SupplyGateway.confirm`. What it raises must roll the transaction back."""
    hold = holds.locked_hold(session, reference)
    if hold is None or hold.store != terms.store:
        raise UnknownHold(reference=reference)
    digest = rules.content_hash([ship_to.as_json(), None if goods is None else [goods.minor, goods.currency]])
    if hold.state == HoldState.CONFIRMED:
        if hold.confirmed_hash != digest:
            raise ReferenceReused(reference=reference)
        return _confirmation(hold, _written_orders(session, hold), holds.lines_of(session, [hold.id]))
    if hold.state == HoldState.RELEASED:
        raise HoldReleased(reference=reference)
    lines = holds.lines_of(session, [hold.id])
    was_expired = hold.state == HoldState.EXPIRED
    if was_expired and terms.tenant:
        _hold_again(session, hold, lines, terms=terms, at=at)
    if was_expired:
        _take_of_sales_again(session, hold, lines)
        _look_elsewhere(session, lines)
    orders = _order_from_suppliers(session, hold, lines, at=at)
    bill = _bill(hold, orders, terms=terms, goods=goods)
    hold.state, hold.confirmed_at, hold.closed_at = HoldState.CONFIRMED, at, None
    hold.confirmed_hash, hold.ship_to, hold.fee_minor = digest, ship_to.as_json(), bill.fee.minor
    session.flush()
    books.charge_store(session, reference, bill, at=at)
    move = stock.take_for_good if was_expired else stock.sell
    move(session, holds.units_of(lines))  # last: others wait for these rows until the commit
    return _confirmation(hold, orders, lines)


def _hold_again(
    session: Session, hold: StockHold, lines: Sequence[StockHoldLine], *, terms: Terms, at: datetime
) -> None:
    """A store that pays late is measured as if it held anew. Raises HoldReleased where it may not, or long after."""
    if at > hold.expires_at + LATE_MAX:
        raise HoldReleased(reference=hold.reference)
    units = {units.variant_id: units.quantity for units in holds.units_of(lines)}
    value_minor = sum(line.supply_price_minor * line.quantity for line in lines)
    fee = rules.platform_fee(goods=None, supply=Money(value_minor, hold.currency), fee_bps=hold.fee_bps or 0)
    value_minor += fee.minor + sum((holds.freights_of(lines) or {}).values())
    try:
        tenants.admit(session, terms.store, hold_id=hold.id, units=units, value_minor=value_minor)
    except (TenantSuspended, CreditUsedUp, HoldLimitReached) as refusal:
        raise HoldReleased(reference=hold.reference) from refusal


def _take_of_sales_again(session: Session, hold: StockHold, lines: Sequence[StockHoldLine]) -> None:
    """What was ordered in a sale stays at its price, if there are pieces left. Raises SaleSoldOut, HoldReleased."""
    try:
        quota.take(session, quota.pieces_of(lines), store=hold.store, customer=hold.customer, hold_id=hold.id)
    except SaleLimitReached as refusal:
        raise HoldReleased(reference=hold.reference) from refusal


def _look_elsewhere(session: Session, lines: Sequence[StockHoldLine]) -> None:
    """What is no longer where it was held comes from another warehouse of the same supplier, for the same money.

    Nothing more is sold from a place that was closed meanwhile. Raises OutOfStock.
    """
    codes = dict(session.execute(select(Supplier.code, Supplier.id)).all())
    shelves = sourcing.shelves_of(session, [line.sku for line in lines])
    for line in lines:
        own = [
            each for each in shelves if each.open and each.sku == line.sku and codes[each.supplier] == line.supplier_id
        ]
        enough = {
            sourcing.warehouse_id(session, each.warehouse, supplier=each.supplier)
            for each in own
            if each.free >= line.quantity
        }
        if not enough:
            raise OutOfStock(sku=line.sku, available=max((each.free for each in own), default=0))
        if line.warehouse_id not in enough:
            line.warehouse_id = min(enough, key=lambda place: place or 0)


def _order_from_suppliers(
    session: Session, hold: StockHold, lines: Sequence[StockHoldLine], *, at: datetime
) -> list[tuple[SupplierOrder, str]]:
    """Write one supplier order per supplier, with the supplier's code; numbers count up in the order of the codes."""
    by_supplier: dict[int, list[StockHoldLine]] = {}
    for line in lines:
        by_supplier.setdefault(line.supplier_id, []).append(line)
    query = select(Supplier).where(Supplier.id.in_(by_supplier)).order_by(Supplier.code)
    promises = promises_of(session, by_supplier)
    orders = [
        (_order(hold, supplier, place, by_supplier[supplier.id], promises.get(supplier.id), at), supplier.code)
        for place, supplier in enumerate(session.scalars(query).all(), start=1)
    ]
    session.add_all(order for order, _ in orders)
    session.flush()
    for order, _ in orders:
        for line in by_supplier[order.supplier_id]:
            line.supplier_order_id = order.id
    return orders


def _order(
    hold: StockHold,
    supplier: Supplier,
    place: int,
    lines: Sequence[StockHoldLine],
    promise: Promise | None,
    at: datetime,
) -> SupplierOrder:
    fixed = holds.freights_of(lines)
    return SupplierOrder(
        number=f"{hold.reference}-{place}",
        hold_id=hold.id,
        supplier_id=supplier.id,
        state="placed",
        cost_minor=sum(line.cost_minor * line.quantity for line in lines),
        supply_minor=sum(line.supply_price_minor * line.quantity for line in lines),
        freight_minor=supplier.freight_minor if fixed is None else fixed[supplier.id],
        placed_at=at,
        due_at=due_at(promise, at) if promise else None,
    )


def _bill(
    hold: StockHold, orders: Sequence[tuple[SupplierOrder, str]], *, terms: Terms, goods: Money | None
) -> books.Bill:
    charges = tuple(
        books.Charge(
            supplier=code,
            cost=Money(order.cost_minor, hold.currency),
            supply=Money(order.supply_minor, hold.currency),
            freight=Money(order.freight_minor, hold.currency),
        )
        for order, code in orders
    )
    supply = sum((charge.supply for charge in charges), zero(hold.currency))
    if terms.tenant and goods is not None:
        goods = max(goods, supply, key=lambda each: each.minor)  # what a store says of its sale is its own word
    fee_bps = terms.platform_fee_bps if hold.fee_bps is None else hold.fee_bps
    fee = rules.platform_fee(goods=goods, supply=supply, fee_bps=fee_bps)
    return books.Bill(hold.store, charges, fee)


def _written_orders(session: Session, hold: StockHold) -> list[tuple[SupplierOrder, str]]:
    query = (
        select(SupplierOrder, Supplier.code)
        .join(Supplier, Supplier.id == SupplierOrder.supplier_id)
        .where(SupplierOrder.hold_id == hold.id)
        .order_by(SupplierOrder.id)
    )
    return [(order, code) for order, code in session.execute(query)]


def _confirmation(
    hold: StockHold, orders: Sequence[tuple[SupplierOrder, str]], lines: Sequence[StockHoldLine]
) -> Confirmation:
    """The answer, from the rows that were written: the same however often it is asked for."""
    views = tuple(
        SupplierOrderView(
            number=order.number,
            supplier=code,
            lines=tuple(HoldLine(each.sku, each.quantity) for each in lines if each.supplier_order_id == order.id),
            supply=Money(order.supply_minor, hold.currency),
            freight=Money(order.freight_minor, hold.currency),
        )
        for order, code in orders
    )
    return Confirmation(
        reference=hold.reference,
        supplier_orders=views,
        supply=sum((view.supply for view in views), zero(hold.currency)),
        freight=sum((view.freight for view in views), zero(hold.currency)),
        fee=Money(hold.fee_minor, hold.currency),
    )
