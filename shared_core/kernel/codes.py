"""Public identifiers and secrets. Shells make them and pass them in; rooms never roll dice."""

import hashlib
import secrets

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN_BYTES = 32


def new_code(length: int = 10) -> str:
    """A random public identifier people can read aloud (Crockford base32, 5 bits a character)."""
    return "".join(_CROCKFORD[byte % 32] for byte in secrets.token_bytes(length))


def new_token() -> str:
    """A secret of 256 bits for cookies and keys; only its hash is ever stored."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """What is stored instead of a secret token (it has full entropy, so no salt is needed)."""
    return hashlib.sha256(token.encode()).hexdigest()
