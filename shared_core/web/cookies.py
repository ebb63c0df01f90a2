"""Cookies: named once, `__Host-` prefixed where the shop is served over TLS, sent only with answers that succeeded.

A cookie is asked for while the request is worked on and sent when the answer starts. A visitor whose
transaction was rolled back therefore never gets a token that leads nowhere.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from fastapi import Request

Name = Literal["session", "hub-session", "visitor", "lang", "link", "device"]

SESSION: Final = "session"
HUB_SESSION: Final = "hub-session"
"""Of somebody who works at a hub; a shop may run on the same host."""
VISITOR: Final = "visitor"
LANGUAGE: Final = "lang"
DEVICE: Final = "device"
"""Somebody logged in here before, see devices.py."""
LINK: Final = "link"
"""The share link that led here last: its owner may claim the sale."""
SESSION_SECONDS = 30 * 24 * 3600
HUB_SESSION_SECONDS = 12 * 3600
VISITOR_SECONDS = 400 * 24 * 3600  # browsers keep no cookie longer
DEVICE_SECONDS = VISITOR_SECONDS
LANGUAGE_SECONDS = 365 * 24 * 3600
LINK_SECONDS = 24 * 3600

_WAITING = "cookies_to_send"
_PLAIN = re.compile(r"[!#-+\--:<-\[\]-~]*")
"""What RFC 6265 lets a value be made of."""
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
    return [(b"set-cookie", _header(cookie)) for cookie in state[_WAITING].values()]


def _header(cookie: _Cookie) -> bytes:
    """Written by hand: a click sends two, and a jar for each would be a tenth of it."""
    assert _PLAIN.fullmatch(cookie.value), "tokens, signatures and languages need no quoting"
    secure = "; Secure" if cookie.secure else ""
    text = f"{cookie.name}={cookie.value}; HttpOnly; Max-Age={cookie.seconds}; Path=/; SameSite=Lax{secure}"
    return text.encode("ascii")
