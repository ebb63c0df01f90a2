"""That somebody enters an order for its buyer, and how many such orders may wait for money at a time."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.kernel.database import insert_or_ignore, lock
from shared_core.orders.errors import CheckoutKeyReused, TooManyUnpaid
from shared_core.orders.models import Entry, Order
from shared_core.orders.rules import State

UNPAID_MAX = supply.HoldLimits().open_holds_per_customer_max
"""Unpaid orders that one member may have entered at a time. Their goods are held in the name of who entered them."""


@dataclass(frozen=True)
class Entered:
    """That a purchase is entered by somebody else than its buyer, from which chat group, under which key."""

    by: int
    group: str
    key: str

    @property
    def holder(self) -> str:
        """In whose name goods are held: a stranger must not use up what the buyer may hold."""
        return f"entered:{self.by}"


def holder(session: Session, row: Order) -> str:
    """In whose name the goods of an order are held."""
    by = session.scalar(select(Entry.entered_by).where(Entry.order_id == row.id))
    return str(row.buyer_id) if by is None else f"entered:{by}"


def note_entry(session: Session, order_id: int, entered: Entered) -> None:
    """Write down who entered this draft. Whoever enters another one in their name waits until this one is committed.

    Raises CheckoutKeyReused when they have just used the key for another buyer, TooManyUnpaid.
    """
    lock(session, f"orders entered by {entered.by}")
    values = {"order_id": order_id, "entered_by": entered.by, "group_name": entered.group, "key": entered.key}
    if not insert_or_ignore(session, Entry, values, conflict=["entered_by", "key"]):
        raise CheckoutKeyReused()
    waiting = select(func.count()).select_from(Entry).join(Order, Order.id == Entry.order_id)
    waiting = waiting.where(Entry.entered_by == entered.by, Order.state.in_((State.DRAFT, State.PLACED)))
    if session.scalars(waiting).one() > UNPAID_MAX:
        raise TooManyUnpaid(most=UNPAID_MAX)
