"""Commands about pictures that come from elsewhere, for a shop and for a hub."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from platformctl import output
from platformctl.cli.entering import ready
from platformctl.cli.hubs import InHub, enter, hub
from platformctl.cli.options import AsJson, InFolder
from platformctl.messages import translate as _

LIST_HELP = _("Pictures from elsewhere, and why some are not here; those that failed first.")
RETRY_HELP = _("Ask again for pictures that failed, wait, or were lost from the disk.")

shops = typer.Typer(help=_("Pictures of the shop's goods."), no_args_is_help=True)
hubs = typer.Typer(help=_("Pictures of the hub's goods."), no_args_is_help=True)


class PictureState(StrEnum):
    """What became of a picture."""

    WAITING = "waiting"
    KEPT = "kept"
    FAILED = "failed"


OfState = Annotated[PictureState | None, typer.Option(help=_("Only these."))]
Limit = Annotated[int, typer.Option(min=1, max=10_000, help=_("At most so many."))]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.add_typer(shops, name="media")
    shops.command("list", help=LIST_HELP)(list_of_shop)
    shops.command("retry", help=RETRY_HELP)(retry_of_shop)
    hub.add_typer(hubs, name="media")
    hubs.command("list", help=LIST_HELP)(list_of_hub)
    hubs.command("retry", help=RETRY_HELP)(retry_of_hub)


def list_of_shop(state: OfState = None, limit: Limit = 100, folder: InFolder = Path(), as_json: AsJson = False) -> None:
    """With the reason in words."""
    ready(folder)
    from platformctl import picturing

    picturing.tell(picturing.sources(picturing.of_shop(), state=state or "", limit=limit), as_json=as_json)


def retry_of_shop(folder: InFolder = Path(), as_json: AsJson = False) -> None:
    """The background worker does it."""
    ready(folder)
    from platformctl import picturing

    _tell_again(picturing.retry(picturing.of_shop()), as_json=as_json)


def list_of_hub(state: OfState = None, limit: Limit = 100, folder: InHub = Path(), as_json: AsJson = False) -> None:
    """With the reason in words."""
    enter(folder)
    from platformctl import picturing

    picturing.tell(picturing.sources(picturing.of_hub(), state=state or "", limit=limit), as_json=as_json)


def retry_of_hub(folder: InHub = Path(), as_json: AsJson = False) -> None:
    """The background worker does it."""
    enter(folder)
    from platformctl import picturing

    _tell_again(picturing.retry(picturing.of_hub()), as_json=as_json)


def _tell_again(count: int, *, as_json: bool) -> None:
    if as_json:
        output.say_json({"ok": True, "again": count})
    else:
        output.say("Asked for again: {count}.", count=count)
