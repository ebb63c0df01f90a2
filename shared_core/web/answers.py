"""Answers of the JSON API, written where they are made.

FastAPI hands what a route returned to another thread, to look through it once more and write it down. A route of ours
returns a model that is right already, so its own thread writes it: one journey between threads less.
"""

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, get_type_hints

from fastapi import Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter


class AnswerRoute(APIRoute):
    """A route whose function runs in a thread and says which model it returns; any other is left as it is."""

    def __init__(self, path: str, endpoint: Callable[..., Any], *, status_code: int | None = None, **how: Any) -> None:
        model = get_type_hints(endpoint).get("return")
        in_thread = not iscoroutinefunction(endpoint)
        if in_thread and isinstance(model, type) and issubclass(model, BaseModel):
            endpoint = _writing(endpoint, TypeAdapter(model), status_code or 200)
        super().__init__(path, endpoint, status_code=status_code, **how)


def _writing(endpoint: Callable[..., Any], model: TypeAdapter[Any], status: int) -> Callable[..., Response]:
    @wraps(endpoint)
    def written(*values: Any, **named: Any) -> Response:
        answer = endpoint(*values, **named)
        return Response(model.dump_json(answer), status_code=status, media_type="application/json")

    return written
