"""Commands about the growth plan: plan check, plan show, plan publish, explain."""

from pathlib import Path
from typing import Annotated

import typer

from platformctl import output
from platformctl.cli.options import AsJson, InFolder, Language
from platformctl.failures import FINDINGS
from platformctl.messages import translate as _
from platformctl.shop import ShopFolder, enter

plans = typer.Typer(help=_("The growth plan before the rules of law, and making it live."), no_args_is_help=True)

What = Annotated[
    str, typer.Argument(help=_("A shop's folder, a plan.toml or a preset; by default the shop in this folder."))
]
Locale = Annotated[Language, typer.Option("--locale", help=_("zh or en; the machine's language by default."))]
Published = Annotated[bool, typer.Option("--published", help=_("What was published, and whether this plan is live."))]
Publishable = Annotated[
    str, typer.Option("--publishable", help=_("Print the nearest variant of this preset that no rule stops."))
]
By = Annotated[str, typer.Option("--by", help=_("Who publishes it; the user of this machine by default."))]

Chosen = Annotated[
    str,
    typer.Option("--version", help=_("A version by its name or first day; by default what brand/plan.toml says.")),
]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.add_typer(plans, name="plan")
    plans.command("check", help=_("What rules of law say of the plan and of the shop's texts, with sources."))(check)
    plans.command("show", help=_("The plan in full sentences, every version with its day."))(show)
    app.command("explain", help=_("Why an earning is what it is, step by step, down to the books."))(explain)
    plans.command("publish", help=_("Make the plan live; refused while a rule stops it."))(publish)


def check(version: Chosen = "", folder: InFolder = Path(), as_json: AsJson = False) -> None:
    """Exit code 1 when publishing would be refused. No database is needed."""
    enter(ShopFolder.find(folder))
    from platformctl import plan_publishing

    case = plan_publishing.read(version)
    plan_publishing.tell(case, as_json=as_json)
    if not case.decision.may_publish:
        raise typer.Exit(FINDINGS)


def show(
    what: What = "",
    locale: Locale | None = None,
    published: Published = False,
    publishable: Publishable = "",
    folder: InFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """A page that can be read aloud; for a file, a preset or --publishable no shop is needed."""
    if publishable:
        from shared_core import plan

        print(plan.publishable(publishable), end="")
        return
    if published:
        _ready(folder)
        from platformctl import plan_publishing

        plan_publishing.tell_published(as_json=as_json)
        return
    spoken = locale.value if locale else ""
    if what and not Path(what).is_dir():
        from platformctl import plan_telling

        plan_telling.tell_other(what, locale=spoken, as_json=as_json)
        return
    shop = ShopFolder.find(Path(what) if what else folder)
    enter(shop)
    from platformctl import plan_telling

    plan_telling.tell_shop(shop, locale=spoken, as_json=as_json)


def explain(
    earning: Annotated[str, typer.Argument(help=_("The earning's code, like 7K3M9Q2XPA-1."))],
    folder: Annotated[Path, typer.Argument(help=_("The shop's folder."))] = Path(),
    locale: Locale | None = None,
    as_json: AsJson = False,
) -> None:
    """Everything is read from what was kept with the earning."""
    shop = _ready(folder)
    from platformctl import explaining

    explaining.tell(shop, earning, locale=locale.value if locale else "", as_json=as_json)


def publish(version: Chosen = "", by: By = "", folder: InFolder = Path(), as_json: AsJson = False) -> None:
    """Overrides come from brand/policy.toml and from the core team's SHOP_POLICY_FILE."""
    _ready(folder)
    from platformctl import plan_publishing

    case = plan_publishing.read(version)
    if not case.decision.may_publish and not as_json:
        plan_publishing.tell(case, as_json=False)
    plan_publishing.publish(case, by=by)
    if as_json:
        output.say_json({"ok": True, "name": case.growth.name, "version": case.growth.version})
    else:
        plan_publishing.say_published(case)


def _ready(folder: Path) -> ShopFolder:
    shop = ShopFolder.find(folder)
    enter(shop)
    from platformctl import schema

    schema.require_current(shop)
    return shop
