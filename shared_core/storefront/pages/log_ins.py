"""The member's own log-ins: a new password, the devices, logging out elsewhere."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import members
from shared_core.kernel.codes import hash_token
from shared_core.kernel.errors import PlatformError
from shared_core.storefront import accounts
from shared_core.storefront.pages.page import page, refused
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import MemberDep, ReadDep, SessionDep, ShopDep
from shared_core.storefront.who import Viewer
from shared_core.web import forms
from shared_core.web.device_words import device_name
from shared_core.web.going import go

HOME = "/me/log-ins"
ID_MAX = 2**62

router = APIRouter(include_in_schema=False)
Password = Annotated[str, Form(max_length=254)]

_FIELDS: dict[type[PlatformError], str] = {
    members.WrongPassword: "old",
    members.PasswordTooShort: "new",
    members.PasswordTooLong: "new",
    members.PasswordTooCommon: "new",
}


@router.get(HOME)
def log_ins(request: Request, shop: ShopDep, session: ReadDep, viewer: MemberDep) -> HTMLResponse:
    return _page(request, session, shop, viewer, forms.Form())


@router.post(HOME + "/password")
def change_password(
    request: Request, shop: ShopDep, viewer: MemberDep, old: Password = "", new: Password = ""
) -> Response:
    try:
        with shop.database.transaction() as session:
            accounts.change_password(request, session, old=old, new=new)
    except PlatformError as error:
        form = refused(request, error, {}, _FIELDS)
        with shop.database.reading() as session:
            return _page(request, session, shop, viewer, form, status=error.status)
    return go(HOME, done="password")


@router.post(HOME + "/devices/{device_id}/end")
def end_one(
    shop: ShopDep, session: SessionDep, viewer: MemberDep, device_id: Annotated[int, Path(ge=1, le=ID_MAX)]
) -> Response:
    members.revoke_device(session, viewer.known_id, device_id=device_id, at=shop.clock())
    return go(HOME, done="ended")


@router.post(HOME + "/devices/end-others")
def end_others(request: Request, session: SessionDep, viewer: MemberDep) -> Response:
    accounts.log_out_elsewhere(request, session)
    return go(HOME, done="ended")


def _page(
    request: Request, session: Session, shop: Shop, viewer: Viewer, form: forms.Form, *, status: int = 200
) -> HTMLResponse:
    mine = hash_token(viewer.session_token or "")
    found = members.devices(session, viewer.known_id, at=shop.clock())
    devices = [
        {"id": each.id, "name": device_name(each.device), "since": each.started_at, "current": each.token_hash == mine}
        for each in found
    ]
    return page(
        request,
        "log_ins.html",
        status_code=status,
        form=form,
        devices=sorted(devices, key=lambda each: not each["current"]),
        password_length_min=members.PASSWORD_LENGTH_MIN,
    )
