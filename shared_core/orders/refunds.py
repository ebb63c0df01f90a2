"""Giving money back: whole or in part, in any number and order, before and after delivery.

A refund is promised first (the books owe it) and sent later (the rail's evidence). Each line remembers, cumulatively,
how many pieces and how much money went back, so that no sequence of refunds can give back more than was paid.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core import ledger
from shared_core.kernel.database import insert_new
from shared_core.kernel.errors import Invalid, Phrase
from shared_core.kernel.events import announce
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.ledger import accounts
from shared_core.orders import reads, rules
from shared_core.orders.dispute_rules import DisputeState
from shared_core.orders.errors import (
    NothingToRefund,
    OrderDisputed,
    RefundTooMuch,
    StepNotAllowed,
    UnknownRefund,
)
from shared_core.orders.events import OrderRefunded
from shared_core.orders.matching import never_paid
from shared_core.orders.models import Expectation, Order, OrderLine, Refund, RefundLine, RefundRequest
from shared_core.orders.payments import require_unused, take_turns_sending, transaction_number
from shared_core.orders.rules import REVENUE_BOOKED, SOLD, State
from shared_core.orders.steps import move

REASON_LENGTH_MAX = 200
CHARGEBACK = "chargeback"


@dataclass(frozen=True)
class RefundItem:
    """`pieces` of a line go back, or (with 0 pieces) an `amount` of its price as a reduction."""

    line_id: int
    pieces: int = 0
    amount: Money | None = None


@dataclass(frozen=True)
class RefundOrder:
    """What was decided. `goods_back`: the goods return to the supply side, or never left it; `restock`: for sale."""

    items: Sequence[RefundItem]
    reason: str
    actor: str
    goods_back: bool
    restock: bool = True
    freight: bool = False
    """Give the freight back too (whatever of it is left)."""
    disputed_too: bool = False
    """Even what is disputed: goods that cannot be supplied are paid back whatever the bank decides."""


def refund(session: Session, number: str, wanted: RefundOrder, *, refund_number: str, at: datetime) -> Refund:
    """Promise money back. The same `refund_number` with the same content again returns the same refund.

    Raises RefundTooMuch, NothingToRefund, OrderDisputed, StepNotAllowed, UnknownOrder, ledger.ReferenceReused.
    """
    row = reads.locked(session, number)
    known = session.scalars(select(Refund).where(Refund.number == refund_number)).one_or_none()
    digest = _digest(number, wanted)
    if known is not None:
        if known.request_hash != digest:
            raise ledger.ReferenceReused(reference=refund_number)
        return known
    if row.state not in SOLD:
        raise StepNotAllowed(number=number, state=row.state, wanted=State.REFUNDED)
    lines = {line.id: line for line in reads.lines(session, row.id)}
    parts = [(item, _amount(lines, item, row)) for item in wanted.items]
    goods = sum(amount.minor for _, amount in parts)
    freight = row.freight_minor - row.refunded_freight_minor if wanted.freight else 0
    if goods + freight <= 0:
        raise NothingToRefund(number=number)
    if not wanted.disputed_too:
        _leave_disputed(session, row, goods + freight)
    made = _write(session, row, wanted, refund_number, digest, goods=goods, freight=freight, at=at)
    _book(session, row, made, at=at)
    _apply(session, row, made, [(lines[item.line_id], item.pieces, amount.minor) for item, amount in parts])
    return made


def charge_back(
    session: Session,
    row: Order,
    parts: Sequence[tuple[OrderLine, int]],
    *,
    freight: int,
    refund_number: str,
    actor: str,
    at: datetime,
) -> Refund:
    """The refund that a lost dispute is: sent by the bank, and booked by the dispute. `parts` are in minor units."""
    wanted = RefundOrder([], reason=CHARGEBACK, actor=actor, goods_back=False, disputed_too=True)
    goods = sum(part for _, part in parts)
    digest = _digest(row.number, wanted)
    made = _write(session, row, wanted, refund_number, digest, goods=goods, freight=freight, at=at)
    made.sent_at = at
    _apply(session, row, made, [(line, 0, part) for line, part in parts if part])
    return made


def refund_all(
    session: Session,
    number: str,
    *,
    reason: str,
    actor: str,
    goods_back: bool,
    refund_number: str,
    at: datetime,
    disputed_too: bool = False,
) -> Refund:
    """Promise back everything that is left, freight included."""
    row = reads.locked(session, number)
    known = session.scalars(select(Refund).where(Refund.number == refund_number)).one_or_none()
    if known is not None:
        return known
    items = [
        _rest(line, row.currency) for line in reads.lines(session, row.id) if line.refunded_minor < line.goods_net_minor
    ]
    wanted = RefundOrder(
        items, reason=reason, actor=actor, goods_back=goods_back, freight=True, disputed_too=disputed_too
    )
    return refund(session, number, wanted, refund_number=refund_number, at=at)


def mark_refund_sent(session: Session, refund_number: str, *, evidence: str, at: datetime) -> Refund:
    """The rail (or the collector) has sent the money. Repeating is a no-op.

    `evidence` is the transaction number; it settles one refund and nothing else. Raises UnknownRefund, EvidenceUsed,
    Invalid.
    """
    evidence = transaction_number(evidence, field="evidence")
    take_turns_sending(session)
    made = session.scalars(select(Refund).where(Refund.number == refund_number).with_for_update()).one_or_none()
    if made is None:
        raise UnknownRefund(number=refund_number)
    if made.sent_at is not None:
        return made
    require_unused(session, evidence)
    row = session.get_one(Order, made.order_id)
    collector = session.scalars(select(Expectation.collector).where(Expectation.order_id == row.id)).one()
    amount = Money(made.cash_minor, row.currency)
    sent = ledger.entry(debit=accounts.refund_payable(), credit=accounts.clearing(collector), amount=amount)
    ledger.post(session, f"refd:{refund_number}", [sent], at=at, memo=f"refund {refund_number} sent")
    made.sent_at, made.sent_evidence = at, evidence
    session.flush()
    return made


def request_refund(session: Session, number: str, *, buyer_id: int, reason: str, at: datetime) -> RefundRequest:
    """The customer asks for money back; one open request per order (a second returns the first)."""
    row = reads.get(session, number, buyer_id=buyer_id)
    if row.state not in SOLD or row.state == State.COMPLETED:
        raise StepNotAllowed(number=number, state=row.state, wanted=State.REFUNDED)
    if not reason.strip() or len(reason) > REASON_LENGTH_MAX:
        raise Invalid(
            field="reason", reason=Phrase(N_("write between 1 and {most} characters"), most=REASON_LENGTH_MAX)
        )
    for asked in reads.refund_requests(session, row.id):
        if asked.answered_at is None:
            return asked
    asked = RefundRequest(order_id=row.id, reason=reason.strip(), at=at)
    session.add(asked)
    session.flush()
    return asked


def answer_request(session: Session, number: str, *, answer: str, at: datetime) -> None:
    """Close the open request of the order with what staff decided."""
    row = reads.locked(session, number)
    for asked in reads.refund_requests(session, row.id):
        if asked.answered_at is None:
            asked.answered_at, asked.answer = at, answer[:REASON_LENGTH_MAX]


def _amount(lines: dict[int, OrderLine], item: RefundItem, row: Order) -> Money:
    """What the item gives back, checked against what its line still has."""
    line = lines.get(item.line_id)
    if line is None or item.pieces < 0:
        raise NothingToRefund(number=row.number)
    paid, back = Money(line.goods_net_minor, row.currency), Money(line.refunded_minor, row.currency)
    left = RefundTooMuch(quantity=line.quantity - line.refunded_quantity, amount=paid - back, sku=line.sku)
    if item.pieces > line.quantity - line.refunded_quantity:
        raise left
    if item.pieces:
        amount = rules.line_refund(paid, line.quantity, line.refunded_quantity, back, item.pieces)
    else:
        amount = item.amount or Money(0, row.currency)
    if amount > paid - back or amount.minor < 0:
        raise left
    return amount


def _rest(line: OrderLine, currency: str) -> RefundItem:
    pieces = line.quantity - line.refunded_quantity
    rest = Money(line.goods_net_minor - line.refunded_minor, currency)
    return RefundItem(line.id, pieces=pieces, amount=None if pieces else rest)


def _leave_disputed(session: Session, row: Order, wanted_minor: int) -> None:
    """Raises OrderDisputed when a refund would reach into what the customer's bank has taken."""
    open_ones = [each for each in reads.disputes(session, row.id) if each.state == DisputeState.OPEN]
    disputed = sum(each.amount_minor for each in open_ones)
    left = max(reads.payable(session, row) - row.refunded_minor - disputed, 0)
    if open_ones and wanted_minor > left:
        raise OrderDisputed(number=row.number, disputed=Money(disputed, row.currency), left=Money(left, row.currency))


