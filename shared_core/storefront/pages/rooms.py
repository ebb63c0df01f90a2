"""Live rooms: the room itself, and a host's own rooms."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import quote

from babel.dates import format_datetime
from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import catalog, livestream, members, orders
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.livestream import RoomState
from shared_core.plan import host_age_min
from shared_core.rewards import rank_of
from shared_core.storefront import rooms, share_links
from shared_core.storefront.pages import goods, ties
from shared_core.storefront.pages.page import page, refused, translate
from shared_core.storefront.pages.sharing import qr_code
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import MemberDep, ReadDep, SessionDep, ShopDep, ViewerDep, current
from shared_core.storefront.who import Viewer
from shared_core.web import forms
from shared_core.web.going import go

HOME = "/me/rooms"
USUAL_LENGTH = timedelta(hours=2)
FORM_TIME = "%Y-%m-%dT%H:%M"
TOKEN_LENGTH_MAX = 400
SLUG_LENGTH_MAX = 120

STATES = {
    RoomState.COMING: (N_("begins soon"), ""),
    RoomState.OPEN: (N_("open now"), "live"),
    RoomState.OVER: (N_("over"), ""),
}
"""Label and tone."""
FIELDS: dict[type[PlatformError], str] = {livestream.BadRoomTitle: "title", livestream.BadRoomTimes: "ends"}

router = APIRouter(include_in_schema=False)
Code = Annotated[str, Path(max_length=16)]
Text = Annotated[str, Form(max_length=120)]


@router.get("/r/{code}")
def room(
    request: Request,
    code: Code,
    shop: ShopDep,
    viewer: ViewerDep,
    by: Annotated[str, Query(max_length=TOKEN_LENGTH_MAX)] = "",
) -> Response:
    """Coming in leaves a trace, like following a share link: it decides in whose room a purchase is made."""
    with shop.database.transaction() as session:
        rooms.come_in(request, session, code, by=by)
    if by:
        return go(f"/r/{code}")
    with shop.database.reading() as session:
        return _room(request, session, shop, current(request), livestream.room(session, code))


@router.get("/me/rooms")
def my_rooms(request: Request, shop: ShopDep, session: ReadDep, viewer: MemberDep) -> HTMLResponse:
    ends = shop.clock() + USUAL_LENGTH
    return _mine(request, session, shop, viewer, forms.Form({"ends": _for_form(shop, ends)}))


@router.post("/me/rooms")
def open_room(
    request: Request,
    shop: ShopDep,
    viewer: MemberDep,
    product: Annotated[list[str], Form(max_length=livestream.GOODS_MAX)] = [],  # noqa: B006 - never changed
    title: Text = "",
    starts: Text = "",
    ends: Text = "",
    old_enough: Annotated[bool, Form()] = False,
) -> Response:
    values = {"title": title, "starts": starts, "ends": ends, "old_enough": "yes" if old_enough else ""}
    try:
        wanted = livestream.OpenRoom(
            title=title,
            slugs=product,
            starts_at=_instant(shop, starts) if starts else shop.clock(),
            ends_at=_instant(shop, ends),
            old_enough=old_enough,
        )
        with shop.database.transaction() as session:
            rooms.open_room(session, shop, viewer, wanted)
    except PlatformError as error:
        form = refused(request, error, values, FIELDS)
        with shop.database.reading() as session:
            return _mine(request, session, shop, viewer, form, chosen=product, status=error.status)
    return go(HOME, done="room_opened")


@router.post("/me/rooms/{code}/goods")
def choose_goods(
    code: Code,
    shop: ShopDep,
    session: SessionDep,
    viewer: MemberDep,
    product: Annotated[str, Form(max_length=SLUG_LENGTH_MAX)],
    shown: Annotated[str, Form(pattern="^(yes|no)$")],
    back: Annotated[str, Form(pattern="^(product|room)$")] = "product",
) -> Response:
    """One tap beside a product puts it into a room of one's own, or takes it out."""
    choose = livestream.show_goods if shown == "yes" else livestream.hide_goods
    choose(session, code, product, host_id=viewer.known_id, at=shop.clock())
    where = "/products/" + quote(product, safe="") if back == "product" else share_links.ROOM_PATH + code
    return go(where, done="on_show" if shown == "yes" else "off_show")


