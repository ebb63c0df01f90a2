"""Commands about shops as folders: new, presets, check, doctor."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platformctl import output
from platformctl.cli.options import PORT_DEFAULT, AsJson, Port
from platformctl.failures import FINDINGS, INTERRUPTED, NotAShop
from platformctl.messages import translate as _

if TYPE_CHECKING:
    from platformctl.answers import Request
    from platformctl.creation import Created, EditBrand
    from shared_core.kernel.findings import Finding

Destination = Annotated[Path, typer.Argument(help=_("Folder to make; it must not exist or be empty."))]
Preset = Annotated[str, typer.Option(help=_("Growth plan to start from; see: platformctl presets"))]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", help=_("Answer or brand setting, key=value; may be repeated: --set currency=JPY")),
]
AnswersFile = Annotated[Path | None, typer.Option("--answers", help=_("TOML file with answers."))]
Yes = Annotated[bool, typer.Option("--yes", "-y", help=_("Ask nothing; take defaults."))]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help=_("Check everything and say what would be made; make nothing."))
]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("new", help=_("Make a new shop: a folder, and a git repository with its first commit."))(new)
    app.command("presets", help=_("List the growth plans a shop can start from."))(presets)
    app.command("check", help=_("Find what is written wrongly in a shop: settings, brand, plan, platform files."))(
        check
    )
    app.command("doctor", help=_("Find what this machine lacks to run a shop."))(doctor)


def new(
    destination: Destination,
    preset: Preset = "",
    settings: Settings = None,
    answers: AnswersFile = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Whole or not at all: a failure leaves nothing behind."""
    from platformctl import creation

    creation.refuse_occupied(destination.absolute())
    may_ask = not (yes or as_json) and sys.stdin.isatty() and sys.stderr.isatty()
    request = _request(destination, preset, settings or [], answers, may_ask=may_ask)
    edit = _brand_editor(request)
    if dry_run:
        created = creation.preview(destination, request, edit_brand=edit)
    else:
        created = creation.create(destination, request, edit_brand=edit)
    _tell_created(created, as_json=as_json)


def presets(as_json: AsJson = False) -> None:
    """The default is first."""
    from shared_core import plan

    known = plan.presets()
    if as_json:
        rows = [{"name": each.name, "zh": each.summary_zh, "en": each.summary_en} for each in known]
        output.say_json({"presets": rows})
        return
    for each in known:
        summary = each.summary_zh if output.speaks_chinese() else each.summary_en
        print(f"{each.name:14} {summary}")


def check(
    folder: Annotated[Path, typer.Argument(help=_("The shop's folder."))] = Path(),
    as_json: AsJson = False,
) -> None:
    """Exit code 1 when something is wrong; warnings alone leave it 0."""
    from platformctl import shop

    here = shop.ShopFolder.find(folder)
    shop.enter(here)
    from platformctl import checking

    locale = "zh-CN" if output.speaks_chinese() and not as_json else "en"
    _tell_findings(checking.check(here, locale=locale), as_json=as_json, well=_("Nothing to complain about."))


def doctor(
    folder: Annotated[Path, typer.Option("--dir", "-C", help=_("The shop's folder."))] = Path(),
    port: Port = PORT_DEFAULT,
    only: Annotated[
        list[str] | None,
        typer.Option(help=_("Examine only this: python, git, packages, core, settings, database, port.")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Works inside a shop and anywhere else."""
    from platformctl import shop

    try:
        here = shop.ShopFolder.find(folder)
        shop.enter(here, strict=False)
    except NotAShop:
        here = None
    from platformctl import doctor as examinations

    findings = examinations.examine(here, port=port, only=tuple(only or ()))
    _tell_findings(findings, as_json=as_json, well=_("Ready."))


def _request(destination: Path, preset: str, settings: list[str], file: Path | None, *, may_ask: bool) -> "Request":
    """Answers from the file, over them --set, over them --preset."""
    from platformctl import answers
    from shared_core import plan

    given = answers.read_answers(file) if file else {}
    given |= answers.parse_settings(settings)
    if preset:
        given["preset"] = preset
    names = tuple(each.name for each in plan.presets())
    return answers.collect(destination.absolute(), given, names, _ask if may_ask else None)


def _ask(question: str, default: str, choices: tuple[str, ...]) -> str:
    """Ask on the terminal until the answer can be used."""
    texts = {
        "name": _("What is the shop called?"),
        "preset": _("Which growth plan does it start from?"),
        "locale": _("Which language does it speak first?"),
        "currency": _("In which currency does it sell?"),
        "supply": _("Where do its goods come from?"),
    }
    if len(choices) == 1:
        return default
    hint = f" ({', '.join(choices)})" if choices else ""
    sys.stderr.write(f"{texts[question]}{hint} [{default}] ")
    sys.stderr.flush()
    try:
        return input().strip() or default
    except EOFError:
        raise typer.Exit(INTERRUPTED) from None


def _brand_editor(request: "Request") -> "EditBrand | None":
    """Only settings of brand.toml need the storefront, which is slow to load."""
    if not request.brand:
        return None
    from platformctl.brand_editing import set_brand_values

    return set_brand_values


def _tell_created(created: "Created", *, as_json: bool) -> None:
    if as_json:
        document = {"ok": True, "folder": str(created.folder), "commit": created.commit}
        output.say_json(document | {"answers": created.answers, "files": created.files})
        return
    if created.commit is None:
        output.say("Would make {folder}:", folder=created.folder)
        for file in created.files:
            print(f"  {file}")
        return
    output.say("{name} is made in {folder}.", name=created.answers["name"], folder=created.folder)
    output.say("")
    output.say("Next:")
    print(f"  cd {created.folder}")
    print("  python3 -m venv .venv && .venv/bin/pip install -r requirements.txt")
    print("  platformctl dev")


def _tell_findings(findings: "list[Finding]", *, as_json: bool, well: str) -> None:
    bad = any(finding.severity == "error" for finding in findings)
    if as_json:
        output.say_json({"ok": not bad, "findings": [finding.as_dict() for finding in findings]})
    else:
        output.say_findings(findings)
        if all(finding.severity == "info" for finding in findings):
            print(well)
    if bad:
        raise typer.Exit(FINDINGS)
