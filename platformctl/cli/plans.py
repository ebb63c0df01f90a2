"""Commands about the growth plan: plan check, plan show, plan publish."""

from pathlib import Path
from typing import Annotated

import typer

from platformctl import output
from platformctl.cli.options import AsJson, InFolder
from platformctl.failures import FINDINGS
from platformctl.messages import translate as _
from platformctl.shop import ShopFolder, enter

plans = typer.Typer(help=_("The growth plan before the rules of law, and making it live."), no_args_is_help=True)

Publishable = Annotated[
    str, typer.Option("--publishable", help=_("Print the nearest variant of this preset that no rule stops."))
]
By = Annotated[str, typer.Option("--by", help=_("Who publishes it; the user of this machine by default."))]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.add_typer(plans, name="plan")
    plans.command("check", help=_("What rules of law say of the plan and of the shop's texts, with sources."))(check)
    plans.command("show", help=_("Which plan runs, and what was published."))(show)
    plans.command("publish", help=_("Make the plan live; refused while a rule stops it."))(publish)


def check(folder: InFolder = Path(), as_json: AsJson = False) -> None:
    """Exit code 1 when publishing would be refused. No database is needed."""
    enter(ShopFolder.find(folder))
    from platformctl import plan_publishing

    case = plan_publishing.read()
    plan_publishing.tell(case, as_json=as_json)
    if not case.decision.may_publish:
        raise typer.Exit(FINDINGS)


def show(publishable: Publishable = "", folder: InFolder = Path(), as_json: AsJson = False) -> None:
    """With --publishable no shop is needed."""
    if publishable:
        from shared_core import plan

        print(plan.publishable(publishable), end="")
        return
    _ready(folder)
    from platformctl import plan_publishing

    plan_publishing.tell_published(as_json=as_json)


def publish(by: By = "", folder: InFolder = Path(), as_json: AsJson = False) -> None:
    """Overrides come from brand/policy.toml and from the core team's SHOP_POLICY_FILE."""
    _ready(folder)
    from platformctl import plan_publishing

    case = plan_publishing.read()
    if not case.decision.may_publish and not as_json:
        plan_publishing.tell(case, as_json=False)
    plan_publishing.publish(case, by=by)
    if as_json:
        output.say_json({"ok": True, "name": case.growth.name, "version": case.growth.version})
    else:
        output.say("The plan {name}, version {version}, is live.", name=case.growth.name, version=case.growth.version)


def _ready(folder: Path) -> None:
    shop = ShopFolder.find(folder)
    enter(shop)
    from platformctl import schema

    schema.require_current(shop)
