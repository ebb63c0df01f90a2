"""A store's side of a return: it asks, says that the pieces are on their way, or that nothing comes after all."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.kernel.money import Money
from shared_core.ledger import ReferenceReused
from shared_core.supply import rules
from shared_core.supply.dropshipping import events, pieces, return_rules
from shared_core.supply.dropshipping.carriers import parcel_mark
from shared_core.supply.dropshipping.opened import lines_of, locked, pieces_of, write_pieces
from shared_core.supply.dropshipping.return_models import ReturnRow, ReturnStep, ReturnTermsRow
from shared_core.supply.dropshipping.return_rules import ReturnTerms
from shared_core.supply.errors import (
    HoldNotConfirmed,
    OneSupplierOnly,
    ReturnPointless,
    ReturnStepRefused,
    ReturnTooMuch,
    TextTooLong,
    UnknownHold,
    UnknownReturn,
    UnknownSku,
)
from shared_core.supply.gateway import Terms
from shared_core.supply.inventory import holds
from shared_core.supply.models import TEXT_LENGTH_MAX, Shipment, StockHold, StockHoldLine, SupplierOrder, WithdrawalRow
from shared_core.supply.return_kinds import Bearer, Remedy, ReturnReason, ReturnState
from shared_core.supply.views import Address, EventKind, HoldLine, HoldState, Inspected, NewBox, ReturnView

NEWS: Mapping[ReturnState, EventKind] = {
    ReturnState.AUTHORISED: EventKind.RETURN_APPROVED,
    ReturnState.DECLINED: EventKind.RETURN_DECLINED,
    ReturnState.EXPIRED: EventKind.RETURN_EXPIRED,
    ReturnState.RECEIVED: EventKind.RETURN_RECEIVED,
    ReturnState.SETTLED: EventKind.RETURN_SETTLED,
}
"""What the store hears; the other steps are its own."""


def request_return(
    session: Session,
    reference: str,
    lines: Sequence[HoldLine],
    *,
    terms: Terms,
    number: str,
    reason: ReturnReason,
    remedy: Remedy,
    words: str,
    at: datetime,
) -> ReturnView:
    """See `SupplyGateway.request_return`."""
    if len(words) > TEXT_LENGTH_MAX:
        raise TextTooLong(maximum=TEXT_LENGTH_MAX)
    hold = holds.locked_hold(session, reference)
    if hold is None or hold.store != terms.store:
        raise UnknownHold(reference=reference)
    asked = rules.merge_lines(lines)
    digest = rules.content_hash([reference, [[each.sku, each.quantity] for each in asked], reason, remedy, words])
    known = _found(session, number)
    if known is not None:
        if known.content_hash != digest:
            raise ReferenceReused(reference=number)
        return view(session, known)
    if session.scalar(select(WithdrawalRow.id).where(WithdrawalRow.reference == number)) is not None:
        raise ReferenceReused(reference=number)  # what a return gives is a withdrawal of its number
    if hold.state != HoldState.CONFIRMED:
        raise HoldNotConfirmed(reference=reference)
    if remedy is Remedy.REPLACEMENT and reason.at_fault is Bearer.STORE:
        raise ReturnPointless()
    order, held = _one_order(session, hold, asked)
    for each in asked:
        out = pieces_of(held[each.sku]).out
        if each.quantity > out:
            raise ReturnTooMuch(sku=each.sku, left=out)
    row = begin(
        session,
        hold,
        order,
        held,
        asked,
        number=number,
        reason=reason,
        remedy=remedy,
        words=words,
        at=at,
        digest=digest,
    )
    return view(session, row)


def begin(
    session: Session,
    hold: StockHold,
    order: SupplierOrder,
    held: Mapping[str, StockHoldLine],
    asked: Sequence[HoldLine],
    *,
    number: str,
    reason: ReturnReason,
    at: datetime,
    digest: str,
    remedy: Remedy = Remedy.MONEY,
    words: str = "",
    withdrawn: bool = False,
) -> ReturnRow:
    """Write the return down, and authorise it where the supplier's terms say so."""
    for each in asked:
        write_pieces(held[each.sku], pieces.ask_back(pieces_of(held[each.sku]), each.quantity))
    row = ReturnRow(
        number=number,
        supplier_order_id=order.id,
        state=ReturnState.REQUESTED,
        reason=reason,
        remedy=remedy,
        content_hash=digest,
        lines=[[each.sku, each.quantity, 0, 0, 0] for each in asked],
        words=words,
        withdrawn=withdrawn,
    )
    session.add(row)
    session.flush()
    note(session, row, ReturnState.REQUESTED, actor=hold.store, at=at)
    on = terms_of(session, order.supplier_id)
    if on is not None and return_rules.authorised_at_once(on, reason=reason, delivered_at=order.delivered_at, at=at):
        row.address, row.send_by = on.address.as_json(), at + timedelta(days=on.send_days)
        move(session, row, hold, order, ReturnState.AUTHORISED, actor="terms", at=at)
    return row


