"""Disputed payments: the customer's bank takes money back until it is decided whose it is.

A lost dispute is a refund that the bank made: the order, its lines, the members' shares and the ranks follow it like
any other. Until then refunds by hand leave the disputed amount alone, so that nobody is paid twice.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared_core import ledger
from shared_core.kernel.database import insert_new
from shared_core.kernel.errors import Invalid, Phrase
from shared_core.kernel.events import announce
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import MixedCurrencies, Money
from shared_core.orders import dispute_rules, reads
from shared_core.orders.dispute_rules import DISPUTE_REASONS, TAKEN, DisputeState, may_end, spread
from shared_core.orders.errors import DisputeEnded, DisputeTooMuch, NotDisputable, UnknownDispute
from shared_core.orders.events import DisputeClosed, DisputeOpened
from shared_core.orders.matching import never_paid
from shared_core.orders.models import Dispute, Order
from shared_core.orders.refunds import charge_back
from shared_core.orders.rules import REVENUE_BOOKED, SOLD, State

REFERENCE_LENGTH_MAX = 80
NOTE_LENGTH_MAX = 200


@dataclass(frozen=True)
class DisputeClaim:
    """What the rail says: how much was taken, what it charges for it, a key of DISPUTE_REASONS, its own number."""

    amount: Money
    fee: Money
    reason: str
    reference: str


def open_dispute(session: Session, number: str, claim: DisputeClaim, *, actor: str, at: datetime) -> Dispute:
    """The rail has taken money of the order back. The same reference with the same content again changes nothing.

    Raises UnknownOrder, NotDisputable, DisputeTooMuch, ledger.ReferenceReused, Invalid.
    """
    claim = _checked(claim)
    row = reads.locked(session, number)
    known = _by_reference(session, claim.reference)
    if known is not None:
        return _same(known, row, claim)
    wanted = reads.expectation(session, row.id)
    if wanted is None or row.paid_at is None or row.state not in (*SOLD, State.REFUNDED):
        raise NotDisputable(number=number, state=row.state)
    for money in (claim.amount, claim.fee):
        if money.currency != row.currency:
            raise MixedCurrencies(left=money.currency, right=row.currency)
    taken = sum(each.amount_minor for each in reads.disputes(session, row.id) if each.state in TAKEN)
    left = reads.payable(session, row) - taken
    if claim.amount.minor > left:
        raise DisputeTooMuch(number=number, left=Money(left, row.currency))
    made = _write(session, row, claim, wanted.collector, actor=actor, at=at)
    postings = dispute_rules.opening_postings(made.collector, claim.amount, claim.fee)
    ledger.post(session, f"dsp:{made.number}", postings, at=at, memo=f"payment of order {number} is disputed")
    announce(session, DisputeOpened(row.id, made.id, at))
    return made


def end_dispute(
    session: Session, number: str, dispute: str, *, outcome: DisputeState, actor: str, at: datetime, note: str = ""
) -> Dispute:
    """It is decided. The same outcome again changes nothing. Raises UnknownOrder, UnknownDispute, DisputeEnded."""
    row = reads.locked(session, number)
    made = next((each for each in reads.disputes(session, row.id) if each.number == dispute), None)
    if made is None:
        raise UnknownDispute(dispute=dispute)
    if made.state == outcome:
        return made
    if not may_end(DisputeState(made.state), outcome):
        raise DisputeEnded(dispute=dispute, state=made.state)
    made.state, made.ended_by, made.ended_at, made.note = outcome, actor, at, note.strip()[:NOTE_LENGTH_MAX]
    session.flush()
    if outcome == DisputeState.LOST:
        _lose(session, row, made, at=at)
    else:
        back = dispute_rules.restoring_postings(made.collector, Money(made.amount_minor, row.currency))
        ledger.post(session, f"dspr:{made.number}", back, at=at, memo=f"dispute {made.number} {outcome}")
    announce(session, DisputeClosed(row.id, made.id, at))
    return made


def disputed_goods(session: Session, order_id: int) -> dict[int, int]:
    """What is disputed of each line, in minor units by line id: the open disputes spread over what is left of them.

    Where all that was paid is disputed, that is all that is left: losing it takes the order's tail along.
    """
    still = (Dispute.order_id == order_id) & (Dispute.state == DisputeState.OPEN)
    disputed = int(session.scalar(select(func.coalesce(func.sum(Dispute.amount_minor), 0)).where(still)) or 0)
    if disputed == 0:
        return {}
    lines, row = reads.lines(session, order_id), reads.order(session, order_id)
    if disputed >= reads.payable(session, row) - row.refunded_minor:
        disputed = row.total_minor - row.refunded_minor
    parts = spread(Money(disputed, row.currency), [line.goods_net_minor - line.refunded_minor for line in lines])
    return {line.id: part for line, part in zip(lines, parts, strict=True)}


def _lose(session: Session, row: Order, made: Dispute, *, at: datetime) -> None:
    """As much of the amount as the order still has is refunded; only more than that was given back already.

    When nothing that was paid is left, the order's tail goes with it.
    """
    amount = Money(made.amount_minor, row.currency)
    paid = reads.payable(session, row)
    rest = row.total_minor - row.refunded_minor
    minor = rest if made.amount_minor >= paid - row.refunded_minor else made.amount_minor
    charged = Money(minor, row.currency)
    tail = Money(never_paid(paid, row.refunded_minor, row.refunded_minor + minor), row.currency)
    postings = dispute_rules.losing_postings(amount, charged, tail, delivered=row.state in REVENUE_BOOKED)
    ledger.post(session, f"dspl:{made.number}", postings, at=at, memo=f"dispute {made.number} lost")
    if charged:
        lines = reads.lines(session, row.id)
        parts = spread(charged, [line.goods_net_minor - line.refunded_minor for line in lines])
        made.refund_id = charge_back(
            session,
            row,
            list(zip(lines, parts, strict=True)),
            freight=charged.minor - sum(parts),
            refund_number=made.number,
            actor=made.ended_by,
            at=at,
        ).id


def _checked(claim: DisputeClaim) -> DisputeClaim:
    reference = claim.reference.strip()
    if not 0 < len(reference) <= REFERENCE_LENGTH_MAX:
        raise Invalid(field="reference", reason=Phrase(N_("the number of the dispute is missing or too long")))
    if claim.reason not in DISPUTE_REASONS:
        raise Invalid(field="reason", reason=Phrase(N_("choose one of: {known}"), known=", ".join(DISPUTE_REASONS)))
    if claim.amount.minor <= 0 or claim.fee.minor < 0:
        raise Invalid(field="amount", reason=Phrase(N_("the amount is above zero, the fee not below it")))
    return DisputeClaim(claim.amount, claim.fee, claim.reason, reference)


def _by_reference(session: Session, reference: str) -> Dispute | None:
    return session.scalars(select(Dispute).where(Dispute.reference == reference)).one_or_none()


def _same(known: Dispute, row: Order, claim: DisputeClaim) -> Dispute:
    """The dispute that was opened before, if it says the same."""
    before = (known.order_id, known.amount_minor, known.fee_minor, known.reason)
    now = (row.id, claim.amount.minor, claim.fee.minor, claim.reason)
    if before != now or {claim.amount.currency, claim.fee.currency} != {row.currency}:
        raise ledger.ReferenceReused(reference=claim.reference)
    return known


def _write(session: Session, row: Order, claim: DisputeClaim, collector: str, *, actor: str, at: datetime) -> Dispute:
    values = {
        "number": f"{row.number}-D{len(reads.disputes(session, row.id)) + 1}",
        "order_id": row.id,
        "reference": claim.reference,
        "reason": claim.reason,
        "collector": collector,
        "amount_minor": claim.amount.minor,
        "fee_minor": claim.fee.minor,
        "state": DisputeState.OPEN,
        "opened_by": actor,
        "opened_at": at,
        "ended_by": "",
        "note": "",
    }
    dispute_id = insert_new(session, Dispute, values, conflict=["reference"])
    if dispute_id is None:  # another order's, just now
        raise ledger.ReferenceReused(reference=claim.reference)
    return session.get_one(Dispute, dispute_id)
