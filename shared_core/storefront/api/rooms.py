"""Live rooms: a host's own, and coming into one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, Field
from sqlalchemy.orm import Session

from shared_core import livestream, members, orders
from shared_core.storefront import rooms, share_links
from shared_core.storefront.api.catalogue import Product, product_of
from shared_core.storefront.api.shapes import Done, Input, Money, Output
from shared_core.storefront.idempotency import OnceDep
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import GlanceDep, MemberDep, ReadDep, SessionDep, ShopDep, ViewerDep
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

TOKEN_LENGTH_MAX = 400

router = APIRouter(tags=["rooms"], route_class=AnswerRoute)

Code = Annotated[str, Path(max_length=16)]
ProductCode = Annotated[str, Field(min_length=1, max_length=120)]
Slug = Annotated[str, Path(max_length=120)]
Instant = Annotated[AwareDatetime, Field(strict=False)]


class RoomRequest(Input):
    """A room to be opened; `starts_at` left out: now. `old_enough` declares that you have the age hosting needs."""

    title: Annotated[str, Field(min_length=1, max_length=livestream.TITLE_LENGTH_MAX)]
    products: Annotated[list[ProductCode], Field(min_length=1, max_length=livestream.GOODS_MAX)]
    """Slugs of the products on show, in this order."""
    starts_at: Instant | None = None
    ends_at: Instant
    old_enough: bool


class Visit(Input):
    by: Annotated[str, Field(max_length=TOKEN_LENGTH_MAX)] = ""
    """The token of the share link by which you came; left out: the share link followed last."""


class Room(Output):
    """`state` is coming, open or over."""

    code: str
    title: str
    state: str
    starts_at: datetime
    ends_at: datetime
    closed_at: datetime | None
    url: str


class OwnRoom(Room):
    """`orders` were paid and not refunded whole; `sold` is their goods, net of refunds."""

    viewers: int
    orders: int
    sold: Money


class RoomList(Output):
    rooms: list[OwnRoom]


class ShownRoom(Room):
    host_name: str
    products: list[Product]


@router.post("/me/rooms", status_code=201, response_model=Room, responses=responses(401, 403, 409, 422, 429, 503))
def open_room(
    body: RoomRequest, request: Request, session: SessionDep, viewer: MemberDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """Open a room of yours: what is bought there is sold live, with you as its host."""

    def make() -> Room:
        wanted = livestream.OpenRoom(
            title=body.title,
            slugs=body.products,
            starts_at=body.starts_at or shop.clock(),
            ends_at=body.ends_at,
            old_enough=body.old_enough,
        )
        return room_of(request, shop, rooms.open_room(session, shop, viewer, wanted))

    return once(make, request=body, status=201)


@router.get("/me/rooms", responses=responses(401, 503))
def list_my_rooms(request: Request, session: ReadDep, viewer: MemberDep, shop: ShopDep) -> RoomList:
    """Your rooms, the newest first."""
    rows = livestream.rooms_of(session, viewer.known_id)
    came = livestream.viewers(session, [row.id for row in rows])
    trade = orders.trade_in_rooms(session, [row.code for row in rows])
    return RoomList(rooms=[_own(room_of(request, shop, row), came.get(row.id, 0), trade, shop) for row in rows])


@router.post("/me/rooms/{code}/close", responses=responses(401, 404, 503))
def close_my_room(request: Request, code: Code, session: SessionDep, viewer: MemberDep, shop: ShopDep) -> Room:
    """End a room of yours now. Repeating changes nothing."""
    at, host = shop.clock(), viewer.known_id
    return room_of(request, shop, livestream.close_room(session, code, by=f"member:{host}", host_id=host, at=at))


@router.put("/me/rooms/{code}/goods/{slug}", responses=responses(401, 404, 409, 422, 503))
def show_in_my_room(code: Code, slug: Slug, session: SessionDep, viewer: MemberDep, shop: ShopDep) -> Done:
    """One more product on show in a room of yours. Repeating changes nothing."""
    livestream.show_goods(session, code, slug, host_id=viewer.known_id, at=shop.clock())
    return Done()


@router.delete("/me/rooms/{code}/goods/{slug}", responses=responses(401, 404, 409, 503))
def hide_in_my_room(code: Code, slug: Slug, session: SessionDep, viewer: MemberDep, shop: ShopDep) -> Done:
    """No longer on show there. Repeating changes nothing."""
    livestream.hide_goods(session, code, slug, host_id=viewer.known_id, at=shop.clock())
    return Done()


@router.get("/rooms/{code}", responses=responses(404, 503))
def get_room(request: Request, code: Code, session: GlanceDep, shop: ShopDep) -> ShownRoom:
    """A room with the goods on show. Looking this way leaves no trace; see the visits."""
    return _shown(request, session, shop, livestream.room(session, code))


@router.post("/rooms/{code}/visits", responses=responses(404, 410, 422, 429, 503))
def visit_room(
    code: Code, body: Visit, request: Request, session: SessionDep, viewer: ViewerDep, shop: ShopDep
) -> Done:
    """You are in the room: what you order while it is open is bought there. Repeating is harmless."""
    rooms.come_in(request, session, code, by=body.by)
    return Done()


def room_of(request: Request, shop: Shop, row: livestream.LiveRoom) -> Room:
    return Room(
        code=row.code,
        title=row.title,
        state=row.state(shop.clock()),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        closed_at=row.closed_at,
        url=share_links.absolute(request, share_links.ROOM_PATH + row.code),
    )


def _own(room: Room, viewers: int, trade: Mapping[str, orders.RoomTrade], shop: Shop) -> OwnRoom:
    sold = trade.get(room.code, orders.RoomTrade())
    goods = Money.of_minor(sold.goods_minor, shop.currency)
    return OwnRoom(**room.model_dump(), viewers=viewers, orders=sold.orders, sold=goods)


def _shown(request: Request, session: Session, shop: Shop, row: livestream.LiveRoom) -> ShownRoom:
    return ShownRoom(
        **room_of(request, shop, row).model_dump(),
        host_name=members.names(session, [row.host_id]).get(row.host_id, ""),
        products=[product_of(shop, each) for each in livestream.goods_of(session, row.id, at=shop.clock())],
    )
