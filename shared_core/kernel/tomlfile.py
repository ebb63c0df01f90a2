"""Configuration people write by hand: TOML checked by a strict pydantic model, every error with its line and remedy."""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from shared_core.kernel import reasons
from shared_core.kernel.errors import Phrase
from shared_core.kernel.findings import ConfigError, Finding
from shared_core.kernel.i18n import N_

__all__ = [
    "ConfigError",
    "Finding",
    "KeyPath",
    "dotted",
    "fault_at",
    "key_lines",
    "line_of",
    "load",
    "loads",
    "validate",
]

KeyPath = tuple[str | int, ...]
FILE_BYTES_MAX = 1_000_000
MISPLACED = "fault_at"

TOML_FAULTS = {
    "Expected '=' after": N_("there is no equals sign after the key"),
    "Expected newline or end of document": N_("something follows the value on the same line"),
    "Invalid value": N_("there is no value, or text without quotes"),
    "Invalid statement": N_("this is neither a key with a value nor a table in brackets"),
    "Invalid initial character for a key part": N_("a key does not start like this"),
    "Illegal character": N_("there is a character that may not stand here, perhaps a line break inside quotes"),
    "Unterminated string": N_("a quotation mark is not closed"),
    "Expected ": N_("a bracket, comma or quotation mark is missing"),
    "Unclosed": N_("a bracket is not closed"),
    "Cannot overwrite": N_("the same key is there twice"),
    "Cannot declare": N_("the same table is there twice"),
    "Duplicate": N_("the same key is there twice"),
    "Cannot mutate": N_("this belongs to a table that is complete already"),
    "Cannot redefine": N_("this belongs to a table that is complete already"),
    "Unescaped": N_("a backslash stands alone in quotes; write two, or use single quotes"),
    "Escaped character": N_("this is not a character"),
    "Invalid hex": N_("this is not a character"),
    "Invalid date": N_("there is no such date or time"),
    "Found invalid character": N_("there is a character that may not stand here, perhaps a line break inside quotes"),
}
"""How the reader's complaints begin, and what we say."""

M = TypeVar("M", bound=BaseModel)

