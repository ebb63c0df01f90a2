"""Which version of a shop's plan was in force."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from shared_core.kernel.errors import NotFound
from shared_core.plan.schema.plan import Plan


class NoPlanYet(NotFound):
    code = "no_plan_yet"
    message = "No version of the plan was in force at {at}."


def version_at(versions: Sequence[Plan], at: datetime, *, zone: tzinfo = UTC) -> Plan:
    """The version with the latest `effective_from` that had begun at `at` on the wall calendar of `zone`.

    Of versions that begin on the same day the later one in `versions` counts. Raises NoPlanYet before the first.
    """
    day = at.astimezone(zone).date()
    begun = [plan for plan in versions if plan.effective_from <= day]
    if not begun:
        raise NoPlanYet(at=at.isoformat())
    latest = max(plan.effective_from for plan in begun)
    return next(plan for plan in reversed(begun) if plan.effective_from == latest)
