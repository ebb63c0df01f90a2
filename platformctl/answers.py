"""What a new shop is asked, where answers come from, and what they default to."""

import difflib
import re
import tomllib
import unicodedata
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platformctl.failures import BadAnswer, BadAnswersFile, UnknownAnswer
from platformctl.messages import language
from platformctl.messages import translate as _
from shared_core.kernel.errors import Phrase
from shared_core.kernel.money import known_currency

NAME_LENGTH_MAX = 60
LOCALES = ("zh-CN", "en")
SUPPLIES = ("embedded",)
WHEELS = ("kept", "ignored")
CURRENCIES = {"zh-CN": "CNY", "en": "USD"}
ZONES = {
    "CNY": "Asia/Shanghai",
    "EUR": "Europe/Berlin",
    "GBP": "Europe/London",
    "HKD": "Asia/Hong_Kong",
    "JPY": "Asia/Tokyo",
    "MYR": "Asia/Kuala_Lumpur",
    "SGD": "Asia/Singapore",
    "TWD": "Asia/Taipei",
    "USD": "America/New_York",
}
COLOURS = ("primary", "accent", "paper", "ink")
PALETTES = (  # one colour each: all readable on its paper, so that no two shops need look the same
    ("#9f2d20", "#7a4b00", "#fffdf8", "#221c17"),
    ("#1f5f4a", "#8a3b12", "#fbfdfa", "#16211c"),
    ("#23408e", "#8f2d56", "#fbfcff", "#171b26"),
    ("#6b2d7b", "#0f6170", "#fefbff", "#211a24"),
    ("#8c1d40", "#33561c", "#fffbfa", "#24181b"),
    ("#0b5c75", "#8a4a00", "#f9fdfe", "#14201f"),
)
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_BAD_IN_NAME = re.compile(r"[\"\\\x00-\x1f]")


@dataclass(frozen=True)
class Answers:
    """Everything a shop is made from; the fields are the questions of copier.yml."""

    name: str
    preset: str
    locale: str
    currency: str
    supply: str
    slug: str
    zone: str
    primary: str
    accent: str
    paper: str
    ink: str
    wheels: str

    def as_dict(self) -> dict[str, str]:
        """By question."""
        return dict(vars(self))


@dataclass(frozen=True)
class Request:
    """Answers, and settings of brand.toml by their dotted name ("shipping.flat")."""

    answers: Answers
    brand: Mapping[str, str]


ASKED = ("name", "preset", "locale", "currency", "supply")
QUESTIONS = tuple(Answers.__dataclass_fields__)
Ask = Callable[[str, str, tuple[str, ...]], str]
"""(question, default, choices) -> answer"""


def collect(folder: Path, given: Mapping[str, str], presets: tuple[str, ...], ask: Ask | None) -> Request:
    """Answers for a shop in `folder`: what was given, then what a person says (`ask`), then defaults.

    Raises UnknownAnswer and BadAnswer.
    """
    answers = {key: value for key, value in given.items() if "." not in key}
    brand = {key: value for key, value in given.items() if "." in key}
    for key in answers:
        if key not in QUESTIONS:
            raise UnknownAnswer(key=key, hint=_nearest(key))
    known = dict(answers)
    for question in QUESTIONS:
        if question in known:
            continue
        default = _default(question, folder, known, presets)
        choices = _choices(question, presets)
        known[question] = ask(question, default, choices) if ask and question in ASKED else default
        check_answer(question, known[question], presets)
    for question, value in known.items():
        check_answer(question, value, presets)
    return Request(Answers(**known), brand)


def parse_settings(pairs: list[str]) -> dict[str, str]:
    """["name=My shop"] -> {"name": "My shop"}. Raises BadAnswer for one without "="."""
    settings = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise BadAnswer(key="--set", value=pair, reason=_("write key=value"))
        settings[key.strip()] = value.strip()
    return settings


