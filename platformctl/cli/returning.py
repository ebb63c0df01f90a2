"""Commands about goods that come back to a hub's suppliers."""

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
    from shared_core.supply import returns as supply_returns

returns = typer.Typer(help=_("Goods that come back to the suppliers."), no_args_is_help=True)

Number = Annotated[str, typer.Argument(help=_("The return's number, as `return list` shows it."))]
Supplier = Annotated[str, typer.Argument(help=_("The supplier's code."))]


class Bearer(StrEnum):
    SUPPLIER = "supplier"
    STORE = "store"


def register(_app: typer.Typer) -> None:
    """Add this module's commands to the hub's."""
    hub.add_typer(returns, name="return")
    returns.command("list", help=_("Returns that are open, or all of them."))(list_some)
    returns.command("show", help=_("One return, and what was said."))(show)
    returns.command("terms", help=_("Where a supplier takes goods back, and on what terms."))(terms)
    returns.command("authorise", help=_("The goods may be sent to the supplier's address."))(authorise)
    returns.command("decline", help=_("Nothing of it may come back."))(decline)
    returns.command("receive", help=_("The box is here; nobody has looked into it."))(receive)
    returns.command("inspect", help=_("Say what was found of each piece; that settles it."))(inspect)
    returns.command("replace", help=_("The new pieces are on their way to the customer."))(replace)
    returns.command("made-good", help=_("The customer has the new pieces."))(made_good)


def list_some(
    supplier: Annotated[str, typer.Option(help=_("Only of this supplier."))] = "",
    every: Annotated[bool, typer.Option("--all", help=_("Also those that have ended."))] = False,
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """The newest first."""
    hubs.enter(folder)
    from platformctl import returning

    found = returning.listed(supplier=supplier, every=every)
    if as_json:
        output.say_json([returning.as_dict(each) for each in found])
        return
    for each in found:
        returning.tell(each)


def show(number: Number, folder: InHub = Path(), as_json: AsJson = False) -> None:
    """What it is about, and how far it is."""
    hubs.enter(folder)
    from platformctl import returning

    _tell(returning.one(number), as_json=as_json)


def terms(
    supplier: Supplier,
    name: Annotated[str, typer.Option(help=_("Who receives the goods."))],
    phone: Annotated[str, typer.Option(help=_("Their telephone."))],
    city: Annotated[str, typer.Option(help=_("City."))],
    street: Annotated[str, typer.Option(help=_("Street and number."))],
    send_days: Annotated[int, typer.Option(help=_("Within how many days goods have to be sent."))] = 14,
    no_reason_days: Annotated[
        int, typer.Option(help=_("Up to how many days after delivery nobody has to decide, without a reason."))
    ] = 10,
    by_hand: Annotated[bool, typer.Option("--by-hand", help=_("Every return is decided by hand."))] = False,
    folder: InHub = Path(),
) -> None:
    """From now on; what was authorised keeps its address and its day."""
    hubs.enter(folder)

    from platformctl import returning
    from shared_core import supply

    where = supply.Address(name=name, phone=phone, street=street, city=city)
    returning.set_terms(supplier, supply.returns.ReturnTerms(where, send_days, no_reason_days, automatic=not by_hand))
    output.say("The terms of {supplier} are noted.", supplier=supplier)


def authorise(number: Number, by: Actor = "platformctl", folder: InHub = Path(), as_json: AsJson = False) -> None:
    """To the address of the supplier's terms."""
    hubs.enter(folder)
    from platformctl import returning

    _tell(returning.authorise(number, actor=by), as_json=as_json)


def decline(
    number: Number,
    say: Annotated[str, typer.Option("--say", help=_("What the storefront is told."))],
    by: Actor = "platformctl",
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """The storefront hears why."""
    hubs.enter(folder)
    from platformctl import returning

    _tell(returning.decline(number, reason=say, actor=by), as_json=as_json)


def receive(number: Number, by: Actor = "platformctl", folder: InHub = Path(), as_json: AsJson = False) -> None:
    """Again: nothing happens."""
    hubs.enter(folder)
    from platformctl import returning

    _tell(returning.receive(number, actor=by), as_json=as_json)


def inspect(
    number: Number,
    found: Annotated[list[str], typer.Argument(help=_("SKU=SELLABLE,UNSELLABLE,REFUSED, such as A-1=1,0,1."))],
    say: Annotated[str, typer.Option("--say", help=_("What the storefront is told."))] = "",
    bearer: Annotated[Bearer | None, typer.Option(help=_("Who bears what cannot be sold again."))] = None,
    freight: Annotated[str, typer.Option(help=_("What sending it back has cost; the supplier gives it."))] = "",
    by: Actor = "platformctl",
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """Sellable pieces are on sale again. The same again changes nothing."""
    hubs.enter(folder)
    from platformctl import returning

    told = returning.inspect(number, found, said=say, bearer=bearer.value if bearer else "", freight=freight, actor=by)
    _tell(told, as_json=as_json)


def replace(
    number: Number,
    carrier: Annotated[str, typer.Option(help=_("Who carries it."))],
    tracking: Annotated[str, typer.Option(help=_("The parcel's number."))],
    by: Actor = "platformctl",
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """Again with the same parcel: nothing happens."""
    hubs.enter(folder)
    from platformctl import returning

    _tell(returning.replace(number, carrier=carrier, tracking=tracking, actor=by), as_json=as_json)


def made_good(number: Number, by: Actor = "platformctl", folder: InHub = Path(), as_json: AsJson = False) -> None:
    """Again: nothing happens."""
    hubs.enter(folder)
    from platformctl import returning

    _tell(returning.made_good(number, actor=by), as_json=as_json)


def _tell(made: "supply_returns.ReturnDetail", *, as_json: bool) -> None:
    from platformctl import returning

    output.say_json(returning.as_dict(made)) if as_json else returning.tell(made)
