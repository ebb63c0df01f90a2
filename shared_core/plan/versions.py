"""Which version of a shop's plan was in force, and what tells one content from another."""

import hashlib
import json
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


def canonical(plan: Plan) -> str:
    """The content of a plan as one text: the same for the same content, however the file is laid out.

    What is left at its default is not in it, so that a key which later versions add changes no plan's content.
    """
    content = {"currency": plan.currency, "plan": plan.model_dump(mode="json", exclude_defaults=True)}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content_hash(plan: Plan) -> str:
    """SHA-256 of the canonical content, in hexadecimal digits."""
    return hashlib.sha256(canonical(plan).encode()).hexdigest()
