"""Share links: made by anybody who looks at the shop, followed by anybody, signed and reusable.

`GET /s/TOKEN` is the one GET that writes. It makes the follower a visitor, binds them by the plan's policy, remembers
the link for the sale, and leads to the page the link is about.
"""

import re
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.types import ASGIApp, Receive, Scope, Send

from shared_core import livestream, members
from shared_core.kernel.codes import hash_token, new_code, new_token
from shared_core.kernel.errors import Invalid
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import the_shop, the_viewer
from shared_core.storefront.who import Viewer
from shared_core.web import cookies, languages, limits
from shared_core.web.limits import client_address

AUDIENCE = "shop"
PATH = "/s/"
ROOM_PATH = "/r/"
VISITOR_TOKEN = re.compile(r"[\w\-]{1,64}", re.ASCII)
"""What `new_token` makes. Who shows something else gets a new one."""
LEADS_TO = re.compile(r"/|/products|/products/[\w\-]{1,100}|/l/[\w\-]{1,60}|/r/[0-9A-Z]{4,16}", re.ASCII)
"""Pages a share link may be about. Nothing else is ever redirected to."""

_PREVIEWS = re.compile(
    r"bot\b|crawl|spider|preview|slurp|facebookexternalhit|whatsapp/|telegram|embedly|wechatsharing", re.IGNORECASE
)

_FAILURE = "share_link_failure"

router = APIRouter(include_in_schema=False)


class CannotBeShared(Invalid):
    code = "cannot_be_shared"
    message = "A share link can only lead to a page of the shop."


class ShareLinks:
    """Follows links before the application is asked: solving what other routes need would be most of a click.

    A link that cannot be followed goes on to the application, whose route raises why, among those who can say it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PATH) or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await follow(request, scope["path"].removeprefix(PATH))
        except Exception as error:  # noqa: BLE001 - raised again by the route
            scope["state"][_FAILURE] = error
            await self.app(scope, receive, send)
        else:
            scope["endpoint"], scope["path_params"] = follow, {"token": scope["path"].removeprefix(PATH)}
            await response(scope, receive, send)


async def follow(request: Request, token: str) -> RedirectResponse:
    """Follow a share link. A tampered one is not found, an expired one is gone; neither writes anything."""
    shop = the_shop(request)
    address = client_address(request, trusted_proxies=shop.settings.trusted_proxies)
    shop.limiter.spend(limits.SHARE_LINK_BY_ADDRESS, address)
    at = shop.clock()
    claims = read_token(shop, token)
    if not is_preview(request):
        policy = shop.plan_book.click_policy(at)
        if policy is not None:
            await _record(request, shop, claims.code, policy=policy, at=at)
        cookies.remember(request, cookies.LINK, token, seconds=cookies.LINK_SECONDS, secure=shop.secure)
    target = claims.about if LEADS_TO.fullmatch(claims.about) else "/"
    return RedirectResponse(target, status_code=303)


@router.api_route("/s/{token:path}", methods=["GET", "HEAD"])
async def link(request: Request, token: str) -> RedirectResponse:
    """What is left of a share link: to ask for its head, and to say why it cannot be followed."""
    if _FAILURE in request.scope["state"]:
        raise request.scope["state"][_FAILURE]
    return await follow(request, token)


def make_link(shop: Shop, viewer: Viewer, *, about: str, expires_at: datetime | None = None) -> str:
    """The path of a share link of a known viewer to the page `about`. Raises CannotBeShared."""
    assert viewer.code is not None, "see ensure_visitor"
    if not LEADS_TO.fullmatch(about):
        raise CannotBeShared
    claims = members.ShareClaims(code=viewer.code, about=about, expires_at=expires_at)
    return PATH + members.sign_share_token(claims, purpose="share", audience=AUDIENCE, keys=shop.keys)


def absolute(request: Request, path: str) -> str:
    """`path` as it is reached from outside."""
    return (the_shop(request).settings.base_url or str(request.base_url)).rstrip("/") + path


def last_link(request: Request, session: Session) -> int | None:
    """Whose link led here last, within `cookies.LINK_SECONDS`; None when nobody's."""
    claims = _last_claims(request)
    return None if claims is None else members.member_by_code(session, claims.code)


def link_claim(request: Request, session: Session) -> int | None:
    """Whose link claims a sale now: a link into a room brings a viewer and sells nothing."""
    claims = _last_claims(request)
    return None if claims is None or claims.about.startswith(ROOM_PATH) else last_link(request, session)


def room_referrer(request: Request, session: Session, code: str, *, by: str = "") -> int | None:
    """Who brought the viewer into a room: the owner of the token `by`, else of the share link that led here.

    Raises TokenUnreadable, TokenExpired and WrongRoomLink for a `by` that does not lead into this room.
    """
    about = ROOM_PATH + code
    claims = read_token(the_shop(request), by) if by else _last_claims(request)
    if claims is None or claims.about != about:
        if by:
            raise livestream.WrongRoomLink
        return None
    return members.member_by_code(session, claims.code)


def read_token(shop: Shop, token: str) -> members.ShareClaims:
    """Raises TokenUnreadable and TokenExpired."""
    return members.read_share_token(token, purpose="share", audience=AUDIENCE, keys=shop.keys, at=shop.clock())


def _last_claims(request: Request) -> members.ShareClaims | None:
    shop = the_shop(request)
    token = cookies.read(request, cookies.LINK, secure=shop.secure)
    if token is None:
        return None
    try:
        return read_token(shop, token)
    except (members.TokenUnreadable, members.TokenExpired):
        return None


async def _record(
    request: Request, shop: Shop, sponsor_code: str, *, policy: members.BindingPolicy, at: datetime
) -> None:
    """Bind whoever follows; somebody never seen before becomes a visitor. Committed when this returns."""
    member_id, shown = None, cookies.read(request, cookies.VISITOR, secure=shop.secure) or ""
    if cookies.read(request, cookies.SESSION, secure=shop.secure):
        viewer = await the_viewer(request, shop)
        member_id = viewer.member_id if viewer.signed_in else None
    fresh = not VISITOR_TOKEN.fullmatch(shown)
    token = new_token() if fresh else shown
    click = members.Click(
        sponsor_code=sponsor_code,
        at=at,
        visitor_token_hash=hash_token(token),
        visitor_code=new_code(),
        fresh=fresh,
        member_id=member_id,
        locale=languages.choose(request, shop.brand.locales, secure=shop.secure),
    )
    await shop.clicks.here().click(click, policy=policy)
    if member_id is None:
        cookies.remember(request, cookies.VISITOR, token, seconds=cookies.VISITOR_SECONDS, secure=shop.secure)


def is_preview(request: Request) -> bool:
    """Link previews, crawlers and prefetching browsers are nobody's fans."""
    if request.method == "HEAD":
        return True
    headers = request.headers
    purpose = headers.get("sec-purpose", "") or headers.get("purpose", "")
    return "prefetch" in purpose or bool(_PREVIEWS.search(headers.get("user-agent", "")))
