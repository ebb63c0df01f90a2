"""Bringing others in: how many codes there are and why, giving one out, using one; the link that carries a code."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from sqlalchemy.orm import Session

from shared_core import invites, members
from shared_core.invites import CodeState, Issued
from shared_core.kernel.codes import new_code
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.money import Money, format_money
from shared_core.plan import Plan
from shared_core.storefront import accounts, invitations
from shared_core.storefront.pages import invite_words
from shared_core.storefront.pages.page import page, refused, translate
from shared_core.storefront.pages.sharing import qr_code
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import MemberDep, ReadDep, SessionDep, ShopDep, ViewerDep
from shared_core.storefront.who import Viewer
from shared_core.web import forms
from shared_core.web.going import go

HOME = "/me/invites"
PER_PAGE = 20
ID_MAX = 2**62
KEY_LENGTH = 20

router = APIRouter(include_in_schema=False)
Before = Annotated[int | None, Query(ge=1, le=ID_MAX)]
Code = Annotated[str, Form(max_length=invites.TYPED_LENGTH_MAX)]
CodeInPath = Annotated[str, Path(max_length=invites.TYPED_LENGTH_MAX)]
Key = Annotated[str, Form(min_length=4, max_length=KEY_LENGTH, pattern=r"^[0-9A-Z]+$")]
Number = Annotated[str, Path(max_length=16)]


@dataclass(frozen=True)
class Invitation:
    """Something to send: the words of a code, the link that carries it, the same to scan."""

    code: str
    url: str
    qr: Markup


@router.get(invitations.JOIN + "{code}")
def follow(code: CodeInPath, viewer: ViewerDep) -> Response:
    """Where the code is typed in for them: the sign-up form, or the page of who is a member already."""
    return go(HOME if viewer.signed_in else "/signup", code=code)


@router.get(HOME)
def mine(
    request: Request,
    shop: ShopDep,
    session: ReadDep,
    viewer: MemberDep,
    code: Annotated[str, Query(max_length=invites.TYPED_LENGTH_MAX)] = "",
    before: Before = None,
) -> HTMLResponse:
    return _page(request, session, shop, viewer, forms.Form({"code": code}), before=before)


@router.post(HOME)
def issue(request: Request, shop: ShopDep, viewer: MemberDep, key: Key) -> Response:
    """`key` makes the form one code however often it is sent."""
    try:
        with shop.database.transaction() as session:
            invitations.issue(request, session, key=key)
    except PlatformError as error:
        return _refused(request, shop, viewer, refused(request, error, {}))
    return go(HOME, done="invited")


@router.post(HOME + "/accepted")
def use(request: Request, shop: ShopDep, viewer: MemberDep, code: Code = "") -> Response:
    try:
        with shop.database.transaction() as session:
            joined = accounts.accept_invite(request, session, code)
    except PlatformError as error:
        return _refused(request, shop, viewer, refused(request, error, {"code": code}, {PlatformError: "code"}))
    return go("/me", done="joined") if joined else go(HOME, done="accepted")


@router.post(HOME + "/{number}/revoke")
def revoke(number: Number, shop: ShopDep, session: SessionDep, viewer: MemberDep) -> Response:
    at = shop.clock()
    invites.revoke(session, shop.plan_at(at), viewer.known_id, number, at=at)
    return go(HOME, done="revoked")


@router.get(HOME + "/why")
def why(request: Request, shop: ShopDep, session: ReadDep, viewer: MemberDep, before: Before = None) -> HTMLResponse:
    rows = invites.entries(session, viewer.known_id, limit=PER_PAGE + 1, before=before)
    known = invites.codes_of(session, viewer.known_id, keys=shop.keys, at=shop.clock())
    texts = {each.number: each.text or "" for each in known}
    return page(
        request,
        "invites_why.html",
        entries=[invite_words.entry(request, each, currency=shop.currency, texts=texts) for each in rows[:PER_PAGE]],
        listing={
            "previous_url": f"{HOME}/why" if before else "",
            "next_url": f"{HOME}/why?before={rows[PER_PAGE - 1].id}" if len(rows) > PER_PAGE else "",
        },
    )


def _refused(request: Request, shop: Shop, viewer: Viewer, form: forms.Form) -> HTMLResponse:
    with shop.database.reading() as session:
        return _page(request, session, shop, viewer, form, status=409)


def _page(
    request: Request,
    session: Session,
    shop: Shop,
    viewer: Viewer,
    form: forms.Form,
    *,
    before: int | None = None,
    status: int = 200,
) -> HTMLResponse:
    rules, at = shop.plan_at(shop.clock()), shop.clock()
    own = invitations.own_code(session, shop, viewer)
    found = invites.codes_of(session, viewer.known_id, keys=shop.keys, at=at, limit=PER_PAGE + 1, before=before)
    accepted = invites.acceptance(session, viewer.known_id)
    return page(
        request,
        "invites.html",
        status_code=status,
        form=form,
        may_use=rules.invites.mode != "closed" and not viewer.promoter and accepted is None,
        way_in=invite_words.way_in(request, rules, invited=accepted is not None) if not viewer.promoter else "",
        invited_by=_inviter(request, session, accepted.inviter_id) if accepted else "",
        may_invite=invites.may_invite(session, rules, viewer.known_id),
        own=_invitation(request, own) if own else None,
        quota=_quota(request, session, shop, rules, viewer) if rules.invites.mode == "code" else None,
        codes=[_code(request, each) for each in found[:PER_PAGE]],
        key=new_code(KEY_LENGTH),
        listing={
            "previous_url": HOME if before else "",
            "next_url": f"{HOME}?before={found[PER_PAGE - 1].id}" if len(found) > PER_PAGE else "",
        },
    )


def _quota(request: Request, session: Session, shop: Shop, rules: Plan, viewer: Viewer) -> dict[str, object]:
    standing = invites.standing(session, rules, viewer.known_id)

    def money(minor: int) -> str:
        return format_money(Money(minor, shop.currency), viewer.locale)

    per, missing = rules.invites.own_sales_per_code, standing.sales_to_next
    percent = 0
    if per and missing is not None:
        percent = min(max(100 * (per - missing) // per, 0), 100)
    return {
        "free": standing.free,
        "open": standing.open,
        "used": standing.used,
        "percent": percent,
        "missing": money(missing) if missing is not None else "",
        "rules": invite_words.quota_rules(request, rules, standing, money=money),
    }


def _code(request: Request, issued: Issued) -> dict[str, object]:
    label, tone = invite_words.STATES[issued.state]
    is_open = issued.state == CodeState.OPEN
    return {
        "number": issued.number,
        "text": issued.text or "",
        "is_open": is_open,
        "state_label": translate(request, label),
        "tone": tone,
        "at": issued.ended_at or issued.issued_at,
        "until": issued.expires_at if is_open else None,
        "used_by": issued.used_by,
        "invitation": _invitation(request, issued.text) if is_open and issued.text else None,
    }


def _invitation(request: Request, code: str) -> Invitation:
    url = invitations.link_of(request, code)
    return Invitation(code, url, qr_code(url))


def _inviter(request: Request, session: Session, inviter_id: int) -> str:
    name = members.mask_name(members.names(session, [inviter_id]).get(inviter_id, ""))
    return name or translate(request, "A friend")
