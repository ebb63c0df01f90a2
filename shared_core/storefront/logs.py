"""Structured logs: one JSON line per event in production, each with the request's id and the shop's name.

Nothing secret and nothing personal is ever written: paths are logged as the route they matched (a share link's token
is in its path), and values under telling names are struck out wherever they come from.
"""

import logging
import re
import secrets
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared_core.kernel.settings import Settings

REQUEST_ID_HEADER = "x-request-id"
REQUEST_ID_BYTES = 8
STRUCK_OUT = "[removed]"
QUIET_PATHS = frozenset({"/healthz", "/readyz"})

_REQUEST_ID = "request_id"
_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9_\-]{8,64}")
_TELLING = re.compile(
    r"pass(word|wd)?|secret|token|authorization|cookie|csrf|phone|email|address|login|account|payee|recipient", re.I
)

_log = structlog.get_logger()


def configure(settings: Settings, *, shop: str) -> None:
    """Set up logging of this process, the libraries' included."""
    as_json = settings.log_json or settings.environment == "production"
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _adder(shop),
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
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
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


class StderrHandler(logging.Handler):
    """Writes to whatever standard error is at the moment; one line, one write."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
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
    return str(request.scope.get("state", {}).get(_REQUEST_ID, ""))


class RequestLog:
    """Gives every request an id, logs how it ended, and keeps both in the context of everything logged meanwhile.

    An id that comes with the request is kept only when it was set by a proxy of ours.
    """

    def __init__(self, app: ASGIApp, shop: str, trusted_proxies: int) -> None:
        self.app = app
        self.shop = shop
        self.trusted_proxies = trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        identifier = self._identifier(scope)
        scope.setdefault("state", {})[_REQUEST_ID] = identifier
        status = 500
        started = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = identifier
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=identifier, shop=self.shop):
            try:
                await self.app(scope, receive, send_with_id)
            finally:
                _log_end(scope, status=status, seconds=time.perf_counter() - started)

    def _identifier(self, scope: Scope) -> str:
        if self.trusted_proxies:
            given = Headers(scope=scope).get(REQUEST_ID_HEADER, "")
            if _ACCEPTABLE_ID.fullmatch(given):
                return given
        return secrets.token_hex(REQUEST_ID_BYTES)


def _log_end(scope: Scope, *, status: int, seconds: float) -> None:
    if scope["path"] in QUIET_PATHS and status < 400:
        return
    _log.info(
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


def _adder(shop: str) -> structlog.types.Processor:
    def add_shop(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.setdefault("shop", shop)
        return event

    return add_shop


def _clean(name: str, value: object) -> object:
    if isinstance(value, dict):
        return {key: _clean(str(key), each) for key, each in value.items()}
    return STRUCK_OUT if _TELLING.search(name) and value not in (None, "") else value
