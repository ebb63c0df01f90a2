"""As much of JSON Schema as plan.json uses, the way an editor would apply it."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

TYPES = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict, "null": type(None)}
TOLD = {"title", "description", "default", "format", "$defs", "$schema"}
"""Keywords that refuse nothing."""


def refusals(schema: dict[str, Any], value: object) -> list[str]:
    """Where a value breaks the schema, each "path keyword"."""
    return list(_broken(schema, schema, value, ""))


def _broken(whole: dict[str, Any], schema: dict[str, Any], value: object, path: str) -> Iterator[str]:
    for keyword, wanted in schema.items():
        if keyword in TOLD:
            continue
        yield from KEYWORDS[keyword](whole, wanted, _plain(value), path, schema)


def _plain(value: object) -> object:
    """Editors see days as text."""
    return value.isoformat() if isinstance(value, date) else value


def _ref(whole: dict[str, Any], wanted: str, value: object, path: str, _: Any) -> Iterator[str]:
    target: Any = whole
    for part in wanted.removeprefix("#/").split("/"):
        target = target[part]
    yield from _broken(whole, target, value, path)


def _type(_: Any, wanted: str, value: object, path: str, __: Any) -> Iterator[str]:
    if not isinstance(value, TYPES[wanted]) or (wanted == "integer" and isinstance(value, bool)):
        yield f"{path} type"


def _any_of(whole: dict[str, Any], wanted: list[dict[str, Any]], value: object, path: str, _: Any) -> Iterator[str]:
    if all(list(_broken(whole, each, value, path)) for each in wanted):
        yield f"{path} anyOf"


def _properties(whole: dict[str, Any], wanted: dict[str, Any], value: object, path: str, _: Any) -> Iterator[str]:
    for name, schema in wanted.items():
        if isinstance(value, dict) and name in value:
            yield from _broken(whole, schema, value[name], f"{path}.{name}".lstrip("."))


def _additional(_: Any, wanted: bool, value: object, path: str, schema: dict[str, Any]) -> Iterator[str]:
    assert wanted is False
    if isinstance(value, dict):
        yield from (f"{path}.{name} additionalProperties" for name in value.keys() - schema["properties"].keys())


def _required(_: Any, wanted: list[str], value: object, path: str, __: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{path}.{name} required" for name in wanted if name not in value)


def _items(whole: dict[str, Any], wanted: dict[str, Any], value: object, path: str, _: Any) -> Iterator[str]:
    for place, each in enumerate(value if isinstance(value, list) else []):
        yield from _broken(whole, wanted, each, f"{path}[{place}]")


def _if(refused: Any, keyword: str) -> Any:
    def check(_: Any, wanted: Any, value: Any, path: str, __: Any) -> Iterator[str]:
        if refused(wanted, value):
            yield f"{path} {keyword}"

    return check


KEYWORDS: dict[str, Any] = {
    "$ref": _ref,
    "type": _type,
    "anyOf": _any_of,
    "properties": _properties,
    "additionalProperties": _additional,
    "required": _required,
    "items": _items,
    "enum": _if(lambda wanted, value: value not in wanted, "enum"),
    "const": _if(lambda wanted, value: value != wanted, "const"),
    "pattern": _if(lambda wanted, value: isinstance(value, str) and not re.search(wanted, value), "pattern"),
    "minLength": _if(lambda wanted, value: isinstance(value, str) and len(value) < wanted, "minLength"),
    "maxLength": _if(lambda wanted, value: isinstance(value, str) and len(value) > wanted, "maxLength"),
    "minItems": _if(lambda wanted, value: isinstance(value, list) and len(value) < wanted, "minItems"),
    "maxItems": _if(lambda wanted, value: isinstance(value, list) and len(value) > wanted, "maxItems"),
    "minimum": _if(lambda wanted, value: isinstance(value, int) and value < wanted, "minimum"),
    "maximum": _if(lambda wanted, value: isinstance(value, int) and value > wanted, "maximum"),
}
