"""Taking earned money out. Asked for, then paid or failed: each step once, each with its entry in the books."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared_core import ledger, orders
from shared_core.kernel.calendar import month_of
from shared_core.kernel.database import insert_or_ignore, lock
from shared_core.kernel.errors import Invalid, Phrase
from shared_core.kernel.events import announce
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.ledger import accounts
from shared_core.plan import Plan
from shared_core.rewards import rules
from shared_core.rewards.errors import (
    PayoutAboveAvailable,
    PayoutBelowMinimum,
    PayoutBySamePerson,
    PayoutCodeReused,
    PayoutEvidenceUsed,
    PayoutNeedsApproval,
    PayoutSettled,
    RedPacketOpen,
    RedPacketOver,
    UnknownPayout,
)
from shared_core.rewards.events import PayoutChanged
from shared_core.rewards.models import Payout, PayoutStep
from shared_core.rewards.rules import PayoutState
from shared_core.rewards.tax import Earlier, withhold

EVIDENCE_LENGTH_MAX = 80
REASON_LENGTH_MAX = 200
EVIDENCE_LOCK = "payout evidence"
APPROVED, RED_PACKET, PAID, FAILED = "approved", "red_packet", "paid", "failed"
"""Steps of staff."""


def request_payout(
    session: Session, plan: Plan, *, member_id: int, amount: Money, code: str, zone: str, at: datetime
) -> Payout:
    """Take `amount` out of what is available; the tax the plan withholds goes off it.

    The same `code` with the same content again returns the same payout. Raises PayoutBelowMinimum,
    PayoutAboveAvailable (a debt included), PayoutCodeReused.
    """
    minimum = Money(max(plan.settlement.payout_min, 1), plan.currency)
    if amount < minimum:
        raise PayoutBelowMinimum(minimum=minimum)
    ledger.lock_accounts(session, [accounts.member_available(member_id)], plan.currency)
    known = session.scalars(select(Payout).where(Payout.code == code)).one_or_none()
    if known is not None:
        if (known.member_id, known.gross_minor, known.currency) != (member_id, amount.minor, amount.currency):
            raise PayoutCodeReused()
        return known
    available = ledger.owed(session, accounts.member_available(member_id), plan.currency)
    if not rules.may_pay_out(available, amount):
        raise PayoutAboveAvailable(available=available, asked=amount)
    row = _write(session, plan, member_id=member_id, amount=amount, code=code, month=month_of(at, zone), at=at)
    postings = rules.request_postings(row.member_id, code, _net(row), _tax(row), row.tax_authority)
    ledger.post(session, f"po:{code}", postings, at=at, memo=f"payout {code} asked for")
    announce(session, PayoutChanged(row.id, at))
    return row


def approve_payout(session: Session, code: str, *, actor: str, at: datetime) -> Payout:
    """The first of the two people whom a large payout needs has looked at it. The first approval stays.

    Raises UnknownPayout, PayoutSettled.
    """
    row = _locked(session, code)
    if row.state != PayoutState.REQUESTED:
        raise PayoutSettled(payout=code, state=row.state)
    if approved_by(session, row.id) is None:
        _note(session, row, APPROVED, actor=actor, at=at)
    return row


def mark_payout_paid(
    session: Session, code: str, *, evidence: str, actor: str, at: datetime, two_people_above: Money | None = None
) -> Payout:
    """The rail has paid; `evidence` is its transaction number and settles one payout only. Repeating is a no-op.

    A payout above `two_people_above` must have been approved by somebody else. Raises UnknownPayout, PayoutSettled
    (it failed before), PayoutNeedsApproval, PayoutBySamePerson, PayoutEvidenceUsed, Invalid.
    """
    evidence = evidence.strip()
    if not 0 < len(evidence) <= EVIDENCE_LENGTH_MAX:
        raise Invalid(field="evidence", reason=Phrase(N_("the transaction number is missing or too long")))
    row = _locked(session, code)
    if row.state == PayoutState.PAID and row.evidence == evidence:
        return row
    if row.state != PayoutState.REQUESTED:
        raise PayoutSettled(payout=code, state=row.state)
    _require_two(session, row, two_people_above, actor=actor)
    lock(session, EVIDENCE_LOCK)
    if _is_used(session, evidence):
        raise PayoutEvidenceUsed(evidence=evidence)
    row.state, row.settled_at, row.evidence = PayoutState.PAID, at, evidence
    _note(session, row, PAID, actor=actor, at=at)
    ledger.post(session, f"pod:{code}", rules.paid_postings(code, _net(row)), at=at, memo=f"payout {code} paid")
    announce(session, PayoutChanged(row.id, at))
    return row


def send_red_packet(
    session: Session, code: str, *, actor: str, at: datetime, two_people_above: Money | None = None
) -> Payout:
    """The money is on its way as one red packet: it is paid when the member has accepted it, and goes back otherwise.

    Nothing is booked before. The first time stays. Raises UnknownPayout, PayoutSettled, PayoutNeedsApproval,
    PayoutBySamePerson, RedPacketOver, orders.RedPacketTooLarge, orders.NoRedPackets.
    """
    row = _locked(session, code)
    if row.state != PayoutState.REQUESTED:
        raise PayoutSettled(payout=code, state=row.state)
    orders.require_red_packet(_net(row))
    _require_two(session, row, two_people_above, actor=actor)
    until = red_packet_until(session, row.id)
    if until is None:
        _note(session, row, RED_PACKET, actor=actor, at=at)
    elif at >= until:
        raise RedPacketOver(payout=code)
    return row


def red_packet_until(session: Session, payout_id: int) -> datetime | None:
    """Until when the payout's red packet can be accepted; None when it was not sent as one."""
    step = (PayoutStep.payout_id == payout_id) & (PayoutStep.step == RED_PACKET)
    sent_at = session.scalar(select(PayoutStep.at).where(step))
    return None if sent_at is None else sent_at + orders.RED_PACKET_LIFE


