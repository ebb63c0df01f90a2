"""Making a plan live: reviewed, answered for, and kept as a row. Nothing else lifts a production shop out of trial."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from shared_core import plan, rewards
from shared_core.kernel.calendar import day_of
from shared_core.kernel.database import lock
from shared_core.kernel.errors import Conflict, Invalid
from shared_core.kernel.findings import ConfigError, Finding
from shared_core.kernel.i18n import N_
from shared_core.kernel.settings import Settings
from shared_core.kernel.tomlfile import KeyPath, key_lines, line_of
from shared_core.storefront.models import PUBLISHER_LENGTH_MAX, Publication
from shared_core.storefront.texts import shop_texts

POLICY_FILE = "policy.toml"
HISTORY_MAX = 50


class PlanRefused(Invalid):
    """Rules stop the plan; `rules` are their ids."""

    code = "plan_refused"
    message = "The plan cannot be published. It is stopped by: {rules}."


class PlanVersionUsed(Conflict):
    code = "plan_version_used"
    message = "Version {version} of the plan {name} was published with another content. Give the change a new version."


class PublisherMissing(Invalid):
    code = "publisher_missing"
    message = "Please say who publishes the plan; it is kept with the publication."


def not_begun(plans: Sequence[plan.Plan], today: date) -> Finding | None:
    """What is wrong when no version of the plan is in force on a day: nothing could be sold."""
    first = min(plans, key=lambda each: each.effective_from)
    if first.effective_from <= today:
        return None
    return Finding(
        code="no_plan_in_force",
        message=N_("No version of the plan is in force today: the first one begins on {day}."),
        remedy=N_("Keep the former version in brand/plans/, or give this one an earlier day."),
        file=first.file,
        key="effective_from",
        line=line_of(("effective_from",), _lines_of(first)),
        params={"day": first.effective_from.isoformat()},
    )


def require_begun(plans: Sequence[plan.Plan], today: date) -> None:
    """Raises ConfigError unless a version of the plan is in force."""
    wrong = not_begun(plans, today)
    if wrong is not None:
        raise ConfigError([wrong])


def require_built(plans: Sequence[plan.Plan]) -> None:
    """Raises ConfigError with everything they say that no shop does."""
    wrong = [each for growth in plans for each in unbuilt(growth)]
    if wrong:
        raise ConfigError(wrong)


def unbuilt(growth: plan.Plan) -> list[Finding]:
    """What a version says and no shop does, each with its line."""
    return [each.finding(growth.file, _lines_of(growth)) for each in plan.unbuilt(growth)]


def review(growth: plan.Plan, brand_dir: Path) -> plan.Report:
    """The report on a version of the plan and on the texts people read under it, each finding with its line."""
    report = plan.review(growth, copy=shop_texts(brand_dir, Path(growth.file)))
    return report.located(shown_file(growth, brand_dir), _lines_of(growth))


def shown_file(growth: plan.Plan, brand_dir: Path) -> str:
    """The file of a version as people call it, "brand/plans/2026.toml"."""
    return f"brand/{Path(growth.file).relative_to(brand_dir).as_posix()}"


def decision(report: plan.Report, brand_dir: Path, settings: Settings, *, zone: str, at: datetime) -> plan.Decision:
    """Which rules stop the plan today, by the shop's policy and the core team's. Raises ConfigError."""
    own = brand_dir / POLICY_FILE
    shop = plan.load_policy(own) if own.is_file() else plan.NOBODY
    core = plan.load_policy(Path(settings.policy_file)) if settings.policy_file else plan.NOBODY
    return plan.decide(report, shop=shop, core=core, today=_today(at, zone))


def publish(
    session: Session,
    growth: plan.Plan,
    report: plan.Report,
    decided: plan.Decision,
    *,
    by: str,
    at: datetime,
) -> Publication:
    """Keep the plan as published. The same content under the same rules and overrides again changes nothing.

    Raises PlanRefused with the ids of the rules that stop it, PlanVersionUsed, PublisherMissing.
    """
    if not decided.may_publish:
        raise PlanRefused(rules=", ".join(each.rule for each in decided.stopped_by))
    if not by.strip():
        raise PublisherMissing
    lock(session, "plan publication")
    wanted = _row(growth, report, decided, by=by.strip(), at=at)
    of_version = (Publication.name == wanted.name) & (Publication.version == wanted.version)
    for row in session.scalars(select(Publication).where(of_version).order_by(Publication.id.desc())):
        if row.content_hash != wanted.content_hash:
            raise PlanVersionUsed(name=row.name, version=row.version)
        if _same(row, wanted):
            return row
    session.add(wanted)
    session.flush()
    return wanted


def publication(session: Session, growth: plan.Plan, *, zone: str, at: datetime) -> Publication | None:
    """The publication of exactly this content that is in force; None when there is none, or nobody answers any more."""
    rows = session.scalars(_SAME_CONTENT, {"content_hash": plan.content_hash(growth)}).all()
    day = _today(at, zone)
    return next((row for row in rows if row.valid_until is None or row.valid_until >= day), None)


_SAME_CONTENT = (
    select(Publication).where(Publication.content_hash == bindparam("content_hash")).order_by(Publication.id.desc())
)


def trial_gate(settings: Settings, *, zone: str) -> rewards.TrialGate:
    """Development runs any plan; in production a plan that was never published is on trial."""
    if settings.environment == "development":
        return rewards.never_on_trial

    def on_trial(session: Session, growth: plan.Plan, at: datetime) -> bool:
        return publication(session, growth, zone=zone, at=at) is None

    return on_trial


def history(session: Session, *, limit: int = HISTORY_MAX) -> Sequence[Publication]:
    """Publications, the newest first."""
    return session.scalars(select(Publication).order_by(Publication.id.desc()).limit(limit)).all()


def _lines_of(growth: plan.Plan) -> dict[KeyPath, int]:
    return key_lines(Path(growth.file).read_text("utf-8-sig")) if Path(growth.file).is_file() else {}


def _today(at: datetime, zone: str) -> date:
    return date.fromisoformat(day_of(at, zone))


def _row(growth: plan.Plan, report: plan.Report, decided: plan.Decision, *, by: str, at: datetime) -> Publication:
    return Publication(
        name=growth.name,
        version=growth.version,
        effective_from=growth.effective_from,
        content_hash=plan.content_hash(growth),
        content=plan.canonical(growth),
        rule_set=report.rules.version,
        report=report.as_dict(),
        overrides=[each.as_dict() for each in decided.lifted],
        valid_until=decided.valid_until,
        published_by=by[:PUBLISHER_LENGTH_MAX],
        published_at=at,
    )


def _same(row: Publication, wanted: Publication) -> bool:
    return (row.content_hash, row.rule_set, row.overrides, row.report) == (
        wanted.content_hash,
        wanted.rule_set,
        wanted.overrides,
        wanted.report,
    )
