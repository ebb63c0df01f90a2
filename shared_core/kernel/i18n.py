"""Languages. English is the source; other languages are gettext catalogues read at start, `locale/<locale>.po`."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.core import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

SOURCE_LOCALE = "en"
_CATALOGUES = Path(__file__).parents[1] / "locale"


def N_(message: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark a string for the catalogue; it is translated where it is shown."""
    return message


def normalise(locale: str) -> str:
    """ "zh-CN", "zh_Hans_CN" and "zh" are one catalogue, "zh_CN"; an unknown language reads as English."""
    try:
        parsed = Locale.parse(locale.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return SOURCE_LOCALE
    return "zh_CN" if parsed.language == "zh" else parsed.language


@lru_cache(maxsize=32)
def translations(locale: str, extra: Path | None = None) -> Translations:
    """The core's catalogue for `locale`, with the shop's own `extra`/<locale>.po laid over it."""
    name = normalise(locale)
    merged = _read(_CATALOGUES / f"{name}.po", name)
    if extra is not None:
        merged.merge(_read(extra / f"{name}.po", name))
    return merged


def _read(path: Path, locale: str) -> Translations:
    if not path.exists():
        return Translations()
    with path.open("rb") as source:
        catalogue = read_po(source, locale=locale)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
