"""Signing up, logging in and out."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from shared_core import invites, members, plan
from shared_core.kernel.errors import PlatformError
from shared_core.storefront import accounts
from shared_core.storefront.pages import ties
from shared_core.storefront.pages.page import page, refused
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import ReadDep, SessionDep, ShopDep, ViewerDep
from shared_core.storefront.who import Viewer
from shared_core.web import forms
from shared_core.web.going import go, inside

TEXT_LENGTH_MAX = 254
HOME = "/me"

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=TEXT_LENGTH_MAX)]
Next = Annotated[str, Form(max_length=TEXT_LENGTH_MAX)]
Code = Annotated[str, Form(max_length=invites.TYPED_LENGTH_MAX)]
CodeInQuery = Annotated[str, Query(max_length=invites.TYPED_LENGTH_MAX)]
NextInQuery = Annotated[str, Query(alias="next", max_length=TEXT_LENGTH_MAX)]

FIELDS: dict[type[PlatformError], str] = {
    members.LoginTaken: "login",
    members.LoginUnreadable: "login",
    members.NameUnusable: "name",
    members.PasswordTooShort: "password",
    members.PasswordTooLong: "password",
    members.PasswordTooCommon: "password",
    invites.InviteCodeUnknown: "code",
    invites.InviteCodeUsed: "code",
    invites.InviteCodeExpired: "code",
    invites.InvitesClosed: "code",
}


@router.get("/login")
def log_in_form(request: Request, viewer: ViewerDep, after: NextInQuery = "") -> Response:
    if viewer.signed_in:
        return go(inside(after, HOME))
    return page(request, "log_in.html", form=forms.Form(), next=after)


@router.post("/login")
def log_in(
    request: Request, shop: ShopDep, viewer: ViewerDep, login: Text = "", password: Text = "", next: Next = ""
) -> Response:
    try:
        with shop.database.transaction() as session:
            started = accounts.log_in(request, session, login=login, password=password)
    except PlatformError as error:
        form = refused(request, error, {"login": login})
        return page(request, "log_in.html", status_code=error.status, form=form, next=next)
    accounts.keep_session(request, started)
    return go(inside(next, HOME))


@router.get("/signup")
def sign_up_form(
    request: Request,
    shop: ShopDep,
    session: ReadDep,
    viewer: ViewerDep,
    after: NextInQuery = "",
    code: CodeInQuery = "",
) -> Response:
    if viewer.signed_in:
        return go(inside(after, HOME))
    return _sign_up_page(request, session, shop, viewer, forms.Form({"code": code}), after=after)


@router.post("/signup")
def sign_up(
    request: Request,
    shop: ShopDep,
    viewer: ViewerDep,
    name: Text = "",
    login: Text = "",
    password: Text = "",
    code: Code = "",
    next: Next = "",
) -> Response:
    try:
        with shop.database.transaction() as session:
            started = accounts.sign_up(
                request, session, login=login, password=password, name=name, invite_code=code.strip()
            )
    except PlatformError as error:
        form = refused(request, error, {"name": name, "login": login, "code": code}, FIELDS)
        if isinstance(error, tuple(FIELDS)):
            faults = _faults(request, name=name, login=login, password=password)
            form = forms.Form(form.values, {**faults, **form.errors})
        with shop.database.reading() as session:
            return _sign_up_page(request, session, shop, viewer, form, after=next, status=error.status)
    accounts.keep_session(request, started)
    return go(inside(next, HOME)) if next else go(HOME, done="welcome")


def _sign_up_page(
    request: Request,
    session: Session,
    shop: Shop,
    viewer: Viewer,
    form: forms.Form,
    *,
    after: str,
    status: int = 200,
) -> Response:
    """A code is asked for where the plan wants one, or where one came along that may say who invites."""
    rules = shop.plan_at(shop.clock())
    brought = form.values.get("code", "") != "" and rules.invites.mode != "closed"
    return page(
        request,
        "sign_up.html",
        status_code=status,
        form=form,
        next=after,
        bound_to=ties.bound_to(request, session, shop, viewer),
        asks_code=plan.asks_for_code(rules) or brought or "code" in form.errors,
        password_length_min=members.PASSWORD_LENGTH_MIN,
    )


def _faults(request: Request, *, name: str, login: str, password: str) -> dict[str, str]:
    """What is wrong by field, all at once: nobody is told of one fault after the other."""
    faults: dict[str, str] = {}

    def check(work: Callable[[], object]) -> None:
        try:
            work()
        except PlatformError as error:
            faults.update(refused(request, error, {}, FIELDS).errors)

    check(lambda: members.clean_name(name))
    check(lambda: members.normalise_login(login))
    known = members.Login("email", "") if faults.get("login") else members.normalise_login(login)
    check(lambda: members.check_password(password, login=known, name=name))
    return faults


@router.post("/logout")
def log_out(request: Request, session: SessionDep) -> Response:
    accounts.log_out(request, session)
    return go("/")
