"""The versions of the shop's plan: what the rules say of one, whether it is published, publishing it."""

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
    """`publication` is the one in force for exactly this content, None when there is none.

    `on_trial`: orders placed today would be, were this the version in force.
    """

    growth: plan.Plan
    in_force: bool
    report: plan.Report
    decision: plan.Decision
    publication: Publication | None
    on_trial: bool
    history: Sequence[Publication]


def look(session: Session, shop: Shop, *, version: str = "") -> PlanState:
    """A version, by its name or first day, and everything about its publication; the one in force where none is named.

    Raises UnknownVersion, ConfigError for a policy that cannot be read.
    """
    at, zone = shop.clock(), shop.brand.shop.zone
    running = shop.plan_at(at)
    growth = plan.pick(shop.plans, version) if version else running
    report = publishing.review(growth, shop.brand_dir)
    return PlanState(
        growth=growth,
        in_force=growth is running,
        report=report,
        decision=publishing.decision(report, shop.brand_dir, shop.settings, zone=zone, at=at),
        publication=publishing.publication(session, growth, zone=zone, at=at),
        on_trial=shop.trial.gate(session, growth, at),
        history=publishing.history(session),
    )


def publish(session: Session, shop: Shop, owner: Viewer, *, version: str = "") -> Publication:
    """The owner makes a version live, from its first day on. Raises as `look` does, PlanRefused, PlanVersionUsed."""
    state = look(session, shop, version=version)
    by = f"{owner.name} ({owner.actor})"
    return publishing.publish(session, state.growth, state.report, state.decision, by=by, at=shop.clock())
