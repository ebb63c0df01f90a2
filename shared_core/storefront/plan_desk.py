"""The plan that this shop runs: what the rules say of it, whether it is published, publishing it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shared_core import plan
from shared_core.storefront import publishing
from shared_core.storefront.models import Publication
from shared_core.storefront.shop import Shop
from shared_core.storefront.who import Viewer


@dataclass(frozen=True, slots=True)
class PlanState:
    """`publication` is the one in force for exactly this content, None when there is none."""

    growth: plan.Plan
    report: plan.Report
    decision: plan.Decision
    publication: Publication | None
    on_trial: bool
    history: Sequence[Publication]


def look(session: Session, shop: Shop) -> PlanState:
    """The plan in force and everything about its publication. Raises ConfigError for a policy that cannot be read."""
    at, zone = shop.clock(), shop.brand.shop.zone
    growth = shop.plan_at(at)
    report = publishing.review(growth, shop.brand_dir)
    return PlanState(
        growth=growth,
        report=report,
        decision=publishing.decision(report, shop.brand_dir, shop.settings, zone=zone, at=at),
        publication=publishing.publication(session, growth, zone=zone, at=at),
        on_trial=shop.trial.gate(session, growth, at),
        history=publishing.history(session),
    )


def publish(session: Session, shop: Shop, owner: Viewer) -> Publication:
    """The owner makes the running plan live. Raises PlanRefused with the rules that stop it, PlanVersionUsed."""
    state = look(session, shop)
    by = f"{owner.name} ({owner.actor})"
    return publishing.publish(session, state.growth, state.report, state.decision, by=by, at=shop.clock())
