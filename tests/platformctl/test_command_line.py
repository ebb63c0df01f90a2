"""The command line itself: quick to start, complete in both languages, honest in its exit codes."""

import ast
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import platformctl
from platformctl import messages
from platformctl.failures import CommandError
from tests.platformctl.conftest import Command

PACKAGE = Path(str(platformctl.__file__)).parent
HEAVY = {"copier", "sqlalchemy", "fastapi", "pydantic", "jinja2", "babel", "uvicorn", "alembic", "yaml", "tomlkit"}
HEAVY.add("numpy")
MARKERS = ("_", "N_", "translate", "output.say", "output.note")
COMMANDS = ("new", "demo", "dev", "worker", "migrate", "seed", "books", "presets", "check", "doctor", "simulate")


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, env=os.environ | environment
    )


def test_help_loads_nothing_heavy() -> None:
    done = run("-c", "import platformctl.cli, sys; print(' '.join(sys.modules))", LANG="C.UTF-8", LANGUAGE="")
    assert not HEAVY & {name.split(".")[0] for name in done.stdout.split()}


def test_help_lists_every_command() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = run("-m", "platformctl", "--help", LANGUAGE="en")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"CPU seconds of --help: {after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime:.2f}")
    assert done.returncode == 0
    for command in COMMANDS:
        assert f"\n  {command} " in done.stdout


def test_help_speaks_chinese_on_a_chinese_machine() -> None:
    assert "新建一个店铺" in run("-m", "platformctl", "--help", LANGUAGE="zh_CN").stdout


def test_a_terminal_without_chinese_characters_ends_nothing() -> None:
    done = run("-m", "platformctl", "--help", LANGUAGE="zh_CN", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US", "LANGUAGE": "zh:en"}, "zh-CN"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_language_follows_the_usual_variables(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], language: str
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert messages.language() == language


def test_every_text_has_a_chinese_translation_with_the_same_placeholders() -> None:
    with (PACKAGE / "locale" / "zh_CN.po").open("rb") as source:
        catalogue = {str(each.id): str(each.string) for each in read_po(source, locale="zh_CN") if each.id}
    texts = set(marked_texts()) | {error.message for error in errors(CommandError)}
    missing = sorted(text for text in texts if not catalogue.get(text))
    assert not missing, "\n".join(missing)
    assert not sorted(set(catalogue) - texts), "translations nobody uses"
    for text in texts:
        assert placeholders(text) == placeholders(catalogue[text]), text


def marked_texts() -> Iterator[str]:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "_",
                "N_",
                "translate",
                "output.say",
                "output.note",
            ):
                yield from texts_in(node.args[0])


def texts_in(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and node.value:
        yield str(node.value)
    if isinstance(node, ast.IfExp):
        yield from (text for branch in (node.body, node.orelse) for text in texts_in(branch))


def errors(root: type[CommandError]) -> Iterator[type[CommandError]]:
    for error in root.__subclasses__():
        if "message" in vars(error):
            yield error
        yield from errors(error)


def placeholders(text: str) -> set[str]:
    return {part.partition("}")[0] for part in text.split("{")[1:]}


def test_usage_errors_end_with_2(ctl: Command) -> None:
    assert ctl("nwe").code == 2
    assert ctl("new").code == 2
    assert ctl("demo", "--port", "99999999").code == 2


@pytest.mark.parametrize("command", ["dev", "worker", "migrate", "seed", "books", "check"])
def test_outside_a_shop_a_command_says_how_to_make_one(ctl: Command, command: str) -> None:
    outcome = ctl(command)
    assert outcome.code == 2
    assert "platformctl new" in outcome.err


def test_presets_are_listed(ctl: Command) -> None:
    assert ctl("presets").out.startswith("participants")
