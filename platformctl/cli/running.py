"""Commands that run a shop or look into its database: demo, dev, worker, migrate, seed, books."""

from pathlib import Path
from typing import Annotated

import typer

from platformctl import output
from platformctl.cli.options import PORT_DEFAULT, AsJson, Host, InFolder, Port
from platformctl.failures import FINDINGS, INTERRUPTED
from platformctl.messages import translate as _
from platformctl.shop import ShopFolder, enter

LOOPBACK = "127.0.0.1"
DEMO_FOLDER = Path("demo-shop")


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("demo", help=_("Make a shop with sample goods and a lived-in little network, and run it."))(demo)
    app.command("dev", help=_("Run the shop for development: what you edit shows at once."))(dev)
    app.command("worker", help=_("Run the background worker as a process of its own."))(worker)
    app.command("migrate", help=_("Bring the shop's database to the newest schema."))(migrate)
    app.command("seed", help=_("Put sample goods and an owner's log-in into the shop's database."))(seed)
    app.command("books", help=_("Prove that the books balance: every invariant, kept or broken."))(books)


def _enter(folder: Path) -> ShopFolder:
    shop = ShopFolder.find(folder)
    enter(shop)
    return shop


def demo(
    port: Port = PORT_DEFAULT,
    folder: Annotated[Path, typer.Option("--dir", help=_("Where to put it; kept for the next time."))] = DEMO_FOLDER,
    preset: Annotated[str, typer.Option(help=_("Growth plan; see: platformctl presets"))] = "",
    host: Host = LOOPBACK,
) -> None:
    """Runs in this interpreter: nothing more is installed."""
    from platformctl import demonstration

    demonstration.run(folder, preset=preset, host=host, port=port)


def dev(
    port: Port = PORT_DEFAULT,
    host: Host = LOOPBACK,
    reload: Annotated[bool, typer.Option(help=_("Start again when a file changes."))] = True,
    folder: InFolder = Path(),
) -> None:
    """Migrates the database first."""
    shop = _enter(folder)
    from platformctl import ports, schema, serving

    ports.require_port(host, port)
    schema.migrate(shop)
    output.say("http://{host}:{port}", host=host, port=port)
    if reload:
        serving.serve_watching(shop, host, port)
    else:
        serving.serve(host, port)
    raise typer.Exit(INTERRUPTED)  # only Ctrl-C ends it well


def worker(folder: InFolder = Path()) -> None:
    """Until it is stopped by SIGTERM or Ctrl-C."""
    shop = _enter(folder)
    from platformctl import schema, serving

    schema.require_current(shop)
    serving.work()


def migrate(
    folder: InFolder = Path(),
    revise: Annotated[
        str, typer.Option("--revise", help=_("Write an empty migration of your own into brand/migrations."))
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Each migration is one transaction."""
    shop = _enter(folder)
    from platformctl import schema

    applied = schema.migrate(shop)
    written = schema.revise(shop, revise) if revise else None
    if as_json:
        output.say_json({"ok": True, "applied": applied, "written": str(written) if written else None})
        return
    if applied:
        output.say("Applied: {names}", names=", ".join(applied))
    else:
        output.say("The database is up to date.")
    if written:
        output.say("Written: {file}", file=written)


def seed(
    folder: InFolder = Path(),
    with_network: Annotated[
        bool, typer.Option("--demo", help=_("Members at several ranks and orders in every state too."))
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Seeding twice changes nothing."""
    shop = _enter(folder)
    from platformctl import schema, seeding

    schema.migrate(shop)
    seeded = seeding.seed(with_network=with_network)
    if as_json:
        output.say_json(seeded.as_dict() | {"ok": True})
    else:
        seeding.tell(seeded)


def books(
    folder: InFolder = Path(),
    retry: Annotated[
        bool, typer.Option("--retry", help=_("First let the worker try again what it gave up to deliver."))
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Exit code 1 when an invariant is broken."""
    shop = _enter(folder)
    from platformctl import bookkeeping, schema

    schema.require_current(shop)
    if retry:
        output.note("{count} deliveries will be tried again.", count=bookkeeping.retry_given_up())
    if not bookkeeping.conclude(bookkeeping.results(), as_json=as_json):
        raise typer.Exit(FINDINGS)
