"""Members in the back office: who they are, what rank they have, whose fans they are; links for who cannot log in."""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import members, rewards
from shared_core.storefront import access, share_links
from shared_core.storefront.admin import acting
from shared_core.storefront.pages.page import page, translate
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import LogInsDep, MembersDep, ReadDep, ShopDep, current

HOME = "/admin/members"
PEOPLE_PER_PAGE = 30
ID_MAX = 2**62

router = APIRouter()
Code = Annotated[str, Path(max_length=16)]


@router.get("/members")
def listing(
    request: Request,
    shop: ShopDep,
    session: ReadDep,
    viewer: MembersDep,
    q: Annotated[str, Query(max_length=60)] = "",
    only: members.Group | None = None,
    after: Annotated[int | None, Query(ge=1, le=ID_MAX)] = None,
) -> HTMLResponse:
    return _page(request, session, shop, q=q, only=only, after=after)


@router.post("/members/{code}/link")
def give_link(request: Request, code: Code, shop: ShopDep, viewer: LogInsDep) -> HTMLResponse:
    """The link is shown this one time; one that was given before stops working."""
    made: list[access.AccessLink] = []

    def give(session: Session) -> None:
        member_id = members.find_members(session, [code])[code]
        made.extend(access.give_links(session, [member_id], by=viewer.actor, at=shop.clock()).values())

    trouble = acting.attempt(request, shop, give)
    with shop.database.reading() as session:
        return _page(request, session, shop, only="without_log_in", trouble=trouble, links=made)


@router.post("/members/{code}/link/end")
def take_link_back(request: Request, code: Code, shop: ShopDep, viewer: LogInsDep) -> Response:
    with shop.database.transaction() as session:
        members.take_back_access_links(session, members.find_members(session, [code]).values(), at=shop.clock())
    return acting.back(HOME, only="without_log_in", done="taken_back")


def _page(
    request: Request,
    session: Session,
    shop: Shop,
    *,
    q: str = "",
    only: members.Group | None = None,
    after: int | None = None,
    trouble: str = "",
    links: Sequence[access.AccessLink] = (),
) -> HTMLResponse:
    found = members.people(session, search=q, after=after, limit=PEOPLE_PER_PAGE, at=shop.clock(), only=only)
    chosen = {name: value for name, value in (("q", q), ("only", only)) if value}
    return page(
        request,
        "admin/members.html",
        status_code=409 if trouble else 200,
        trouble=trouble,
        members=_rows(request, session, shop, found.people),
        only=only or "",
        link={"url": share_links.absolute(request, links[0].path), "until": links[0].expires_at} if links else None,
        listing={
            "query": q,
            "previous_url": f"{HOME}?{urlencode(chosen)}" if after else "",
            "next_url": f"{HOME}?{urlencode(chosen | {'after': str(found.cursor)})}" if found.cursor else "",
        },
    )


def _rows(
    request: Request, session: Session, shop: Shop, people: Sequence[members.Person]
) -> Sequence[dict[str, object]]:
    rules = shop.plan_at(shop.clock())
    ranks = rewards.ranks_of(session, rules, [each.member_id for each in people])
    sponsors = members.names(session, [each.sponsor_id for each in people if each.sponsor_id])
    locale = current(request).locale
    return [
        {
            "name": each.name,
            "code": each.code,
            "login": each.login,
            "rank": rules.rank(ranks[each.member_id]).name.in_locale(locale) if each.joined_at else "",
            "sponsor": sponsors.get(each.sponsor_id, "") if each.sponsor_id else "",
            "fans": each.fans,
            "since": each.identified_at,
            "role": translate(request, access.ROLES[each.staff_role]) if each.staff_role else "",
            "can_log_in": each.can_log_in,
            "link_until": each.link_until,
        }
        for each in people
    ]
