"""Moving an order from one state to the next, with a row that says when and by whom."""

from datetime import datetime

from sqlalchemy.orm import Session

from shared_core.orders.errors import StepNotAllowed
from shared_core.orders.models import Order, OrderStep
from shared_core.orders.rules import State, may_become


def move(session: Session, row: Order, wanted: State, *, actor: str, at: datetime, reason: str = "") -> None:
    """Raises StepNotAllowed when the order's life has no such step."""
    if not may_become(State(row.state), wanted):
        raise StepNotAllowed(number=row.number, state=row.state, wanted=wanted)
    row.state = wanted
    record(session, row, actor=actor, at=at, reason=reason)


def record(session: Session, row: Order, *, actor: str, at: datetime, reason: str = "") -> None:
    session.add(OrderStep(order_id=row.id, state=row.state, actor=actor, reason=reason, at=at))
