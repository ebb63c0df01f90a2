"""Back office: what rules of law say of the plan, and making it live."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from shared_core import plan
from shared_core.storefront import plan_desk
from shared_core.storefront.api.shapes import Output
from shared_core.storefront.models import Publication
from shared_core.storefront.viewer import PlanDep, PublishDep, ReadDep, SessionDep, ShopDep
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

router = APIRouter(prefix="/admin", tags=["back office: plan"], route_class=AnswerRoute)


Version = Annotated[str, Query(max_length=plan.NAME_MAX)]
"""The name of a version of the plan, or the day on which it begins; left out: the one in force."""


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
    effective_from: date
    on_trial: bool
    report: dict[str, Any]
    """Findings with rule, severity, place, fact, statement, remedy and source; what was not evaluated."""
    stopped_by: list[str]
    """Rules that stop publishing, after overrides."""
    publication: PlanPublication | None
    """The one in force for exactly this content."""


@router.get("/plan", responses=responses(401, 403, 404, 422, 503))
def plan_report(session: ReadDep, viewer: PlanDep, shop: ShopDep, version: Version = "") -> PlanReport:
    """A version of the plan before the rules of law, by its name or first day; the one in force where none is named.

    That nothing fired is no permission.
    """
    state = plan_desk.look(session, shop, version=version)
    return PlanReport(
        name=state.growth.name,
        version=state.growth.version,
        effective_from=state.growth.effective_from,
        on_trial=state.on_trial,
        report=state.report.as_dict(),
        stopped_by=[each.rule for each in state.decision.stopped_by],
        publication=_shown(state.publication) if state.publication else None,
    )


@router.post("/plan/publication", responses=responses(401, 403, 404, 409, 422, 503))
def publish_plan(session: SessionDep, viewer: PublishDep, shop: ShopDep, version: Version = "") -> PlanPublication:
    """Make a version of the plan live, the one in force where none is named; one to come from its first day on.

    Refused (422) with the ids of the rules that stop it; again it changes nothing.
    """
    published = _shown(plan_desk.publish(session, shop, viewer, version=version))
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
