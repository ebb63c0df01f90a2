"""Commands about who sends what, and from where."""

from pathlib import Path
from typing import Annotated

import typer

from platformctl import output
from platformctl.cli.exchange import tell
from platformctl.cli.hubs import Actor, InHub, Reason, enter, hub
from platformctl.cli.options import AsJson, DryRun
from platformctl.messages import translate as _

warehouse = typer.Typer(help=_("Where the suppliers' goods lie."), no_args_is_help=True)
source = typer.Typer(help=_("Who sends what."), no_args_is_help=True)

Supplier = Annotated[str, typer.Argument(help=_("The supplier's code."))]
Code = Annotated[str, typer.Argument(help=_("The warehouse's code: small letters, digits and hyphens."))]
Sku = Annotated[str, typer.Argument(help=_("The SKU."))]
Region = Annotated[str, typer.Option(help=_("The province, such as CN-GD, or the country; empty: not told."))]


def register(_app: typer.Typer) -> None:
    """Add the commands to those of a hub."""
    hub.command("stock", help=_("A supplier's stock list, by warehouse: CSV."))(stock)
    hub.add_typer(warehouse, name="warehouse")
    warehouse.command("put", help=_("Make a warehouse, or change it."))(put)
    warehouse.command("region", help=_("Where a supplier's goods lie that are in no warehouse."))(region_of)
    warehouse.command("list", help=_("Warehouses and how much is there."))(list_all)
    hub.add_typer(source, name="source")
    source.command("list", help=_("Everybody who could send a SKU."))(shelves)
    source.command("put", help=_("A supplier sends a SKU of another one too."))(offer)
    source.command("drop", help=_("A supplier sends a SKU of another one no more."))(drop)
    source.command("prefer", help=_("Whom a SKU comes from while that one has enough."))(prefer)
    source.command("move", help=_("Give an order that nobody has accepted to another supplier."))(move)


def stock(
    supplier: Supplier,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, resolve_path=True, help=_("The list: CSV."))],
    dry_run: DryRun = False,
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """Columns sku, quantity, warehouse, and cost for goods of others. Again: nothing changes."""
    enter(folder)
    from platformctl import sourcing

    tell(sourcing.put_stock(supplier, file, dry_run=dry_run), as_json=as_json)


def put(
    supplier: Supplier,
    code: Code,
    name: Annotated[str, typer.Option(help=_("What people call it."))] = "",
    region: Region = "",
    priority: Annotated[int, typer.Option(min=0, max=1000, help=_("The lower, the earlier it is asked."))] = 0,
    closed: Annotated[bool, typer.Option("--closed", help=_("Nothing more is sold from there."))] = False,
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """What is not given is empty. The same again changes nothing."""
    enter(folder)
    from platformctl import sourcing

    sourcing.put_warehouse(supplier, code, name=name, region=region, priority=priority, active=not closed)
    _done(as_json=as_json)


def region_of(
    supplier: Supplier,
    region: Annotated[str, typer.Argument(help=_("The province, such as CN-GD, or the country."))] = "",
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """Without a region: not told any more."""
    enter(folder)
    from platformctl import sourcing

    sourcing.set_region(supplier, region)
    _done(as_json=as_json)


def list_all(
    supplier: Annotated[str, typer.Option(help=_("Of this supplier alone."))] = "",
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """By supplier."""
    enter(folder)
    from platformctl import sourcing

    sourcing.tell_warehouses(sourcing.warehouses(supplier), as_json=as_json)


def shelves(sku: Sku, folder: InHub = Path(), as_json: AsJson = False) -> None:
    """The product's own supplier first."""
    enter(folder)
    from platformctl import sourcing

    sourcing.tell_shelves(sourcing.shelves(sku), as_json=as_json)


def offer(
    sku: Sku,
    supplier: Supplier,
    cost: Annotated[str, typer.Argument(help=_("What the supplier gets for a piece."))],
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """Its pieces lie in warehouses of its own: `hub stock` says how many."""
    enter(folder)
    from platformctl import sourcing

    sourcing.put_source(sku, supplier, cost)
    _done(as_json=as_json)


def drop(sku: Sku, supplier: Supplier, folder: InHub = Path(), as_json: AsJson = False) -> None:
    """What is held or sold it still sends."""
    enter(folder)
    from platformctl import sourcing

    sourcing.drop_source(sku, supplier)
    _done(as_json=as_json)


def prefer(
    sku: Sku,
    supplier: Annotated[str, typer.Argument(help=_("The supplier's code; without it the rule decides again."))] = "",
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """Orders there are already stay where they are."""
    enter(folder)
    from platformctl import sourcing

    sourcing.prefer(sku, supplier)
    _done(as_json=as_json)


def move(
    number: Annotated[str, typer.Argument(help=_("The supplier order's number."))],
    supplier: Supplier,
    reason: Reason,
    restock: Annotated[bool, typer.Option("--restock", help=_("The former supplier has its pieces still."))] = False,
    by: Actor = "platformctl",
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """The storefront pays what it paid; again changes nothing."""
    enter(folder)
    from platformctl import sourcing

    sourcing.move(number, supplier, reason=reason, restock=restock, actor=by)
    _done(as_json=as_json)


def _done(*, as_json: bool) -> None:
    output.say_json({"ok": True}) if as_json else output.say("Done.")