def _apply(session: Session, row: Order, made: Refund, parts: Sequence[tuple[OrderLine, int, int]]) -> None:
    """Count the refund's (line, pieces, minor units) on the order, and tell the others."""
    for line, pieces, minor in parts:
        line.refunded_quantity += pieces
        line.refunded_minor += minor
        session.add(RefundLine(refund_id=made.id, line_id=line.id, quantity=pieces, goods_minor=minor))
    row.refunded_minor += made.goods_minor + made.freight_minor
    row.refunded_freight_minor += made.freight_minor
    if row.refunded_minor == row.total_minor:
        row.due_at = None
        move(session, row, State.REFUNDED, actor=made.actor, at=made.at, reason=made.reason)
    session.flush()
    announce(session, OrderRefunded(row.id, made.id, made.at))


def _write(
    session: Session,
    row: Order,
    wanted: RefundOrder,
    refund_number: str,
    digest: str,
    *,
    goods: int,
    freight: int,
    at: datetime,
) -> Refund:
    tail = never_paid(reads.payable(session, row), row.refunded_minor, row.refunded_minor + goods + freight)
    values = {
        "number": refund_number,
        "order_id": row.id,
        "goods_minor": goods,
        "freight_minor": freight,
        "tail_minor": tail,
        "reason": wanted.reason[:REASON_LENGTH_MAX],
        "actor": wanted.actor,
        "goods_back": wanted.goods_back,
        "restock": wanted.restock,
        "request_hash": digest,
        "at": at,
        "sent_at": at if tail == goods + freight else None,  # nothing of it was paid, so nothing is to be sent
    }
    refund_id = insert_new(session, Refund, values, conflict=["number"])
    if refund_id is None:  # the number belongs to a refund of another order
        raise ledger.ReferenceReused(reference=refund_number)
    return session.get_one(Refund, refund_id)


def _book(session: Session, row: Order, made: Refund, *, at: datetime) -> None:
    """Before delivery the customer's deposit gives the money, after it the shop's income does.

    What was never paid is no discount any more.
    """
    charged = accounts.returns() if row.state in REVENUE_BOOKED else accounts.customer_deposit()
    cash, tail = Money(made.cash_minor, row.currency), Money(made.tail_minor, row.currency)
    promised = [
        ledger.entry(debit=charged, credit=accounts.refund_payable(), amount=cash),
        ledger.entry(debit=charged, credit=accounts.discounts(), amount=tail),
    ]
    ledger.post(session, f"ref:{made.number}", promised, at=at, memo=f"order {row.number} refunded")


def _digest(number: str, wanted: RefundOrder) -> str:
    items = sorted([item.line_id, item.pieces, item.amount.minor if item.amount else 0] for item in wanted.items)
    content = [number, items, wanted.freight, wanted.goods_back, wanted.restock]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
