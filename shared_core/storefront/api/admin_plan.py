"""Back office: what rules of law say of the plan, and making it live."""

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter

from shared_core.storefront import plan_desk
from shared_core.storefront.api.shapes import Output
from shared_core.storefront.models import Publication
from shared_core.storefront.problems import responses
from shared_core.storefront.viewer import PlanDep, PublishDep, ReadDep, SessionDep, ShopDep

router = APIRouter(prefix="/admin", tags=["back office: plan"])


class PlanPublication(Output):
    name: str
    version: str
    content_hash: str
    rule_set: str
    overrides: list[dict[str, Any]]
    valid_until: date | None
    published_by: str
    published_at: datetime


class PlanReport(Output):
    name: str
    version: str
    on_trial: bool
    report: dict[str, Any]
    """Findings with rule, severity, place, fact, statement, remedy and source; what was not evaluated."""
    stopped_by: list[str]
    """Rules that stop publishing, after overrides."""
    publication: PlanPublication | None
    """The one in force for exactly this content."""


@router.get("/plan", responses=responses(401, 403, 503))
def plan_report(session: ReadDep, viewer: PlanDep, shop: ShopDep) -> PlanReport:
    """The plan in force before the rules of law. That nothing fired is no permission."""
    state = plan_desk.look(session, shop)
    return PlanReport(
        name=state.growth.name,
        version=state.growth.version,
        on_trial=state.on_trial,
        report=state.report.as_dict(),
        stopped_by=[each.rule for each in state.decision.stopped_by],
        publication=_shown(state.publication) if state.publication else None,
    )


@router.post("/plan/publication", responses=responses(401, 403, 409, 422, 503))
def publish_plan(session: SessionDep, viewer: PublishDep, shop: ShopDep) -> PlanPublication:
    """Make the plan in force live. Refused (422) with the ids of the rules that stop it; again it changes nothing."""
    published = _shown(plan_desk.publish(session, shop, viewer))
    shop.trial.forget()
    return published


def _shown(row: Publication) -> PlanPublication:
    return PlanPublication(
        name=row.name,
        version=row.version,
        content_hash=row.content_hash,
        rule_set=row.rule_set,
        overrides=row.overrides,
        valid_until=row.valid_until,
        published_by=row.published_by,
        published_at=row.published_at,
    )
