"""Live rooms in the back office: all of them, and ending one."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import livestream, members
from shared_core.storefront.admin import acting
from shared_core.storefront.pages.page import page
from shared_core.storefront.pages.rooms import summaries
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import MembersDep, ReadDep, ShopDep

HOME = "/admin/rooms"
ROOMS_PER_PAGE = 30
ID_MAX = 2**62

router = APIRouter()
Code = Annotated[str, Path(max_length=16)]


@router.get("/rooms")
def listing(
    request: Request,
    shop: ShopDep,
    session: ReadDep,
    viewer: MembersDep,
    before: Annotated[int | None, Query(ge=1, le=ID_MAX)] = None,
) -> HTMLResponse:
    return _page(request, session, shop, before=before)


@router.post("/rooms/{code}/close")
def close(request: Request, code: Code, shop: ShopDep, viewer: MembersDep) -> Response:
    trouble = acting.attempt(
        request, shop, lambda session: livestream.close_room(session, code, by=viewer.actor, at=shop.clock())
    )
    if not trouble:
        return acting.back(HOME, done="room_closed")
    with shop.database.reading() as session:
        return _page(request, session, shop, trouble=trouble, status=404)


def _page(
    request: Request,
    session: Session,
    shop: Shop,
    *,
    before: int | None = None,
    trouble: str = "",
    status: int = 200,
) -> HTMLResponse:
    rows = livestream.list_rooms(session, limit=ROOMS_PER_PAGE + 1, before=before)
    shown = rows[:ROOMS_PER_PAGE]
    names = members.names(session, [row.host_id for row in shown])
    return page(
        request,
        "admin/rooms.html",
        status_code=status,
        trouble=trouble,
        rooms=[
            {**each, "host": names.get(row.host_id, "")}
            for each, row in zip(summaries(request, session, shop, shown), shown, strict=True)
        ],
        listing={
            "previous_url": HOME if before else "",
            "next_url": f"{HOME}?before={shown[-1].id}" if len(rows) > ROOMS_PER_PAGE else "",
        },
    )
