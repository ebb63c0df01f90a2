"""Taking money: a rail says what to pay and how; evidence of a payment, matched to an order, makes it paid.

The `manual` rail is a transfer or red packet to a collector's wallet: expectation, then evidence, then match. A
screenshot posts nothing; the collector's transaction number does, once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core import ledger
from shared_core.kernel.database import insert_or_ignore
from shared_core.kernel.errors import Invalid, Phrase
from shared_core.kernel.events import announce
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.ledger import accounts
from shared_core.orders import reads
from shared_core.orders.errors import AmountDiffers, EvidenceUsed, StepNotAllowed
from shared_core.orders.events import OrderPaid
from shared_core.orders.models import Evidence, Expectation, Order
from shared_core.orders.rules import SOLD, State
from shared_core.orders.steps import move

MEMO_LENGTH = 6
TRANSACTION_NO_LENGTH_MAX = 80


@dataclass(frozen=True)
class PaymentRequest:
    """What a customer must pay, to whom, and the memo that lets the money be matched."""

    collector: str
    amount: Money
    memo: str


class PaymentRail(Protocol):
    """A way for money to come in."""

    @property
    def name(self) -> str: ...

    def request(self, order_number: str, amount: Money) -> PaymentRequest:
        """What to ask of the customer; the same for the same order."""
        ...


@dataclass(frozen=True)
class ManualRail:
    """Transfers to one collector, told apart by a memo made of the order's number."""

    collector: str
    name: str = "manual"

    def request(self, order_number: str, amount: Money) -> PaymentRequest:
        return PaymentRequest(self.collector, amount, order_number[-MEMO_LENGTH:])


def expect(session: Session, row: Order, rail: PaymentRail) -> None:
    """Open the expectation of an order; its memo grows until no other expectation of the collector has it."""
    wanted = rail.request(row.number, Money(row.total_minor, row.currency))
    for memo in (wanted.memo, row.number):
        values = {
            "order_id": row.id,
            "rail": rail.name,
            "collector": wanted.collector,
            "amount_minor": wanted.amount.minor,
            "memo": memo,
        }
        if insert_or_ignore(session, Expectation, values, conflict=["rail", "collector", "memo"]):
            return


def confirm_payment(
    session: Session, number: str, *, transaction_no: str, amount: Money, entered_by: str, at: datetime
) -> Order:
    """Match a payment seen on the collector's account to the order `number`.

    The same evidence again changes nothing. Money for an order given up in the meantime is booked all the same; the
    supply side then either still has the goods or the money goes back. Raises EvidenceUsed, AmountDiffers,
    StepNotAllowed, UnknownOrder, Invalid.
    """
    if not 0 < len(transaction_no.strip()) <= TRANSACTION_NO_LENGTH_MAX:
        raise Invalid(field="transaction_no", reason=Phrase(N_("it is empty or too long")))
    row = reads.locked(session, number)
    wanted = reads.expectation(session, row.id)
    if wanted is None:  # imported as settled, or a draft: nobody waits for its money
        raise StepNotAllowed(number=number, state=row.state, wanted=State.PAID)
    if amount != Money(wanted.amount_minor, row.currency):
        raise AmountDiffers(expected=Money(wanted.amount_minor, row.currency), number=number, found=amount)
    seen = Evidence(
        order_id=row.id,
        rail=wanted.rail,
        collector=wanted.collector,
        transaction_no=transaction_no.strip(),
        amount_minor=amount.minor,
        entered_by=entered_by,
        at=at,
    )
    if not _keep(session, seen) and row.state in SOLD:
        return row
    move(session, row, State.PAID, actor=entered_by, at=at)
    row.paid_at, row.due_at = at, None
    _book(session, row, seen, amount, at=at)
    announce(session, OrderPaid(row.id, at))
    return row


def hand_over(session: Session, *, collector: str, amount: Money, reference: str, at: datetime) -> bool:
    """The collector hands money over to the bank: what is left in clearing is the collector's debt."""
    moved = ledger.entry(debit=accounts.bank(), credit=accounts.clearing(collector), amount=amount)
    return ledger.post(session, f"handover:{reference}", [moved], at=at)


def _keep(session: Session, seen: Evidence) -> bool:
    """Write the evidence down; False when it was already. Raises EvidenceUsed when it paid for another order."""
    values = {key: getattr(seen, key) for key in Evidence.__table__.columns.keys() if key != "id"}  # noqa: SIM118
    if insert_or_ignore(session, Evidence, values, conflict=["rail", "collector", "transaction_no"]):
        return True
    known = session.scalars(
        select(Evidence.order_id).where(
            Evidence.rail == seen.rail,
            Evidence.collector == seen.collector,
            Evidence.transaction_no == seen.transaction_no,
        )
    ).one()
    if known != seen.order_id:
        raise EvidenceUsed(transaction=seen.transaction_no)
    return False


def _book(session: Session, row: Order, seen: Evidence, amount: Money, *, at: datetime) -> None:
    paid = ledger.entry(debit=accounts.clearing(seen.collector), credit=accounts.customer_deposit(), amount=amount)
    reference = f"cap:{seen.rail}:{seen.collector}:{seen.transaction_no}"
    ledger.post(session, reference, [paid], at=at, memo=f"order {row.number} paid")
