"""The documents keep up with the program: every command, option, setting and link."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperCommand, TyperGroup, TyperOption

from platformctl.cli import app
from platformctl.cli.exchange import Feed
from platformctl.failures import CONFLICT, ENVIRONMENT, FINDINGS, INTERRUPTED, OK, USAGE
from shared_core import supply
from shared_core.kernel.settings import Settings
from tests import planted_bugs

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
SELF_EXPLAINING = {"--help", "--install-completion", "--show-completion", "--no-reload"}


def commands(group: TyperGroup, words: str = "") -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, f"{words}{name} ")
        else:
            yield words + name, command


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def row_of(command: str) -> str:
    rows = [line for line in page("commands.md").splitlines() if re.match(rf"\| `{command}[ `]", line)]
    assert len(rows) == 1, f"docs/commands.md has {len(rows)} rows for {command}"
    return rows[0]


KNOWN = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("name", KNOWN)
def test_every_command_and_option_is_documented(name: str) -> None:
    row = row_of(name)
    for parameter in KNOWN[name].params:
        if isinstance(parameter, TyperOption):
            longest = max(parameter.opts, key=len)
            assert longest in SELF_EXPLAINING or f"`{longest}`" in row, f"{name} {longest}"


@pytest.mark.parametrize("name", KNOWN)
def test_no_option_is_documented_that_does_not_exist(name: str) -> None:
    known = {opt for parameter in KNOWN[name].params for opt in parameter.opts}
    assert set(re.findall(r"`(--[a-z-]+)`", row_of(name))) <= known


def test_every_setting_is_documented() -> None:
    named = set(re.findall(r"^\| `(SHOP_[A-Z_]+)`", page("deploy.md"), re.MULTILINE))
    assert named == {f"SHOP_{name.upper()}" for name in Settings.model_fields}


def test_every_feed_format_can_be_named_and_is_documented() -> None:
    named = re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", page("feeds.md"), re.MULTILINE)))
    assert sorted(named) == sorted(each.value for each in Feed) == sorted(supply.feeds.FORMATS)


def test_every_exit_code_is_documented() -> None:
    named = {int(code) for code in re.findall(r"^\| (\d+) \|", page("commands.md"), re.MULTILINE)}
    assert named == {OK, FINDINGS, USAGE, CONFLICT, ENVIRONMENT, INTERRUPTED}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    targets = [target for target in LINK.findall(path.read_text("utf-8")) if "://" not in target]
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_every_planted_bug_is_listed_with_the_test_that_kills_it():
    assert planted_bugs.PAGE.read_text("utf-8") == planted_bugs.page(), "write it: python -m tests.planted_bugs"
