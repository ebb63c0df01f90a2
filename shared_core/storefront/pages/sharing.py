"""The share sheet: a link of one's own to the shop or to one product, as text and as a code to scan."""

import io
from dataclasses import dataclass
from typing import Annotated

import segno
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from sqlalchemy.orm import Session

from shared_core import catalog, livestream
from shared_core.kernel.money import Money, format_money
from shared_core.storefront import share_links
from shared_core.storefront.pages import art, goods, ties
from shared_core.storefront.pages.page import page
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import ReadDep, SessionDep, ShopDep, ViewerDep, ensure_visitor
from shared_core.storefront.who import Viewer
from shared_core.web import limits
from shared_core.web.going import go
from shared_core.web.limits import client_address

SLUG_LENGTH_MAX = 120
CODE_LENGTH_MAX = 16

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Sheet:
    """`earn`: what one piece sold through the link brings; None for the shop as a whole and for non-promoters.

    `caption`: words for a chat, the link among them.
    """

    title: str
    text: str
    caption: str
    price: Money | None
    earn: Money | None
    picture: str
    url: str
    qr: Markup
    binding_note: str


@router.post("/share")
def make(
    request: Request,
    shop: ShopDep,
    session: SessionDep,
    product: Annotated[str, Form(max_length=SLUG_LENGTH_MAX)] = "",
    room: Annotated[str, Form(max_length=CODE_LENGTH_MAX)] = "",
) -> Response:
    """Anybody may share from the first look on: who has no row yet gets one here."""
    address = client_address(request, trusted_proxies=shop.settings.trusted_proxies)
    shop.limiter.spend(limits.SHARE_LINK_BY_ADDRESS, address)
    ensure_visitor(request, session)
    about = {"room": room} if room else {"product": product} if product else {}
    return go("/share", **about)


@router.get("/share")
def sheet(
    request: Request,
    shop: ShopDep,
    session: ReadDep,
    viewer: ViewerDep,
    product: Annotated[str, Query(max_length=SLUG_LENGTH_MAX)] = "",
    room: Annotated[str, Query(max_length=CODE_LENGTH_MAX)] = "",
) -> HTMLResponse:
    shown = None if viewer.code is None else _sheet(request, session, shop, viewer, product, room)
    return page(request, "share.html", share=shown, product=product, room=room)


def _sheet(request: Request, session: Session, shop: Shop, viewer: Viewer, slug: str, room: str) -> Sheet:
    about, name = "/", shop.brand.shop
    title, text, price, earn = name.name, name.tagline, None, None
    picture = art.hero_picture(shop.brand)
    if room:
        shown = livestream.room(session, room)
        about, title, text = share_links.ROOM_PATH + shown.code, shown.title, name.name
    elif slug:
        found = goods.detail(session, shop, viewer, catalog.product(session, slug=slug, at=shop.clock()), few=0)
        about = f"/products/{found.slug}"
        title, text, price, earn, picture = found.title, found.brand, found.price, found.earn, found.picture
    if not share_links.LEADS_TO.fullmatch(about):
        about = "/"
    url = share_links.absolute(request, share_links.make_link(shop, viewer, about=about))
    worth = format_money(price, viewer.locale) if price else ""
    caption = "\n".join(part for part in (" · ".join(filter(None, (title, worth))), text, url) if part)
    return Sheet(
        title, text, caption, price, earn, picture, url, qr_code(url), ties.sharing_note(request, session, shop, viewer)
    )


def qr_code(text: str) -> Markup:
    """An SVG that scales; safe to put into a page, because it holds nothing but squares."""
    drawing = io.BytesIO()
    segno.make(text, error="m").save(
        drawing, kind="svg", xmldecl=False, svgns=True, border=0, omitsize=True, dark="#111"
    )
    return Markup(drawing.getvalue().decode())
