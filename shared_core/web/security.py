"""What every answer carries and every write must prove.

A write is refused when a browser says it comes from another site. Browsers of the last six years say so by
Sec-Fetch-Site or Origin; whoever sends neither must show that no foreign page can have made the request: a JSON body
or a bearer token (both impossible for a plain cross-site form), else the signed token of a form we rendered.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from fastapi import Request
from itsdangerous import BadSignature, Signer
from starlette.datastructures import Headers

from shared_core.kernel.errors import Forbidden

BODY_BYTES_MAX = 2_100_000
"""A file of 2 MB, with the rest of its form."""
FORM_TOKEN_SECONDS = 24 * 3600
FORM_TOKEN_FIELD = "csrf_token"
FORM_TOKEN_HEADER = "x-csrf-token"
HSTS_SECONDS = 2 * 365 * 24 * 3600
NONCE_BYTES = 16
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

_NONCE = "csp_nonce"
_FORM = "form"
_ALWAYS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"strict-origin-when-cross-origin",
    b"x-frame-options": b"DENY",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=()",
}
_HSTS = {b"strict-transport-security": f"max-age={HSTS_SECONDS}".encode()}
_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "")


class CrossSiteRequest(Forbidden):
    code = "cross_site_request"
    message = "This request came from another site. Open the page again and retry there."


class SameSiteUnproven(Forbidden):
    code = "same_site_unproven"
    message = (
        "Nothing shows that this request comes from this shop. A browser sends Origin or Sec-Fetch-Site, a form its "
        "token; a program can send JSON or a bearer token."
    )


class FormExpired(Forbidden):
    code = "form_expired"
    message = "This form is too old. Open the page again and retry."


def nonce(request: Request) -> str:
    """The value that lets an inline script or style of this one answer run."""
    value: str = request.scope["state"].setdefault(_NONCE, secrets.token_urlsafe(NONCE_BYTES))
    return value


def signer(keys: Sequence[str], *, purpose: str, bound_to: str) -> Signer:
    """Signs for one purpose and one holder: what is signed for another is not accepted.

    The first of `keys` signs, all of them verify.
    """
    salt = f"{purpose}:{sha256(bound_to.encode()).hexdigest()}"
    return Signer(list(reversed(keys)), salt=salt, key_derivation="hmac", digest_method=sha256)


def form_token(keys: Sequence[str], *, binding: str, at: datetime) -> str:
    """Proof that a form was rendered by us for whoever holds `binding` (a session or visitor token, or nobody)."""
    return signer(keys, purpose=_FORM, bound_to=binding).sign(str(int(at.timestamp()))).decode()


def check_form_token(token: str, keys: Sequence[str], *, binding: str, at: datetime) -> None:
    """Raises SameSiteUnproven without a token, FormExpired for one that is too old or another's."""
    if not token:
        raise SameSiteUnproven
    try:
        issued = int(signer(keys, purpose=_FORM, bound_to=binding).unsign(token))
    except (BadSignature, ValueError) as error:
        raise FormExpired from error
    if not 0 <= at.timestamp() - issued <= FORM_TOKEN_SECONDS:
        raise FormExpired


def proves_same_site(request: Request, *, own_origin: str) -> bool:
    """Whether nothing more is needed (reads never need anything); False when a form token must be shown.

    `own_origin` is the shop's configured address, or empty: then the Host header says who we are.
    Raises CrossSiteRequest.
    """
    headers = request.headers
    if request.method in SAFE_METHODS:
        return True
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if site is None and origin is None:
        return _cannot_be_a_foreign_form(request.method, headers)
    if site in {"same-origin", "none"}:
        return True
    if origin is not None and _is_own(origin, headers.get("host", ""), own_origin):
        return True
    raise CrossSiteRequest


async def shown_form_token(request: Request) -> str:
    """The token of a submitted form, from its field or the header; empty when there is none."""
    header = request.headers.get(FORM_TOKEN_HEADER)
    if header is not None or _media_type(request.headers) not in _FORM_TYPES[:2]:
        return header or ""
    value = (await request.form()).get(FORM_TOKEN_FIELD)
    return value if isinstance(value, str) else ""


def _cannot_be_a_foreign_form(method: str, headers: Headers) -> bool:
    """Only POST with a form's media type can be sent across sites without the browser asking first."""
    if method != "POST" or headers.get("authorization", "").lower().startswith("bearer "):
        return True
    return _media_type(headers) not in _FORM_TYPES


def _media_type(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_own(origin: str, host: str, own_origin: str) -> bool:
    if own_origin:
        return origin == own_origin.rstrip("/").lower()
    return bool(host) and origin in (f"http://{host}", f"https://{host}")


def dressed(
    given: Iterable[tuple[bytes, bytes]], state: Mapping[str, Any], *, secure: bool
) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with those that keep it where it belongs.

    Routes may set Cache-Control and the content policy themselves, and nothing else of it.
    """
    ours = {**_ALWAYS, **(_HSTS if secure else {})}
    headers = [*(each for each in given if each[0] not in ours), *ours.items()]
    names = {name for name, _ in headers}
    if b"content-security-policy" not in names:
        headers.append((b"content-security-policy", content_policy(state.get(_NONCE)).encode()))
    if b"cache-control" not in names:
        headers.append((b"cache-control", b"no-store"))
    return headers


def content_policy(nonce: str | None) -> str:
    """Scripts and styles are ours or carry this answer's nonce; pictures may come from suppliers' hosts."""
    inline = f" 'nonce-{nonce}'" if nonce else ""
    return (
        f"default-src 'self'; script-src 'self'{inline}; style-src 'self'{inline}; img-src 'self' data: https:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
