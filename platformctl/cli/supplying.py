"""Commands about where a shop's goods come from."""

from pathlib import Path
from typing import Annotated

import typer

from platformctl import output
from platformctl.cli.entering import ready
from platformctl.cli.options import AsJson, DryRun, InFolder
from platformctl.failures import FINDINGS
from platformctl.messages import translate as _

supply = typer.Typer(help=_("Where the shop's goods come from."), no_args_is_help=True)

NamesFile = Annotated[
    Path | None,
    typer.Option(
        "--map", exists=True, dir_okay=False, resolve_path=True, help=_("CSV with the columns ours,theirs: SKUs.")
    ),
]

Anyway = Annotated[bool, typer.Option("--anyway", help=_("Go on although some orders could not be had again."))]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.add_typer(supply, name="supply")
    supply.command("connect", help=_("Sell the goods of the hub that brand.toml names."))(connect)
    supply.command("resume", help=_("Go on with a hub that was restored from a backup."))(resume)


def connect(
    names: NamesFile = None, dry_run: DryRun = False, folder: InFolder = Path(), as_json: AsJson = False
) -> None:
    """Again at any time: after the hub or the mapping has changed."""
    ready(folder)
    from platformctl import connecting

    found = connecting.connect(names, dry_run=dry_run)
    output.say_json(found.as_dict()) if as_json else found.tell()


def resume(
    anyway: Anyway = False,
    folder: InFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """What the hub forgot is said again, order by order; again at any time. Exits 1 while something could not be."""
    ready(folder)
    from platformctl import resuming

    done = resuming.resume(anyway=anyway)
    output.say_json(done.as_dict()) if as_json else done.tell()
    if not done.ok:
        raise typer.Exit(FINDINGS)
