"""The outermost of the shop: what every request is given and every answer carries, whatever made it."""

import secrets
import time

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared_core.web import cookies, logs, security


class Edge:
    """Gives every request an id, and every answer that id, its headers and cookies, and a line in the log.

    The id is in the context of everything logged meanwhile. One that comes with the request is kept only when it was
    set by a proxy of ours.
    """

    def __init__(self, app: ASGIApp, *, secure: bool, trusted_proxies: int) -> None:
        self.app = app
        self.secure = secure
        self.trusted_proxies = trusted_proxies
        self._log = structlog.get_logger().bind()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        identifier = state[logs.REQUEST_ID] = self._identifier(scope)
        structlog.contextvars.bind_contextvars(request_id=identifier)
        status, started = 500, time.perf_counter()

        async def send_dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                answer = security.dressed(message.get("headers", ()), state, secure=self.secure)
                answer += cookies.to_send(state, status=status)
                answer.append((logs.REQUEST_ID_HEADER, identifier.encode()))
                message["headers"] = answer
            await send(message)

        try:
            await self.app(scope, receive, send_dressed)
        finally:
            logs.ended(self._log, scope, status=status, seconds=time.perf_counter() - started)

    def _identifier(self, scope: Scope) -> str:
        if self.trusted_proxies:
            given = Headers(scope=scope).get(logs.REQUEST_ID_HEADER.decode(), "")
            if logs.ACCEPTABLE_ID.fullmatch(given):
                return given
        return secrets.token_hex(logs.REQUEST_ID_BYTES)
