"""A form as it goes back to whoever filled it in: what was typed, and what is wrong with it, by field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shared_core.kernel.errors import PlatformError
from shared_core.kernel.money import Money, format_money

WHOLE_FORM = ""
"""Where an error stands that belongs to no single field."""


@dataclass(frozen=True)
class Form:
    """`values` and `errors` by field name; errors are sentences in the reader's language."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def sentence(error: PlatformError, *, translate: Callable[[str], str], locale: str) -> str:
    """What went wrong, in the reader's language, with amounts as they read them."""
    shown = {name: _shown(value, translate, locale) for name, value in error.params.items()}
    return translate(error.message).format(**shown)


def _shown(value: object, translate: Callable[[str], str], locale: str) -> object:
    if isinstance(value, Money):
        return format_money(value, locale)
    return translate(value.value) if isinstance(value, StrEnum) else value
