"""What the command line says, in the language of the machine (English or Chinese)."""

import importlib
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

CATALOGUES = Path(__file__).parent / "locale"
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def N_(message: str) -> str:  # noqa: N802 - the marker every gettext tool knows
    """Mark a text for the catalogue; it is translated where it is shown."""
    return message


def language() -> str:
    """The machine's language by the gettext variables, "en" or "zh-CN"."""
    for variable in _VARIABLES:
        value = os.environ.get(variable, "").split(":")[0]
        if value:
            return "zh-CN" if value.lower().startswith("zh") else "en"
    return "en"


def translate(message: str) -> str:
    """`message`, an English text of this package or of the core, in the machine's language."""
    if not message or language() == "en":
        return message
    return str(_catalogue(language()).gettext(message))


def translator(locale: str) -> Callable[[str], str]:
    """The same for another language than the machine's: "en" or "zh-CN"."""
    return str if locale == "en" else _catalogue(locale).gettext


@lru_cache(maxsize=4)
def _catalogue(locale: str) -> Any:
    """The catalogue of the core with ours over it; loaded by name, because English needs none of it."""
    i18n = importlib.import_module("shared_core.kernel.i18n")
    return i18n.translations(locale, CATALOGUES)
