"""Cookies: named once, `__Host-` prefixed where the shop is served over TLS, sent only with answers that succeeded.

A cookie is asked for while the request is worked on; the middleware sends it when the answer starts. A visitor whose
transaction was rolled back therefore never gets a token that leads nowhere.
"""

from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Final, Literal

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Name = Literal["session", "visitor", "lang", "link"]

SESSION: Final = "session"
VISITOR: Final = "visitor"
LANGUAGE: Final = "lang"
LINK: Final = "link"
"""The share link that led here last: its owner may claim the sale."""
SESSION_SECONDS = 30 * 24 * 3600
VISITOR_SECONDS = 400 * 24 * 3600  # browsers keep no cookie longer
LANGUAGE_SECONDS = 365 * 24 * 3600
LINK_SECONDS = 24 * 3600

_WAITING = "cookies_to_send"
SUCCESS_BELOW = 400


@dataclass(frozen=True)
class _Cookie:
    name: str
    value: str
    seconds: int
    secure: bool


def full_name(name: Name, *, secure: bool) -> str:
    """The name on the wire. `__Host-` makes browsers refuse the cookie from other hosts and over plain HTTP."""
    return f"__Host-{name}" if secure else name


def read(request: Request, name: Name, *, secure: bool) -> str | None:
    return request.cookies.get(full_name(name, secure=secure)) or None


def remember(request: Request, name: Name, value: str, *, seconds: int, secure: bool) -> None:
    """Send this cookie with the answer, if it succeeds."""
    waiting: dict[Name, _Cookie] = request.scope["state"].setdefault(_WAITING, {})
    waiting[name] = _Cookie(full_name(name, secure=secure), value, seconds, secure)


def forget(request: Request, name: Name, *, secure: bool) -> None:
    """Have the browser drop this cookie, if the answer succeeds."""
    remember(request, name, "", seconds=0, secure=secure)


class SendCookies:
    """Adds the cookies asked for to the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def send_with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < SUCCESS_BELOW:
                headers = MutableHeaders(scope=message)
                for cookie in state.get(_WAITING, {}).values():
                    headers.append("set-cookie", _header(cookie))
            await send(message)

        await self.app(scope, receive, send_with_cookies)


def _header(cookie: _Cookie) -> str:
    jar: SimpleCookie = SimpleCookie()
    jar[cookie.name] = cookie.value
    morsel = jar[cookie.name]
    morsel["path"] = "/"
    morsel["max-age"] = cookie.seconds
    morsel["httponly"] = True
    morsel["samesite"] = "Lax"
    if cookie.secure:
        morsel["secure"] = True
    return morsel.OutputString()
