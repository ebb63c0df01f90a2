"""Commands of a supply hub: make one, run it, decide whom it supplies, bring goods in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platformctl import output
from platformctl.cli.options import AsJson, DryRun, Host
from platformctl.failures import INTERRUPTED
from platformctl.messages import translate as _

if TYPE_CHECKING:
    from platformctl.tenants import Opened

LOOPBACK = "127.0.0.1"
HUB_PORT = 8100

hub = typer.Typer(help=_("Run a supply hub: one stock for many storefronts."), no_args_is_help=True)
tenant = typer.Typer(help=_("The storefronts a hub supplies."), no_args_is_help=True)
key = typer.Typer(help=_("The keys with which a storefront calls the hub."), no_args_is_help=True)

InHub = Annotated[Path, typer.Option("--dir", "-C", help=_("The hub's folder; the current one by default."))]
Code = Annotated[str, typer.Argument(help=_("The storefront's code: small letters, digits and hyphens."))]
Actor = Annotated[str, typer.Option("--by", help=_("Who decides this; it is written down."))]
Reason = Annotated[str, typer.Option(help=_("Why; it is written down."))]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.add_typer(hub, name="hub")
    hub.command("init", help=_("Make a hub in an empty folder."))(init)
    hub.command("serve", help=_("Serve the hub in this folder."))(serve)
    hub.command("worker", help=_("Run the hub's background worker as a process of its own."))(worker)
    hub.command("migrate", help=_("Bring the hub's database to the newest schema."))(migrate)
    hub.command("import", help=_("Goods of a supplier's feed."))(import_feed)
    hub.command("books", help=_("Prove that the hub's books and its stock add up."))(books)
    hub.add_typer(tenant, name="tenant")
    tenant.command("add", help=_("Supply one more storefront; prints its key, once."))(add)
    tenant.command("list", help=_("All storefronts, their terms and what they owe."))(list_all)
    tenant.command("terms", help=_("Agree on other terms."))(terms)
    tenant.command("suspend", help=_("No new orders; what is under way is finished."))(suspend)
    tenant.command("resume", help=_("Orders are taken again."))(resume)
    tenant.add_typer(key, name="key")
    key.command("new", help=_("One more key, to change over to; printed once."))(new_key)
    key.command("list", help=_("A storefront's keys; never the keys themselves."))(list_keys)
    key.command("revoke", help=_("A key is worth nothing from now on."))(revoke)


def _enter(folder: Path, *, migrated: bool = True) -> None:
    from platformctl import hubs

    hubs.HubFolder.find(folder).enter()
    if migrated:
        hubs.require_current()


def init(
    destination: Annotated[Path, typer.Argument(help=_("Where to make it; empty or not there yet."))],
    name: Annotated[str, typer.Option(help=_("The hub's name; the folder's by default."))] = "",
    locale: Annotated[str, typer.Option(help=_("Language, like zh-CN or en."))] = "zh-CN",
    currency: Annotated[str, typer.Option(help=_("In which storefronts are supplied."))] = "CNY",
    zone: Annotated[str, typer.Option(help=_("Time zone whose days count."))] = "Asia/Shanghai",
    as_json: AsJson = False,
) -> None:
    """All of it or nothing."""
    from platformctl import hubs

    made = hubs.init(
        destination, name=name or destination.absolute().name, locale=locale, currency=currency, zone=zone
    )
    if as_json:
        output.say_json({"ok": True, "folder": str(made)})
        return
    output.say("Made: {folder}", folder=made)
    output.say("Next: cd {folder} && platformctl hub serve", folder=destination)


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help=_("Port to listen on."))] = HUB_PORT,
    host: Host = LOOPBACK,
    folder: InHub = Path(),
) -> None:
    """Until it is stopped by SIGTERM or Ctrl-C."""
    _enter(folder)
    from platformctl import hubs

    hubs.serve(host, port)
    raise typer.Exit(INTERRUPTED)  # only Ctrl-C ends it well


def worker(folder: InHub = Path()) -> None:
    """Until it is stopped by SIGTERM or Ctrl-C."""
    _enter(folder)
    from platformctl import hubs

    hubs.work()


def migrate(folder: InHub = Path(), as_json: AsJson = False) -> None:
    """Each migration is one transaction."""
    _enter(folder, migrated=False)
    from platformctl import hubs

    applied = hubs.migrate()
    if as_json:
        output.say_json({"ok": True, "applied": applied})
    elif applied:
        output.say("Applied: {names}", names=", ".join(applied))
    else:
        output.say("The database is up to date.")
