"""`platformctl plan`: the plan of the shop in the current folder, reviewed, published, told."""

import getpass
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from platformctl import output
from platformctl.messages import N_, translate
from shared_core import plan, storefront
from shared_core.kernel.calendar import day_of
from shared_core.kernel.database import Database
from shared_core.kernel.settings import Settings
from shared_core.storefront import publishing

BRAND = Path("brand")


@dataclass(frozen=True)
class Case:
    """A plan file, what the rules say of it and who answers for it today."""

    growth: plan.Plan
    report: plan.Report
    decision: plan.Decision
    settings: Settings
    zone: str


def read(version: str = "") -> Case:
    """A version of the plan, by its name or first day; what brand/plan.toml says where none is named.

    Raises UnknownVersion, ConfigError for a brand, a version of the plan or a policy that is unfit.
    """
    shop, settings = storefront.load_brand(BRAND).shop, Settings()
    versions = plan.load_versions(BRAND, currency=shop.currency)
    if version:
        growth = plan.pick(versions, version)
    else:
        growth = next(each for each in versions if Path(each.file) == BRAND / plan.FILE)
    report = publishing.review(growth, BRAND)
    decided = publishing.decision(report, BRAND, settings, zone=shop.zone, at=datetime.now(UTC))
    return Case(growth, report, decided, settings, shop.zone)


def publish(case: Case, *, by: str) -> None:
    """Make it live. Raises ConfigError for what no shop does, PlanRefused, PlanVersionUsed."""
    publishing.require_built([case.growth])
    database = Database(case.settings.database_url)
    try:
        with database.transaction() as session:
            who = by or getpass.getuser()
            publishing.publish(session, case.growth, case.report, case.decision, by=who, at=datetime.now(UTC))
    finally:
        database.dispose()


def say_published(case: Case) -> None:
    """That it is done, and since or from when it counts."""
    coming = case.growth.effective_from.isoformat() > day_of(datetime.now(UTC), case.zone)
    told = N_("The plan {name}, version {version}, is published and comes into force on {day}.")
    output.say(
        told if coming else N_("The plan {name}, version {version}, is live."),
        name=case.growth.name,
        version=case.growth.version,
        day=case.growth.effective_from.isoformat(),
    )


def tell(case: Case, *, as_json: bool) -> None:
    """The report, what stops the plan, and who answers for what."""
    decided = case.decision
    if as_json:
        output.say_json(
            {
                "ok": decided.may_publish,
                "report": case.report.as_dict(),
                "stopped_by": [{"rule": each.rule, "severity": each.severity} for each in decided.stopped_by],
                "overrides": [each.as_dict() for each in decided.lifted],
            }
        )
        return
    print(case.report.text("zh-CN" if output.speaks_chinese() else "en"))
    for objection in decided.stopped_by:
        why = translate(objection.why).format(**objection.params)
        output.say("Stopped by {rule}: {why}.", rule=objection.rule, why=why)
    for each in decided.lifted:
        persons = ", ".join(each.override.persons)
        output.say(
            "{rule}: {persons} answer for it until {day}.",
            rule=each.rule,
            persons=persons,
            day=each.override.expires.isoformat(),
        )


def tell_published(*, as_json: bool) -> None:
    """Whether each version in the folder is live, and everything that was published, the newest first."""
    case = read()
    versions = plan.load_versions(BRAND, currency=case.growth.currency)
    database = Database(case.settings.database_url)
    try:
        with database.reading() as session:
            live = {
                each.effective_from: publishing.publication(session, each, zone=case.zone, at=datetime.now(UTC))
                is not None
                for each in versions
            }
            rows = publishing.history(session)
    finally:
        database.dispose()
    if as_json:
        output.say_json(
            {
                "ok": True,
                "name": case.growth.name,
                "version": case.growth.version,
                "live": live[case.growth.effective_from],
                "versions": [
                    {"version": each.version, "effective_from": each.effective_from, "live": live[each.effective_from]}
                    for each in versions
                ],
                "published": [
                    {
                        "name": row.name,
                        "version": row.version,
                        "effective_from": row.effective_from,
                        "content_hash": row.content_hash,
                        "rule_set": row.rule_set,
                        "overrides": row.overrides,
                        "valid_until": row.valid_until,
                        "published_by": row.published_by,
                        "published_at": row.published_at,
                    }
                    for row in rows
                ],
            }
        )
        return
    for each in versions:
        told = N_("{name}, version {version}: live.")
        if not live[each.effective_from]:
            told = N_("{name}, version {version}: not live; in production a trial.")
        output.say(told, name=each.name, version=each.version)
    for row in rows:
        print(f"  {row.name} {row.version}  {row.published_at.isoformat()}  {row.published_by}")
