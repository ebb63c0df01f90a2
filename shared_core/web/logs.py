"""Structured logs: one JSON line per event in production, each with the request's id and the app's name.

Nothing secret and nothing personal is ever written: paths are logged as the route they matched (a share link's token
is in its path), and values under telling names are struck out wherever they come from.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any

import structlog
from fastapi import Request
from starlette.types import Scope

from shared_core.kernel.settings import Deployment

REQUEST_ID_HEADER = b"x-request-id"
REQUEST_ID_BYTES = 8
STRUCK_OUT = "[removed]"
NAMES_KEPT = 1024
QUIET_PATHS = frozenset({"/healthz", "/readyz"})

REQUEST_ID = "request_id"
"""Where the state of a request keeps its id."""
ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9_\-]{8,64}")
_TELLING = re.compile(
    r"pass(word|wd)?|secret|token|authorization|cookie|csrf|phone|email|address|login|account|payee|recipient", re.I
)

_log = structlog.get_logger()


def configure(settings: Deployment, **known: str) -> None:
    """Set up logging of this process, the libraries' included; `known` is on every line."""
    as_json = settings.log_json or settings.environment == "production"
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _adder(known),
        strike_out,
    ]
    last: list[structlog.types.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if as_json
        else [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    )
    structlog.configure(
        processors=[*shared, *last],
        logger_factory=lambda *_: Stderr(),
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        cache_logger_on_first_use=False,
    )
    handler = StderrHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers = [*(each for each in root.handlers if not _writes_to_stderr(each)), handler]
    root.setLevel(settings.log_level)
    logging.getLogger("uvicorn.access").disabled = True  # it writes raw paths, with tokens in them
    for client in ("httpx2", "httpcore2"):
        logging.getLogger(client).setLevel(logging.WARNING)  # they write whole addresses


class Stderr:
    """Writes our own lines to whatever standard error is at the moment; one line, one write."""

    def msg(self, line: str) -> None:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    debug = info = warning = error = critical = exception = msg


class StderrHandler(logging.Handler):
    """The same for the lines of libraries."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            Stderr().msg(self.format(record))
        except (OSError, ValueError):
            self.handleError(record)


def _writes_to_stderr(handler: logging.Handler) -> bool:
    return isinstance(handler, StderrHandler) or type(handler) is logging.StreamHandler


def strike_out(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace values whose name says that they are secret or personal, at any depth."""
    for name, value in event.items():
        event[name] = _clean(name, value)
    return event


def request_id(request: Request) -> str:
    return str(request.scope.get("state", {}).get(REQUEST_ID, ""))


def ended(log: structlog.typing.FilteringBoundLogger, scope: Scope, *, status: int, seconds: float) -> None:
    """Log how a request ended. The checks of a healthy process are not worth a line."""
    if scope["path"] in QUIET_PATHS and status < 400:
        return
    log.info(
        "request",
        method=scope["method"],
        route=route_of(scope),
        status=status,
        milliseconds=round(seconds * 1000, 1),
    )


def route_of(scope: Scope) -> str:
    """The path with the names of its parameters in place of their values, which may be secret."""
    if "endpoint" not in scope:
        return "(none)"
    path: str = scope["path"]
    for name, value in scope.get("path_params", {}).items():
        path = path.replace(str(value), f"{{{name}}}") if str(value) else path
    return path


def _adder(known: Mapping[str, str]) -> structlog.types.Processor:
    def add_known(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for name, value in known.items():
            event.setdefault(name, value)
        return event

    return add_known


def _clean(name: str, value: object) -> object:
    if isinstance(value, dict):
        return {key: _clean(str(key), each) for key, each in value.items()}
    return STRUCK_OUT if _is_telling(name) and value not in (None, "") else value


@lru_cache(maxsize=NAMES_KEPT)
def _is_telling(name: str) -> bool:
    return bool(_TELLING.search(name))
