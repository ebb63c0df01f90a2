"""The pages of everybody who may log in at a hub: the log-in, one's own password and devices; the files they need."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from shared_core import members
from shared_core.hub import accounts, staff
from shared_core.hub.errors import OneTimePassword, PasswordUnchanged
from shared_core.hub.rights import ROLE_NAMES
from shared_core.hub.viewer import HubDep, PersonDep, ViewerDep, current, page, speaks
from shared_core.kernel.codes import hash_token
from shared_core.kernel.errors import PlatformError
from shared_core.web import forms
from shared_core.web.device_words import device_name
from shared_core.web.going import go, inside
from shared_core.web.statics import PREFIX

TEXT_LENGTH_MAX = 254
ID_MAX = 2**62

router = APIRouter()
Text = Annotated[str, Form(max_length=TEXT_LENGTH_MAX)]
NextInQuery = Annotated[str, Query(alias="next", max_length=TEXT_LENGTH_MAX)]

NO_PASSWORD: dict[type[PlatformError], str] = {
    members.PasswordTooShort: "new",
    members.PasswordTooLong: "new",
    members.PasswordTooCommon: "new",
    PasswordUnchanged: "new",
}


@router.get(PREFIX + "{path:path}")
def static_file(path: str, request: Request, hub: HubDep) -> FileResponse:
    """A file of the hub's own (hub/…), of the vendored libraries (vendor/…) or of the core."""
    return hub.statics.answer(request, path)


@router.get("/")
def front(viewer: ViewerDep) -> RedirectResponse:
    return go(viewer.home if viewer.person else "/login")


@router.get("/login")
def log_in_form(request: Request, viewer: ViewerDep, after: NextInQuery = "") -> Response:
    if viewer.person:
        return go(inside(after, viewer.home))
    return page(request, "log_in.html", form=forms.Form(), next=after, choosing=False)


@router.post("/login")
def log_in(
    request: Request,
    viewer: ViewerDep,
    name: Text = "",
    password: Text = "",
    new: Text = "",
    next: Text = "",
) -> Response:
    try:
        person = accounts.log_in(request, name=name, password=password, new=new)
    except PlatformError as error:
        form = refused(request, error, {"name": name}, NO_PASSWORD)
        choosing = bool(new) or isinstance(error, OneTimePassword)
        return page(request, "log_in.html", status_code=error.status, form=form, next=next, choosing=choosing)
    return go(inside(next, type(viewer)(person, viewer.locale).home))


@router.post("/logout")
def log_out(request: Request, viewer: ViewerDep) -> Response:
    accounts.log_out(request)
    return go("/login")


@router.get("/account")
def account(request: Request, hub: HubDep, viewer: PersonDep) -> HTMLResponse:
    return _account(request, hub, forms.Form())


@router.post("/account/password")
def change_password(request: Request, hub: HubDep, viewer: PersonDep, old: Text = "", new: Text = "") -> Response:
    try:
        accounts.change_password(request, old=old, new=new)
    except PlatformError as error:
        form = refused(request, error, {}, {members.WrongPassword: "old", **NO_PASSWORD})
        return _account(request, hub, form, status=error.status)
    return go("/account", done="password")


@router.post("/account/devices/{device_id}/end")
def end_session(hub: HubDep, viewer: PersonDep, device_id: Annotated[int, Path(ge=1, le=ID_MAX)]) -> Response:
    with hub.database.transaction() as session:
        staff.end_session(session, viewer.known.id, device_id, at=hub.clock())
    return go("/account", done="ended")


def refused(
    request: Request,
    error: PlatformError,
    values: dict[str, str],
    fields: dict[type[PlatformError], str] | None = None,
) -> forms.Form:
    """The form again, with `error` beside its field (`fields` names it by class; else it heads the form)."""
    return forms.refused(error, values, fields or {}, translate=speaks(request), locale=current(request).locale)


def _account(request: Request, hub: HubDep, form: forms.Form, *, status: int = 200) -> HTMLResponse:
    viewer = current(request)
    with hub.database.reading() as session:
        found = staff.sessions_of(session, viewer.known.id, at=hub.clock())
    mine = hash_token(viewer.session_token)
    return page(
        request,
        "account.html",
        status_code=status,
        form=form,
        role=speaks(request)(ROLE_NAMES[viewer.known.role]),
        devices=[
            {
                "id": each.id,
                "name": device_name(each.device),
                "since": each.started_at,
                "current": each.token_hash == mine,
            }
            for each in found
        ],
        password_length_min=members.PASSWORD_LENGTH_MIN,
    )
