"""Owners see who works at the hub, let somebody in, change what they may do, and see them off."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import AfterValidator
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.hub import accounts, staff
from shared_core.hub.console.acting import attempt
from shared_core.hub.hub import Hub
from shared_core.hub.rights import ROLE_NAMES, Role
from shared_core.hub.viewer import HubDep, StaffDep, page, speaks
from shared_core.kernel.i18n import N_
from shared_core.web import forms
from shared_core.web.going import go, step_name

HOME = "/console/staff"
CONSOLE_ROLES = tuple(role for role in Role if role is not Role.SUPPLIER)
DECISIONS: Mapping[str, str] = {
    "added": N_("let in as {role}"),
    "role": N_("is now {role}"),
    "password": N_("given a password that works once"),
    "own_password": N_("chose a password"),
    "left": N_("has left"),
}

router = APIRouter()
Name = Annotated[str, Path(max_length=360), AfterValidator(step_name)]


@router.get("/staff")
def listing(request: Request, hub: HubDep, viewer: StaffDep) -> HTMLResponse:
    return _page(request, hub)


@router.post("/staff")
def let_in(
    request: Request,
    hub: HubDep,
    viewer: StaffDep,
    role: Annotated[Role, Form()],
    name: Annotated[str, Form(max_length=120)] = "",
    supplier: Annotated[str, Form(max_length=120)] = "",
) -> HTMLResponse:
    """Their password is shown this one time. Somebody of a supplier sees its portal, and nothing else."""
    password = accounts.one_time_password()
    hashed = hub.passwords.hash(password)
    made: list[staff.Person] = []

    def work(session: Session) -> None:
        made.append(
            accounts.add(
                session,
                name,
                role=role,
                password_hash=hashed,
                actor=viewer.actor,
                at=hub.clock(),
                supplier=supplier or None,
            )
        )

    trouble = attempt(request, hub, work)
    if trouble:
        return _page(
            request, hub, trouble=trouble, typed={"name": name, "role": role, "supplier": supplier}, status=422
        )
    return _page(request, hub, secret=(made[0].name, password))


@router.post("/staff/{name}/role")
def change_role(request: Request, name: Name, hub: HubDep, viewer: StaffDep, role: Annotated[Role, Form()]) -> Response:
    """The hub keeps an owner who can log in."""
    trouble = attempt(
        request, hub, lambda session: staff.set_role(session, name, role, actor=viewer.actor, at=hub.clock())
    )
    return _page(request, hub, trouble=trouble, status=409) if trouble else go(HOME, done="saved")


@router.post("/staff/{name}/password")
def give_password(request: Request, name: Name, hub: HubDep, viewer: StaffDep) -> HTMLResponse:
    """A new one for who forgot theirs or comes back; shown this one time."""
    password = accounts.one_time_password()
    hashed = hub.passwords.hash(password)
    trouble = attempt(
        request,
        hub,
        lambda session: accounts.give_password(session, name, password_hash=hashed, actor=viewer.actor, at=hub.clock()),
    )
    return _page(request, hub, trouble=trouble, status=409) if trouble else _page(request, hub, secret=(name, password))


@router.post("/staff/{name}/leave")
def leave(request: Request, name: Name, hub: HubDep, viewer: StaffDep) -> Response:
    trouble = attempt(request, hub, lambda session: staff.leave(session, name, actor=viewer.actor, at=hub.clock()))
    return _page(request, hub, trouble=trouble, status=409) if trouble else go(HOME, done="left")


def _page(
    request: Request,
    hub: Hub,
    *,
    trouble: str = "",
    typed: Mapping[str, str] | None = None,
    secret: tuple[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    said = speaks(request)
    with hub.database.reading() as session:
        people, decided, suppliers = staff.everybody(session), staff.decisions(session), supply.suppliers(session)
    roles = [(role.value, said(ROLE_NAMES[role])) for role in CONSOLE_ROLES]
    of_a_supplier = (Role.SUPPLIER.value, said(ROLE_NAMES[Role.SUPPLIER]))
    return page(
        request,
        "console/staff.html",
        status_code=status,
        trouble=trouble,
        form=forms.Form(typed or {"role": Role.OPERATOR}),
        roles=roles,
        new_roles=[*roles, of_a_supplier] if suppliers else roles,
        suppliers=suppliers,
        people=[
            {
                "name": each.name,
                "role": each.role,
                "role_name": said(ROLE_NAMES[each.role]),
                "supplier": each.supplier,
                "one_time_until": each.one_time_until,
                "ended_at": each.ended_at,
            }
            for each in people
        ],
        decisions=[
            {"name": each.name, "actor": each.actor, "at": each.at, "text": _told(request, each)} for each in decided
        ],
        secret=secret,
    )


def _told(request: Request, decision: staff.Decision) -> str:
    said = speaks(request)
    role = decision.details.get("role", "")
    became = role[-1] if isinstance(role, list) else role
    return said(DECISIONS[decision.what]).format(role=said(ROLE_NAMES[Role(became)]) if became else "")
