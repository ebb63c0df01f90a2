"""Orders that a member enters for somebody else, from a chat group: who entered them, and how each group does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from shared_core.kernel.errors import Invalid, Phrase
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.orders import reads
from shared_core.orders.errors import UnknownOrder
from shared_core.orders.lifecycle import cancel
from shared_core.orders.models import Entry, Evidence, Expectation, Order, PaymentClaim, Refund
from shared_core.orders.rules import State

GROUP = "group"
"""The channel of these orders."""
GROUP_NAME_LENGTH_MAX = 60
ENTRIES_MAX = 200
GROUPS_MAX = 50


@dataclass(frozen=True)
class GroupStanding:
    """How the orders of one chat group stand that one member entered. `kept` is paid less refunds promised."""

    entered_by: int
    group: str
    orders: int
    waiting: int
    """Not paid and not given up."""
    claimed: int
    """Of those waiting: the customer says it is paid."""
    given_up: int
    paid: int
    expected: Money
    """What the waiting ones are to pay."""
    taken: Money
    """What was seen to be paid."""
    refunded: Money

    @property
    def kept(self) -> Money:
        return self.taken - self.refunded


def group_name(text: str) -> str:
    """A group's name on one line. Raises Invalid."""
    name = " ".join(text.split())
    if not 0 < len(name) <= GROUP_NAME_LENGTH_MAX:
        most = Phrase(N_("write between 1 and {most} characters"), most=GROUP_NAME_LENGTH_MAX)
        raise Invalid(field="group", reason=most)
    if not name.isprintable():
        raise Invalid(field="group", reason=Phrase(N_("leave out characters that cannot be seen")))
    return name


def buyer_entered(session: Session, member_id: int, key: str) -> int | None:
    """The buyer of the order that the member entered under this key, if there is one."""
    query = select(Order.buyer_id).join(Entry, Entry.order_id == Order.id)
    return session.scalar(query.where(Entry.entered_by == member_id, Entry.key == key))


def entry(session: Session, order_id: int) -> Entry | None:
    """Who entered the order, when it was not its buyer."""
    return session.get(Entry, order_id)


def entered_order(session: Session, number: str, *, member_id: int) -> tuple[Order, Entry]:
    """An order that the member entered. Raises UnknownOrder."""
    row = reads.get(session, number)
    made = entry(session, row.id)
    if made is None or made.entered_by != member_id or row.placed_at is None:
        raise UnknownOrder(number=number)
    return row, made


def entered_orders(
    session: Session, member_id: int, *, limit: int, before: int | None = None
) -> Sequence[tuple[Order, Entry]]:
    """Placed orders that the member entered, newest first; `before` is the id of the last one seen."""
    query = select(Order, Entry).join(Entry, Entry.order_id == Order.id)
    query = query.where(Entry.entered_by == member_id, Order.placed_at.is_not(None))
    if before is not None:
        query = query.where(Order.id < before)
    rows = session.execute(query.order_by(Order.id.desc()).limit(min(limit, ENTRIES_MAX)))
    return [(row, made) for row, made in rows]


def cancel_entered(session: Session, number: str, *, member_id: int, at: datetime) -> Order:
    """Give up an unpaid order that the member entered. Raises UnknownOrder, StepNotAllowed."""
    entered_order(session, number, member_id=member_id)
    return cancel(session, number, actor=f"member:{member_id}", at=at)


def group_names(session: Session, member_id: int) -> Sequence[str]:
    """The groups a member entered orders from, the latest first."""
    latest = func.max(Entry.order_id)
    query = select(Entry.group_name).where(Entry.entered_by == member_id).group_by(Entry.group_name)
    return session.scalars(query.order_by(latest.desc()).limit(GROUPS_MAX)).all()


def group_standings(
    session: Session, *, currency: str, since: datetime, until: datetime, entered_by: int | None = None
) -> Sequence[GroupStanding]:
    """Each member's groups with the orders placed from `since` to before `until`, the busiest first."""
    seen = select(Evidence.order_id, func.sum(Evidence.amount_minor).label("minor"))
    seen_of = seen.group_by(Evidence.order_id).subquery()
    cash = Refund.goods_minor + Refund.freight_minor - Refund.tail_minor
    back = select(Refund.order_id, func.sum(cash).label("minor"))
    back_of = back.group_by(Refund.order_id).subquery()
    waits = Order.state == State.PLACED
    query = (
        select(
            Entry.entered_by,
            Entry.group_name,
            func.count(Order.id),
            func.sum(case((waits, 1), else_=0)),
            func.sum(case((waits & PaymentClaim.id.is_not(None), 1), else_=0)),
            func.sum(case((Order.state == State.CANCELLED, 1), else_=0)),
            func.sum(case((Order.paid_at.is_not(None), 1), else_=0)),
            func.sum(case((waits, Expectation.amount_minor), else_=0)),
            func.coalesce(func.sum(seen_of.c.minor), 0),
            func.coalesce(func.sum(back_of.c.minor), 0),
        )
        .join(Order, Order.id == Entry.order_id)
        .join(Expectation, Expectation.order_id == Order.id, isouter=True)
        .join(PaymentClaim, PaymentClaim.order_id == Order.id, isouter=True)
        .join(seen_of, seen_of.c.order_id == Order.id, isouter=True)
        .join(back_of, back_of.c.order_id == Order.id, isouter=True)
        .where(Order.currency == currency, Order.placed_at >= since, Order.placed_at < until)
        .group_by(Entry.entered_by, Entry.group_name)
        .order_by(func.count(Order.id).desc(), Entry.entered_by, Entry.group_name)
    )
    if entered_by is not None:
        query = query.where(Entry.entered_by == entered_by)
    return [_standing(currency, *row) for row in session.execute(query)]


def _standing(currency: str, member_id: int, group: str, *figures: int) -> GroupStanding:
    orders, waiting, claimed, given_up, paid, expected, taken, refunded = (int(each) for each in figures)
    return GroupStanding(
        entered_by=member_id,
        group=group,
        orders=orders,
        waiting=waiting,
        claimed=claimed,
        given_up=given_up,
        paid=paid,
        expected=Money(expected, currency),
        taken=Money(taken, currency),
        refunded=Money(refunded, currency),
    )
