"""The supply's side of a return: somebody says where the pieces may go, takes them in, looks at them, and only then the
store owes less, or gets new ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.kernel.money import Money
from shared_core.supply import books, rules
from shared_core.supply.catalogue.products import supplier_row
from shared_core.supply.dropshipping import pieces, return_rules
from shared_core.supply.dropshipping.carriers import parcel_mark
from shared_core.supply.dropshipping.opened import pieces_of, write_pieces
from shared_core.supply.dropshipping.parcels import close_if_all_arrived
from shared_core.supply.dropshipping.return_models import ReturnRow, ReturnTermsRow
from shared_core.supply.dropshipping.return_rules import Outcome
from shared_core.supply.dropshipping.returning import asked_of, let_be, move, opened, tell, terms_of
from shared_core.supply.dropshipping.withdrawing import bill_back, write_withdrawal
from shared_core.supply.errors import (
    FreightNotDue,
    NoReturnAddress,
    ParcelReused,
    ReturnStepRefused,
    TextTooLong,
)
from shared_core.supply.inventory import holds, stock
from shared_core.supply.models import (
    TEXT_LENGTH_MAX,
    Shipment,
    StockHold,
    StockHoldLine,
    Supplier,
    WithdrawalRow,
)
from shared_core.supply.return_kinds import Bearer, Remedy, ReturnReason, ReturnState
from shared_core.supply.sales import quota
from shared_core.supply.views import Address, EventKind, HoldLine, Inspected

EXPIRED_AT_ONCE_MAX = 100
SYSTEM = "system"


def set_terms(session: Session, *, supplier: str, terms: return_rules.ReturnTerms) -> None:
    """From now on; what was authorised keeps its address and its day. Raises UnknownSupplier."""
    row = supplier_row(session, supplier)
    known = session.get(ReturnTermsRow, row.id) or ReturnTermsRow(supplier_id=row.id)
    known.address, known.send_days = terms.address.as_json(), terms.send_days
    known.no_reason_days, known.automatic = terms.no_reason_days, terms.automatic
    session.add(known)
    session.flush()


def supplier_terms(session: Session, *, supplier: str) -> return_rules.ReturnTerms | None:
    """On what terms the supplier takes goods back. Raises UnknownSupplier."""
    return terms_of(session, supplier_row(session, supplier).id)


def authorise(
    session: Session,
    number: str,
    *,
    actor: str,
    at: datetime,
    address: Address | None = None,
    send_days: int | None = None,
) -> None:
    """The pieces may come to this address, or to that of the supplier's terms. Again: no-op.

    Raises UnknownReturn, ReturnStepRefused, NoReturnAddress, BadReturnTerms.
    """
    row, order, hold = opened(session, number)
    if row.state == ReturnState.AUTHORISED:
        return
    on = terms_of(session, order.supplier_id)
    where = address or (on.address if on else None)
    if where is None:
        raise NoReturnAddress(supplier=session.get_one(Supplier, order.supplier_id).code)
    own = return_rules.ReturnTerms(where) if on is None else on
    days = replace(own, send_days=send_days).send_days if send_days is not None else own.send_days
    row.address, row.send_by = where.as_json(), at + timedelta(days=days)
    move(session, row, hold, order, ReturnState.AUTHORISED, actor=actor, at=at)


def decline(session: Session, number: str, *, reason: str, actor: str, at: datetime) -> None:
    """Nothing of it may come back. Again: no-op. Raises UnknownReturn, ReturnStepRefused, TextTooLong."""
    row, order, hold = opened(session, number)
    if row.state != ReturnState.DECLINED:
        row.said = _said(reason)
        move(session, row, hold, order, ReturnState.DECLINED, actor=actor, at=at)
        let_be(session, row, order)


def receive(session: Session, number: str, *, actor: str, at: datetime) -> None:
    """The box is here; nobody has looked into it. Again: no-op. Raises UnknownReturn, ReturnStepRefused."""
    row, order, hold = opened(session, number)
    if row.state not in (ReturnState.RECEIVED, ReturnState.SETTLED):
        move(session, row, hold, order, ReturnState.RECEIVED, actor=actor, at=at)


def expire(session: Session, *, at: datetime) -> int:
    """End what was authorised and not sent in time; how many were, `EXPIRED_AT_ONCE_MAX` at most."""
    due = select(ReturnRow.number).where(ReturnRow.state == ReturnState.AUTHORISED, ReturnRow.send_by <= at)
    expired = 0
    for number in session.scalars(due.order_by(ReturnRow.send_by, ReturnRow.id).limit(EXPIRED_AT_ONCE_MAX)).all():
        row, order, hold = opened(session, number)
        if row.state == ReturnState.AUTHORISED:
            move(session, row, hold, order, ReturnState.EXPIRED, actor=SYSTEM, at=at)
            let_be(session, row, order)
            expired += 1
    return expired


def inspect(
    session: Session,
    number: str,
    found: Sequence[Inspected],
    *,
    actor: str,
    at: datetime,
    said: str = "",
    bearer: Bearer | None = None,
    freight: Money | None = None,
) -> None:
    """Somebody has looked at every piece, and that settles it. The same again changes nothing.

    Sellable pieces are on sale again, unsellable ones written off: `bearer` says who pays for these, by default whose
    fault the return's reason is. Refused ones go back to the customer. For what was accepted the store owes less, and
    the supplier is owed less; or new pieces are sold for nothing, where they were asked for and there are any.
    `freight` is what sending them back has cost; the supplier gives it where it is at fault.
    Raises UnknownReturn, ReturnStepRefused, BadInspection, NothingCameBack, FreightNotDue, TextTooLong; OutOfStock when
    somebody else got the last new piece at this moment: again, it is money.
    """
    row, order, hold = opened(session, number)
    reason = ReturnReason(row.reason)
    counted = return_rules.inspected(asked_of(row), found, comes_back=reason.comes_back)
    written = [
        [each.sku, each.sellable + each.unsellable + each.refused, each.sellable, each.unsellable, each.refused]
        for each in counted
    ]
    bearer, back = bearer or reason.at_fault, freight or Money(0, hold.currency)
    if row.state == ReturnState.SETTLED:
        given = session.scalar(select(WithdrawalRow.freight_minor).where(WithdrawalRow.reference == row.number)) or 0
        known = (row.lines, row.bearer, row.said, given)
        if known == (written, bearer, _said(said), back.minor):
            return
    if not return_rules.may_become(ReturnState(row.state), ReturnState.SETTLED, comes_back=reason.comes_back):
        raise ReturnStepRefused(number=number, state=row.state, wanted=ReturnState.SETTLED)
    if back.currency != hold.currency or back.minor < 0 or (back and reason.at_fault is Bearer.STORE):
        raise FreightNotDue(currency=hold.currency)
    row.lines, row.bearer, row.said = written, bearer, _said(said)
    held = {line.sku: line for line in holds.lines_of(session, [hold.id])}
    results = return_rules.outcomes(counted, bearer=bearer, remedy=Remedy(row.remedy))
    new = [_units(held[each.sku], each.new) for each in results if each.new]
    if new and not stock.there(session, new):
        results, new = return_rules.outcomes(counted, bearer=bearer, remedy=Remedy.MONEY), []
    row.replaced = bool(new)
    _settle(session, row, hold, held, results, freight=back, at=at)
    move(session, row, hold, order, ReturnState.SETTLED, actor=actor, at=at)
    close_if_all_arrived(session, order, hold, at=at)
    stock.take_for_good(session, new)  # last: others wait for these rows until the commit
    again = [_units(held[each.sku], each.sellable) for each in results if each.sellable]
    stock.restock(session, again)


def _units(line: StockHoldLine, quantity: int) -> stock.Units:
    return stock.Units(line.variant_id, line.sku, quantity, line.warehouse_id)


def ship_new(
    session: Session, number: str, *, carrier: str, tracking_number: str, at: datetime, actor: str = ""
) -> None:
    """The new pieces of a return are on their way. Again with the same parcel: no-op.

    Raises UnknownReturn, ReturnStepRefused, BadTrackingNumber, ParcelReused.
    """
    row, order, hold = opened(session, number)
    carrier, tracking_number = parcel_mark(carrier, tracking_number)
    known = session.scalars(select(Shipment).where(Shipment.supplier_order_id == order.id)).all()
    for each in known:
        if each.return_id == row.id and (each.carrier, each.tracking_number) == (carrier, tracking_number):
            return
        if each.return_id == row.id or (each.carrier, each.tracking_number) == (carrier, tracking_number):
            raise ParcelReused(number=order.number, tracking_number=tracking_number)
    if not row.replaced:
        raise ReturnStepRefused(number=number, state=row.state, wanted=EventKind.RETURN_REPLACED)
    box = Shipment(
        supplier_order_id=order.id,
        carrier=carrier,
        tracking_number=tracking_number,
        lines=[[each.sku, each.quantity] for each in _new_pieces(row)],
        shipped_at=at,
        return_id=row.id,
    )
    session.add(box)
    tell(session, EventKind.RETURN_REPLACED, row, hold, order, shipment=box, at=at, actor=actor)


def deliver_new(session: Session, number: str, *, at: datetime, actor: str = "") -> None:
    """The customer has the new pieces. Again: no-op. Raises UnknownReturn, ReturnStepRefused."""
    row, order, hold = opened(session, number)
    box = session.scalars(select(Shipment).where(Shipment.return_id == row.id)).one_or_none()
    if box is None:
        raise ReturnStepRefused(number=number, state=row.state, wanted=EventKind.RETURN_MADE_GOOD)
    if box.delivered_at is None:
        box.delivered_at = at
        tell(session, EventKind.RETURN_MADE_GOOD, row, hold, order, shipment=box, at=at, actor=actor)
        close_if_all_arrived(session, order, hold, at=at)


def _settle(
    session: Session,
    row: ReturnRow,
    hold: StockHold,
    held: Mapping[str, StockHoldLine],
    results: Sequence[Outcome],
    *,
    freight: Money,
    at: datetime,
) -> None:
    """Count the pieces, and book what the store owes less."""
    for each in results:
        line = held[each.sku]
        now = pieces_of(line)
        if row.replaced:
            write_pieces(line, pieces.exchange(now, each.pieces, new=each.new, sellable=each.sellable))
        else:
            write_pieces(line, pieces.take_back(now, each.pieces, credited=each.credited, sellable=each.sellable))
    going = {each.sku: each.credited for each in results if each.credited}
    if not going and not freight:
        return
    quota.free(session, held, going)
    bill = bill_back(session, hold, held, going, at=at)
    if freight:
        supplier = session.get_one(Supplier, held[results[0].sku].supplier_id).code
        due = books.Charge(supplier, cost=freight, supply=freight, freight=Money(0, hold.currency))
        bill = replace(bill, charges=(*bill.charges, due))
    digest = rules.content_hash([row.number, row.lines, row.bearer])
    on_sale = any(each.sellable for each in results)
    write_withdrawal(
        session, hold, bill, going, withdrawal=row.number, digest=digest, restock=on_sale, sending_back=freight, at=at
    )


def _new_pieces(row: ReturnRow) -> list[HoldLine]:
    bears = row.bearer == Bearer.SUPPLIER
    counted = [(sku, sellable + (unsellable if bears else 0)) for sku, _, sellable, unsellable, _ in row.lines]
    return [HoldLine(sku, pieces) for sku, pieces in counted if pieces]


def _said(text: str) -> str:
    if len(text.strip()) > TEXT_LENGTH_MAX:
        raise TextTooLong(maximum=TEXT_LENGTH_MAX)
    return text.strip()
