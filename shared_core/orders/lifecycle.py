"""What happens to orders by a customer's change of mind, or by time alone."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CompoundSelect, select
from sqlalchemy.orm import Session

from shared_core.kernel.events import announce
from shared_core.orders import reads
from shared_core.orders.checkout import DRAFT_LIFE, SYSTEM
from shared_core.orders.dispute_rules import DisputeState
from shared_core.orders.events import OrderCancelled, OrderCompleted, OrderLapsed
from shared_core.orders.models import Dispute, Order, RefundRequest
from shared_core.orders.payments import let_rest
from shared_core.orders.return_models import OrderReturn
from shared_core.orders.return_rules import OPEN, RefundWhen, ReturnState
from shared_core.orders.rules import State
from shared_core.orders.steps import move

SWEEP_MAX = 200


def cancel(session: Session, number: str, *, actor: str, at: datetime, reason: str = "") -> Order:
    """Give an unpaid order up. Repeating is a no-op; a paid one is refunded, not cancelled (StepNotAllowed)."""
    row = reads.locked(session, number)
    if row.state != State.CANCELLED:
        move(session, row, State.CANCELLED, actor=actor, at=at, reason=reason)
        row.due_at = None
        let_rest(session, row.id, at=at)
        announce(session, OrderCancelled(row.id, at))
    return row


def lapse_unpaid(session: Session, *, at: datetime, limit: int = SWEEP_MAX) -> int:
    """Cancel placed orders whose hold has run out. The supply side takes its goods back by its own clock, so money
    that arrives later still finds them where nobody bought them meanwhile.
    """
    rows = _due(session, State.PLACED, at=at, limit=limit)
    for row in rows:
        move(session, row, State.CANCELLED, actor=SYSTEM, at=at, reason="unpaid")
        row.due_at = None
        let_rest(session, row.id, at=at)
        announce(session, OrderLapsed(row.id, at))
    return len(rows)


def complete_due(session: Session, *, at: datetime, limit: int = SWEEP_MAX) -> int:
    """Complete delivered orders whose return window has closed, without unanswered request or open dispute, and
    with no return whose money is still to be decided.
    """
    asked = select(RefundRequest.order_id).where(RefundRequest.answered_at.is_(None))
    disputed = select(Dispute.order_id).where(Dispute.state == DisputeState.OPEN)
    undecided = (OrderReturn.refund == RefundWhen.INSPECTED) | (OrderReturn.state == ReturnState.ASKED)
    coming_back = select(OrderReturn.order_id).where(OrderReturn.state.in_(OPEN), undecided)
    rows = _due(session, State.DELIVERED, at=at, limit=limit, unless=asked.union_all(disputed, coming_back))
    for row in rows:
        move(session, row, State.COMPLETED, actor=SYSTEM, at=at)
        row.due_at = None
        announce(session, OrderCompleted(row.id, at))
    return len(rows)


def give_up_drafts(session: Session, *, at: datetime, limit: int = SWEEP_MAX) -> int:
    """Refuse drafts that nobody came back for; what they may hold is released by an `OrderCancelled` subscriber."""
    query = select(Order).where(Order.state == State.DRAFT, Order.written_at < at - DRAFT_LIFE)
    rows = session.scalars(query.order_by(Order.id).limit(limit).with_for_update(skip_locked=True)).all()
    for row in rows:
        move(session, row, State.REFUSED, actor=SYSTEM, at=at, reason="abandoned")
        announce(session, OrderCancelled(row.id, at))
    return len(rows)


def _due(
    session: Session, state: State, *, at: datetime, limit: int, unless: CompoundSelect[int] | None = None
) -> Sequence[Order]:
    """Orders whose time has come; those that wait for somebody (`unless` selects their ids) hold nobody up."""
    query = select(Order).where(Order.state == state, Order.due_at <= at).order_by(Order.due_at, Order.id)
    if unless is not None:
        query = query.where(Order.id.not_in(unless))
    return session.scalars(query.limit(limit).with_for_update(skip_locked=True)).all()
