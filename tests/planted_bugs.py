"""Write docs/planted-bugs.md, every planted bug with the test that kills it: `python -m tests.planted_bugs`."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "planted-bugs.md"
HEAD = """\
# Planted bugs

A test that cannot fail proves nothing. So bugs are planted on purpose: each replaces one rule of the program while a
law or an example runs, which then has to fail. Where it does not, CI is red. The faults planted into the books of a
shop, one for each invariant, are in `tests/audit/test_invariants.py`.

This page is written by `python -m tests.planted_bugs`; a test compares it.
"""


def page() -> str:
    """The page as it should be."""
    parts = [HEAD]
    for file in sorted(TESTS.rglob("test_*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        bugs = list(_bugs(tree))
        if bugs:
            killer = f"{file.relative_to(TESTS.parent).as_posix()}::{_killer(tree)}"
            rows = [f"| `{name}` | {told} |" for name, told in bugs]
            parts += [f"## `{killer}`", "", "| bug | what goes wrong |", "|---|---|", *rows, ""]
    return "\n".join(parts).rstrip() + "\n"


def _bugs(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Functions that plant something, with the first line they say of themselves."""
    for each in tree.body:
        if isinstance(each, ast.FunctionDef) and "planted" in {argument.arg for argument in each.args.args}:
            said = ast.get_docstring(each)
            yield each.name, (said.splitlines()[0] if said else each.name.replace("_", " ").capitalize() + ".")


def _killer(tree: ast.Module) -> str:
    """The test that plants the bugs of its file, one after the other."""
    [name] = [
        each.name
        for each in tree.body
        if isinstance(each, ast.FunctionDef) and each.name.startswith("test_a_planted_bug_is")
    ]
    return name


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
