"""Taking goods of a confirmed hold back, for a refund."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.kernel.money import Money
from shared_core.ledger import ReferenceReused
from shared_core.supply import books, rules
from shared_core.supply.dropshipping import events, pieces
from shared_core.supply.dropshipping.opened import pieces_of, write_pieces
from shared_core.supply.dropshipping.parcels import close_if_all_sent
from shared_core.supply.errors import HoldNotConfirmed, UnknownHold, WithdrawnTooMuch
from shared_core.supply.gateway import EventKind, HoldLine, HoldState, Terms, Withdrawal
from shared_core.supply.inventory import holds, stock
from shared_core.supply.models import StockHold, StockHoldLine, Supplier, SupplierOrder, WithdrawalRow
from shared_core.supply.sales import quota


def withdraw(
    session: Session,
    reference: str,
    lines: Sequence[HoldLine] | None,
    *,
    terms: Terms,
    withdrawal: str,
    restock: bool,
    at: datetime,
) -> Withdrawal:
    """See `SupplyGateway.withdraw`."""
    hold = holds.locked_hold(session, reference)
    if hold is None or hold.store != terms.store:
        raise UnknownHold(reference=reference)
    asked = None if lines is None else {line.sku: line.quantity for line in rules.merge_lines(lines)}
    digest = rules.content_hash([reference, asked, restock])
    known = session.scalars(select(WithdrawalRow).where(WithdrawalRow.reference == withdrawal)).one_or_none()
    if known is not None:
        if known.content_hash != digest:
            raise ReferenceReused(reference=withdrawal)
        return _view(known, hold)
    if hold.state != HoldState.CONFIRMED:
        raise HoldNotConfirmed(reference=reference)
    held = {line.sku: line for line in holds.lines_of(session, [hold.id])}
    going = _going(held, asked)
    restocked = {sku: _withdraw(held[sku], quantity, restock=restock) for sku, quantity in going.items()}
    bill = _take_back(session, hold, held, going, at=at)
    row = WithdrawalRow(
        reference=withdrawal,
        hold_id=hold.id,
        content_hash=digest,
        lines=[[sku, quantity] for sku, quantity in going.items()],
        supply_minor=bill.supply.minor,
        freight_minor=bill.freight.minor,
        fee_minor=bill.fee.minor,
        restock=restock,
        at=at,
    )
    session.add(row)
    session.flush()
    books.credit_store(session, withdrawal, bill, reference=reference, at=at)
    of_sales = ((held[sku].sale_line_id, sku, quantity) for sku, quantity in going.items())
    quota.give_back(session, [quota.Piece(line, sku, n) for line, sku, n in of_sales if line is not None])
    back = [stock.Units(held[sku].variant_id, sku, quantity) for sku, quantity in restocked.items() if quantity]
    if back:  # last: others wait for these rows until the commit
        stock.restock(session, back)
    return _view(row, hold)


def _going(held: Mapping[str, StockHoldLine], asked: dict[str, int] | None) -> dict[str, int]:
    """Units to take back per SKU; all that are left when nothing is asked for in particular."""
    left = {sku: line.quantity - line.withdrawn for sku, line in held.items()}
    if asked is None:
        return {sku: quantity for sku, quantity in left.items() if quantity}
    for sku, quantity in asked.items():
        if quantity > left.get(sku, 0):
            raise WithdrawnTooMuch(sku=sku, left=left.get(sku, 0))
    return asked


def _withdraw(line: StockHoldLine, quantity: int, *, restock: bool) -> int:
    """Count the pieces as withdrawn; how many of them are on sale again."""
    before = line.restocked
    write_pieces(line, pieces.withdraw(pieces_of(line), quantity, restock=restock))
    return line.restocked - before


def _take_back(
    session: Session,
    hold: StockHold,
    held: Mapping[str, StockHoldLine],
    going: Mapping[str, int],
    *,
    at: datetime,
) -> books.Bill:
    charges: list[books.Charge] = []
    for order, code in _orders(session, hold.id):
        own = [line for line in held.values() if line.supplier_order_id == order.id]
        if any(line.sku in going for line in own):
            freight = _close_if_empty(session, hold, order, own, at=at)
            close_if_all_sent(session, order, hold, own, at=at)
            charges.append(
                books.Charge(
                    supplier=code,
                    cost=Money(sum(line.cost_minor * going.get(line.sku, 0) for line in own), hold.currency),
                    supply=Money(sum(line.supply_price_minor * going.get(line.sku, 0) for line in own), hold.currency),
                    freight=Money(freight, hold.currency),
                )
            )
    fee = rules.fee_to_return(_fee_facts(hold, list(held.values())))
    hold.fee_returned_minor += fee
    session.flush()
    return books.Bill(hold.store, tuple(charges), Money(fee, hold.currency))


def _orders(session: Session, hold_id: int) -> list[tuple[SupplierOrder, str]]:
    """The hold's supplier orders, locked: nobody ships what is being withdrawn."""
    query = (
        select(SupplierOrder, Supplier.code)
        .join(Supplier, Supplier.id == SupplierOrder.supplier_id)
        .where(SupplierOrder.hold_id == hold_id)
        .order_by(SupplierOrder.id)
        .with_for_update(of=SupplierOrder)
        .execution_options(populate_existing=True)
    )
    return [(order, code) for order, code in session.execute(query)]


def _close_if_empty(
    session: Session, hold: StockHold, order: SupplierOrder, lines: Sequence[StockHoldLine], *, at: datetime
) -> int:
    """Cancel a supplier order of which nothing is left and that was never shipped; the freight given back, minor."""
    left = sum(line.quantity - line.withdrawn for line in lines)
    sent = any(line.sent for line in lines)
    if not rules.freight_goes_back(shipped=sent, already=order.freight_returned, left=left):
        return 0
    order.freight_returned = True
    if order.cancelled_at is None:
        order.state, order.cancelled_at = "cancelled", at
        events.record(session, EventKind.CANCELLED, store=hold.store, reference=hold.reference, order=order, at=at)
    return order.freight_minor


def _fee_facts(hold: StockHold, lines: Sequence[StockHoldLine]) -> rules.FeeFacts:
    return rules.FeeFacts(
        fee_minor=hold.fee_minor,
        returned_minor=hold.fee_returned_minor,
        supply_minor=sum(line.supply_price_minor * line.quantity for line in lines),
        withdrawn_minor=sum(line.supply_price_minor * line.withdrawn for line in lines),
        all_withdrawn=all(line.withdrawn == line.quantity for line in lines),
    )


def _view(row: WithdrawalRow, hold: StockHold) -> Withdrawal:
    return Withdrawal(
        withdrawal=row.reference,
        reference=hold.reference,
        lines=tuple(HoldLine(sku, quantity) for sku, quantity in row.lines),
        supply=Money(row.supply_minor, hold.currency),
        freight=Money(row.freight_minor, hold.currency),
        fee=Money(row.fee_minor, hold.currency),
    )
