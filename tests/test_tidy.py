"""Reads the source and holds it to the house rules that no linter knows (see docs/architecture).

Each rule yields its offences as "file:line reason"; a test passes when there are none. Every rule is itself
tried on a snippet that breaks it, because a check that cannot fail is worth nothing.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
SHELLS = {"hub", "storefront", "migrations"}
MONEY_ROOMS = {"ledger", "plan", "supply", "catalog", "orders", "rewards", "audit"}
COMMITTER = "shared_core/kernel/database.py"
DICE = "shared_core/kernel/codes.py"
LAZY_IMPORTERS = ("platformctl/cli/",)
FORBIDDEN_MODULES = {"utils", "helpers", "common", "base", "managers", "repositories", "misc"}
FORBIDDEN_CLASS = re.compile(r"(Mgr|Manager|Helper|Utils?)|^Base[A-Z]")
FORBIDDEN_FUNCTION = re.compile(r"^(process|handle|helper|util|do)(_|$)|(_helper|_util)s?$")
OVERRIDES = {"process_bind_param", "process_result_value"}  # SQLAlchemy's names, not ours
FORBIDDEN_COMMENT = re.compile(r"\b(FIX" + r"ME|TO" + r"DO|X" + r"XX)\b")
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.monotonic"}
IMPURE = {"sqlalchemy", "fastapi", "starlette", "time", "random", "os", "secrets", "uuid", "socket"}


@dataclass(frozen=True)
class Source:
    """One Python file: its path inside the repository (with slashes), text and tree."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def room(self) -> str:
        """The room of shared_core that the file belongs to, or ""."""
        parts = self.path.split("/")
        return parts[1] if parts[0] == "shared_core" and len(parts) > 2 else ""


def sources(*folders: str) -> list[Source]:
    return [
        Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
    ]


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported_modules(node: ast.AST) -> list[str]:
    """Full names an import statement makes available: `a.b` for `from a import b`."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


# --- the rules ------------------------------------------------------------------------------------------------------


def short_files(source: Source) -> Iterator[str]:
    lines = source.text.count("\n")
    if lines > FILE_LINES_MAX:
        yield f"{source.path}:1 has {lines} lines; at most {FILE_LINES_MAX}: split it by idea"


def short_functions(source: Source) -> Iterator[str]:
    for node in functions(source.tree):
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > FUNCTION_LINES_MAX:
            yield f"{source.path}:{node.lineno} {node.name} has {lines} lines; at most {FUNCTION_LINES_MAX}"


def imports_at_the_top(source: Source) -> Iterator[str]:
    if source.path.startswith(LAZY_IMPORTERS):
        return
    for function in functions(source.tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"{source.path}:{node.lineno} imports inside {function.name}"


def front_doors(source: Source) -> Iterator[str]:
    """From outside a room only its `__init__` may be imported; the kernel's modules are imported by name."""
    if source.room == "migrations":
        return
    for node in ast.walk(source.tree):
        for name in imported_modules(node):
            parts = name.split(".")
            if parts[0] != "shared_core" or len(parts) < 3 or parts[1] in {"kernel", source.room}:
                continue
            inner = ROOT / "shared_core" / parts[1] / parts[2]
            deeper = isinstance(node, ast.Import) or len(parts) > 3
            if len(parts) == 3 and parts[2] in public_face(parts[1]):
                continue
            if deeper or inner.with_suffix(".py").exists() or (inner / "__init__.py").exists():
                line = getattr(node, "lineno", 1)
                yield f"{source.path}:{line} reaches behind the front door of {parts[1]}: {name}"


