"""What one person is paid at most in a stretch of time: decided when an order is paid, for one order after another.

What counts is what was owed to somebody when their orders were paid, before anything that refunds took back: a refund
makes no room, so nobody gains by its date.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from shared_core.kernel.calendar import day_of, month_of, month_span
from shared_core.kernel.database import lock
from shared_core.kernel.money import Money
from shared_core.plan import PeriodLimit, Plan, Working, paid_in_turn, window_days
from shared_core.rewards.models import Earning


def room(session: Session, plan: Plan, member_id: int, *, zone: str, at: datetime) -> Money | None:
    """What the member may still be paid in the plan's period; None where the plan has no such limit."""
    cap = plan.caps.period
    if cap is None:
        return None
    paid = _paid(session, [member_id], cap.window, zone=zone, at=at)
    return Money(max(cap.at_most - paid[member_id], 0), plan.currency)


def cut_by_period(row: Earning) -> bool:
    """Whether the limit of a period left less of the share than its order promised."""
    return row.working is not None and Working.of(row.working).period_cut is not None


def keep_within_period(session: Session, rows: Sequence[Earning], *, zone: str, at: datetime) -> None:
    """Cut the shares of an order that is paid now to what its payees may still be paid, and note where it did.

    Of each payee one order is decided after another: two that are paid at the same moment never share the same room.
    """
    limits = [(row, row.member_id, limit) for row, limit in _limited(rows) if row.member_id is not None]
    if not limits:
        return
    payees = sorted({member_id for _, member_id, _ in limits})
    for member_id in payees:
        lock(session, f"paid in a period: {member_id}")
    limit = limits[0][2]  # all shares of an order are of one plan
    paid = _paid(session, payees, limit.window, zone=zone, at=at)
    left = {member_id: limit.at_most - minor for member_id, minor in paid.items()}
    amounts = paid_in_turn([(member_id, row.amount_minor) for row, member_id, _ in limits], left)
    for (row, member_id, _), amount in zip(limits, amounts, strict=True):
        if amount < row.amount_minor:
            assert row.working is not None, "the limit was read there"
            cut = Working.of(row.working).cut_by_period(paid_before=paid[member_id], left=amount)
            row.amount_minor, row.working = amount, cut.as_dict()
        paid[member_id] += amount


def _limited(rows: Iterable[Earning]) -> Iterable[tuple[Earning, PeriodLimit]]:
    """The shares that a limit concerns, by the plan they were made under; not those that came to nothing already."""
    for row in rows:
        limit = Working.of(row.working).period if row.working else None
        if limit is not None and row.net_minor:
            yield row, limit


def _paid(session: Session, member_ids: Collection[int], window: str, *, zone: str, at: datetime) -> dict[int, int]:
    """What each of them was paid in the window that `at` is in."""
    query = (
        select(Earning.member_id, func.sum(Earning.amount_minor))
        .where(Earning.member_id.in_(member_ids), Earning.booked_at.is_not(None), *_within(window, zone=zone, at=at))
        .group_by(Earning.member_id)
    )
    found = {member_id: int(minor) for member_id, minor in session.execute(query)}
    return {member_id: found.get(member_id, 0) for member_id in member_ids}


def _within(window: str, *, zone: str, at: datetime) -> list[ColumnElement[bool]]:
    """Of rolling days the first one decides: what was booked for a later moment by then counts, too, so that whoever
    comes late never goes above the limit of a window that somebody else has looked at.
    """
    if window == "month":
        begins, ends = month_span(month_of(at, zone), zone)
        return [Earning.booked_at >= begins, Earning.booked_at < ends]
    length = window_days(window)
    if length is None:
        return []
    first = date.fromisoformat(day_of(at, zone)) - timedelta(days=length - 1)
    return [Earning.booked_at >= datetime.combine(first, time.min, tzinfo=ZoneInfo(zone))]
