"""Owners see who works in the shop, give a role and take it back."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import members
from shared_core.storefront import access, share_links
from shared_core.storefront.admin import acting
from shared_core.storefront.pages.page import page
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import ReadDep, ShopDep, StaffDep
from shared_core.web.forms import Form as Typed

HOME = "/admin/staff"

router = APIRouter()
Code = Annotated[str, Path(max_length=16)]
Role = Annotated[Literal["owner", "staff"], Form()]


@router.get("/staff")
def listing(request: Request, shop: ShopDep, session: ReadDep, viewer: StaffDep) -> HTMLResponse:
    return _page(request, session, shop)


@router.post("/staff")
def appoint(
    request: Request,
    shop: ShopDep,
    viewer: StaffDep,
    role: Role,
    login: Annotated[str, Form(max_length=254)] = "",
) -> Response:
    """An account that is there gets the role at once; else one is made, and its link is shown this one time."""
    made: list[access.Appointed] = []
    trouble = acting.attempt(
        request,
        shop,
        lambda session: made.append(access.appoint(session, shop, login, role=role, by=viewer.actor)),
    )
    with shop.database.reading() as session:
        if trouble:
            return _page(request, session, shop, trouble=trouble, typed=login, status=422)
        if made[0].link:
            return _page(request, session, shop, link=made[0].link)
    return acting.back(HOME, done="saved")


@router.post("/staff/{code}/role")
def change(
    request: Request,
    code: Code,
    shop: ShopDep,
    viewer: StaffDep,
    role: Annotated[Literal["owner", "staff", "none"], Form()],
) -> Response:
    """The shop keeps an owner who can log in."""
    chosen = None if role == "none" else role
    trouble = acting.attempt(
        request,
        shop,
        lambda session: members.set_staff_role(session, members.find_members(session, [code])[code], role=chosen),
    )
    if not trouble:
        return acting.back(HOME, done="saved")
    with shop.database.reading() as session:
        return _page(request, session, shop, trouble=trouble, status=409)


def _page(
    request: Request,
    session: Session,
    shop: Shop,
    *,
    trouble: str = "",
    typed: str = "",
    link: access.AccessLink | None = None,
    status: int = 200,
) -> HTMLResponse:
    found = members.people(session, at=shop.clock(), limit=access.STAFF_SHOWN_MAX, only="staff")
    return page(
        request,
        "admin/staff.html",
        status_code=status,
        trouble=trouble,
        form=Typed({"login": typed, "role": "staff"}),
        people=sorted(found.people, key=lambda each: (each.staff_role or "", each.member_id)),
        link={"url": share_links.absolute(request, link.path), "until": link.expires_at} if link else None,
    )
