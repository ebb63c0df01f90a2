"""Taking goods of a confirmed hold back, for a refund: at once what never left, by a return what did."""

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
from shared_core.supply.dropshipping.return_models import ReturnRow
from shared_core.supply.dropshipping.returning import begin
from shared_core.supply.errors import HoldNotConfirmed, UnknownHold, WithdrawnTooMuch
from shared_core.supply.gateway import Terms
from shared_core.supply.inventory import holds, stock
from shared_core.supply.models import StockHold, StockHoldLine, Supplier, SupplierOrder, WithdrawalRow
from shared_core.supply.return_kinds import ReturnReason
from shared_core.supply.sales import quota
from shared_core.supply.views import EventKind, HoldLine, HoldState, Withdrawal

RETURN_MARK = ":"
"""Between a withdrawal's number and the place of the supplier order of which pieces have to come back."""


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
        return _view(session, known, hold)
    if session.scalar(select(ReturnRow.id).where(ReturnRow.number == withdrawal)) is not None:
        raise ReferenceReused(reference=withdrawal)
    if hold.state != HoldState.CONFIRMED:
        raise HoldNotConfirmed(reference=reference)
    held = {line.sku: line for line in holds.lines_of(session, [hold.id])}
    going, sent = _going(held, asked)
    orders = _orders(session, hold.id)
    restocked = {sku: _withdraw(held[sku], quantity, restock=restock) for sku, quantity in going.items()}
    changed = {held[sku].supplier_order_id for sku in going}
    for order, _ in orders:
        order.seq = None if order.id in changed else order.seq
    quota.free(session, held, going)  # before the books, as whoever takes of a sale does
    bill = bill_back(session, hold, held, going, at=at)
    row = write_withdrawal(session, hold, bill, going, withdrawal=withdrawal, digest=digest, restock=restock, at=at)
    _ask_back(session, hold, held, orders, sent, withdrawal=withdrawal, digest=digest, at=at)
    back = [
        stock.Units(held[sku].variant_id, sku, quantity, held[sku].warehouse_id)
        for sku, quantity in restocked.items()
        if quantity
    ]
    if back:  # last: others wait for these rows until the commit
        stock.restock(session, back)
    return _view(session, row, hold)


def write_withdrawal(
    session: Session,
    hold: StockHold,
    bill: books.Bill,
    going: Mapping[str, int],
    *,
    withdrawal: str,
    digest: str,
    restock: bool,
    at: datetime,
    sending_back: Money | None = None,
) -> WithdrawalRow:
    """Write and book what the store owes less; `sending_back` is that part of the bill that is freight of a return."""
    freight = sending_back or Money(0, hold.currency)
    row = WithdrawalRow(
        reference=withdrawal,
        hold_id=hold.id,
        content_hash=digest,
        lines=[[sku, quantity] for sku, quantity in going.items()],
        supply_minor=(bill.supply - freight).minor,
        freight_minor=(bill.freight + freight).minor,
        fee_minor=bill.fee.minor,
        restock=restock,
        at=at,
    )
    session.add(row)
    session.flush()
    books.credit_store(session, withdrawal, bill, reference=hold.reference, at=at)
    return row


def _ask_back(
    session: Session,
    hold: StockHold,
    held: Mapping[str, StockHoldLine],
    orders: Sequence[tuple[SupplierOrder, str]],
    sent: Mapping[str, int],
    *,
    withdrawal: str,
    digest: str,
    at: datetime,
) -> None:
    """One return for each supplier order of which pieces that have left are withdrawn."""
    for place, (order, _) in enumerate(orders, start=1):
        own = {line.sku: line for line in held.values() if line.supplier_order_id == order.id}
        asked = [HoldLine(sku, quantity) for sku, quantity in sent.items() if sku in own]
        if asked:
            begin(
                session, hold, order, own, asked, number=f"{withdrawal}{RETURN_MARK}{place}",
                reason=ReturnReason.NO_REASON, digest=digest, withdrawn=True, at=at,
            )  # fmt: skip


def _going(held: Mapping[str, StockHoldLine], asked: dict[str, int] | None) -> tuple[dict[str, int], dict[str, int]]:
    """Units per SKU to take back at once, and to ask back; all that are left when nothing is asked for in particular.

    Pieces that are in a return already, or that one ended for, stay where they are: asking for them again is no fault.
    """
    left = {sku: line.quantity - line.withdrawn + line.returned for sku, line in held.items()}
    for sku, quantity in (asked or {}).items():
        if quantity > left.get(sku, 0):
            raise WithdrawnTooMuch(sku=sku, left=left.get(sku, 0))
    wanted = left if asked is None else asked
    at_once = {sku: min(quantity, pieces_of(held[sku]).unsent) for sku, quantity in wanted.items()}
    sent = {sku: min(quantity - at_once[sku], pieces_of(held[sku]).out) for sku, quantity in wanted.items()}
    return {sku: n for sku, n in at_once.items() if n}, {sku: n for sku, n in sent.items() if n}


def _withdraw(line: StockHoldLine, quantity: int, *, restock: bool) -> int:
    """Count the pieces as withdrawn; how many of them are on sale again."""
    before = line.restocked
    write_pieces(line, pieces.withdraw(pieces_of(line), quantity, restock=restock))
    return line.restocked - before


def bill_back(
    session: Session,
    hold: StockHold,
    held: Mapping[str, StockHoldLine],
    going: Mapping[str, int],
    *,
    at: datetime,
) -> books.Bill:
    """What the store owes less for these pieces, which are counted as withdrawn already."""
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


def _view(session: Session, row: WithdrawalRow, hold: StockHold) -> Withdrawal:
    own = select(ReturnRow.number).join(SupplierOrder, SupplierOrder.id == ReturnRow.supplier_order_id)
    own = own.where(SupplierOrder.hold_id == hold.id, ReturnRow.withdrawn).order_by(ReturnRow.id)
    returns = [each for each in session.scalars(own) if each.rpartition(RETURN_MARK)[0] == row.reference]
    return Withdrawal(
        withdrawal=row.reference,
        reference=hold.reference,
        lines=tuple(HoldLine(sku, quantity) for sku, quantity in row.lines),
        supply=Money(row.supply_minor, hold.currency),
        freight=Money(row.freight_minor, hold.currency),
        fee=Money(row.fee_minor, hold.currency),
        returns=tuple(returns),
    )
