"""Taking money: a rail says what to pay and how; evidence of a payment, matched to an order, makes it paid.

The `manual` rail is a transfer or red packet to a collector's wallet: expectation, then evidence, then match. A
screenshot posts nothing; the collector's transaction number does, once.
"""

import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from shared_core import ledger
from shared_core.kernel.database import insert_or_ignore, lock
from shared_core.kernel.errors import Invalid, Phrase
from shared_core.kernel.events import announce
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.ledger import accounts
from shared_core.orders import matching, reads
from shared_core.orders.errors import AmountDiffers, EvidenceUsed, OtherCollector, StepNotAllowed
from shared_core.orders.events import OrderPaid
from shared_core.orders.matching import Match
from shared_core.orders.models import Evidence, Expectation, Order, Receipt, Refund
from shared_core.orders.rules import SOLD, State
from shared_core.orders.steps import move

MEMO_LENGTH = 6
TRANSACTION_NO_LENGTH_MAX = 80
MANUAL = "manual"
MATCHED, RETURNED = "matched", "returned"


@dataclass(frozen=True)
class PaymentRequest:
    """What a customer must pay, to whom, and the memo that lets the money be matched.

    With `Match.TAIL` the amount may be lowered by a tail, so that it is nobody else's.
    """

    collector: str
    amount: Money
    memo: str
    match: Match = Match.MEMO


class PaymentRail(Protocol):
    """A way for money to come in."""

    @property
    def name(self) -> str: ...

    def request(self, order_number: str, amount: Money) -> PaymentRequest:
        """What to ask of the customer; the same for the same order."""
        ...


@dataclass(frozen=True)
class ManualRail:
    """Transfers to a collector, each order to one of them, told apart by amount or by a memo made of its number."""

    collectors: tuple[str, ...]
    match: Match = Match.MEMO
    name: str = MANUAL

    def request(self, order_number: str, amount: Money) -> PaymentRequest:
        collector = self.collectors[zlib.crc32(order_number.encode()) % len(self.collectors)]
        return PaymentRequest(collector, amount, order_number[-MEMO_LENGTH:], self.match)


def expect(session: Session, row: Order, rail: PaymentRail, *, at: datetime) -> None:
    """Open the expectation of an order; its memo grows until no other expectation of the collector has it.

    Where amounts tell payments apart it takes one that nobody else waits for. When none is left, the memo must do.
    """
    wanted = rail.request(row.number, Money(row.total_minor, row.currency))
    tail = _free_tail(session, wanted, rail=rail.name, at=at) if wanted.match is Match.TAIL else None
    amount = wanted.amount.minor - (tail or 0)
    for memo in (wanted.memo, row.number):
        values = {
            "order_id": row.id,
            "rail": rail.name,
            "collector": wanted.collector,
            "amount_minor": amount,
            "memo": memo,
            "match": Match.MEMO if tail is None else Match.TAIL,
            "tail_minor": tail or 0,
            "held_minor": None if tail is None else amount,
            "opened_at": at,
        }
        if insert_or_ignore(session, Expectation, values, conflict=["rail", "collector", "memo"]):
            return


def let_rest(session: Session, order_id: int, *, at: datetime) -> None:
    """The order is paid or given up: its amount stays taken for the quiet time and is free after it.

    The first time counts: late money for an order that was given up must not take the amount anew, or it would matter
    in which order statements come.
    """
    session.execute(_RESTS, {"of": order_id, "until": at + matching.QUIET_TIME})


def confirm_payment(
    session: Session, number: str, *, transaction_no: str, amount: Money, entered_by: str, at: datetime
) -> Order:
    """Match a payment seen on the collector's account to the order `number`.

    `amount` is what the order waits for, or its total where a tail was let off and paid all the same. The same evidence
    again changes nothing. Money for an order given up in the meantime is booked all the same; the
    supply side then either still has the goods or the money goes back. Money that a statement brought in and that
    matched nothing then is matched now. Raises EvidenceUsed, OtherCollector, AmountDiffers, StepNotAllowed,
    UnknownOrder, Invalid.
    """
    transaction_no = transaction_number(transaction_no)
    wanted = reads.expectation_of(session, number)
    if wanted is None:  # imported as settled, or a draft: nobody waits for its money
        raise StepNotAllowed(number=number, state=reads.get(session, number).state, wanted=State.PAID)
    take_turns(session, wanted.rail)
    row = reads.locked(session, number)
    if amount.currency != row.currency or amount.minor not in (wanted.amount_minor, row.total_minor):
        raise AmountDiffers(expected=Money(wanted.amount_minor, row.currency), number=number, found=amount)
    seen = Evidence(
        order_id=row.id,
        rail=wanted.rail,
        collector=wanted.collector,
        transaction_no=transaction_no,
        amount_minor=amount.minor,
        entered_by=entered_by,
        at=at,
    )
    if not _keep(session, seen) and row.state in SOLD:
        return row
    receipt = _receipt_of(session, seen)
    if amount.minor == row.total_minor:
        wanted.tail_minor = 0  # the round price was paid: nothing was let off
    move(session, row, State.PAID, actor=entered_by, at=at)
    row.paid_at, row.due_at = at, None
    _book(session, row, seen, tail=Money(wanted.tail_minor, row.currency), was_unidentified=receipt is not None, at=at)
    if receipt is not None:
        receipt.outcome, receipt.settled_by, receipt.settled_at, receipt.order_id = MATCHED, entered_by, at, row.id
    let_rest(session, row.id, at=at)
    announce(session, OrderPaid(row.id, at))
    return row


