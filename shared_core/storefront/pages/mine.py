"""The member's own pages: rank, earnings and why, payouts, fans, whom they are bound to."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import livestream, members, rewards
from shared_core.kernel.codes import new_code
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.money import decimal_text, parse_money
from shared_core.storefront import entering, invitations
from shared_core.storefront.pages import earning, earning_views, plan_words, ties
from shared_core.storefront.pages.page import page, refused, translate
from shared_core.storefront.pages.purse import payout_minimum, purse_of
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import MemberDep, ReadDep, SessionDep, ShopDep
from shared_core.storefront.who import Viewer
from shared_core.web import forms, limits
from shared_core.web.going import go

PER_PAGE = 20
ID_MAX = 2**62
PAYOUT_CODE_LENGTH = 20

router = APIRouter(include_in_schema=False)
Before = Annotated[int | None, Query(ge=1, le=ID_MAX)]
Text = Annotated[str, Form(max_length=80)]
Key = Annotated[str, Form(min_length=4, max_length=PAYOUT_CODE_LENGTH, pattern=r"^[0-9A-Z]+$")]


@dataclass(frozen=True)
class Bar:
    """Progress towards one criterion of the next rank; `percent` is 0 to 100."""

    label: str
    have: str
    need: str
    missing: str
    """What is still to come; empty when it is reached."""
    percent: int


@router.get("/me")
def me(request: Request, shop: ShopDep, session: ReadDep, viewer: MemberDep) -> HTMLResponse:
    rules, purse = shop.plan_at(shop.clock()), purse_of(session, shop, viewer.known_id)
    shown = {
        "name": viewer.name,
        "rank": _rank(request, session, shop, viewer) if viewer.promoter and len(rules.ranks) > 1 else None,
        "pays": ties.pays(shop) or purse.used,
        "binds": rules.binding.by != "nobody",
        "invites": invitations.concern(rules),
        "enters": entering.may_enter(shop, viewer),
        "purse": purse,
        "payout_min": payout_minimum(shop),
        "fans": members.fan_counts(session, viewer.known_id, at=shop.clock())[0],
        "binding": ties.bound_to(request, session, shop, viewer),
        "may_leave": rules.binding.exit,
        "hosts": viewer.promoter and livestream.may_host(session, rules, viewer.known_id),
    }
    return page(request, "me.html", me=shown)


@router.post("/me/leave")
def leave(shop: ShopDep, session: SessionDep, viewer: MemberDep) -> Response:
    shop.plan_book.require_exit(shop.clock())
    members.leave(session, viewer.known_id, at=shop.clock())
    return go("/me", done="left")


@router.get("/me/earnings")
def earnings(
    request: Request, shop: ShopDep, session: ReadDep, viewer: MemberDep, before: Before = None
) -> HTMLResponse:
    rows = rewards.earnings_of(session, viewer.known_id, limit=PER_PAGE + 1, before=before)
    return page(
        request,
        "earnings.html",
        earnings=earning_views.views(request, session, rows[:PER_PAGE]),
        purse=purse_of(session, shop, viewer.known_id),
        payout_min=payout_minimum(shop),
        period_note=earning.period_note(request, session, shop, viewer),
        listing=_listing("/me/earnings", "before", before, rows[PER_PAGE - 1].id if len(rows) > PER_PAGE else None),
    )


@router.get("/me/fans")
def fans(request: Request, shop: ShopDep, session: ReadDep, viewer: MemberDep, after: Before = None) -> HTMLResponse:
    found = members.direct_fans(session, viewer.known_id, at=shop.clock(), after=after, limit=PER_PAGE)
    return page(
        request,
        "fans.html",
        fans=[{"name": each.name, "since": each.bound_at} for each in found.fans],
        count=members.fan_counts(session, viewer.known_id, at=shop.clock())[0],
        listing=_listing("/me/fans", "after", after, found.cursor),
    )


@router.get("/me/payouts")
def payouts(
    request: Request, shop: ShopDep, session: ReadDep, viewer: MemberDep, before: Before = None
) -> HTMLResponse:
    available = rewards.wallet(session, viewer.known_id, shop.currency).available
    form = forms.Form({"amount": decimal_text(available)})
    return _payouts(request, session, shop, viewer, form, before=before)


@router.post("/me/payouts")
def ask_payout(request: Request, shop: ShopDep, viewer: MemberDep, key: Key, amount: Text = "") -> Response:
    """`key` makes the form one payout however often it is sent."""
    try:
        shop.limiter.spend(limits.PAYOUT_BY_VIEWER, viewer.scope)
        asked = parse_money(amount, shop.currency)
        with shop.database.transaction() as session:
            rewards.request_payout(
                session,
                shop.plan_at(shop.clock()),
                member_id=viewer.known_id,
                amount=asked,
                code=key,
                zone=shop.brand.shop.zone,
                at=shop.clock(),
            )
    except PlatformError as error:
        form = refused(request, error, {"amount": amount}, {PlatformError: "amount"})
        with shop.database.reading() as session:
            return _payouts(request, session, shop, viewer, form, status=error.status)
    return go("/me/payouts", done="payout")


def _payouts(
    request: Request,
    session: Session,
    shop: Shop,
    viewer: Viewer,
    form: forms.Form,
    *,
    before: int | None = None,
    status: int = 200,
) -> HTMLResponse:
    purse, minimum = purse_of(session, shop, viewer.known_id), payout_minimum(shop)
    rows = rewards.payouts_of(session, viewer.known_id, limit=PER_PAGE + 1, before=before)
    return page(
        request,
        "payouts.html",
        status_code=status,
        payouts=[earning_views.payout(request, row) for row in rows[:PER_PAGE]],
        packets={
            row.code: until
            for row in rows[:PER_PAGE]
            if row.state == rewards.PayoutState.REQUESTED and (until := rewards.red_packet_until(session, row.id))
        },
        available=purse.available,
        waiting=purse.waiting,
        minimum=minimum,
        can_ask=purse.available >= minimum,
        when=translate(request, plan_words.SCHEDULES[shop.plan_at(shop.clock()).settlement.schedule]),
        key=new_code(PAYOUT_CODE_LENGTH),
        form=form,
        listing=_listing("/me/payouts", "before", before, rows[PER_PAGE - 1].id if len(rows) > PER_PAGE else None),
    )


def _rank(request: Request, session: Session, shop: Shop, viewer: Viewer) -> dict[str, object]:
    """The rank card: where the member stands, what is missing to the next rung, the whole ladder."""
    rules, at = shop.plan_at(shop.clock()), shop.clock()
    climb = rewards.climb_of(session, rules, viewer.known_id, zone=shop.brand.shop.zone, at=at)
    bars = [
        Bar(
            label=plan_words.criterion_label(request, rules, criterion),
            have=plan_words.criterion_amount(request, rules, criterion, reached),
            need=plan_words.criterion_amount(request, rules, criterion, criterion.at_least),
            missing=plan_words.criterion_amount(request, rules, criterion, criterion.at_least - reached)
            if reached < criterion.at_least
            else "",
            percent=min(max(100 * reached // criterion.at_least, 0), 100),
        )
        for criterion, reached in climb.reached
    ]
    return {
        "name": climb.rank.name.in_locale(viewer.locale),
        "next": climb.above.name.in_locale(viewer.locale) if climb.above else "",
        "any_of": climb.above is not None and climb.above.match == "any" and len(bars) > 1,
        "criteria": bars,
        "ladder": [
            {
                "name": each.name.in_locale(viewer.locale),
                "current": each.id == climb.rank.id,
                "reached": rules.places[each.id] <= rules.places[climb.rank.id],
            }
            for each in rules.ranks
        ],
    }


def _listing(path: str, name: str, given: int | None, following: int | None) -> dict[str, str]:
    """Where "back" and "more" lead; there is only one way back, to the beginning."""
    return {
        "previous_url": path if given else "",
        "next_url": f"{path}?{name}={following}" if following is not None else "",
    }
