"""Commands about what storefronts object to on their statements."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platformctl import output
from platformctl.cli import hubs
from platformctl.cli.entering import ready
from platformctl.cli.hubs import Actor, Code, InHub, hub
from platformctl.cli.options import AsJson, InFolder
from platformctl.cli.settling import Month
from platformctl.cli.supplying import supply
from platformctl.messages import translate as _

if TYPE_CHECKING:
    from shared_core.supply import settlement

objection = typer.Typer(help=_("What storefronts object to on their statements."), no_args_is_help=True)

Number = Annotated[str, typer.Argument(help=_("The objection's number, as `objection list` shows it."))]
Said = Annotated[str, typer.Option("--say", help=_("What the storefront is told."))]


class Kind(StrEnum):
    CHARGE = "charge"
    WITHDRAWAL = "withdrawal"
    PAYMENT = "payment"


def register(_app: typer.Typer) -> None:
    """Add this module's commands to the groups of others."""
    hub.add_typer(objection, name="objection")
    objection.command("list", help=_("Every objection and what was said."))(list_all)
    objection.command("answer", help=_("Say something and decide nothing yet."))(answer)
    objection.command("accept", help=_("The line was wrong: the storefront owes less."))(accept)
    objection.command("reject", help=_("The line was right."))(reject)
    supply.command("object", help=_("Tell the hub that a line of its statement is wrong."))(object_to)
    supply.command("objections", help=_("What the hub said; what it credited is booked."))(hear)


def list_all(folder: InHub = Path(), as_json: AsJson = False) -> None:
    """Oldest first."""
    hubs.enter(folder)
    from platformctl import objecting

    _tell_all(objecting.of_all(), as_json=as_json)


def answer(
    code: Code, number: Number, say: Said, by: Actor = "platformctl", folder: InHub = Path(), as_json: AsJson = False
) -> None:
    """As often as it takes."""
    hubs.enter(folder)
    from platformctl import objecting

    _tell(objecting.answer(code, number, text=say, actor=by), as_json=as_json)


def accept(
    code: Code,
    number: Number,
    say: Said,
    credit: Annotated[str, typer.Option(help=_("How much; all of it when not given, 0 if put right otherwise."))] = "",
    by: Actor = "platformctl",
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """An objection ends once. A payment that was entered wrongly is put right with `hub payment reverse`."""
    hubs.enter(folder)
    from platformctl import objecting

    _tell(objecting.accept(code, number, credit=credit, text=say, actor=by), as_json=as_json)


def reject(
    code: Code, number: Number, say: Said, by: Actor = "platformctl", folder: InHub = Path(), as_json: AsJson = False
) -> None:
    """An objection ends once; the storefront may object anew, under another number."""
    hubs.enter(folder)
    from platformctl import objecting

    _tell(objecting.reject(code, number, text=say, actor=by), as_json=as_json)


def object_to(
    reference: Annotated[str, typer.Argument(help=_("The line's reference, as `supply statement` shows it."))],
    month: Month,
    reason: Annotated[str, typer.Option(help=_("What is wrong; the hub reads it."))],
    kind: Annotated[Kind, typer.Option(help=_("What the line is."))] = Kind.CHARGE,
    amount: Annotated[str, typer.Option(help=_("By how much it is wrong; all of it when not given."))] = "",
    number: Annotated[str, typer.Option(help=_("A number of your own; made of the line when not given."))] = "",
    folder: InFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """The same again changes nothing."""
    ready(folder)
    from platformctl import objecting

    made = objecting.object_to(reference, month=month, kind=kind.value, amount=amount, number=number, reason=reason)
    _tell(made, as_json=as_json)


def hear(folder: InFolder = Path(), as_json: AsJson = False) -> None:
    """Again at any time: a credit is booked once."""
    ready(folder)
    from platformctl import objecting

    told, booked = objecting.hear()
    _tell_all(told, as_json=as_json)
    if booked and not as_json:
        output.say("Credits booked: {count}", count=booked)


def _tell(made: "settlement.ObjectionView", *, as_json: bool) -> None:
    from platformctl import objecting

    output.say_json(objecting.as_dict(made)) if as_json else objecting.tell(made)


def _tell_all(found: list["settlement.ObjectionView"], *, as_json: bool) -> None:
    from platformctl import objecting

    if as_json:
        output.say_json([objecting.as_dict(each) for each in found])
        return
    for each in found:
        objecting.tell(each)
