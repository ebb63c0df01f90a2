"""Share links and the tie between a fan and a sponsor."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from shared_core import members
from shared_core.storefront import share_links
from shared_core.storefront.api.shapes import Done, Input, Output
from shared_core.storefront.viewer import MemberDep, ReadDep, SessionDep, ShopDep, ViewerDep, ensure_visitor
from shared_core.web import limits
from shared_core.web.answers import AnswerRoute
from shared_core.web.limits import client_address
from shared_core.web.problems import responses

router = APIRouter(tags=["sharing"], route_class=AnswerRoute)


class ShareLinkRequest(Input):
    about: Annotated[str, Field(max_length=120, examples=["/products/desk-lamp"])] = "/"
    """The page of the shop the link leads to."""


class ShareLink(Output):
    url: str
    path: str


class Tie(Output):
    """Whose fan you are; the name is shortened."""

    sponsor_name: str
    bound_at: datetime
    ends_at: datetime | None


class MyTie(Output):
    tie: Tie | None


@router.post("/share-links", status_code=201, responses=responses(422, 429, 503))
def create_share_link(body: ShareLinkRequest, request: Request, session: SessionDep, shop: ShopDep) -> ShareLink:
    """A link of yours to a page of the shop. Anybody can share, before signing up too."""
    address = client_address(request, trusted_proxies=shop.settings.trusted_proxies)
    shop.limiter.spend(limits.SHARE_LINK_BY_ADDRESS, address)
    path = share_links.make_link(shop, ensure_visitor(request, session), about=body.about)
    return ShareLink(url=share_links.absolute(request, path), path=path)


@router.get("/me/tie", responses=responses(503))
def get_my_tie(session: ReadDep, viewer: ViewerDep, shop: ShopDep) -> MyTie:
    """Whose fan you are, if anybody's."""
    if viewer.member_id is None:
        return MyTie(tie=None)
    tie = members.tie_of(session, viewer.member_id, at=shop.clock())
    if tie is None:
        return MyTie(tie=None)
    return MyTie(tie=Tie(sponsor_name=tie.sponsor_name, bound_at=tie.bound_at, ends_at=tie.ends_at))


@router.delete("/me/tie", responses=responses(401, 403, 409, 503))
def leave_sponsor(session: SessionDep, viewer: MemberDep, shop: ShopDep) -> Done:
    """Be nobody's fan any more, where the shop's plan gives that right."""
    shop.plan_book.require_exit(shop.clock())
    members.leave(session, viewer.known_id, at=shop.clock())
    return Done()