def ship_return(
    session: Session, reference: str, *, terms: Terms, number: str, carrier: str, tracking_number: str, at: datetime
) -> ReturnView:
    """See `SupplyGateway.ship_return`."""
    row, order, hold = _of_store(session, reference, number, terms)
    carrier, tracking_number = parcel_mark(carrier, tracking_number)
    if (row.carrier, row.tracking_number) == (carrier, tracking_number):
        return view(session, row)
    move(session, row, hold, order, ReturnState.SENT, actor=hold.store, at=at)
    row.carrier, row.tracking_number = carrier, tracking_number
    session.flush()
    return view(session, row)


def cancel_return(session: Session, reference: str, *, terms: Terms, number: str, at: datetime) -> ReturnView:
    """See `SupplyGateway.cancel_return`."""
    row, order, hold = _of_store(session, reference, number, terms)
    if row.state != ReturnState.CANCELLED:
        move(session, row, hold, order, ReturnState.CANCELLED, actor=hold.store, at=at)
        let_be(session, row, order)
    return view(session, row)


def view_return(session: Session, reference: str, *, terms: Terms, number: str) -> ReturnView:
    """See `SupplyGateway.view_return`."""
    row = _found(session, number)
    hold = None if row is None else _hold_of(session, row)
    if row is None or hold is None or (hold.store, hold.reference) != (terms.store, reference):
        raise UnknownReturn(number=number)
    return view(session, row)


def opened(session: Session, number: str) -> tuple[ReturnRow, SupplierOrder, StockHold]:
    """The return as it is now, and nobody else moves it or its order. Raises UnknownReturn."""
    query = select(SupplierOrder.number).join(ReturnRow, ReturnRow.supplier_order_id == SupplierOrder.id)
    order_number = session.scalar(query.where(ReturnRow.number == number))
    if order_number is None:
        raise UnknownReturn(number=number)
    order, hold = locked(session, order_number)
    row = _found(session, number)
    assert row is not None, "returns are never deleted"
    return row, order, hold


def move(
    session: Session,
    row: ReturnRow,
    hold: StockHold,
    order: SupplierOrder,
    wanted: ReturnState,
    *,
    actor: str,
    at: datetime,
) -> None:
    """The return comes to this state, and the store hears of it. Raises ReturnStepRefused."""
    comes_back = ReturnReason(row.reason).comes_back
    if not return_rules.may_become(ReturnState(row.state), wanted, comes_back=comes_back):
        raise ReturnStepRefused(number=row.number, state=row.state, wanted=wanted)
    row.state = wanted
    note(session, row, wanted, actor=actor, at=at)
    if wanted in NEWS:
        tell(session, NEWS[wanted], row, hold, order, at=at, actor=actor)


def note(session: Session, row: ReturnRow, state: ReturnState, *, actor: str, at: datetime) -> None:
    session.add(ReturnStep(return_id=row.id, state=state, actor=actor, at=at))
    session.flush()


