"""Every sentence the product says is also said in Chinese, with the same blanks to fill."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "shared_core" / "locale" / "zh_CN.po"
TEMPLATES = ROOT / "shared_core"
SOURCES = ("shared_core",)

_BLANK = re.compile(r"%\((\w+)\)[sd]|\{(\w*)[^{}]*\}")


def test_every_sentence_is_translated() -> None:
    spoken = catalogue()
    missing = sorted(each for each in sentences() if not _said(spoken, each))
    assert missing == []


def test_no_translation_is_left_over() -> None:
    used = sentences()
    assert sorted(_singular(each.id) for each in catalogue() if each.id and _singular(each.id) not in used) == []


def test_a_translation_has_the_same_blanks_as_its_sentence() -> None:
    wrong = [
        (sentence, translation)
        for sentence, translation in _pairs()
        if translation and blanks(sentence) != blanks(translation)
    ]
    assert wrong == []


def test_no_translation_is_marked_as_a_guess() -> None:
    assert [each.id for each in catalogue() if each.id and each.fuzzy] == []


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [("%(a)s of {b}", {"a", "b"}), ("{text!r} and {text}", {"text"}), ("plain", set()), ("{0:>3}", {"0"})],
)
def test_blanks_are_found_in_both_notations(sentence: str, expected: set[str]) -> None:
    assert blanks(sentence) == expected


def sentences() -> set[str]:
    """Every msgid in templates, in N_() marks and in the `message` of error classes."""
    return {*_of_templates(), *(each for file in _python_files() for each in _of_python(file))}


def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as source:
        return read_po(source, locale="zh_CN")


def blanks(sentence: str) -> set[str]:
    return {first or second for first, second in _BLANK.findall(sentence)}


def _said(spoken: Catalog, sentence: str) -> bool:
    found = spoken.get(sentence)
    return found is not None and bool(found.string) and all(found.string)


def _pairs() -> Iterator[tuple[str, str]]:
    for each in catalogue():
        if each.id:
            strings = each.string if isinstance(each.string, tuple) else (each.string,)
            yield from ((_plural(each.id), string) for string in strings)


def _of_templates() -> Iterator[str]:
    for file in sorted(TEMPLATES.rglob("*.html")):
        with file.open("rb") as source:
            for _, message, _, _ in extract("jinja2.ext:babel_extract", source, options={"encoding": "utf-8"}):
                yield _singular(message)


def _python_files() -> Iterator[Path]:
    for package in SOURCES:
        yield from sorted((ROOT / package).rglob("*.py"))


def _of_python(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
            yield from _text(node.args[0])
        elif isinstance(node, ast.ClassDef):
            for line in node.body:
                if isinstance(line, ast.Assign | ast.AnnAssign) and _target(line) == "message" and line.value:
                    yield from _text(line.value)


def _target(line: ast.Assign | ast.AnnAssign) -> str:
    target = line.target if isinstance(line, ast.AnnAssign) else line.targets[0]
    return target.id if isinstance(target, ast.Name) else ""


def _text(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _singular(message: str | tuple[str, ...] | list[str]) -> str:
    return message if isinstance(message, str) else message[0]


def _plural(message: str | tuple[str, ...] | list[str]) -> str:
    return message if isinstance(message, str) else message[-1]
