"""The command that tries a plan on invented people."""

from pathlib import Path
from typing import Annotated

import typer

from platformctl import output
from platformctl.cli.options import AsJson, InFolder, Language
from platformctl.failures import NotAShop
from platformctl.messages import translate as _
from platformctl.shop import ShopFolder, enter

REPORT = Path("report.html")


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command("simulate", help=_("Try a plan on invented people and write a report of what came of it."))(simulate)


def simulate(
    plan: Annotated[
        str, typer.Argument(help=_("A preset or a plan.toml; by default this shop's plan, or participants."))
    ] = "",
    members: Annotated[int, typer.Option(help=_("People who come to the shop in all."))] = 2_000,
    months: Annotated[int, typer.Option(help=_("How long they live under the plan."))] = 12,
    seed: Annotated[int, typer.Option(min=0, help=_("The same seed gives the same people."))] = 1,
    orders: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            resolve_path=True,
            help=_("An order history (CSV) whose customers the people are to be like."),
        ),
    ] = None,
    growth: Annotated[int, typer.Option(help=_("Percent more people every month; negative: fewer."))] = 10,
    compare: Annotated[list[str] | None, typer.Option(help=_("Another plan for the same people; repeatable."))] = None,
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, resolve_path=True, help=_("Where the report goes: report.html."))
    ] = None,
    lang: Annotated[Language | None, typer.Option(help=_("Language of the report."))] = None,
    folder: InFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Nothing of the shop is read but its plan and currency, and nothing is changed."""
    page = out or (None if as_json else REPORT.absolute())
    shop = _shop(folder, is_own=not plan)
    from platformctl import simulating

    wanted = simulating.Wanted(plan, compare or [], members, months, growth, seed, orders)
    trial = simulating.simulate(wanted, shop)
    if page is not None:
        trial.write(page, chinese=lang is Language.CHINESE if lang else output.speaks_chinese())
    if as_json:
        output.say_json(trial.as_dict())
    elif page is not None:
        trial.tell(page)


def _shop(folder: Path, *, is_own: bool) -> ShopFolder | None:
    """The shop here, if there is one; its own plan is tried by its own version of the core."""
    try:
        shop = ShopFolder.find(folder)
    except NotAShop:
        return None
    if is_own:
        enter(shop)
    return shop
