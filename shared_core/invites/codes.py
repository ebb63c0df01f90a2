"""What an invite code reads like, and what is kept of it.

The database holds a public number and a fingerprint, never the code: both come from the shop's secret key, so that a
copy of the database opens nothing and cannot be searched for codes. The issuer still sees theirs, because the code can
be made again from its number.
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence

CODE_LENGTH = 12
"""Sixty bits; guesses are counted where they are made."""
TYPED_LENGTH_MAX = 40

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})


def code_of(number: str, key: str) -> str:
    """The code with this public number under a key."""
    digest = hmac.digest(key.encode(), f"invite code {number}".encode(), hashlib.sha256)
    return "".join(_ALPHABET[byte % 32] for byte in digest[:CODE_LENGTH])


def fingerprint(code: str, key: str) -> str:
    """How a code is looked up; worthless to whoever lacks the key."""
    return hmac.new(key.encode(), f"invite fingerprint {code}".encode(), hashlib.sha256).hexdigest()


def fingerprints(typed: str, keys: Sequence[str]) -> Iterator[str]:
    """Under which fingerprints a code may be kept: one for every key still in use."""
    yield from (fingerprint(cleaned(typed), key) for key in keys)


def shown(number: str, kept: str, keys: Sequence[str]) -> str | None:
    """The code as its issuer gives it out; None when the key that made it is gone."""
    for key in keys:
        code = code_of(number, key)
        if hmac.compare_digest(fingerprint(code, key), kept):
            return "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))
    return None


def cleaned(typed: str) -> str:
    """A code however it was typed: small letters, gaps, and letters that are read for digits."""
    return typed[:TYPED_LENGTH_MAX].upper().translate(_READ_AS)