@router.post("/me/rooms/{code}/close")
def close_room(code: Code, shop: ShopDep, session: SessionDep, viewer: MemberDep) -> Response:
    host = viewer.known_id
    livestream.close_room(session, code, by=f"member:{host}", host_id=host, at=shop.clock())
    return go(HOME, done="room_closed")


def _room(request: Request, session: Session, shop: Shop, viewer: Viewer, row: livestream.LiveRoom) -> HTMLResponse:
    shown = livestream.goods_of(session, row.id, at=shop.clock())
    name = members.names(session, [row.host_id]).get(row.host_id, "")
    return page(
        request,
        "room.html",
        room=summary(request, shop, row),
        host_name=name,
        own=viewer.signed_in and viewer.member_id == row.host_id,
        products=goods.cards(session, shop, viewer, shown, host_id=row.host_id),
        pays=ties.pays(shop),
    )


def to_fill(
    request: Request, session: Session, shop: Shop, viewer: Viewer, product: catalog.ProductView
) -> list[dict[str, object]]:
    """The viewer's own rooms that are not over, and whether the product is on show in them."""
    if not (viewer.signed_in and viewer.promoter and shop.plan_at(shop.clock()).live.enabled):
        return []
    rows = livestream.rooms_to_fill(session, viewer.known_id, at=shop.clock())
    return [
        {**summary(request, shop, row), "shown": product.code in livestream.codes_of(session, row.id)} for row in rows
    ]


def summary(request: Request, shop: Shop, row: livestream.LiveRoom) -> dict[str, object]:
    """A room as pages show it."""
    state = row.state(shop.clock())
    label, tone = STATES[state]
    return {
        "code": row.code,
        "title": row.title,
        "state": state.value,
        "state_label": translate(request, label),
        "tone": tone,
        "starts": _shown_time(request, shop, row.starts_at),
        "ends": _shown_time(request, shop, row.closed_at or row.ends_at),
    }


def summaries(
    request: Request, session: Session, shop: Shop, rows: Sequence[livestream.LiveRoom]
) -> list[dict[str, object]]:
    """Rooms with what came of them, for those who run them."""
    came = livestream.viewers(session, [row.id for row in rows])
    trade = orders.trade_in_rooms(session, [row.code for row in rows])
    sold = [trade.get(row.code, orders.RoomTrade()) for row in rows]
    return [
        {
            **summary(request, shop, row),
            "viewers": came.get(row.id, 0),
            "orders": each.orders,
            "sold": Money(each.goods_minor, shop.currency),
        }
        for row, each in zip(rows, sold, strict=True)
    ]


def _mine(
    request: Request,
    session: Session,
    shop: Shop,
    viewer: Viewer,
    form: forms.Form,
    *,
    chosen: list[str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    rules = shop.plan_at(shop.clock())
    rows = livestream.rooms_of(session, viewer.known_id)
    told = summaries(request, session, shop, rows)
    may = viewer.promoter and livestream.may_host(session, rules, viewer.known_id)
    offered = catalog.newest(session, limit=livestream.GOODS_MAX) if may else ()
    return page(
        request,
        "rooms.html",
        status_code=status,
        rooms=[{**each, **_link(request, row)} for each, row in zip(told, rows, strict=True)],
        form=form,
        may_host=may,
        products=goods.cards(session, shop, viewer, offered, host_id=viewer.known_id),
        chosen=chosen or [],
        age=host_age_min(rules, rank=rank_of(session, rules, viewer.known_id)),
    )


def _link(request: Request, row: livestream.LiveRoom) -> dict[str, object]:
    url = share_links.absolute(request, share_links.ROOM_PATH + row.code)
    return {"url": url, "qr": qr_code(url)}


def _instant(shop: Shop, text: str) -> datetime:
    """An instant as a browser's form writes it, on the shop's clock. Raises BadRoomTimes."""
    try:
        local = datetime.strptime(text, FORM_TIME)  # noqa: DTZ007 - the zone is the shop's
        return local.replace(tzinfo=shop.brand.zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise livestream.BadRoomTimes(**livestream.TIME_LIMITS) from None


def _for_form(shop: Shop, at: datetime) -> str:
    return at.astimezone(shop.brand.zone).strftime(FORM_TIME)


def _shown_time(request: Request, shop: Shop, at: datetime) -> str:
    locale = current(request).locale.replace("-", "_")
    return format_datetime(at.astimezone(shop.brand.zone), "short", locale=locale)