@lru_cache
def public_face(room: str) -> frozenset[str]:
    """The names in `__all__` of a room's front door; a module may be one of them."""
    for node in ast.parse((ROOT / "shared_core" / room / "__init__.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return frozenset(ast.literal_eval(node.value))
    return frozenset()


def front_door_has_a_face(source: Source) -> Iterator[str]:
    if source.path != f"shared_core/{source.room}/__init__.py" or source.room in {"kernel", "migrations"}:
        return
    named = {
        target.id
        for node in source.tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    if "__all__" not in named:
        yield f"{source.path}:1 has no __all__"


def one_commit(source: Source) -> Iterator[str]:
    if source.path == COMMITTER:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
            yield f"{source.path}:{node.lineno} commits; only Database.transaction does"


def money_is_whole(source: Source) -> Iterator[str]:
    if source.room not in MONEY_ROOMS and source.path != "shared_core/kernel/money.py":
        return
    pure = source.path.endswith(("rules.py", "money.py"))
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name) and node.id == "float":
            yield f"{source.path}:{node.lineno} says float; money and shares are whole numbers"
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{source.path}:{node.lineno} has the float {node.value}"
        if pure and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            yield f"{source.path}:{node.lineno} divides with /; use // or allocate"


def rules_are_pure(source: Source) -> Iterator[str]:
    if not source.path.startswith("shared_core/") or not source.path.endswith("/rules.py"):
        return
    for node in ast.walk(source.tree):
        for name in imported_modules(node):
            if name.split(".")[0] in IMPURE:
                yield f"{source.path}:{getattr(node, 'lineno', 1)} imports {name}; rules only take and return values"


def no_clock_and_no_dice(source: Source) -> Iterator[str]:
    if not source.room or source.room in SHELLS or source.path == DICE:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CLOCKS:
            yield f"{source.path}:{node.lineno} asks the clock; time comes in as an argument"
        if {"random", "secrets", "uuid"} & {name.split(".")[0] for name in imported_modules(node)}:
            yield f"{source.path}:{getattr(node, 'lineno', 1)} rolls dice; codes come in as arguments"


def failures_have_names(source: Source) -> Iterator[str]:
    if not source.room or source.room in SHELLS:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else ""
            if caught in {"", "Exception", "BaseException"} and source.path != "shared_core/kernel/outbox.py":
                yield f"{source.path}:{node.lineno} catches everything"


def no_notes_to_self(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if FORBIDDEN_COMMENT.search(line):
            yield f"{source.path}:{number} leaves a note to self"


def names_that_say_something(source: Source) -> Iterator[str]:
    if Path(source.path).stem in FORBIDDEN_MODULES:
        yield f"{source.path}:1 is a drawer for odds and ends; name it for its idea"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and FORBIDDEN_CLASS.search(node.name):
            yield f"{source.path}:{node.lineno} class {node.name}"
    for function in functions(source.tree):
        if FORBIDDEN_FUNCTION.search(function.name) and function.name not in OVERRIDES:
            yield f"{source.path}:{function.lineno} function {function.name}"


def promises_are_written(source: Source) -> Iterator[str]:
    """Every module says what it is for."""
    if source.text.strip() and not ast.get_docstring(source.tree):
        yield f"{source.path}:1 has no docstring"


Rule = Callable[[Source], Iterator[str]]
RULES: list[Rule] = [
    short_files,
    short_functions,
    imports_at_the_top,
    front_doors,
    front_door_has_a_face,
    one_commit,
    money_is_whole,
    rules_are_pure,
    no_clock_and_no_dice,
    failures_have_names,
    no_notes_to_self,
    names_that_say_something,
    promises_are_written,
]
GENERATED = "shared_core/migrations/versions/"  # written by a tool, frozen once released
CODE = [source for source in sources("shared_core", "platformctl") if not source.path.startswith(GENERATED)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_source_keeps_the_rule(rule: Rule) -> None:
    offences = [offence for source in CODE for offence in rule(source)]
    assert not offences, "\n" + "\n".join(offences)


def test_tests_and_examples_are_short_too_and_leave_no_notes() -> None:
    written = [source for source in sources("tests", "examples") if "/wheels/" not in source.path]
    offences = [o for s in written for rule in (short_functions, no_notes_to_self) for o in rule(s)]
    assert not offences, "\n" + "\n".join(offences)


COMES_WITH = {"anyio": "fastapi", "starlette": "fastapi", "markupsafe": "jinja2", "pydantic_core": "pydantic"}


def test_everything_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {re.split(r"[\[<>=~!; ]", each)[0].lower() for each in project["dependencies"]}
    installed = packages_distributions()
    ours = sys.stdlib_module_names | {"shared_core", "platformctl"}
    names = {name.split(".")[0] for s in CODE for node in ast.walk(s.tree) for name in imported_modules(node)}
    missing = []
    for name in sorted(names - ours):
        owners = {owner.lower() for owner in installed.get(name, [])} | {COMES_WITH.get(name, "")}
        if not owners & declared:
            missing.append(name)
    assert missing == []


BROKEN: list[tuple[Rule, str, str]] = [
    (short_files, "shared_core/orders/rules.py", "x = 1\n" * 401),
    (short_functions, "shared_core/orders/rules.py", "def f():\n" + "    x = 1\n" * 60),
    (imports_at_the_top, "shared_core/orders/rules.py", "def f():\n    import json\n"),
    (front_doors, "shared_core/orders/service.py", "from shared_core.ledger.models import Account\n"),
    (front_doors, "platformctl/demo.py", "import shared_core.ledger.models\n"),
    (front_door_has_a_face, "shared_core/orders/__init__.py", "from x import y\n"),
    (one_commit, "shared_core/orders/service.py", "session.commit()\n"),
    (money_is_whole, "shared_core/orders/service.py", "price = float(text)\n"),
    (money_is_whole, "shared_core/orders/service.py", "rate = 0.1\n"),
    (money_is_whole, "shared_core/orders/rules.py", "share = amount / 3\n"),
    (rules_are_pure, "shared_core/orders/rules.py", "import sqlalchemy\n"),
    (no_clock_and_no_dice, "shared_core/orders/service.py", "at = datetime.now(UTC)\n"),
    (no_clock_and_no_dice, "shared_core/orders/service.py", "from secrets import token_hex\n"),
    (failures_have_names, "shared_core/orders/service.py", "try:\n    f()\nexcept Exception:\n    pass\n"),
    (no_notes_to_self, "shared_core/orders/service.py", "# TO" + "DO later\n"),
    (names_that_say_something, "shared_core/orders/utils.py", "x = 1\n"),
    (names_that_say_something, "shared_core/orders/service.py", "class OrderManager: ...\n"),
    (names_that_say_something, "shared_core/orders/service.py", "def process_order(): ...\n"),
    (promises_are_written, "shared_core/orders/service.py", "x = 1\n"),
]


@pytest.mark.parametrize(("rule", "path", "text"), BROKEN, ids=lambda value: getattr(value, "__name__", ""))
def test_a_broken_rule_is_seen(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text)))


def test_every_rule_has_been_seen_to_fail() -> None:
    assert {rule for rule, _, _ in BROKEN} == set(RULES)
