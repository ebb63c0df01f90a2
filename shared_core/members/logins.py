"""Phone numbers, addresses, names and passwords as people type them. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from shared_core.members.errors import (
    LoginUnreadable,
    NameUnusable,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
)
from shared_core.members.rules import NAME_LENGTH_MAX

EMAIL_LENGTH_MAX = 254
PHONE_DIGITS_MIN = 7
PHONE_DIGITS_MAX = 15  # ITU-T E.164
PASSWORD_LENGTH_MIN = 10
PASSWORD_LENGTH_MAX = 128
MASK_LENGTH_MAX = 2
NAME_PART_LENGTH_MIN = 4

_EMAIL = re.compile(r"[^\s@<>\"(),:;\[\]\\]+@[^\s@<>\"(),:;\[\]\\.]+(\.[^\s@<>\"(),:;\[\]\\.]+)+")
_PHONE = re.compile(r"\+?[\d\s().\-]+")
_EASY_STEMS = (
    "password", "passw0rd", "qwerty", "qwertyuiop", "asdfghjkl", "zxcvbnm", "letmein", "welcome", "iloveyou",
    "admin", "administrator", "woaini", "mima", "1q2w3e4r", "1qaz2wsx", "abc", "aini", "dragon", "monkey", "test",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Login:
    """What somebody logs in with, in the one form in which it is stored and compared."""

    kind: Literal["phone", "email"]
    value: str


def normalise_login(text: str, *, country_code: str = "86") -> Login:
    """A phone number as +E.164 or an e-mail address in small letters.

    Numbers without a country belong to `country_code` (digits). Raises LoginUnreadable.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if "@" in plain:
        if len(plain) <= EMAIL_LENGTH_MAX and _EMAIL.fullmatch(plain):
            return Login("email", plain.lower())
        raise LoginUnreadable
    if not _PHONE.fullmatch(plain):
        raise LoginUnreadable
    digits = "".join(each for each in plain if each in "0123456789")
    if plain.startswith("+"):
        number = digits
    elif digits.startswith("00"):
        number = digits[2:]
    else:
        number = country_code + digits.removeprefix("0")
    if number.startswith("0") or not PHONE_DIGITS_MIN <= len(number) <= PHONE_DIGITS_MAX:
        raise LoginUnreadable
    return Login("phone", f"+{number}")


def clean_name(text: str) -> str:
    """A name on one line, without control characters. Raises NameUnusable when nothing or too much is left."""
    shown = "".join(each if unicodedata.category(each)[0] != "C" else " " for each in text)
    name = " ".join(shown.split())
    if not 1 <= len(name) <= NAME_LENGTH_MAX:
        raise NameUnusable(length_max=NAME_LENGTH_MAX)
    return name


def mask_name(name: str) -> str:
    """As others see a person they only referred: the first character and at most two asterisks."""
    return name[:1] + "*" * min(len(name) - 1, MASK_LENGTH_MAX) if name else ""


def check_password(password: str, *, login: Login, name: str = "") -> str:
    """The password in the form in which it is hashed (NFKC), if it is long enough and not easy to guess.

    No rules about kinds of characters; length and guessability count (NIST SP 800-63B, OWASP ASVS 5 6.2).
    Raises PasswordTooShort, PasswordTooLong, PasswordTooCommon.
    """
    plain = unicodedata.normalize("NFKC", password)
    if len(plain) < PASSWORD_LENGTH_MIN:
        raise PasswordTooShort(length_min=PASSWORD_LENGTH_MIN)
    if len(plain) > PASSWORD_LENGTH_MAX:
        raise PasswordTooLong(length_max=PASSWORD_LENGTH_MAX)
    if _easy(plain.casefold(), login=login, name=name.casefold()):
        raise PasswordTooCommon
    return plain


def _easy(password: str, *, login: Login, name: str) -> bool:
    """A well-known word, the person's own name or login, a run or a repetition, with little else to it."""
    own = [login.value.split("@")[0].lstrip("+"), login.value[-PHONE_DIGITS_MAX:].lstrip("+"), name.replace(" ", "")]
    known = [*_EASY_STEMS, *(part for part in own if len(part) >= NAME_PART_LENGTH_MIN)]
    rest = password
    for word in sorted(known, key=len, reverse=True):
        rest = rest.replace(word, "")
    letters = rest.strip("0123456789!@#$%^&*._-?")
    if rest != password and not letters:
        return True
    steps = {ord(after) - ord(before) for before, after in pairwise(password)}
    repeats = any(password == password[:size] * (len(password) // size) for size in range(1, 4))
    return len(steps) == 1 or repeats or password in {"1234567890", "0987654321", "12345678910"}
