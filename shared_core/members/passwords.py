"""Hashing passwords: argon2id behind a small face, so that its price is an argument.

Hashing takes tens of milliseconds on purpose. Shells do it before they open a transaction and pass the hash in.
"""

import unicodedata
from dataclasses import dataclass
from functools import cached_property

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from shared_core.members.errors import WrongCredentials


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is known about a login; both are None when there is no such account (or it has no password)."""

    member_id: int | None
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class Proven:
    """A person who knows the password of `member_id`. `stronger_hash` replaces a hash made at a lower price."""

    member_id: int
    password_hash: str
    stronger_hash: str | None


class Passwords:
    """Makes and verifies password hashes. The default price is that of RFC 9106, second recommendation."""

    def __init__(self, *, time_cost: int = 3, memory_kib: int = 65_536, parallelism: int = 4) -> None:
        hasher = Argon2Hasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism)
        self._hashes = PasswordHash((hasher,))

    @cached_property
    def _nobody(self) -> str:
        """Made when the first unknown login comes, not at every start of a process: it costs as much as any other."""
        return self._hashes.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """The hash to store; `password` has passed `check_password`."""
        return self._hashes.hash(password)

    def verify(self, credentials: Credentials, password: str) -> Proven:
        """Who this is. An unknown account costs as much time as a wrong password.

        Raises WrongCredentials.
        """
        known = credentials.password_hash or self._nobody
        right, stronger = self._hashes.verify_and_update(unicodedata.normalize("NFKC", password), known)
        if not right or credentials.member_id is None or credentials.password_hash is None:
            raise WrongCredentials
        return Proven(credentials.member_id, credentials.password_hash, stronger)
