"""Commands about the keys of a hub's suppliers."""

from pathlib import Path
from typing import Annotated

import typer

from platformctl import output
from platformctl.cli import hubs
from platformctl.cli.hubs import Actor, InHub, hub, print_keys
from platformctl.cli.options import AsJson
from platformctl.messages import translate as _

supplier = typer.Typer(help=_("The suppliers of a hub."), no_args_is_help=True)
key = typer.Typer(help=_("The keys with which a supplier's own system calls the hub."), no_args_is_help=True)

Code = Annotated[str, typer.Argument(help=_("The supplier's code."))]


def register(_app: typer.Typer) -> None:
    """Add this module's commands to the group of the hub."""
    hub.add_typer(supplier, name="supplier")
    supplier.add_typer(key, name="key")
    key.command("add", help=_("One more key, to change over to; printed once."))(add)
    key.command("list", help=_("A supplier's keys; never the keys themselves."))(list_all)
    key.command("revoke", help=_("A key is worth nothing from now on."))(revoke)


def add(
    code: Code,
    scope: Annotated[
        list[str] | None, typer.Option(help=_("What it may do, read or write; both by default; repeatable."))
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, max=3660, help=_("It ends after so many days."))] = None,
    by: Actor = "platformctl",
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """Other keys stay valid: change over, then revoke the old one."""
    hubs.enter(folder)
    from platformctl import supplier_keys

    secret = supplier_keys.add(code, scopes=scope or [], days=days, actor=by)
    if as_json:
        output.say_json({"ok": True, "key": secret})
    else:
        output.say("Its key, shown only now: {key}", key=secret)


def list_all(code: Code, folder: InHub = Path(), as_json: AsJson = False) -> None:
    """With the day each was last used."""
    hubs.enter(folder)
    from platformctl import supplier_keys

    print_keys(supplier_keys.keys(code), as_json=as_json)


def revoke(
    code: Code,
    name: Annotated[str, typer.Argument(help=_("The key's name, as `key list` shows it."))],
    by: Actor = "platformctl",
    folder: InHub = Path(),
) -> None:
    """At once."""
    hubs.enter(folder)
    from platformctl import supplier_keys

    supplier_keys.revoke(code, name, actor=by)
    output.say("The key {name} is worth nothing any more.", name=name)