def tell(
    session: Session,
    kind: EventKind,
    row: ReturnRow,
    hold: StockHold,
    order: SupplierOrder,
    *,
    at: datetime,
    shipment: Shipment | None = None,
    actor: str = "",
) -> None:
    events.record(
        session, kind, store=hold.store, reference=hold.reference, order=order, shipment=shipment,
        lines=asked_of(row), returned=row, actor=actor, at=at,
    )  # fmt: skip


def let_be(session: Session, row: ReturnRow, order: SupplierOrder) -> None:
    """Nothing came of it: its pieces can be asked back again."""
    held = {line.sku: line for line in lines_of(session, order)}
    for each in asked_of(row):
        write_pieces(held[each.sku], pieces.let_be(pieces_of(held[each.sku]), each.quantity))
    session.flush()


def asked_of(row: ReturnRow) -> list[HoldLine]:
    return [HoldLine(sku, quantity) for sku, quantity, *_ in row.lines]


def terms_of(session: Session, supplier_id: int) -> ReturnTerms | None:
    row = session.get(ReturnTermsRow, supplier_id, populate_existing=True)
    if row is None:
        return None
    return ReturnTerms(Address.from_json(row.address), row.send_days, row.no_reason_days, row.automatic)


def view(session: Session, row: ReturnRow) -> ReturnView:
    """As the store sees it."""
    hold = _hold_of(session, row)
    order = session.get_one(SupplierOrder, row.supplier_order_id)
    gave = session.scalars(select(WithdrawalRow).where(WithdrawalRow.reference == row.number)).one_or_none()
    box = session.scalars(select(Shipment).where(Shipment.return_id == row.id)).one_or_none()
    settled = row.state == ReturnState.SETTLED
    money = (gave.supply_minor, gave.freight_minor, gave.fee_minor) if settled and gave else (0, 0, 0)
    supply, freight, fee = (Money(minor, hold.currency) for minor in money)
    return ReturnView(
        number=row.number,
        reference=hold.reference,
        supplier_order=order.number,
        state=ReturnState(row.state),
        reason=ReturnReason(row.reason),
        remedy=Remedy(row.remedy),
        lines=tuple(asked_of(row)),
        supply=supply,
        freight=freight,
        fee=fee,
        said=row.said,
        address=None if row.address is None else Address.from_json(row.address),
        send_by=row.send_by,
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        inspected=tuple(Inspected(sku, *counts) for sku, _, *counts in row.lines) if settled else (),
        bearer=Bearer(row.bearer) if row.bearer else None,
        replaced=row.replaced,
        new_box=None if box is None else NewBox(box.carrier, box.tracking_number, box.delivered_at),
    )


def _one_order(
    session: Session, hold: StockHold, asked: Sequence[HoldLine]
) -> tuple[SupplierOrder, dict[str, StockHoldLine]]:
    """The supplier order that has all of this, locked, with its lines by SKU. Raises UnknownSku, OneSupplierOnly."""
    orders = {line.sku: line.supplier_order_id for line in holds.lines_of(session, [hold.id])}
    for each in asked:
        if each.sku not in orders:
            raise UnknownSku(sku=each.sku)
    ids = {orders[each.sku] for each in asked}
    if len(ids) != 1:
        raise OneSupplierOnly()
    number = session.scalars(select(SupplierOrder.number).where(SupplierOrder.id.in_(ids))).one()
    order, _ = locked(session, number)
    return order, {line.sku: line for line in lines_of(session, order)}


def _of_store(
    session: Session, reference: str, number: str, terms: Terms
) -> tuple[ReturnRow, SupplierOrder, StockHold]:
    row, order, hold = opened(session, number)
    if (hold.store, hold.reference) != (terms.store, reference):
        raise UnknownReturn(number=number)
    return row, order, hold


def _hold_of(session: Session, row: ReturnRow) -> StockHold:
    query = select(StockHold).join(SupplierOrder, SupplierOrder.hold_id == StockHold.id)
    return session.scalars(query.where(SupplierOrder.id == row.supplier_order_id)).one()


def _found(session: Session, number: str) -> ReturnRow | None:
    query = select(ReturnRow).where(ReturnRow.number == number)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()
