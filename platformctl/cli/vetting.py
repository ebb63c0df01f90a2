"""Commands about what a hub's suppliers hand in and agree to."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from platformctl import output
from platformctl.cli import hubs
from platformctl.cli.hubs import Actor, InHub
from platformctl.cli.options import AsJson
from platformctl.cli.supplier_keys import Code, supplier
from platformctl.messages import translate as _

documents = typer.Typer(help=_("The documents of a supplier."), no_args_is_help=True)
terms = typer.Typer(help=_("The terms on which suppliers sell."), no_args_is_help=True)

Number = Annotated[int, typer.Argument(min=1, help=_("The document, as `documents list` numbers it."))]


def register(_app: typer.Typer) -> None:
    """Add this module's commands to the group of suppliers."""
    supplier.add_typer(documents, name="documents")
    documents.command("list", help=_("What is asked for, what was handed in, and what became of it."))(list_all)
    documents.command("add", help=_("Hand one in for the supplier: PDF, JPEG or PNG."))(add)
    documents.command("approve", help=_("It is what it should be."))(approve)
    documents.command("refuse", help=_("It does not do, or no longer; the supplier reads why."))(refuse)
    documents.command("declare", help=_("Say what the supplier sells."))(declare)
    supplier.add_typer(terms, name="terms")
    terms.command("publish", help=_("These terms hold from now on; each supplier is asked to accept them."))(publish)
    terms.command("show", help=_("The present terms, and who has not accepted them."))(show)


def list_all(code: Code, folder: InHub = Path(), as_json: AsJson = False) -> None:
    """The oldest first."""
    hubs.enter(folder)
    from platformctl import vetting

    found = vetting.shelf(code)
    output.say_json(vetting.as_dict(found)) if as_json else vetting.tell(found)


def add(
    code: Code,
    file: Annotated[Path, typer.Argument(help=_("The document's file, up to 10 MB."))],
    kind: Annotated[str, typer.Option(help=_("What it is, such as business_licence or food_permit."))],
    number: Annotated[str, typer.Option(help=_("The number that stands on it."))],
    valid_until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help=_("Its last day; without it, it has none."))
    ] = None,
    by: Actor = "platformctl",
    folder: InHub = Path(),
) -> None:
    """It waits for somebody to look at it. The same again changes nothing."""
    file = file.absolute()
    hubs.enter(folder)
    from platformctl import vetting

    until = valid_until.date() if valid_until else None
    vetting.add(code, file, kind=kind, number=number, valid_until=until, actor=by)
    output.say("It is here and waits to be looked at.")


def approve(code: Code, document: Number, by: Actor = "platformctl", folder: InHub = Path()) -> None:
    """Again: nothing happens."""
    hubs.enter(folder)
    from platformctl import vetting

    vetting.approve(code, document, actor=by)
    output.say("Noted.")


def refuse(
    code: Code,
    document: Number,
    reason: Annotated[str, typer.Option(help=_("Why; the supplier reads it."))],
    by: Actor = "platformctl",
    folder: InHub = Path(),
) -> None:
    """Again: nothing happens."""
    hubs.enter(folder)
    from platformctl import vetting

    vetting.refuse(code, document, reason=reason, actor=by)
    output.say("Noted.")


def declare(
    code: Code,
    sells: Annotated[
        list[str] | None, typer.Option(help=_("food, cosmetics or medical; repeatable; none of them without it."))
    ] = None,
    by: Actor = "platformctl",
    folder: InHub = Path(),
) -> None:
    """It decides which documents are asked for."""
    hubs.enter(folder)
    from platformctl import vetting

    vetting.declare(code, sells or [], actor=by)
    output.say("Noted.")


def publish(
    file: Annotated[Path, typer.Argument(help=_("The whole text, in UTF-8."))],
    accept_by: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help=_("Until the end of this day suppliers sell without."))
    ],
    by: Actor = "platformctl",
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """The same text with another day only moves the day."""
    file = file.absolute()
    hubs.enter(folder)
    from platformctl import vetting

    digest = vetting.publish(file, accept_by=accept_by.date(), actor=by)
    if as_json:
        output.say_json({"ok": True, "digest": digest})
    else:
        output.say("These terms hold from now on: {digest}", digest=digest)


def show(folder: InHub = Path(), as_json: AsJson = False) -> None:
    """Suppliers accept them in the portal."""
    hubs.enter(folder)
    from platformctl import vetting

    now, lacking = vetting.present_terms()
    if as_json:
        told = now and {"digest": now.digest, "accept_by": now.accept_by.isoformat(), "by": now.actor}
        output.say_json({"ok": True, "terms": told, "not_accepted": lacking})
        return
    if now is None:
        output.say("There are none in writing.")
        return
    print(now.words)
    output.say("To be accepted by {day}: {digest}", day=now.accept_by.isoformat(), digest=now.digest)
    for code in lacking:
        output.say("Not accepted: {supplier}", supplier=code)
