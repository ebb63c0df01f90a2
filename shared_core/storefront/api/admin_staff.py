"""Back office: who works here, and one-time links for members who cannot log in yet."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from pydantic import Field

from shared_core import members
from shared_core.storefront import access, share_links
from shared_core.storefront.api.shapes import Done, Input, Output
from shared_core.storefront.viewer import LogInsDep, ReadDep, SessionDep, ShopDep, StaffDep
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

router = APIRouter(prefix="/admin", tags=["back office: staff"], route_class=AnswerRoute)

MemberCode = Annotated[str, Path(max_length=16)]
Role = Literal["owner", "staff"]


class StaffMember(Output):
    """`can_log_in`: false until they have set a password by their link."""

    code: str
    name: str
    login: str
    role: str
    can_log_in: bool


class Staff(Output):
    staff: list[StaffMember]


class Appointment(Input):
    login: Annotated[str, Field(max_length=254, examples=["ann@example.com"])]
    """An account with this login gets the role; without one, an account is made."""
    role: Role


class AccessLink(Output):
    """Works once, until `expires_at`. It is told only now."""

    url: str
    expires_at: datetime


class Appointed(Output):
    created: bool
    link: AccessLink | None
    """For somebody who has no password yet."""


class NewRole(Input):
    role: Role


@router.get("/staff", responses=responses(401, 403, 503))
def list_staff(session: ReadDep, viewer: StaffDep, shop: ShopDep) -> Staff:
    """Who works here."""
    found = members.people(session, at=shop.clock(), limit=access.STAFF_SHOWN_MAX, only="staff")
    return Staff(
        staff=[
            StaffMember(
                code=each.code,
                name=each.name,
                login=each.login,
                role=each.staff_role or "",
                can_log_in=each.can_log_in,
            )
            for each in found.people
        ]
    )


@router.post("/staff", status_code=201, responses=responses(401, 403, 409, 422, 503))
def appoint(body: Appointment, request: Request, session: SessionDep, viewer: StaffDep, shop: ShopDep) -> Appointed:
    """Give somebody a role by their login."""
    made = access.appoint(session, shop, body.login, role=body.role, by=viewer.actor)
    return Appointed(created=made.created, link=_link(request, made.link) if made.link else None)


@router.put("/staff/{code}", responses=responses(401, 403, 404, 409, 422, 503))
def set_role(code: MemberCode, body: NewRole, session: SessionDep, viewer: StaffDep) -> Done:
    """Give a member a role, or another one. An owner who can log in always stays."""
    members.set_staff_role(session, members.find_members(session, [code])[code], role=body.role)
    return Done()


@router.delete("/staff/{code}", responses=responses(401, 403, 404, 409, 503))
def remove_role(code: MemberCode, session: SessionDep, viewer: StaffDep) -> Done:
    """Take the role back; the account stays. An owner who can log in always stays."""
    members.set_staff_role(session, members.find_members(session, [code])[code], role=None)
    return Done()


@router.post("/members/{code}/access-link", status_code=201, responses=responses(401, 403, 404, 409, 503))
def give_access_link(
    code: MemberCode, request: Request, session: SessionDep, viewer: LogInsDep, shop: ShopDep
) -> AccessLink:
    """A link with which a member who cannot log in yet sets how; the one before stops working."""
    member_id = members.find_members(session, [code])[code]
    return _link(request, access.give_links(session, [member_id], by=viewer.actor, at=shop.clock())[member_id])


@router.delete("/members/{code}/access-link", responses=responses(401, 403, 404, 503))
def take_back_access_link(code: MemberCode, session: SessionDep, viewer: LogInsDep, shop: ShopDep) -> Done:
    """End the link of a member."""
    members.take_back_access_links(session, members.find_members(session, [code]).values(), at=shop.clock())
    return Done()


def _link(request: Request, link: access.AccessLink) -> AccessLink:
    return AccessLink(url=share_links.absolute(request, link.path), expires_at=link.expires_at)
