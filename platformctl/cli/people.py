"""Commands about people: who works in the shop; links for members who cannot log in yet."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platformctl import output
from platformctl.cli.entering import ready
from platformctl.cli.options import PORT_DEFAULT, AsJson, InFolder
from platformctl.failures import BadAnswer
from platformctl.messages import translate as _

if TYPE_CHECKING:
    from platformctl.people import Appointment, Colleague

HERE = f"http://127.0.0.1:{PORT_DEFAULT}"
DAYS_DEFAULT, DAYS_MAX = 14, 90

members = typer.Typer(help=_("Let people who came by an import choose how they log in."), no_args_is_help=True)

Keys = Annotated[list[str] | None, typer.Argument(help=_("Public codes, or SOURCE:NAME as it was imported."))]


class Role(StrEnum):
    OWNER = "owner"
    STAFF = "staff"


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("staff", help=_("Give somebody a role in the back office, take it back, or list who has one."))(staff)
    app.command("collectors", help=_("Who collects money by hand, how much of it they have, how old."))(collectors)
    app.add_typer(members, name="members")
    members.command("invite", help=_("Write one-time links with which members choose how they log in."))(invite)
    members.command("revoke", help=_("End links that still work."))(revoke)


def staff(
    login: Annotated[str, typer.Argument(help=_("Mobile number or e-mail address; none lists everybody."))] = "",
    role: Annotated[Role | None, typer.Option(help=_("What they may do; see docs/accounts.md."))] = None,
    remove: Annotated[bool, typer.Option("--remove", help=_("Take the role back; the account stays."))] = False,
    folder: InFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Without an account one is made, and a link to set its password is printed once."""
    if login and (role is None) != remove:
        raise BadAnswer(key="LOGIN", value=login, reason=_("give either --role or --remove with it"))
    if not login and (role or remove):
        raise BadAnswer(key="LOGIN", value="", reason=_("say whose role it is"))
    ready(folder)
    from platformctl import people

    if role is not None:
        _tell_appointed(people.appoint(login, role.value, address=HERE), as_json=as_json)
    elif remove:
        people.remove(login)
        if as_json:
            output.say_json({"ok": True, "login": login, "role": None})
        else:
            output.say("{login} has no role any more.", login=login)
    else:
        _tell_colleagues(people.colleagues(), as_json=as_json)


def collectors(folder: InFolder = Path(), as_json: AsJson = False) -> None:
    """Money in hand was taken in and not yet brought to the bank; what is nobody's waits in the back office."""
    ready(folder)
    from platformctl import bookkeeping

    found = [bookkeeping.standing_as_dict(each) for each in bookkeeping.collectors()]
    if as_json:
        output.say_json({"ok": True, "collectors": found})
        return
    for each in found:
        output.say(
            "{collector}: {in_hand} {currency} in hand, the oldest for {oldest_days} days; {unidentified} nobody's "
            "({unidentified_count}); {expected} to come ({expected_count}), {claimed_count} said to be paid",
            **{**each, "oldest_days": each["oldest_days"] or 0},
        )


def invite(
    keys: Keys = None,
    everybody: Annotated[
        bool, typer.Option("--all", help=_("All who came by an import and have neither log-in nor link."))
    ] = False,
    out: Annotated[Path | None, typer.Option(resolve_path=True, help=_("A file; stdout when not given."))] = None,
    days: Annotated[int, typer.Option(min=1, max=DAYS_MAX, help=_("How long the links work."))] = DAYS_DEFAULT,
    folder: InFolder = Path(),
) -> None:
    """CSV with the columns member, link, expires_at. Whoever uses a link first becomes that member."""
    _choose(keys, everybody=everybody)
    ready(folder)
    from platformctl import people

    count = people.invite(keys or (), days=days, out=out, address=HERE)
    output.note("{count} links, each for one person and one use.", count=count)


def revoke(
    keys: Keys = None,
    everybody: Annotated[bool, typer.Option("--all", help=_("Every link that still works."))] = False,
    folder: InFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Who has used a link is not concerned."""
    _choose(keys, everybody=everybody)
    ready(folder)
    from platformctl import people

    count = people.revoke(keys or ())
    if as_json:
        output.say_json({"ok": True, "revoked": count})
    else:
        output.say("{count} links do not work any more.", count=count)


def _choose(keys: list[str] | None, *, everybody: bool) -> None:
    """Raises BadAnswer unless members are named, or everybody is."""
    if bool(keys) == everybody:
        raise BadAnswer(key="KEY", value=" ".join(keys or ()), reason=_("name members, or say --all"))


def _tell_appointed(made: "Appointment", *, as_json: bool) -> None:
    if as_json:
        document: dict[str, object] = {"ok": True}
        output.say_json(document | asdict(made))
        return
    output.say("{login}: {role}.", login=made.login, role=_(made.role))
    if made.link:
        until = f"{made.expires_at:%Y-%m-%d %H:%M} UTC"
        output.say("Whoever uses this link first sets the password of the account; it works until {day}:", day=until)
        print(made.link)


def _tell_colleagues(found: "list[Colleague]", *, as_json: bool) -> None:
    if as_json:
        output.say_json({"ok": True, "staff": [asdict(each) for each in found]})
        return
    if not found:
        output.say("Nobody has a role yet. Make an owner: platformctl staff LOGIN --role owner")
    for each in found:
        waits = "" if each.can_log_in else _("has no password yet")
        print(f"{_(each.role):8} {each.code:12} {each.login:28} {each.name}  {waits}".rstrip())
