"""Commands about what suppliers charge for sending, by region."""

from pathlib import Path
from typing import Annotated

import typer

from platformctl import output
from platformctl.cli.exchange import tell
from platformctl.cli.hubs import InHub, enter, hub
from platformctl.cli.options import AsJson, DryRun
from platformctl.messages import translate as _

freight = typer.Typer(help=_("What suppliers charge for sending, by region."), no_args_is_help=True)


def register(_app: typer.Typer) -> None:
    """Add the commands to those of a hub."""
    hub.add_typer(freight, name="freight")
    freight.command("import", help=_("Freight templates of suppliers: TOML."))(put)
    freight.command("list", help=_("What suppliers charge for sending, by region."))(list_all)
    freight.command("drop", help=_("Forget a template; its goods go by the supplier's standard one."))(drop)


def put(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, resolve_path=True, help=_("The file: TOML."))],
    dry_run: DryRun = False,
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """All of the file or nothing. The same again changes nothing; templates that are not in it stay."""
    enter(folder)
    from platformctl import freighting

    tell(freighting.put(file, dry_run=dry_run), as_json=as_json)


def list_all(
    supplier: Annotated[str, typer.Option(help=_("Of this supplier alone."))] = "",
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """Who has no template charges one amount for every parcel."""
    enter(folder)
    from platformctl import freighting

    freighting.tell(freighting.templates(supplier), as_json=as_json)


def drop(
    supplier: Annotated[str, typer.Argument(help=_("The supplier's code."))],
    code: Annotated[str, typer.Argument(help=_("The template's code."))],
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """What is held keeps the freight it has."""
    enter(folder)
    from platformctl import freighting

    freighting.drop(supplier, code)
    output.say_json({"ok": True}) if as_json else output.say("Forgotten: {code}", code=code)
