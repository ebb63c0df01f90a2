"""Cookies: named once, `__Host-` prefixed where the shop is served over TLS, sent only with answers that succeeded.

A cookie is asked for while the request is worked on and sent when the answer starts. A visitor whose
transaction was rolled back therefore never gets a token that leads nowhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any, Final, Literal

from fastapi import Request

Name = Literal["session", "visitor", "lang", "link", "device"]

SESSION: Final = "session"
VISITOR: Final = "visitor"
LANGUAGE: Final = "lang"
DEVICE: Final = "device"
"""Somebody logged in here before, see devices.py."""
LINK: Final = "link"
"""The share link that led here last: its owner may claim the sale."""
SESSION_SECONDS = 30 * 24 * 3600
VISITOR_SECONDS = 400 * 24 * 3600  # browsers keep no cookie longer
DEVICE_SECONDS = VISITOR_SECONDS
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


def to_send(state: Mapping[str, Any], *, status: int) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with the cookies that were asked for; none when it did not succeed."""
    if status >= SUCCESS_BELOW or _WAITING not in state:
        return []
    return [(b"set-cookie", _header(cookie).encode("latin-1")) for cookie in state[_WAITING].values()]


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
