"""Payouts in the back office: paid with evidence, or failed and given back."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import members, orders, rewards
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.rewards import Payout, PayoutState, PayoutStep
from shared_core.storefront.admin import acting
from shared_core.storefront.admin.errors import ReasonMissing
from shared_core.storefront.pages import earning_views
from shared_core.storefront.pages.page import page, translate
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import PayoutsDep, ReadDep, ShopDep

PAYOUTS_PER_PAGE = 30
ID_MAX = 2**62
HOME = "/admin/payouts"
STEPS = {
    "approved": N_("approved by {name}"),
    "red_packet": N_("sent as a red packet by {name}"),
    "paid": N_("noted as paid by {name}"),
    "failed": N_("noted as failed by {name}"),
}

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
    return _page(request, session, shop, before=before)


@router.post("/payouts/{code}/approval")
def approve(request: Request, code: Code, shop: ShopDep, viewer: PayoutsDep) -> Response:
    """The first of the two people whom a large payout needs has looked at it."""
    trouble = acting.attempt(
        request, shop, lambda session: rewards.approve_payout(session, code, actor=viewer.actor, at=shop.clock())
    )
    return _done(request, shop, trouble, "approved")


@router.post("/payouts/{code}/red-packet")
def red_packet(request: Request, code: Code, shop: ShopDep, viewer: PayoutsDep) -> Response:
    def send(session: Session) -> None:
        rewards.send_red_packet(
            session, code, actor=viewer.actor, at=shop.clock(), two_people_above=shop.brand.two_people_above
        )

    return _done(request, shop, acting.attempt(request, shop, send), "packet")


@router.post("/payouts/{code}/paid")
def paid(request: Request, code: Code, shop: ShopDep, viewer: PayoutsDep, evidence: Text = "") -> Response:
    def mark(session: Session) -> None:
        rewards.mark_payout_paid(
            session,
            code,
            evidence=evidence,
            actor=viewer.actor,
            at=shop.clock(),
            two_people_above=shop.brand.two_people_above,
        )

    return _done(request, shop, acting.attempt(request, shop, mark), "paid")


@router.post("/payouts/{code}/failed")
def failed(request: Request, code: Code, shop: ShopDep, viewer: PayoutsDep, reason: Text = "") -> Response:
    def give_back(session: Session) -> None:
        if not reason.strip():
            raise ReasonMissing
        rewards.mark_payout_failed(session, code, reason=reason, actor=viewer.actor, at=shop.clock())

    return _done(request, shop, acting.attempt(request, shop, give_back), "failed")


def _done(request: Request, shop: Shop, trouble: str, done: str) -> Response:
    if not trouble:
        return acting.back(HOME, done=done)
    with shop.database.reading() as session:
        return _page(request, session, shop, trouble=trouble, status=422)


def _page(
    request: Request, session: Session, shop: Shop, *, before: int | None = None, trouble: str = "", status: int = 200
) -> HTMLResponse:
    rows = rewards.list_payouts(session, limit=PAYOUTS_PER_PAGE + 1, before=before)
    shown = rows[:PAYOUTS_PER_PAGE]
    steps = rewards.payout_steps(session, [row.id for row in shown])
    people = acting.people_of(each.actor for row in shown for each in steps[row.id])
    names = members.names(session, [*(row.member_id for row in shown), *people.values()])
    limit = shop.brand.two_people_above
    return page(
        request,
        "admin/payouts.html",
        status_code=status,
        trouble=trouble,
        payouts=[
            {
                "shown": earning_views.payout(request, row, name=names.get(row.member_id, "")),
                "steps": [_told(request, each, acting.named(each.actor, names)) for each in steps[row.id]],
                "to_approve": row.state == PayoutState.REQUESTED
                and rewards.needs_two(Money(row.gross_minor, row.currency), limit)
                and not steps[row.id],
                **_packet(session, row, at=shop.clock()),
            }
            for row in shown
        ],
        listing={
            "previous_url": HOME if before else "",
            "next_url": f"{HOME}?before={shown[-1].id}" if len(rows) > PAYOUTS_PER_PAGE else "",
        },
    )


def _packet(session: Session, row: Payout, *, at: datetime) -> dict[str, object]:
    """How the payout stands as a red packet: may be sent as one, can be accepted until, may have gone back."""
    until = rewards.red_packet_until(session, row.id) if row.state == PayoutState.REQUESTED else None
    fits = orders.fits_red_packet(Money(row.net_minor, row.currency))
    return {"may_be_packet": fits and until is None, "until": until, "over": until is not None and until <= at}


def _told(request: Request, step: PayoutStep, name: str) -> dict[str, object]:
    return {"text": translate(request, STEPS[step.step]).format(name=name), "at": step.at}
