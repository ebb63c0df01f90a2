"""Commands about the people who work at a hub, or for one of its suppliers."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platformctl import output
from platformctl.cli import hubs
from platformctl.cli.hubs import Actor, InHub, hub
from platformctl.cli.options import AsJson
from platformctl.messages import translate as _

if TYPE_CHECKING:
    from platformctl.hub_staff import LetIn

staff = typer.Typer(help=_("Who may log in to the hub's console."), no_args_is_help=True)

Name = Annotated[str, typer.Argument(help=_("The name to log in with."))]
SupplierCode = Annotated[str, typer.Option(help=_("For whom somebody with the role supplier works."))]


class Role(StrEnum):
    OWNER = "owner"
    OPERATOR = "operator"
    ACCOUNTANT = "accountant"
    SUPPLIER = "supplier"


Wanted = Annotated[Role, typer.Option("--role", help=_("What they may do; see docs/hub.md."))]


def register(_app: typer.Typer) -> None:
    """Add this module's commands to the group of the hub."""
    hub.add_typer(staff, name="staff")
    staff.command("add", help=_("Let somebody in; prints a password that works once."))(add)
    staff.command("list", help=_("Who works here, and who has left."))(list_all)
    staff.command("role", help=_("Let somebody do other things."))(role)
    staff.command("password", help=_("A new password that works once, for who forgot theirs or comes back."))(password)
    staff.command("leave", help=_("Somebody cannot log in any more, and is logged out."))(leave)


def add(
    name: Name,
    role: Wanted,
    supplier: SupplierCode = "",
    by: Actor = "platformctl",
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """With the password they choose one of their own, within three days."""
    hubs.enter(folder)
    from platformctl import hub_staff

    _tell_let_in(hub_staff.add(name, role.value, supplier=supplier or None, actor=by), as_json=as_json)


def list_all(folder: InHub = Path(), as_json: AsJson = False) -> None:
    """Who is there first."""
    hubs.enter(folder)
    from platformctl import hub_staff

    found = hub_staff.everybody()
    if as_json:
        output.say_json([hub_staff.as_dict(each) for each in found])
        return
    for each in found:
        left = _("has left") if each.ended_at else _("has no password yet") if each.one_time_until else ""
        print(f"{_(hub_staff.ROLES[each.role]):10}  {each.name:24}  {each.supplier or '':16}  {left}".rstrip())
    if not found:
        output.say("Nobody may log in yet. Make an owner: platformctl hub staff add NAME --role owner")


def role(
    name: Name,
    role: Wanted,
    supplier: SupplierCode = "",
    by: Actor = "platformctl",
    folder: InHub = Path(),
) -> None:
    """The hub keeps an owner who can log in."""
    hubs.enter(folder)
    from platformctl import hub_staff

    changed = hub_staff.set_role(name, role.value, supplier=supplier or None, actor=by)
    output.say("{login}: {role}.", login=changed.name, role=_(hub_staff.ROLES[changed.role]))


def password(name: Name, by: Actor = "platformctl", folder: InHub = Path(), as_json: AsJson = False) -> None:
    """They are logged out everywhere."""
    hubs.enter(folder)
    from platformctl import hub_staff

    _tell_let_in(hub_staff.give_password(name, actor=by), as_json=as_json)


def leave(name: Name, by: Actor = "platformctl", folder: InHub = Path()) -> None:
    """What they did keeps their name. `hub staff password` lets them in again."""
    hubs.enter(folder)
    from platformctl import hub_staff

    hub_staff.leave(name, actor=by)
    output.say("{name} cannot log in any more.", name=name)


def _tell_let_in(made: "LetIn", *, as_json: bool) -> None:
    if as_json:
        output.say_json({"ok": True, "name": made.name, "one_time_password": made.password})
        return
    output.say("One-time password of {name}, shown this once; it works for three days:", name=made.name)
    print(made.password)
