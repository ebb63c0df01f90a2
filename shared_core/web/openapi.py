"""The description of the API: FastAPI's own, with every failure described as the problem that is really sent."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from shared_core.web.problems import PROBLEM_JSON, FieldError, Problem, responses

REFERENCE = "#/components/schemas/{model}"
_REPLACED = ("HTTPValidationError", "ValidationError")


def described(routes: Sequence[BaseRoute], *, title: str, version: str, description: str) -> dict[str, Any]:
    """The document of some routes by themselves."""
    return _with_problems(get_openapi(title=title, version=version, description=description, routes=routes))


class DescribedApi(FastAPI):
    """A FastAPI application whose OpenAPI document tells about problem+json."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = _with_problems(super().openapi())
        return self.openapi_schema


def _with_problems(document: dict[str, Any]) -> dict[str, Any]:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _REPLACED:
        schemas.pop(name, None)
    for model in (Problem, FieldError):
        described = model.model_json_schema(ref_template=REFERENCE)
        described.pop("$defs", None)
        schemas[model.__name__] = described
    refused = responses(422)[422]
    for path in document["paths"].values():
        for operation in path.values():
            found = operation["responses"]
            if "422" in found and PROBLEM_JSON not in found["422"].get("content", {}):
                found["422"] = refused
    return document