_TABLE = re.compile(r"\s*\[(?P<array>\[)?\s*(?P<name>[^\[\]]+?)\s*\]")
_KEY = re.compile(r"""\s*(?P<key>(?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")


def load(path: Path, model: type[M], *, context: Mapping[str, object] | None = None) -> M:
    """Read and check a file. Raises `ConfigError` with every finding; never returns half a configuration."""
    try:
        source = path.read_bytes()
    except OSError as error:
        raise ConfigError([_unreadable(str(path), Phrase(error.strerror or str(error)))]) from error
    if len(source) > FILE_BYTES_MAX:
        raise ConfigError([_unreadable(str(path), Phrase(N_("it is larger than {most} bytes"), most=FILE_BYTES_MAX))])
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError([_unreadable(str(path), Phrase(N_("it is not text in UTF-8")))]) from error
    return loads(text, model, file=str(path), context=context)


def loads(text: str, model: type[M], *, file: str, context: Mapping[str, object] | None = None) -> M:
    """Check TOML text; `file` names it in messages. `context` reaches the model's validators."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([_not_toml(error, text, file)]) from error
    return validate(values, model, lines=key_lines(text), file=file, context=context)


def validate(
    values: Mapping[str, Any],
    model: type[M],
    *,
    lines: Mapping[KeyPath, int],
    file: str,
    context: Mapping[str, object] | None = None,
) -> M:
    """Check read values against `model`, naming the line of each error."""
    try:
        return model.model_validate(values, context=dict(context or {}))
    except ValidationError as error:
        errors = error.errors(include_url=False)
        findings = [_finding(each, model, lines, file) for each in errors if not _follows(each, errors)]
        raise ConfigError(findings) from error


def fault_at(path: KeyPath, found: object, message: str, **params: object) -> PydanticCustomError:
    """For validators of a whole model to raise: the fault is what was found at `path`."""
    reason = Phrase(message, **params)
    return PydanticCustomError(MISPLACED, "{reason}", {"at": path, "found": found, "reason": reason})


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line on which each key and table is written: ("ranks", 0, "id") -> 12.

    Keys within inline tables and multi-line values are found at the line of the key that holds them.
    """
    lines: dict[KeyPath, int] = {}
    table: KeyPath = ()
    counts: dict[KeyPath, int] = {}
    for number, line in _top_lines(text):
        header = _TABLE.match(line)
        if header:
            table = _enter(header, counts)
            lines.setdefault(table, number)
            continue
        key = _KEY.match(line)
        if key:
            lines.setdefault(table + _parts(key["key"]), number)
    return lines


def line_of(path: KeyPath, lines: Mapping[KeyPath, int]) -> int | None:
    """The line of `path`, else of the nearest thing around it that has one."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def _top_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines that can start a key or a table: not inside a multi-line string or array."""
    fence, depth = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not fence and depth == 0:
            yield number, line
        fence, depth = _scan(line, fence, depth, header=not fence and depth == 0 and bool(_TABLE.match(line)))


def _scan(line: str, fence: str, depth: int, *, header: bool) -> tuple[str, int]:
    """Follow quotes and brackets through one line: the open multi-line fence, and how many brackets stay open."""
    if header:
        return fence, depth
    place = 0
    while place < len(line):
        rest = line[place:]
        if fence:
            end = rest.find(fence)
            if end < 0:
                break
            place, fence = place + end + len(fence), ""
        elif rest.startswith(('"""', "'''")):
            place, fence = place + 3, rest[:3]
        elif rest[0] in "\"'":
            fence, place = rest[0], place + 1
        elif rest[0] == "#":
            break
        else:
            depth += (rest[0] in "[{") - (rest[0] in "]}")
            place += 1
    return (fence if len(fence) == 3 else ""), max(depth, 0)


def _enter(header: re.Match[str], counts: dict[KeyPath, int]) -> KeyPath:
    """The path of a table header, with the running index of every array of tables on the way."""
    path: KeyPath = ()
    parts = _parts(header["name"])
    for place, part in enumerate(parts):
        path += (part,)
        is_last = place == len(parts) - 1
        if header["array"] and is_last:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path += (counts[path],)
    return path


def _parts(dotted: str) -> KeyPath:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _follows(error: ErrorDetails, errors: Sequence[ErrorDetails]) -> bool:
    """A list seems too short when it is only entries of it that were refused."""
    path = error["loc"]
    return error["type"] == "too_short" and any(each["loc"][: len(path)] == path != each["loc"] for each in errors)


def _finding(error: ErrorDetails, model: type[BaseModel], lines: Mapping[KeyPath, int], file: str) -> Finding:
    if error["type"] == MISPLACED:  # a fault between keys: the validator says which of them to mend
        context = error.get("ctx", {})
        error = {**error, "loc": (*error["loc"], *context["at"]), "input": context["found"]}
    path = tuple(error["loc"])
    place = Finding(code="", message="", file=file, line=line_of(path, lines) or 1, key=dotted(path))
    if error["type"] == "extra_forbidden":
        return _unknown_key(place, str(path[-1]), sorted(_fields_at(model, path[:-1])))
    if error["type"] == "missing":
        return replace(
            place,
            code="missing_key",
            message=N_("{name!r} is required but missing."),
            remedy=N_("Add it; the reference in docs/ says what it means."),
            params={"name": path[-1]},
        )
    return replace(
        place,
        code="bad_value",
        message=N_("{found!r} cannot be used: {reason}."),
        params={"found": _shown(error["input"]), "reason": reasons.reason(error)},
    )


def _unknown_key(place: Finding, name: str, known: list[str]) -> Finding:
    near = difflib.get_close_matches(name, known, n=1)
    return replace(
        place,
        code="unknown_key",
        message=N_("{name!r} is not a known key."),
        remedy=N_("Did you mean {near!r}?") if near else N_("Known keys here: {known}."),
        params={"name": name, "near": near[0] if near else "", "known": ", ".join(known)},
    )


def _shown(value: object) -> object:
    text = repr(value)
    return value if len(text) <= 60 else text[:57] + "..."


def dotted(path: KeyPath) -> str:
    """A key as people write it: "shares[3].rate", arrays counted from 1."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _fields_at(model: type[BaseModel], path: KeyPath) -> set[str]:
    """Names a table at `path` may hold (all variants of a union)."""
    models: list[type[BaseModel]] = [model]
    for part in path:
        if isinstance(part, int):
            continue
        fields = [(each.model_fields, part) for each in models]
        inner = [_models_in(known[part].annotation) for known, part in fields if part in known]
        models = [each for group in inner for each in group] or models
    return {field.alias or name for each in models for name, field in each.model_fields.items()}


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for each in get_args(annotation) for found in _models_in(each)]


def _not_toml(error: tomllib.TOMLDecodeError, text: str, file: str) -> Finding:
    place = re.search(r"line (\d+)", str(error))
    line = int(place.group(1)) if place else text.count("\n") + 1
    return Finding(
        code="not_toml",
        message=N_("this is not valid TOML: {reason}."),
        remedy=N_("Look for a missing quote, bracket or equals sign on this line or just above."),
        params={"reason": _toml_fault(error)},
        file=file,
        line=line,
    )


def _toml_fault(error: tomllib.TOMLDecodeError) -> Phrase:
    """The reader's own words are English; those that people meet most have a sentence of ours."""
    said = re.sub(r" \(at .*\)", "", str(error))
    found = next((ours for theirs, ours in TOML_FAULTS.items() if said.startswith(theirs)), said)
    return Phrase(found)


def _unreadable(file: str, reason: Phrase) -> Finding:
    return Finding(
        code="unreadable",
        message=N_("the file cannot be read: {reason}."),
        remedy=N_("Check the path, its permissions and its encoding."),
        params={"reason": reason},
        file=file,
    )
