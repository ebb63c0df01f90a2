"""The limits of a plan on trial: what goes beyond them is not earned, and a row says why."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared_core.kernel.calendar import month_start
from shared_core.kernel.database import lock
from shared_core.plan import Plan, trial_refusal
from shared_core.rewards.models import Earning, RefusedShare
from shared_core.rewards.rules import EarningState

TrialGate = Callable[[Session, Plan, datetime], bool]
"""Whether a plan runs as a trial at an instant."""
REFUSALS_MAX = 100


def never_on_trial(_session: Session, _plan: Plan, _at: datetime) -> bool:
    """For development, where any plan may run."""
    return False


def keep_within(session: Session, wanted: Sequence[Earning], *, zone: str, at: datetime) -> list[Earning]:
    """Those of the wanted earnings that a trial allows; the others are noted as refused. One order at a time."""
    lock(session, "plan trial")
    kept: list[Earning] = []
    for row in wanted:
        reason = _refusal(session, row, kept, month_began=month_start(at, zone))
        if reason is None:
            kept.append(row)
        else:
            session.add(_refused(row, reason, at=at))
    return kept


def refused_shares(session: Session, *, limit: int = REFUSALS_MAX) -> Sequence[RefusedShare]:
    """Shares that a trial refused, newest first."""
    return session.scalars(select(RefusedShare).order_by(RefusedShare.id.desc()).limit(limit)).all()


def _refusal(session: Session, row: Earning, kept: list[Earning], *, month_began: datetime) -> str | None:
    """Why not; what came to nothing in the meantime does not count, what this order gives already does.

    The team fund counts like somebody who earns: what it gets may end with anybody.
    """
    live = Earning.state != EarningState.VOID
    earners: set[int | None] = set(session.scalars(select(Earning.member_id).where(live).distinct())) | {
        each.member_id for each in kept
    }
    net = func.coalesce(func.sum(Earning.amount_minor - Earning.reversed_minor), 0)
    mine = (Earning.member_id == row.member_id) & (Earning.quoted_at >= month_began)
    month = int(session.execute(select(net).where(live & mine)).scalar_one())
    month += sum(each.amount_minor for each in kept if each.member_id == row.member_id)
    return trial_refusal(
        earns_already=row.member_id in earners,
        earners=len(earners),
        month_minor=month,
        amount_minor=row.amount_minor,
    )


def _refused(row: Earning, reason: str, *, at: datetime) -> RefusedShare:
    return RefusedShare(
        order_number=row.order_number,
        sku=row.sku,
        member_id=row.member_id,
        payee=row.payee,
        rule_id=row.rule_id,
        plan_version=row.plan_version,
        amount_minor=row.amount_minor,
        currency=row.currency,
        reason=reason,
        at=at,
    )
