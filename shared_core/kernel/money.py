"""Exact money: integer minor units of one currency, divided only by `allocate` and `share_of`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision, is_currency

from shared_core.kernel.errors import Invalid

BPS_WHOLE = 10_000
MINOR_MAX = 10**15  # keeps every sum of a book within 64 bits
_AMOUNT = re.compile(r"(-?)(\d{1,13})(?:\.(\d{1,4}))?")


class MixedCurrencies(Invalid):
    code = "mixed_currencies"
    message = "{left} and {right} cannot be put together."


class BadAmount(Invalid):
    code = "bad_amount"
    message = "{text!r} is not an amount of {currency}; write it like {example}."


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` counts the currency's smallest unit: cents of USD, fen of CNY, whole JPY."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        assert type(self.minor) is int, f"money is counted in whole minor units, not {self.minor!r}"
        assert abs(self.minor) <= MINOR_MAX, "amount out of range"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.minor * times, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{decimal_text(self)} {self.currency}"

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise MixedCurrencies(left=self.currency, right=other.currency)
        return other.minor


def zero(currency: str) -> Money:
    return Money(0, currency)


def exponent(currency: str) -> int:
    """How many decimals the currency has: 2 for CNY, 0 for JPY (CLDR)."""
    return get_currency_precision(currency)


def known_currency(currency: str) -> bool:
    return is_currency(currency)


def allocate(amount: Money, weights: Sequence[int]) -> list[Money]:
    """Split `amount` in proportion to `weights` so that the parts add up to it exactly.

    Largest remainder: each part is its exact share rounded down, and the left-over units go to the parts that lost
    most, the earlier part first when they lost the same. A zero weight never receives anything. A negative amount
    is split like the positive one with the sign put back.
    """
    total = sum(weights)
    assert total > 0 and min(weights) >= 0, "weights are not negative and not all zero"
    if amount.minor < 0:
        return [-part for part in allocate(-amount, weights)]
    floors = [amount.minor * weight // total for weight in weights]
    lost = [amount.minor * weight % total for weight in weights]
    neediest = sorted(range(len(weights)), key=lambda place: (-lost[place], place))
    for place in neediest[: amount.minor - sum(floors)]:
        floors[place] += 1
    return [Money(part, amount.currency) for part in floors]


def share_of(amount: Money, bps: int) -> Money:
    """`bps` ten-thousandths of a non-negative amount, rounded down; the rest stays with whoever gives."""
    assert amount.minor >= 0 and bps >= 0, "a share is taken of what there is"
    return Money(amount.minor * bps // BPS_WHOLE, amount.currency)


def parse_money(text: str, currency: str) -> Money:
    """Read "12.50" as CNY 1250 minor units, "1250" as JPY 1250. Refuses more decimals than the currency has."""
    digits = exponent(currency)
    match = _AMOUNT.fullmatch(text.strip())
    fraction = (match.group(3) or "") if match else ""
    if match is None or len(fraction) > digits:
        raise BadAmount(text=text, currency=currency, example="1250" if digits == 0 else "12.50")
    minor = int(match.group(2)) * 10**digits + int(fraction.ljust(digits, "0") or 0)
    return Money(-minor if match.group(1) else minor, currency)


def decimal_text(amount: Money) -> str:
    """The amount as plain decimal text, "12.50", for files and machines."""
    digits = exponent(amount.currency)
    return str(Decimal(amount.minor).scaleb(-digits))


def format_money(amount: Money, locale: str) -> str:
    """The amount as people of `locale` ("zh_CN", "en") read it: ¥12.50."""
    return format_currency(
        Decimal(amount.minor).scaleb(-exponent(amount.currency)),
        amount.currency,
        locale=locale.replace("-", "_"),
    )
