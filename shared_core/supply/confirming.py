"""Selling held goods to the store: supplier orders, and the hub's half of the money."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared_core.kernel.money import Money
from shared_core.ledger import ReferenceReused
from shared_core.supply import books, holds, rules, stock
from shared_core.supply.errors import HoldReleased, UnknownHold
from shared_core.supply.gateway import Address, Confirmation, HoldLine, HoldState, SupplierOrderView, Terms
from shared_core.supply.models import StockHold, StockHoldLine, Supplier, SupplierOrder


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
        return _confirmation(session, hold)
    if hold.state == HoldState.RELEASED:
        raise HoldReleased(reference=reference)
    lines = holds.lines_of(session, [hold.id])
    if hold.state == HoldState.EXPIRED:
        stock.take_for_good(session, holds.units_of(lines))
    else:
        stock.sell(session, holds.units_of(lines))
    bill = _order_from_suppliers(session, hold, lines, terms=terms, goods=goods, at=at)
    hold.state, hold.confirmed_at, hold.closed_at = HoldState.CONFIRMED, at, None
    hold.confirmed_hash, hold.ship_to, hold.fee_minor = digest, ship_to.as_json(), bill.fee.minor
    session.flush()
    books.charge_store(session, reference, bill, at=at)
    return _confirmation(session, hold)


def _order_from_suppliers(
    session: Session,
    hold: StockHold,
    lines: Sequence[StockHoldLine],
    *,
    terms: Terms,
    goods: Money | None,
    at: datetime,
) -> books.Bill:
    """Write one supplier order per supplier; numbers count up in the order of the suppliers' codes."""
    by_supplier: dict[int, list[StockHoldLine]] = {}
    for line in lines:
        by_supplier.setdefault(line.supplier_id, []).append(line)
    query = select(Supplier).where(Supplier.id.in_(by_supplier)).order_by(Supplier.code)
    charges: list[books.Charge] = []
    for place, supplier in enumerate(session.scalars(query).all(), start=1):
        charge = _charge(supplier, by_supplier[supplier.id], hold.currency)
        order = SupplierOrder(
            number=f"{hold.reference}-{place}",
            hold_id=hold.id,
            supplier_id=supplier.id,
            state="placed",
            cost_minor=charge.cost.minor,
            supply_minor=charge.supply.minor,
            freight_minor=charge.freight.minor,
            placed_at=at,
        )
        session.add(order)
        session.flush()
        own = (StockHoldLine.hold_id == hold.id, StockHoldLine.supplier_id == supplier.id)
        session.execute(update(StockHoldLine).where(*own).values(supplier_order_id=order.id))
        charges.append(charge)
    supply = sum((charge.supply for charge in charges), Money(0, hold.currency))
    fee = rules.platform_fee(goods=goods, supply=supply, fee_bps=terms.platform_fee_bps)
    return books.Bill(hold.store, tuple(charges), fee)


def _charge(supplier: Supplier, lines: Sequence[StockHoldLine], currency: str) -> books.Charge:
    return books.Charge(
        supplier=supplier.code,
        cost=Money(sum(line.cost_minor * line.quantity for line in lines), currency),
        supply=Money(sum(line.supply_price_minor * line.quantity for line in lines), currency),
        freight=Money(supplier.freight_minor, currency),
    )


def _confirmation(session: Session, hold: StockHold) -> Confirmation:
    """What was answered the first time, from the rows that it wrote."""
    lines = holds.lines_of(session, [hold.id])
    query = (
        select(SupplierOrder, Supplier.code)
        .join(Supplier, Supplier.id == SupplierOrder.supplier_id)
        .where(SupplierOrder.hold_id == hold.id)
        .order_by(SupplierOrder.id)
    )
    views = tuple(
        SupplierOrderView(
            number=order.number,
            supplier=code,
            lines=tuple(HoldLine(each.sku, each.quantity) for each in lines if each.supplier_order_id == order.id),
            supply=Money(order.supply_minor, hold.currency),
            freight=Money(order.freight_minor, hold.currency),
        )
        for order, code in session.execute(query)
    )
    nothing = Money(0, hold.currency)
    return Confirmation(
        reference=hold.reference,
        supplier_orders=views,
        supply=sum((view.supply for view in views), nothing),
        freight=sum((view.freight for view in views), nothing),
        fee=Money(hold.fee_minor, hold.currency),
    )
