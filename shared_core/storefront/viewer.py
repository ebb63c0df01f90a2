"""Who is looking, and what every route takes: the shop, a session, the viewer; and how a page is rendered.

    @router.post("/cart")
    def put(request: Request, session: SessionDep, viewer: ViewerDep) -> Response: ...

`SessionDep` is a transaction that commits before the answer is sent: who got a 200 is in the database. The viewer is
looked up before it begins, in a short reading of its own, so that no request ever holds two connections.
"""

import dataclasses
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated

from anyio import CancelScope, CapacityLimiter, to_thread
from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from shared_core import members, orders
from shared_core.kernel.codes import hash_token, new_code, new_token
from shared_core.kernel.errors import Forbidden
from shared_core.storefront import trial
from shared_core.storefront.rights import Right
from shared_core.storefront.shop import Shop
from shared_core.storefront.who import Viewer
from shared_core.web import cookies, languages, limits, security
from shared_core.web.going import in_language, own_path
from shared_core.web.problems import API_PREFIX, LoginRequired, Problem

TRIAL_BANNER = "core:parts/trial.html"
"""The core's own: a theme cannot take it away."""


class RightMissing(Forbidden):
    code = "right_missing"
    message = "Only an owner of the shop may do this."


def the_shop(request: Request) -> Shop:
    shop: Shop = request.app.state.shop
    return shop


async def shop_of_request(request: Request) -> Shop:
    """`the_shop` for routes. Asynchronous like everything here that waits for nothing: it then needs no thread."""
    return the_shop(request)


ShopDep = Annotated[Shop, Depends(shop_of_request)]


async def the_viewer(request: Request, shop: ShopDep) -> Viewer:
    """Look up who is asking. Reads only; nobody gets a row or a cookie for looking around."""
    viewer = nobody(request, shop)
    token = _bearer(request) or cookies.read(request, cookies.SESSION, secure=shop.secure)
    if token or viewer.visitor_token:
        counted = not request.url.path.startswith(API_PREFIX)
        viewer = await run_in_threadpool(_look_up, shop, viewer, token, counted=counted)
    request.state.viewer = viewer
    return viewer


def nobody(request: Request, shop: Shop) -> Viewer:
    """A viewer known by nothing but what the request itself says."""
    return Viewer(
        member_id=None,
        code=None,
        name="",
        signed_in=False,
        promoter=False,
        staff=None,
        locale=languages.choose(request, shop.brand.locales, secure=shop.secure),
        visitor_token=cookies.read(request, cookies.VISITOR, secure=shop.secure),
        session_token=None,
    )


ViewerDep = Annotated[Viewer, Depends(the_viewer)]


_TOKEN = HTTPBearer(auto_error=False, scheme_name="token", description="What a log-in with `as_token` returned.")
_COOKIE = APIKeyCookie(
    name=cookies.SESSION,
    auto_error=False,
    scheme_name="session",
    description="Set by a log-in; over TLS its name is `__Host-session`.",
)


async def signed_in_viewer(
    viewer: ViewerDep,
    _token: Annotated[HTTPAuthorizationCredentials | None, Depends(_TOKEN)],
    _cookie: Annotated[str | None, Depends(_COOKIE)],
) -> Viewer:
    """The two unused arguments describe, for OpenAPI, what `the_viewer` reads."""
    if not viewer.signed_in:
        raise LoginRequired
    return viewer


@dataclass(frozen=True)
class Holder:
    """What a route of the back office depends on: a signed-in viewer with this right."""

    right: Right

    async def __call__(self, viewer: Annotated[Viewer, Depends(signed_in_viewer)]) -> Viewer:
        if viewer.staff is None:
            raise Forbidden
        if not viewer.may(self.right):
            raise RightMissing
        return viewer


MemberDep = Annotated[Viewer, Depends(signed_in_viewer)]
"""A signed-in viewer; anybody else gets 401 (a page: the way to the log-in)."""
OrdersDep = Annotated[Viewer, Depends(Holder(Right.ORDERS))]
"""This and those below: a signed-in viewer with the right; anybody else gets 403."""
GoodsDep = Annotated[Viewer, Depends(Holder(Right.GOODS))]
MembersDep = Annotated[Viewer, Depends(Holder(Right.MEMBERS))]
PricesDep = Annotated[Viewer, Depends(Holder(Right.PRICES))]
RefundsDep = Annotated[Viewer, Depends(Holder(Right.REFUNDS))]
PayoutsDep = Annotated[Viewer, Depends(Holder(Right.PAYOUTS))]
BooksDep = Annotated[Viewer, Depends(Holder(Right.BOOKS))]
StaffDep = Annotated[Viewer, Depends(Holder(Right.STAFF))]
LogInsDep = Annotated[Viewer, Depends(Holder(Right.LOG_INS))]
PlanDep = Annotated[Viewer, Depends(Holder(Right.PLAN))]
PublishDep = Annotated[Viewer, Depends(Holder(Right.PUBLISH))]


async def transaction(shop: ShopDep, viewer: ViewerDep) -> AsyncIterator[Session]:
    """Beginning waits for nothing; ending waits for the disk, in a thread that is there whatever the others do."""
    opened = shop.database.transaction()
    session = opened.__enter__()
    try:
        yield session
    except BaseException as error:
        await _in_own_thread(opened.__exit__, type(error), error, error.__traceback__)
        raise
    else:
        await _in_own_thread(opened.__exit__, None, None, None)


