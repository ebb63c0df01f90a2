"""Signed links: who shared, what for, in which shop, until when. Nothing of them is stored.

A token may be used any number of times by anybody; what it does is decided where it is followed.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal

from itsdangerous import BadData, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from shared_core.members.errors import TokenExpired, TokenUnreadable

Purpose = Literal["share", "invite", "unsubscribe", "order"]

TOKEN_LENGTH_MAX = 512
ABOUT_LENGTH_MAX = 120
LINKS_KEPT = 4096
"""Links whose signature a process need not verify again."""
_PARTS = 3


@dataclass(frozen=True, slots=True)
class ShareClaims:
    """What a link says: the sharer's public code, what it is about (a page, a room; may be empty), its end."""

    code: str
    about: str = ""
    expires_at: datetime | None = None


def sign(claims: ShareClaims, *, purpose: Purpose, audience: str, keys: Sequence[str]) -> str:
    """A token for a link of the shop `audience`. The first of `keys` signs; seconds of `expires_at` are kept."""
    assert len(claims.about) <= ABOUT_LENGTH_MAX, "a link is about one thing"
    expires = int(claims.expires_at.timestamp()) if claims.expires_at else 0
    return _serializer(purpose, audience, keys).dumps([claims.code, claims.about, expires])


def read(token: str, *, purpose: Purpose, audience: str, keys: Sequence[str], at: datetime) -> ShareClaims:
    """What a genuine token says. All of `keys` are accepted, so a new one can take over while old links live on.

    Raises TokenUnreadable (changed, cut, another purpose or shop, a retired key) and TokenExpired.
    """
    if len(token) > TOKEN_LENGTH_MAX or not token.isascii():
        raise TokenUnreadable
    claims, expires = _verified(token, purpose, audience, tuple(keys))
    if expires and at.timestamp() >= expires:
        raise TokenExpired
    return claims


@lru_cache(maxsize=LINKS_KEPT)
def _verified(token: str, purpose: Purpose, audience: str, keys: tuple[str, ...]) -> tuple[ShareClaims, int]:
    """What a genuine token says, and when it ends (0: never). A link is followed many times; forgeries are not kept."""
    try:
        parts = _serializer(purpose, audience, keys).loads(token)
        signature = token.rpartition(".")[2]
        # base64 ignores foreign characters and spare bits: only the one canonical writing is ours
        if base64_encode(base64_decode(signature)).decode() != signature:
            raise TokenUnreadable
    except BadData as error:
        raise TokenUnreadable from error
    return _claims(parts)


def _claims(parts: object) -> tuple[ShareClaims, int]:
    if not isinstance(parts, list) or len(parts) != _PARTS:
        raise TokenUnreadable
    code, about, expires = parts
    if not (isinstance(code, str) and isinstance(about, str) and isinstance(expires, int)):
        raise TokenUnreadable
    return ShareClaims(code, about, datetime.fromtimestamp(expires, UTC) if expires else None), expires


def _serializer(purpose: Purpose, audience: str, keys: Sequence[str]) -> URLSafeSerializer:
    assert keys, "a shop needs a secret key"
    return URLSafeSerializer(
        list(reversed(keys)),  # itsdangerous signs with the last
        salt=f"members:{purpose}:{audience}",
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )
