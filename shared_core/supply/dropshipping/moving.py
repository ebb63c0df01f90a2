"""Giving a supplier order to another supplier, by the core team's own decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from shared_core.kernel.money import Money
from shared_core.supply import books
from shared_core.supply.catalogue.products import supplier_row
from shared_core.supply.dropshipping.fulfilment import reason_said
from shared_core.supply.dropshipping.opened import lines_of, locked
from shared_core.supply.dropshipping.promises import due_at
from shared_core.supply.dropshipping.promising import promises_of
from shared_core.supply.errors import StepRefused, UnknownSupplierOrder
from shared_core.supply.freight import charging
from shared_core.supply.inventory import sourcing, stock
from shared_core.supply.inventory.errors import AlreadySends, CostAbovePrice, NotSentThere
from shared_core.supply.inventory.routing import Shelf, route
from shared_core.supply.models import StockHold, StockHoldLine, Supplier, SupplierOrder, SupplierOrderMove
from shared_core.supply.sales.sale_models import SaleLine
from shared_core.supply.views import HoldLine


@dataclass(frozen=True, slots=True)
class MoveView:
    """`cost_before` and `cost` are what the two suppliers get for all of its pieces."""

    before: str
    after: str
    cost_before: Money
    cost: Money
    actor: str
    reason: str
    at: datetime


def move_order(
    session: Session, number: str, *, to: str, reason: str, actor: str, at: datetime, restock: bool = False
) -> None:
    """Another supplier sends all of it, from what is free there at this moment. Again: no-op.

    Only while nobody has accepted it: until then nothing is packed. What the store pays stays as it is; the hub keeps
    what the new supplier is cheaper. The former one's pieces are written off unless they are to `restock`: who does
    not send them may not have them. Raises UnknownSupplierOrder, UnknownSupplier, StepRefused, AlreadySends,
    OutOfStock, CostAbovePrice, NotSentThere, Invalid.
    """
    order, hold = locked(session, number)
    former, giver = session.get_one(Supplier, order.supplier_id), supplier_row(session, to)
    if giver.id == former.id:
        return
    lines = lines_of(session, order)
    if not _untouched(order, lines):
        raise StepRefused(number=number, state=order.state, wanted="moved")
    others = select(SupplierOrder.id).where(SupplierOrder.hold_id == hold.id, SupplierOrder.supplier_id == giver.id)
    if session.scalar(others) is not None:
        raise AlreadySends(supplier=to, number=number)
    chosen = _chosen(session, hold, lines, to=to)
    move = SupplierOrderMove(
        supplier_order_id=order.id,
        from_supplier_id=former.id,
        to_supplier_id=giver.id,
        cost_before_minor=order.cost_minor,
        cost_minor=sum(chosen[line.sku].cost_minor * line.quantity for line in lines),
        actor=actor,
        reason=reason_said(reason),
        at=at,
    )
    session.add(move)
    session.flush()
    before = [stock.Units(line.variant_id, line.sku, line.quantity, line.warehouse_id) for line in lines]
    for line in lines:
        shelf = chosen[line.sku]
        line.supplier_id, line.cost_minor = giver.id, shelf.cost_minor
        line.warehouse_id = sourcing.warehouse_id(session, shelf.warehouse, supplier=to)
    promise = promises_of(session, [giver.id]).get(giver.id)
    order.supplier_id, order.cost_minor, order.seq = giver.id, move.cost_minor, None
    order.due_at = due_at(promise, at) if promise else None
    session.flush()
    books.move_order(
        session,
        f"{number}:{move.id}",
        before=(former.code, Money(move.cost_before_minor, hold.currency)),
        after=(giver.code, Money(move.cost_minor, hold.currency)),
        reference=hold.reference,
        at=at,
    )
    _move_pieces(session, before, lines, restock=restock, reference=f"moved:{move.id}", at=at)


def moves_of(session: Session, number: str) -> list[MoveView]:
    """Oldest first. Raises UnknownSupplierOrder."""
    if session.scalar(select(SupplierOrder.id).where(SupplierOrder.number == number)) is None:
        raise UnknownSupplierOrder(number=number)
    former, giver = aliased(Supplier), aliased(Supplier)
    query = (
        select(SupplierOrderMove, former, giver.code)
        .join(SupplierOrder, SupplierOrder.id == SupplierOrderMove.supplier_order_id)
        .join(former, former.id == SupplierOrderMove.from_supplier_id)
        .join(giver, giver.id == SupplierOrderMove.to_supplier_id)
        .where(SupplierOrder.number == number)
        .order_by(SupplierOrderMove.id)
    )
    return [
        MoveView(
            supplier.code,
            after,
            Money(row.cost_before_minor, supplier.currency),
            Money(row.cost_minor, supplier.currency),
            row.actor,
            row.reason,
            row.at,
        )
        for row, supplier, after in session.execute(query)
    ]


def may_take(session: Session, number: str) -> list[str]:
    """The suppliers, by code, to whom it can be moved now. Raises UnknownSupplierOrder."""
    order = session.scalars(select(SupplierOrder).where(SupplierOrder.number == number)).one_or_none()
    if order is None:
        raise UnknownSupplierOrder(number=number)
    lines = lines_of(session, order)
    if not _untouched(order, lines):
        return []
    shelves = _open_shelves(session, session.get_one(StockHold, order.hold_id), lines)
    able: list[set[str]] = []
    for line in lines:
        fit = (each for each in shelves if each.sku == line.sku and each.free >= line.quantity and each.delivers)
        able.append({each.supplier for each in fit if each.cost_minor <= line.supply_price_minor})
    sends = select(Supplier.code).join(SupplierOrder, SupplierOrder.supplier_id == Supplier.id)
    already = set(session.scalars(sends.where(SupplierOrder.hold_id == order.hold_id)))
    return sorted(set.intersection(*able) - already) if able else []


def _untouched(order: SupplierOrder, lines: Sequence[StockHoldLine]) -> bool:
    """Whether nobody has accepted it, and nothing of it is given back, short or sent."""
    return order.state == "placed" and not any(line.withdrawn or line.short or line.sent for line in lines)


def _open_shelves(session: Session, hold: StockHold, lines: Sequence[StockHoldLine]) -> list[Shelf]:
    """Where these lines could come from. For what was bought in a sale its own supplier gets what it granted."""
    skus = [line.sku for line in lines]
    of_sales = {line.sku: line.sale_line_id for line in lines if line.sale_line_id is not None}
    granted = {sku: session.get_one(SaleLine, line_id).cost_minor for sku, line_id in of_sales.items()}
    found = [each for each in sourcing.shelves_of(session, skus) if each.open]
    carried = charging.carried_by(session, skus, suppliers={each.supplier for each in found})
    return [
        Shelf(
            each.sku,
            each.supplier,
            each.warehouse,
            each.free,
            granted[each.sku] if each.own and each.sku in granted else each.cost.minor,
            region=each.region,
            priority=each.priority,
            delivers=carried[each.sku, each.supplier].goes_to(hold.region),
        )
        for each in found
        if each.cost is not None
    ]


def _chosen(session: Session, hold: StockHold, lines: Sequence[StockHoldLine], *, to: str) -> Mapping[str, Shelf]:
    """Of each line the shelf of the supplier `to`. Raises OutOfStock, CostAbovePrice, NotSentThere."""
    most = {line.sku: line.supply_price_minor for line in lines}
    shelves = [each for each in _open_shelves(session, hold, lines) if each.supplier == to]
    for each in shelves:
        if each.cost_minor > most[each.sku]:
            raise CostAbovePrice(sku=each.sku, supplier=to)
    chosen = route([HoldLine(line.sku, line.quantity) for line in lines], shelves, region=hold.region)
    far = sorted(sku for sku, shelf in chosen.items() if not shelf.delivers)
    if far:
        raise NotSentThere(supplier=to, skus=", ".join(far))
    return chosen


def _move_pieces(
    session: Session,
    before: Sequence[stock.Units],
    lines: Sequence[StockHoldLine],
    *,
    restock: bool,
    reference: str,
    at: datetime,
) -> None:
    """Last: others wait for these rows until the commit."""
    now = [stock.Units(line.variant_id, line.sku, line.quantity, line.warehouse_id) for line in lines]
    stock.keep_still(session, [*before, *now])
    stock.restock(session, before)
    stock.take_for_good(session, now)
    for each in () if restock else before:
        stock.adjust_stock(
            session,
            sku=each.sku,
            quantity=-each.quantity,
            reference=f"{reference}:{each.variant_id}",
            at=at,
            warehouse_id=each.warehouse_id,
        )
