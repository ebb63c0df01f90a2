"""Every key of plan.toml, from the schema itself: the source of docs/plan.md and of the JSON Schema."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.terms import Words

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Key:
    """`path` is dotted, "shares[].rate"; `values` lists the words it can have; `section`: more keys are inside."""

    path: str
    description: str
    values: tuple[str, ...]
    default: str
    section: bool


def reference() -> list[Key]:
    """Every key a plan may hold, sections before what is inside them."""
    return list(_keys(Plan, ""))


def json_schema() -> dict[str, Any]:
    """The JSON Schema of plan.toml for editors: what may be written, with the description of every key."""
    made = Plan.model_json_schema(mode="validation")
    _as_written(made)
    return {"$schema": SCHEMA_DIALECT, **made}


def _as_written(schema: Any) -> None:
    """The schema is made of what is read; people write a file: amounts in quotes, lists with a most."""
    if isinstance(schema, list):
        for each in schema:
            _as_written(each)
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "array" and "maxLength" in schema:
        schema["maxItems"] = schema.pop("maxLength")
    if isinstance(schema.get("default"), int | dict | list) and schema.get("type") not in {"integer", "boolean"}:
        del schema["default"]
    schema.pop("ge", None)
    for each in schema.values():
        _as_written(each)


def _keys(model: type[BaseModel], prefix: str) -> Iterator[Key]:
    for name, field in model.model_fields.items():
        inner, many = _inside(field.annotation)
        path = f"{prefix}{name}"
        is_section = inner is not None and inner is not Words
        default = _default(field, is_section)
        yield Key(path, field.description or "", _values(field.annotation), default, is_section)
        if inner is not None and is_section:
            yield from _keys(inner, f"{path}{'[]' if many else ''}.")


def _inside(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The section an annotation holds, and whether it holds many."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    is_tuple = get_origin(annotation) is tuple
    if is_tuple or get_origin(annotation) in {Union, UnionType} or hasattr(annotation, "__metadata__"):
        for each in get_args(annotation):
            inner, many = _inside(each)
            if inner is not None:
                return inner, many or is_tuple
    return None, False


def _values(annotation: Any) -> tuple[str, ...]:
    """The words a key can have, when there is a list of them."""
    if get_origin(annotation) is Literal:
        return tuple(str(each) for each in get_args(annotation) if isinstance(each, str))
    return tuple(value for each in get_args(annotation) for value in _values(each))


def _default(field: FieldInfo, is_section: bool) -> str:
    if field.is_required():
        return "required"
    if is_section or field.default is None or field.default == ():
        return ""
    if isinstance(field.default, bool):
        return str(field.default).lower()
    if isinstance(field.default, tuple):
        return "[" + ", ".join(f'"{each}"' for each in field.default) + "]"
    return str(field.default)
