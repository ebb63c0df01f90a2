"""Commands about money between a hub, its storefronts and its suppliers."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platformctl import output
from platformctl.cli import hubs
from platformctl.cli.entering import ready
from platformctl.cli.hubs import Actor, Code, InHub, Reason, hub
from platformctl.cli.options import AsJson, InFolder
from platformctl.cli.supplying import supply
from platformctl.failures import FINDINGS
from platformctl.messages import translate as _

if TYPE_CHECKING:
    from shared_core.supply import settlement

payment = typer.Typer(help=_("What storefronts paid the hub, and it paid others."), no_args_is_help=True)

Amount = Annotated[str, typer.Argument(help=_('How much, such as "1250.00".'))]
Supplier = Annotated[str, typer.Argument(help=_("The supplier's code."))]
Number = Annotated[str, typer.Option(help=_("Transaction number of the bank or wallet; it stands for one payment."))]
ThatNumber = Annotated[str, typer.Argument(help=_("The payment's transaction number."))]
Month = Annotated[str, typer.Option(help=_("Calendar month of the hub, such as 2026-11."))]


class Form(StrEnum):
    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    HTML = "html"


def register(_app: typer.Typer) -> None:
    """Add this module's commands to the groups of others."""
    hub.add_typer(payment, name="payment")
    payment.command("received", help=_("A storefront has paid the hub."))(received)
    payment.command("supplier", help=_("The hub has paid a supplier."))(to_supplier)
    payment.command("carrier", help=_("The hub has paid for carriage."))(to_carrier)
    payment.command("reverse", help=_("A payment was none after all; it is booked back."))(reverse)
    payment.command("list", help=_("Every payment, also those that were taken back."))(list_all)
    hub.command("statement", help=_("What a storefront owes the hub, or the hub a supplier, in a month."))(statement)
    supply.command("pay", help=_("Write down what this shop has paid its hub."))(pay)
    supply.command("unpay", help=_("A payment to the hub was none after all; it is booked back."))(unpay)
    supply.command("statement", help=_("The hub's statement of a month beside this shop's own book."))(compare)


def received(
    code: Code,
    amount: Amount,
    number: Number,
    by: Actor = "platformctl",
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """The same again changes nothing. What is paid in advance raises what the storefront may order."""
    _hub_pays("tenant", code, amount, number=number, by=by, folder=folder, as_json=as_json)


def to_supplier(
    code: Supplier,
    amount: Amount,
    number: Number,
    by: Actor = "platformctl",
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """The same again changes nothing."""
    _hub_pays("supplier", code, amount, number=number, by=by, folder=folder, as_json=as_json)


def to_carrier(
    amount: Amount, number: Number, by: Actor = "platformctl", folder: InHub = Path(), as_json: AsJson = False
) -> None:
    """The same again changes nothing."""
    _hub_pays("carrier", "", amount, number=number, by=by, folder=folder, as_json=as_json)


def reverse(
    number: ThatNumber, reason: Reason, by: Actor = "platformctl", folder: InHub = Path(), as_json: AsJson = False
) -> None:
    """The number is free again, for the payment as it should have been entered."""
    hubs.enter(folder)
    from platformctl import settling

    _tell(settling.hub_unpays(number, reason=reason, actor=by), as_json=as_json)


def list_all(folder: InHub = Path(), as_json: AsJson = False) -> None:
    """Oldest first."""
    hubs.enter(folder)
    from platformctl import settling

    found = settling.hub_payments()
    if as_json:
        output.say_json([settling.payment_as_dict(each) for each in found])
        return
    for each in found:
        settling.tell_payment(each)


def statement(
    code: Annotated[str, typer.Argument(help=_("The storefront's code, or a supplier's with --supplier."))],
    month: Month,
    supplier: Annotated[bool, typer.Option("--supplier", help=_("The code is a supplier's."))] = False,
    format: Annotated[Form, typer.Option(help=_("html: a page to print, or to keep as PDF."))] = Form.TEXT,
    out: Annotated[Path | None, typer.Option(resolve_path=True, help=_("A file; stdout when not given."))] = None,
    folder: InHub = Path(),
) -> None:
    """A month is closed an hour after it has ended and never changes; late entries are in the next."""
    hubs.enter(folder)
    from platformctl import settling

    settling.write(settling.hub_statement(code, month, supplier=supplier), format.value, out)


def pay(
    amount: Amount, number: Number, by: Actor = "platformctl", folder: InFolder = Path(), as_json: AsJson = False
) -> None:
    """The same again changes nothing. Until the hub has seen it, `books` says that it is on its way."""
    ready(folder)
    from platformctl import settling

    _tell(settling.shop_pays(amount, number=number, actor=by), as_json=as_json)


def unpay(
    number: ThatNumber, reason: Reason, by: Actor = "platformctl", folder: InFolder = Path(), as_json: AsJson = False
) -> None:
    """The number is free again, for the payment as it should have been entered."""
    ready(folder)
    from platformctl import settling

    _tell(settling.shop_unpays(number, reason=reason, actor=by), as_json=as_json)


def compare(month: Month, folder: InFolder = Path(), as_json: AsJson = False) -> None:
    """Exit code 1 when a line is missing here, or different."""
    ready(folder)
    from platformctl import settling

    said, found = settling.compared(month)
    told = settling.compared_as_dict(said, found)
    output.say_json(told) if as_json else settling.tell_compared(said, found)
    if not told["ok"]:
        raise typer.Exit(FINDINGS)


def _hub_pays(kind: str, code: str, amount: str, *, number: str, by: str, folder: Path, as_json: bool) -> None:
    hubs.enter(folder)
    from platformctl import settling

    _tell(settling.hub_pays(kind, code, amount, number=number, actor=by), as_json=as_json)


def _tell(made: "settlement.PaymentView", *, as_json: bool) -> None:
    from platformctl import settling

    output.say_json(settling.payment_as_dict(made)) if as_json else settling.tell_payment(made)
