"""Payouts in the back office: paid with evidence, or failed and given back."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import members, rewards
from shared_core.storefront.admin import acting
from shared_core.storefront.admin.errors import ReasonMissing
from shared_core.storefront.pages import earning_views
from shared_core.storefront.pages.page import page
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import PayoutsDep, ReadDep, ShopDep

PAYOUTS_PER_PAGE = 30
ID_MAX = 2**62
HOME = "/admin/payouts"

router = APIRouter()
Code = Annotated[str, Path(max_length=32)]
Text = Annotated[str, Form(max_length=200)]


@router.get("/payouts")
def listing(
    request: Request,
    shop: ShopDep,
    session: ReadDep,
    viewer: PayoutsDep,
    before: Annotated[int | None, Query(ge=1, le=ID_MAX)] = None,
) -> HTMLResponse:
    return _page(request, session, before=before)


@router.post("/payouts/{code}/paid")
def paid(request: Request, code: Code, shop: ShopDep, viewer: PayoutsDep, evidence: Text = "") -> Response:
    trouble = acting.attempt(
        request, shop, lambda session: rewards.mark_payout_paid(session, code, evidence=evidence, at=shop.clock())
    )
    return _done(request, shop, trouble, "paid")


@router.post("/payouts/{code}/failed")
def failed(request: Request, code: Code, shop: ShopDep, viewer: PayoutsDep, reason: Text = "") -> Response:
    def give_back(session: Session) -> None:
        if not reason.strip():
            raise ReasonMissing
        rewards.mark_payout_failed(session, code, reason=reason, at=shop.clock())

    return _done(request, shop, acting.attempt(request, shop, give_back), "failed")


def _done(request: Request, shop: Shop, trouble: str, done: str) -> Response:
    if not trouble:
        return acting.back(HOME, done=done)
    with shop.database.reading() as session:
        return _page(request, session, trouble=trouble, status=422)


def _page(
    request: Request, session: Session, *, before: int | None = None, trouble: str = "", status: int = 200
) -> HTMLResponse:
    rows = rewards.list_payouts(session, limit=PAYOUTS_PER_PAGE + 1, before=before)
    shown = rows[:PAYOUTS_PER_PAGE]
    names = members.names(session, [row.member_id for row in shown])
    return page(
        request,
        "admin/payouts.html",
        status_code=status,
        trouble=trouble,
        payouts=[earning_views.payout(request, row, name=names.get(row.member_id, "")) for row in shown],
        listing={
            "previous_url": HOME if before else "",
            "next_url": f"{HOME}?before={shown[-1].id}" if len(rows) > PAYOUTS_PER_PAGE else "",
        },
    )