async def reading(shop: ShopDep) -> AsyncIterator[Session]:
    """A glance waits for nothing when it begins and when it ends, so it needs no thread for that."""
    async with shop.readers.here():
        with shop.database.glance() as session:
            yield session


async def _in_own_thread(end: Callable[..., bool | None], *how: object) -> None:
    """End a transaction even when the client has gone, and when every other thread waits for this one's locks."""
    with CancelScope(shield=True):
        await to_thread.run_sync(end, *how, limiter=CapacityLimiter(1))


SessionDep = Annotated[Session, Depends(transaction, scope="function")]
GlanceDep = Annotated[Session, Depends(reading, scope="function")]
"""A session to read with, where it does not matter who asks; nobody is looked up."""


async def reading_for_viewer(viewer: ViewerDep, session: GlanceDep) -> Session:
    return session


ReadDep = Annotated[Session, Depends(reading_for_viewer)]
"""The same where an answer depends on who asks, and for every page: it says who is logged in."""


def ensure_visitor(request: Request, session: Session) -> Viewer:
    """The viewer, given a row and a cookie now if they had none: to be called where somebody first leaves a trace.

    The cookie goes out only when the answer succeeds, that is after the commit. Raises TooManyRequests.
    """
    shop, viewer = the_shop(request), current(request)
    if viewer.member_id is not None:
        return viewer
    address = limits.client_address(request, trusted_proxies=shop.settings.trusted_proxies)
    shop.limiter.spend(limits.NEW_VISITOR_BY_ADDRESS, address)
    token, code = new_token(), new_code()
    member_id = members.create_visitor(
        session, token_hash=hash_token(token), code=code, at=shop.clock(), locale=viewer.locale
    )
    cookies.remember(request, cookies.VISITOR, token, seconds=cookies.VISITOR_SECONDS, secure=shop.secure)
    viewer = dataclasses.replace(viewer, member_id=member_id, code=code, visitor_token=token)
    request.state.viewer = viewer
    return viewer


def current(request: Request) -> Viewer:
    """The viewer that was looked up for this request; nobody when the request failed before that."""
    viewer: Viewer | None = getattr(request.state, "viewer", None)
    return viewer if viewer is not None else nobody(request, the_shop(request))


def render(request: Request, name: str, *, status_code: int = 200, **context: object) -> HTMLResponse:
    """The page `name` in the viewer's language.

    Every template also knows brand, viewer, locale, csrf_token, nonce, cart_count, path, theme_url and asset(path).
    """
    shop, viewer = the_shop(request), current(request)
    known = {
        "brand": shop.brand,
        "viewer": viewer,
        "locale": viewer.locale,
        "translate": shop.theme.translate(viewer.locale),
        "translate_plural": shop.theme.translate_plural(viewer.locale),
        "csrf_token": security.form_token(shop.keys, binding=form_binding(request), at=shop.clock()),
        "nonce": security.nonce(request),
        "cart_count": viewer.cart_count,
        "path": own_path(request),
        "in_language": partial(in_language, request),
        **shop.hooks.template_context(viewer),
        **context,
    }
    content = shop.theme.render(name, known)
    if shop.trial.on_trial(shop.clock()):
        content = trial.with_banner(content, shop.theme.render(TRIAL_BANNER, known))
    if "lang" in request.query_params:
        _keep_language(request, viewer.locale)
    return HTMLResponse(content, status_code=status_code)


class ShopFace:
    """How a shop speaks to whoever asks, when something went wrong (`problems.Face`)."""

    def translate(self, request: Request) -> Callable[[str], str]:
        return the_shop(request).theme.translate(current(request).locale)

    def error_page(self, request: Request, problem: Problem) -> HTMLResponse:
        return render(
            request,
            "error.html",
            status_code=problem.status,
            status=problem.status,
            headline=problem.title,
            text=problem.detail,
            problem=problem,
        )


def form_binding(request: Request) -> str:
    """What a form token is bound to: the session, else the visitor, else nobody yet."""
    session = cookies.read(request, cookies.SESSION, secure=the_shop(request).secure)
    return session or current(request).visitor_token or ""


def _keep_language(request: Request, locale: str) -> None:
    shop = the_shop(request)
    cookies.remember(request, cookies.LANGUAGE, locale, seconds=cookies.LANGUAGE_SECONDS, secure=shop.secure)


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _look_up(shop: Shop, viewer: Viewer, session_token: str | None, *, counted: bool) -> Viewer:
    """The viewer as the database knows them; with `counted`, the pieces in their cart too."""
    with shop.database.glance() as session:
        viewer = _recognise(session, viewer, session_token=session_token, at=shop.clock())
        if counted and viewer.member_id is not None:
            viewer = dataclasses.replace(viewer, cart_count=orders.cart_count(session, viewer.member_id))
        return viewer


def _recognise(session: Session, viewer: Viewer, *, session_token: str | None, at: datetime) -> Viewer:
    """The viewer with the member behind the session, else behind the visitor's cookie."""
    member = members.viewer(session, hash_token(session_token), at=at) if session_token else None
    signed_in = member is not None
    if member is None and viewer.visitor_token:
        member = members.visitor(session, hash_token(viewer.visitor_token))
    if member is None:
        return viewer
    return dataclasses.replace(
        viewer,
        member_id=member.member_id,
        code=member.code,
        name=member.name,
        signed_in=signed_in,
        promoter=member.joined,
        staff=member.staff_role if signed_in else None,
        session_token=session_token if signed_in else None,
    )