def read_answers(file: Path) -> dict[str, str]:
    """Answers from a TOML file; a table holds settings of brand.toml. Raises BadAnswersFile."""
    try:
        values = tomllib.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise BadAnswersFile(file=file, reason=Phrase(error.strerror or str(error))) from error
    except UnicodeDecodeError as error:
        raise BadAnswersFile(file=file, reason=_("it is not text in UTF-8")) from error
    except tomllib.TOMLDecodeError as error:
        raise BadAnswersFile(file=file, reason=error) from error
    flat: dict[str, str] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{inner}": _text(file, inner, each) for inner, each in value.items()}
        else:
            flat[key] = _text(file, key, value)
    return flat


def check_answer(question: str, value: str, presets: tuple[str, ...]) -> None:
    """Raises BadAnswer when `value` cannot be the answer to `question`."""
    reason = _fault(question, value, presets)
    if reason:
        raise BadAnswer(key=question, value=value, reason=reason)


def _fault(question: str, value: str, presets: tuple[str, ...]) -> str:
    """Why `value` cannot be the answer, in the machine's language; "" when it can."""
    choices = _choices(question, presets)
    if choices:
        return "" if value in choices else _not_among(value, choices)
    if question == "name":
        if not value.strip() or len(value) > NAME_LENGTH_MAX:
            return _("1 to {most} characters are needed").format(most=NAME_LENGTH_MAX)
        return _("no straight quotes, backslashes or control characters") if _BAD_IN_NAME.search(value) else ""
    if question == "currency":
        return "" if known_currency(value) else _('an ISO 4217 code like "CNY" is needed')
    if question == "slug":
        return "" if _SLUG.fullmatch(value) else _("only small letters, digits and hyphens")
    if question in COLOURS:
        return "" if _HEX.fullmatch(value) else _('a colour like "#9f2d20" is needed')
    return _zone_fault(value)


def _not_among(value: str, choices: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(value, choices, n=1)
    if near:
        return _("did you mean {near!r}? Choices: {choices}").format(near=near[0], choices=", ".join(choices))
    return _("choices: {choices}").format(choices=", ".join(choices))


def _zone_fault(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return _('a time zone like "Asia/Shanghai" is needed')
    return ""


def _choices(question: str, presets: tuple[str, ...]) -> tuple[str, ...]:
    return {"preset": presets, "locale": LOCALES, "supply": SUPPLIES, "wheels": WHEELS}.get(question, ())


def _default(question: str, folder: Path, known: Mapping[str, str], presets: tuple[str, ...]) -> str:
    """What `question` is answered with when nobody says; earlier answers may decide."""
    if question == "name":
        return _BAD_IN_NAME.sub("", _title(folder.name))[:NAME_LENGTH_MAX] or "Shop"
    if question in COLOURS:
        palette = PALETTES[zlib.crc32(known["name"].encode()) % len(PALETTES)]
        return palette[COLOURS.index(question)]
    plain = {
        "preset": presets[0],
        "locale": language(),
        "currency": CURRENCIES.get(known.get("locale", ""), "CNY"),
        "supply": SUPPLIES[0],
        "slug": _slug(folder.name) or _slug(known.get("name", "")) or "shop",
        "zone": ZONES.get(known.get("currency", ""), "UTC"),
        "wheels": WHEELS[0],
    }
    return plain[question]


def _title(text: str) -> str:
    """my-corner_shop -> My Corner Shop; Chinese stays as it is."""
    words = re.split(r"[-_\s]+", text.strip())
    return " ".join(word[:1].upper() + word[1:] for word in words if word)


def _slug(text: str) -> str:
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")


def _nearest(key: str) -> str:
    near = difflib.get_close_matches(key, QUESTIONS, n=1)
    if near:
        return _("Did you mean {near!r}?").format(near=near[0])
    known = _("Known: {known}, and any setting of brand.toml by its dotted name, like shipping.flat.")
    return known.format(known=", ".join(QUESTIONS))


def _text(file: Path, key: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int):
        return str(value)
    raise BadAnswersFile(file=file, reason=_("{key} must be text").format(key=key))
