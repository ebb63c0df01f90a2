"""Commands about sale events of a hub."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platformctl import output
from platformctl.cli.hubs import Actor, InHub, Reason, enter, hub
from platformctl.cli.options import AsJson
from platformctl.messages import translate as _

if TYPE_CHECKING:
    from shared_core import supply

sale = typer.Typer(help=_("Goods at a price of their own for a while."), no_args_is_help=True)

Code = Annotated[str, typer.Argument(help=_("The sale's code."))]


def register(_app: typer.Typer) -> None:
    """Add this module's commands to the groups of others."""
    hub.add_typer(sale, name="sale")
    sale.command("add", help=_("Plan the sale that a TOML file describes."))(add)
    sale.command("list", help=_("All sales, the last to begin first."))(list_all)
    sale.command("show", help=_("One sale with its goods and how many are gone."))(show)
    sale.command("withdraw", help=_("Nothing more is sold at its price; what is held or bought stays."))(withdraw)


def add(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, resolve_path=True, help=_("See docs/hub.md."))],
    by: Actor = "platformctl",
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """The same file again changes nothing."""
    enter(folder)
    from platformctl import selling

    _tell(selling.add(file, actor=by), as_json=as_json)


def list_all(folder: InHub = Path(), as_json: AsJson = False) -> None:
    """Those that were withdrawn too."""
    enter(folder)
    from platformctl import selling

    found = selling.every()
    if as_json:
        output.say_json([selling.as_dict(each) for each in found])
        return
    for each in found:
        selling.tell(each, goods=False)
    if not found:
        output.say("No sale yet. Plan one with: platformctl hub sale add FILE")


def show(code: Code, folder: InHub = Path(), as_json: AsJson = False) -> None:
    """As it is now."""
    enter(folder)
    from platformctl import selling

    _tell(selling.one(code), as_json=as_json)


def withdraw(
    code: Code, reason: Reason, by: Actor = "platformctl", folder: InHub = Path(), as_json: AsJson = False
) -> None:
    """At once and for good; again changes nothing."""
    enter(folder)
    from platformctl import selling

    _tell(selling.withdraw(code, reason=reason, actor=by), as_json=as_json)


def _tell(report: "supply.sales.SaleReport", *, as_json: bool) -> None:
    from platformctl import selling

    if as_json:
        output.say_json(selling.as_dict(report))
    else:
        selling.tell(report, goods=True)