def mark_payout_failed(session: Session, code: str, *, reason: str, actor: str, at: datetime) -> Payout:
    """The rail refused or the payout expired: money and tax are the member's again. Repeating is a no-op.

    Raises UnknownPayout, PayoutSettled (it was paid before), RedPacketOpen.
    """
    row = _locked(session, code)
    if row.state == PayoutState.FAILED:
        return row
    if row.state != PayoutState.REQUESTED:
        raise PayoutSettled(payout=code, state=row.state)
    until = red_packet_until(session, row.id)
    if until is not None and at < until:
        raise RedPacketOpen(payout=code)
    row.state, row.settled_at, row.reason = PayoutState.FAILED, at, reason[:REASON_LENGTH_MAX]
    _note(session, row, FAILED, actor=actor, at=at)
    postings = rules.failure_postings(row.member_id, code, _net(row), _tax(row), row.tax_authority)
    ledger.post(session, f"pof:{code}", postings, at=at, memo=f"payout {code} failed")
    announce(session, PayoutChanged(row.id, at))
    return row


def payout_steps(session: Session, payout_ids: Iterable[int]) -> dict[int, list[PayoutStep]]:
    """What staff did with each payout, in order."""
    steps: dict[int, list[PayoutStep]] = {payout_id: [] for payout_id in payout_ids}
    query = select(PayoutStep).where(PayoutStep.payout_id.in_(steps)).order_by(PayoutStep.id)
    for each in session.scalars(query):
        steps[each.payout_id].append(each)
    return steps


def approved_by(session: Session, payout_id: int) -> str | None:
    """Who approved the payout; None while nobody has."""
    step = (PayoutStep.payout_id == payout_id) & (PayoutStep.step == APPROVED)
    return session.scalar(select(PayoutStep.actor).where(step))


def _require_two(session: Session, row: Payout, limit: Money | None, *, actor: str) -> None:
    """Raises PayoutNeedsApproval or PayoutBySamePerson where the limit asks for a second person."""
    gross, approver = Money(row.gross_minor, row.currency), approved_by(session, row.id)
    if rules.may_settle(gross, limit, approved_by=approver, actor=actor):
        return
    if approver is None:
        raise PayoutNeedsApproval(payout=row.code, limit=limit)
    raise PayoutBySamePerson(payout=row.code, limit=limit)


def _is_used(session: Session, evidence: str) -> bool:
    return session.scalar(select(Payout.id).where(Payout.evidence == evidence)) is not None


def _note(session: Session, row: Payout, step: str, *, actor: str, at: datetime) -> None:
    session.add(PayoutStep(payout_id=row.id, step=step, actor=actor, at=at))
    session.flush()


def _write(
    session: Session, plan: Plan, *, member_id: int, amount: Money, code: str, month: str, at: datetime
) -> Payout:
    held = withhold(plan.withholding, amount.minor, _earlier(session, member_id, month))
    values = {
        "code": code,
        "member_id": member_id,
        "currency": amount.currency,
        "gross_minor": amount.minor,
        "tax_minor": held.tax_minor,
        "net_minor": amount.minor - held.tax_minor,
        "tax_rule": held.rule,
        "tax_authority": held.authority,
        "month": month,
        "state": PayoutState.REQUESTED,
        "requested_at": at,
        "reason": "",
    }
    if not insert_or_ignore(session, Payout, values, conflict=["code"]):  # another member's code, just now
        raise PayoutCodeReused()
    return session.scalars(select(Payout).where(Payout.code == code)).one()


def _earlier(session: Session, member_id: int, month: str) -> Earlier:
    """What the member asked for in this month already, failed payouts aside."""
    sums = (func.coalesce(func.sum(Payout.gross_minor), 0), func.coalesce(func.sum(Payout.tax_minor), 0))
    mine = (Payout.member_id == member_id) & (Payout.month == month) & (Payout.state != PayoutState.FAILED)
    gross, tax = session.execute(select(*sums).where(mine)).one()
    return Earlier(int(gross), int(tax))


def _locked(session: Session, code: str) -> Payout:
    query = select(Payout).where(Payout.code == code).with_for_update()
    row = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if row is None:
        raise UnknownPayout(payout=code)
    return row


def _net(row: Payout) -> Money:
    return Money(row.net_minor, row.currency)


def _tax(row: Payout) -> Money:
    return Money(row.tax_minor, row.currency)