def transaction_number(text: str, *, field: str = "transaction_no") -> str:
    """The number as it is kept and compared, however it was copied. Raises Invalid."""
    number = matching.bare_number(text)
    if not 0 < len(number) <= TRANSACTION_NO_LENGTH_MAX:
        raise Invalid(field=field, reason=Phrase(N_("the transaction number is missing or too long")))
    return number


def take_turns(session: Session, rail: str) -> None:
    """Whoever writes down money of this rail, or what became of it, waits for who is doing so.

    All its collectors together, because a transaction number counts once among them all. What is read before is stale.
    """
    lock(session, f"money by {rail}")


def take_turns_sending(session: Session) -> None:
    """Whoever writes down that money went out by hand waits for who is doing so."""
    lock(session, "refund evidence")


def require_unused(session: Session, outgoing: str) -> None:
    """A transfer sends one refund or one receipt back, not both; ask when it is your turn. Raises EvidenceUsed."""
    for used in (Refund.sent_evidence, Receipt.returned_by):
        if session.scalar(select(used).where(used == outgoing)) is not None:
            raise EvidenceUsed(transaction=outgoing)


def _free_tail(session: Session, wanted: PaymentRequest, *, rail: str, at: datetime) -> int | None:
    """A tail for this request. Checkouts of one collector take turns from here on until they commit."""
    lock(session, f"tails {wanted.collector}")
    whose = (Expectation.rail == rail, Expectation.collector == wanted.collector)
    over = select(Order.id).where(Order.state != State.PLACED)
    free = update(Expectation).where(*whose, Expectation.held_minor.is_not(None), Expectation.held_until <= at)
    session.execute(free.where(Expectation.order_id.in_(over)).values(held_minor=None))
    taken = (
        select(Expectation.amount_minor)
        .join(Order, Order.id == Expectation.order_id)
        .where(*whose, Expectation.amount_minor.between(wanted.amount.minor - matching.TAILS_MAX, wanted.amount.minor))
        .where(or_(Order.state == State.PLACED, Expectation.held_until > at, Expectation.held_minor.is_not(None)))
    )
    return matching.free_tail(wanted.amount, set(session.scalars(taken)))


def _keep(session: Session, seen: Evidence) -> bool:
    """Write the evidence down; False when it was already. Raises EvidenceUsed when it paid for another order."""
    known = session.scalars(_EVIDENCE, {"rail": seen.rail, "transaction_no": seen.transaction_no}).all()
    if seen.order_id in known:
        return False
    values = {key: getattr(seen, key) for key in Evidence.__table__.columns.keys() if key != "id"}  # noqa: SIM118
    if known or not insert_or_ignore(session, Evidence, values, conflict=["rail", "collector", "transaction_no"]):
        raise EvidenceUsed(transaction=seen.transaction_no)
    return True


def _receipt_of(session: Session, seen: Evidence) -> Receipt | None:
    """The receipt under which this money was booked as unidentified, in whosever wallet.

    Raises EvidenceUsed when it went back, OtherCollector when it came to another.
    """
    receipt = session.scalars(_RECEIPT, {"rail": seen.rail, "transaction_no": seen.transaction_no}).one_or_none()
    if receipt is None:
        return None
    if receipt.outcome is not None:
        raise EvidenceUsed(transaction=seen.transaction_no)
    number = reads.order(session, seen.order_id).number
    if receipt.collector != seen.collector:
        raise OtherCollector(number=number, wanted=seen.collector, found=receipt.collector)
    if receipt.amount_minor != seen.amount_minor:
        found = Money(seen.amount_minor, receipt.currency)
        raise AmountDiffers(expected=found, number=number, found=Money(receipt.amount_minor, receipt.currency))
    return receipt


def _book(session: Session, row: Order, seen: Evidence, *, tail: Money, was_unidentified: bool, at: datetime) -> None:
    """The customer's deposit is the whole total: the tail is the shop's own cost, outside of what members share."""
    source = accounts.unidentified_receipts() if was_unidentified else accounts.clearing(seen.collector)
    paid = [
        ledger.entry(debit=source, credit=accounts.customer_deposit(), amount=Money(seen.amount_minor, row.currency)),
        ledger.entry(debit=accounts.discounts(), credit=accounts.customer_deposit(), amount=tail),
    ]
    kind = "match" if was_unidentified else "cap"
    reference = f"{kind}:{seen.rail}:{seen.collector}:{seen.transaction_no}"
    ledger.post(session, reference, paid, at=at, memo=f"order {row.number} paid")


_RESTS = (
    update(Expectation)
    .where(Expectation.order_id == bindparam("of"), Expectation.held_until.is_(None))
    .where(or_(Expectation.match == Match.MEMO, Expectation.held_minor.is_not(None)))
    .values(held_until=bindparam("until"))
    .execution_options(synchronize_session=False)
)
_EVIDENCE = select(Evidence.order_id).where(
    Evidence.rail == bindparam("rail"), Evidence.transaction_no == bindparam("transaction_no")
)
_RECEIPT = (
    select(Receipt)
    .where(Receipt.rail == bindparam("rail"), Receipt.transaction_no == bindparam("transaction_no"))
    .execution_options(populate_existing=True)  # it may have been read before it was our turn
)
"""What every payment asks is put together once."""
