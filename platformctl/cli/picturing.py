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
ADD_HELP = _("Show pictures of a product that are files here; before those of its feed.")
REMOVE_HELP = _("Show a picture no more that was added so.")
RETRY_HELP = _("Ask again for pictures that failed, wait, or were lost from the disk.")

shops = typer.Typer(help=_("Pictures of the shop's goods."), no_args_is_help=True)
hubs = typer.Typer(help=_("Pictures of the hub's goods."), no_args_is_help=True)


class PictureState(StrEnum):
    """What became of a picture."""

    WAITING = "waiting"
    KEPT = "kept"
    FAILED = "failed"


OfState = Annotated[PictureState | None, typer.Option(help=_("Only these."))]
ProductCode = Annotated[str, typer.Argument(metavar="PRODUCT", help=_("The product's code."))]
Files = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, resolve_path=True, help=_("Pictures."))]
Alt = Annotated[str, typer.Option(help=_("What is on them, for whoever cannot see them."))]
Digest = Annotated[str, typer.Argument(help=_("The picture's name, as `add` told it."))]
Limit = Annotated[int, typer.Option(min=1, max=10_000, help=_("At most so many."))]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.add_typer(shops, name="media")
    shops.command("add", help=ADD_HELP)(add_to_shop)
    shops.command("remove", help=REMOVE_HELP)(remove_from_shop)
    shops.command("list", help=LIST_HELP)(list_of_shop)
    shops.command("retry", help=RETRY_HELP)(retry_of_shop)
    hub.add_typer(hubs, name="media")
    hubs.command("add", help=ADD_HELP)(add_to_hub)
    hubs.command("remove", help=REMOVE_HELP)(remove_from_hub)
    hubs.command("list", help=LIST_HELP)(list_of_hub)
    hubs.command("retry", help=RETRY_HELP)(retry_of_hub)


def add_to_shop(
    product: ProductCode, files: Files, alt: Alt = "", folder: InFolder = Path(), as_json: AsJson = False
) -> None:
    """All of them or none; adding the same again changes nothing."""
    ready(folder)
    from platformctl import picturing

    picturing.require_own_goods()
    _tell_added(picturing.add(picturing.of_shop(), product, files, alt=alt), as_json=as_json)


def remove_from_shop(product: ProductCode, digest: Digest, folder: InFolder = Path()) -> None:
    """The file stays, others may show it."""
    ready(folder)
    from platformctl import picturing

    picturing.remove(picturing.of_shop(), product, digest)
    output.say("{product} shows it no more.", product=product)


def add_to_hub(
    product: ProductCode, files: Files, alt: Alt = "", folder: InHub = Path(), as_json: AsJson = False
) -> None:
    """All of them or none; adding the same again changes nothing."""
    enter(folder)
    from platformctl import picturing

    _tell_added(picturing.add(picturing.of_hub(), product, files, alt=alt), as_json=as_json)


def remove_from_hub(product: ProductCode, digest: Digest, folder: InHub = Path()) -> None:
    """The file stays, others may show it."""
    enter(folder)
    from platformctl import picturing

    picturing.remove(picturing.of_hub(), product, digest)
    output.say("{product} shows it no more.", product=product)


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


def _tell_added(digests: list[str], *, as_json: bool) -> None:
    if as_json:
        output.say_json({"ok": True, "digests": digests})
        return
    for each in digests:
        output.say("Added: {digest}", digest=each)


def _tell_again(count: int, *, as_json: bool) -> None:
    if as_json:
        output.say_json({"ok": True, "again": count})
    else:
        output.say("Asked for again: {count}.", count=count)
