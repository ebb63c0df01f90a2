"""Versions of the plan as they were when somebody earned under them: written once, never changed."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core import plan as plans
from shared_core.kernel.database import insert_or_ignore
from shared_core.plan import Plan
from shared_core.rewards.models import Earning, KeptPlan


def keep_plan(session: Session, plan: Plan, *, at: datetime) -> None:
    """Keep the plan, unless it is kept already."""
    name = plans.whole_hash(plan)
    if session.scalar(select(KeptPlan.hash).where(KeptPlan.hash == name)) is not None:
        return
    values = {
        "hash": name,
        "name": plan.name,
        "version": plan.version,
        "effective_from": plan.effective_from,
        "content": plan.whole,
        "first_used_at": at,
    }
    insert_or_ignore(session, KeptPlan, values, conflict=["hash"])


def kept_plan(session: Session, name: str | None) -> Plan | None:
    """The plan as it was; None for an earning that is older than the keeping of plans."""
    row = None if name is None else session.get(KeptPlan, name)
    return None if row is None else plans.restore(row.content)


def plans_of(session: Session, rows: Iterable[Earning]) -> dict[str | None, Plan]:
    """The plans of several earnings, by hash."""
    wanted = {row.plan_hash for row in rows if row.plan_hash}
    found = session.scalars(select(KeptPlan).where(KeptPlan.hash.in_(wanted)))
    return {row.hash: plans.restore(row.content) for row in found}
