"""Which version of a shop's plan was in force, and what tells one content from another."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal

from shared_core.kernel.errors import NotFound
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.terms import KEPT

Stands = Literal["past", "in_force", "coming"]


class NoPlanYet(NotFound):
    code = "no_plan_yet"
    message = "No version of the plan was in force at {at}."


class UnknownVersion(NotFound):
    code = "unknown_plan_version"
    message = "There is no version {wanted!r} of the plan. Versions: {known}."


def pick(versions: Sequence[Plan], wanted: str) -> Plan:
    """The version that begins on this day ("2026-12-01") or is called so. Raises UnknownVersion.

    No two versions begin on one day. Where versions of two names are called alike, the day tells them apart.
    """
    of_day = [plan for plan in versions if plan.effective_from.isoformat() == wanted]
    found = of_day or [plan for plan in versions if plan.version == wanted]
    if len(found) != 1:
        known = ", ".join(f"{plan.version} ({plan.effective_from.isoformat()})" for plan in versions)
        raise UnknownVersion(wanted=wanted, known=known)
    return found[0]


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


@dataclass(frozen=True, slots=True)
class Dated:
    """A version and how it stands on a day. `until` is the day before the next one begins."""

    plan: Plan
    stands: Stands
    until: date | None


def timeline(versions: Sequence[Plan], day: date) -> list[Dated]:
    """Every version with how it stands on `day` (a calendar day of the shop), the oldest first."""
    ordered = sorted(versions, key=lambda plan: plan.effective_from)
    nexts = [*(plan.effective_from for plan in ordered[1:]), None]
    return [_dated(plan, following, day) for plan, following in zip(ordered, nexts, strict=True)]


def not_past(versions: Sequence[Plan], day: date) -> tuple[Plan, ...]:
    """The versions under which orders can be placed on `day` or later."""
    return tuple(each.plan for each in timeline(versions, day) if each.stands != "past")


def _dated(plan: Plan, following: date | None, day: date) -> Dated:
    until = None if following is None else following - timedelta(days=1)
    if plan.effective_from > day:
        return Dated(plan, "coming", until)
    return Dated(plan, "in_force" if until is None or day <= until else "past", until)


def whole_hash(plan: Plan) -> str:
    """SHA-256 of the whole content, defaults included, in hexadecimal digits: the name under which it is kept."""
    return hashlib.sha256(plan.whole.encode()).hexdigest()


def restore(whole: str) -> Plan:
    """The plan that `Plan.whole` was made of. It says what it said then, whatever defaults are now."""
    kept = json.loads(whole)
    return Plan.model_validate_json(json.dumps(kept["plan"]), context={"currency": kept["currency"], KEPT: True})


def canonical(plan: Plan) -> str:
    """The content of a plan as one text: the same for the same content, however the file is laid out.

    What is left at its default is not in it, so that a key which later versions add changes no plan's content.
    """
    return plan.canonical


def content_hash(plan: Plan) -> str:
    """SHA-256 of the canonical content, in hexadecimal digits."""
    return hashlib.sha256(canonical(plan).encode()).hexdigest()
