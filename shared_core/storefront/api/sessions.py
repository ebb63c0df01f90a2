"""Signing up, logging in and out, and the devices where one is logged in."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import Field

from shared_core import invites, members
from shared_core.kernel.codes import hash_token
from shared_core.storefront import accounts
from shared_core.storefront.api.shapes import Done, Input, Output
from shared_core.storefront.viewer import MemberDep, ReadDep, SessionDep, ShopDep, ViewerDep
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

router = APIRouter(tags=["session"], route_class=AnswerRoute)

Password = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra={"format": "password"})]


class SignUp(Input):
    login: Annotated[str, Field(max_length=254, examples=["13800138000"])]
    """A mobile number or an e-mail address."""
    password: Password
    name: Annotated[str, Field(max_length=200, examples=["小明"])]
    as_token: bool = False
    """Answer with a bearer token instead of a cookie, for clients that are no browser."""
    invite_code: Annotated[str, Field(max_length=invites.TYPED_LENGTH_MAX)] = ""
    """A code somebody gave you; with one that is no good you are not signed up."""


class LogIn(Input):
    login: Annotated[str, Field(max_length=254, examples=["13800138000"])]
    password: Password
    as_token: bool = False


class AccessLinkUse(Input):
    """`login` is needed where the account has none yet; without `name` the account keeps its own."""

    token: Annotated[str, Field(min_length=1, max_length=64)]
    """The last part of the link's address."""
    password: Password
    login: Annotated[str, Field(max_length=254)] = ""
    name: Annotated[str, Field(max_length=200)] = ""
    as_token: bool = False


class Session(Output):
    member_code: str
    token: str | None = None
    """Only when `as_token` was asked for; send it as `Authorization: Bearer …`."""


class Viewer(Output):
    """Who the shop thinks you are."""

    signed_in: bool
    name: str
    member_code: str | None
    promoter: bool
    staff: str | None
    locale: str


class Device(Output):
    id: int
    device: str
    started_at: datetime
    expires_at: datetime
    current: bool


class Devices(Output):
    devices: list[Device]


class LoggedOut(Output):
    """How many other devices were logged out."""

    devices: int


class NewPassword(Input):
    """`old` is asked for, so that an unguarded device is not enough."""

    old: Password
    new: Password


@router.get("/session", responses=responses(503))
def get_session(viewer: ViewerDep) -> Viewer:
    """Who you are to this shop."""
    return Viewer(
        signed_in=viewer.signed_in,
        name=viewer.name,
        member_code=viewer.code,
        promoter=viewer.promoter,
        staff=viewer.staff,
        locale=viewer.locale,
    )


@router.post("/members", status_code=201, responses=responses(409, 410, 422, 429, 503))
def sign_up(body: SignUp, request: Request, session: SessionDep) -> Session:
    """Become a member; you are logged in at once. What you did as a visitor stays yours."""
    started = accounts.sign_up(
        request, session, login=body.login, password=body.password, name=body.name, invite_code=body.invite_code
    )
    return _started(request, started, as_token=body.as_token)


@router.post("/session", status_code=201, responses=responses(401, 422, 429, 503))
def log_in(body: LogIn, request: Request, session: SessionDep) -> Session:
    """Log in. Every log-in gets a new token."""
    started = accounts.log_in(request, session, login=body.login, password=body.password)
    return _started(request, started, as_token=body.as_token)


@router.post("/access-links/used", status_code=201, responses=responses(404, 409, 410, 422, 429, 503))
def use_access_link(body: AccessLinkUse, request: Request, session: SessionDep) -> Session:
    """Set how you log in by the one-time link the shop gave you; you are logged in at once."""
    started = accounts.use_link(request, session, body.token, login=body.login, password=body.password, name=body.name)
    return _started(request, started, as_token=body.as_token)


@router.delete("/session", responses=responses(503))
def log_out(request: Request, session: SessionDep) -> Done:
    """Log out on this device; the token is worthless afterwards."""
    accounts.log_out(request, session)
    return Done()


@router.get("/devices", responses=responses(401, 503))
def list_devices(session: ReadDep, viewer: MemberDep, shop: ShopDep) -> Devices:
    """Where you are logged in."""
    mine = hash_token(viewer.session_token or "")
    found = members.devices(session, viewer.known_id, at=shop.clock())
    return Devices(
        devices=[
            Device(
                id=each.id,
                device=each.device,
                started_at=each.started_at,
                expires_at=each.expires_at,
                current=each.token_hash == mine,
            )
            for each in found
        ]
    )


@router.delete("/devices", responses=responses(401, 503))
def log_out_elsewhere(request: Request, session: SessionDep, viewer: MemberDep) -> LoggedOut:
    """Log out everywhere but here."""
    return LoggedOut(devices=accounts.log_out_elsewhere(request, session))


@router.put("/password", responses=responses(401, 422, 429, 503))
def change_password(body: NewPassword, request: Request, session: SessionDep, viewer: MemberDep) -> Done:
    """Set a new password; all your other devices are logged out."""
    accounts.change_password(request, session, old=body.old, new=body.new)
    return Done()


@router.delete("/devices/{device_id}", responses=responses(401, 404, 503))
def log_out_device(
    session: SessionDep, viewer: MemberDep, shop: ShopDep, device_id: Annotated[int, Path(ge=1, le=2**62)]
) -> Done:
    """Log out on one of your devices."""
    members.revoke_device(session, viewer.known_id, device_id=device_id, at=shop.clock())
    return Done()


def _started(request: Request, started: accounts.Started, *, as_token: bool) -> Session:
    if not as_token:
        accounts.keep_session(request, started)
    return Session(member_code=started.member.code, token=started.token if as_token else None)
