"""Somebody who reads: their language, and how amounts, numbers, dates and lists are written for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from shared_core.kernel.errors import Phrase, Translate
from shared_core.kernel.i18n import normalise
from shared_core.kernel.money import Money, format_money


@runtime_checkable
class Named(Protocol):
    """A name in several languages."""

    def in_locale(self, locale: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Reader:
    """`locale` as people write it: "zh-CN", "en". `zone`: in which an instant is a day."""

    locale: str
    translate: Translate
    zone: str = "UTC"

    def say(self, message: str, **params: object) -> str:
        """The sentence in the reader's language, its blanks filled as the reader writes them."""
        said = self.translate(message)
        return said.format(**{name: self.show(value) for name, value in params.items()}) if params else said

    def show(self, value: object) -> str:
        """One value: an amount with its currency, a number, a day, a name, a part of a sentence."""
        match value:
            case Money():
                return format_money(value, self._babel)
            case Phrase():
                return self.say(value.message, **value.params)
            case datetime():
                return self.show(value.astimezone(ZoneInfo(self.zone)).date())
            case date():
                return format_date(value, format="long", locale=self._babel)
            case bool():
                return str(value)
            case int() | Decimal():
                return format_decimal(value, locale=self._babel, decimal_quantization=False)
            case Named():
                return value.in_locale(self.locale)
        return str(value)

    def either(self, values: Sequence[object]) -> str:
        """ "A, B or C"."""
        return self._listed(values, "or")

    def both(self, values: Sequence[object]) -> str:
        """ "A, B and C"."""
        return self._listed(values, "standard")

    def _listed(self, values: Sequence[object], style: str) -> str:
        return format_list([self.show(each) for each in values], style=style, locale=self._babel)  # type: ignore[arg-type]

    @property
    def _babel(self) -> str:
        return normalise(self.locale)
