"""The plan in the back office: what rules of law say of it, who answers for what, making it live."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import plan, rewards
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.storefront import plan_desk
from shared_core.storefront.admin import acting
from shared_core.storefront.pages import told
from shared_core.storefront.pages.page import page, translate
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import PlanDep, PublishDep, ReadDep, ShopDep, current

HOME = "/admin/plan"
TONES: Mapping[plan.LintSeverity, str] = {"block": "bad", "override": "warn", "warn": "warn", "info": ""}
STATES = {
    "published": N_("Published"),
    "trial": N_("On trial"),
    "development": N_("Not published; development runs any plan"),
    "waiting": N_("Not published"),
}
REFUSALS_SHOWN = 20

router = APIRouter()
Chosen = Annotated[str, Query(max_length=plan.NAME_MAX)]
"""A version of the plan, by its name or first day; the one in force where it is left out."""


@router.get("/plan")
def report(request: Request, shop: ShopDep, session: ReadDep, viewer: PlanDep, version: Chosen = "") -> HTMLResponse:
    return _page(request, session, shop, version=version)


@router.post("/plan/publication")
def publish(
    request: Request,
    shop: ShopDep,
    viewer: PublishDep,
    version: Annotated[str, Form(max_length=plan.NAME_MAX)] = "",
) -> Response:
    trouble = acting.attempt(request, shop, lambda session: plan_desk.publish(session, shop, viewer, version=version))
    if not trouble:
        shop.trial.forget()
        return acting.back(HOME, done="published", **({"version": version} if version else {}))
    with shop.database.reading() as session:
        return _page(request, session, shop, version=version, trouble=trouble, status=422)


def _page(
    request: Request, session: Session, shop: Shop, *, version: str, trouble: str = "", status: int = 200
) -> HTMLResponse:
    state, viewer = plan_desk.look(session, shop, version=version), current(request)
    return page(
        request,
        "admin/plan.html",
        status_code=status,
        trouble=trouble,
        plan={
            "name": state.growth.name,
            "version": state.growth.version,
            "day": state.growth.effective_from,
            "choices": shop.plans,
            "state": translate(request, STATES[_kind(state)]),
            "tone": "good" if state.publication else "warn",
            "headline": state.report.headline(viewer.locale),
            "findings": [_finding(request, each) for each in state.report.findings],
            "unasked": [each.text(viewer.locale) for each in state.report.unasked],
            "stopped": [_objection(request, each) for each in state.decision.stopped_by],
            "lifted": state.decision.lifted,
            "may_publish": viewer.staff == "owner" and state.decision.may_publish and state.publication is None,
            "publications": state.history,
            "versions": told.versions(request, shop),
            "refused": [_refused(request, each) for each in rewards.refused_shares(session, limit=REFUSALS_SHOWN)],
        },
    )


def _kind(state: plan_desk.PlanState) -> str:
    if state.publication:
        return "published"
    if not state.in_force:
        return "waiting"
    return "trial" if state.on_trial else "development"


def _finding(request: Request, finding: plan.LintFinding) -> Mapping[str, object]:
    locale, rule = current(request).locale, finding.rule
    return {
        "rule": rule.id,
        "weight": translate(request, plan.SEVERITY_WORDS[finding.severity]),
        "tone": TONES[finding.severity],
        "statement": rule.statement.in_locale(locale),
        "place": finding.place,
        "fact": finding.fact_text(locale),
        "notes": [note.statement.in_locale(locale) for note in finding.notes],
        "remedy": rule.remedy.in_locale(locale) if rule.remedy else "",
        "source": rule.source,
        "confidence": rule.confidence,
    }


def _objection(request: Request, objection: plan.Objection) -> str:
    return f"{objection.rule}: {translate(request, objection.why).format(**objection.params)}"


def _refused(request: Request, row: rewards.RefusedShare) -> Mapping[str, object]:
    limit = Money(plan.TRIAL_MONTH_MINOR_MAX, row.currency) if row.reason == "month" else plan.TRIAL_MEMBERS_MAX
    return {
        "number": row.order_number,
        "amount": Money(row.amount_minor, row.currency),
        "at": row.at,
        "why": translate(request, plan.TRIAL_REASONS[row.reason]).format(limit=limit),
    }
