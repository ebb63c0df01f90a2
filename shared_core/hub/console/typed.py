"""What people type into the console's forms, read."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time

from shared_core import supply
from shared_core.hub.errors import BadDay, BadNumber, BadPercentage, BadTime, NotPieces, ReasonMissing
from shared_core.kernel.money import Money, decimal_text, parse_money
from shared_core.supply import tenancy

NUMBER_MAX = 10**9
PIECES_MAX = 1_000_000

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?%?", re.ASCII)


def percentage(text: str) -> int:
    """ "2.5%" or "2.5" as ten-thousandths. Raises BadPercentage."""
    found = _PERCENT.fullmatch(text.strip().replace(" ", ""))
    bps = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else -1
    if not 0 <= bps <= 10_000:
        raise BadPercentage
    return bps


def percentage_text(bps: int) -> str:
    """ "2.5", as it can be typed again."""
    whole, rest = divmod(bps, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".")


def number(text: str) -> int:
    """A whole number that is not negative. Raises BadNumber."""
    plain = text.strip()
    if not (plain.isascii() and plain.isdecimal()) or len(plain) > 10 or int(plain) > NUMBER_MAX:
        raise BadNumber(text=plain[:20])
    return int(plain)


def wall_time(text: str) -> time:
    """ "16:30" on the wall. Raises BadTime."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise BadTime(text=text[:20])
    return time(int(found[1]), int(found[2]))


def day(text: str) -> date:
    """ "2026-12-31". Raises BadDay."""
    plain = text.strip()
    try:
        if _DAY.fullmatch(plain):
            return date.fromisoformat(plain)
    except ValueError as error:  # there is no such day
        raise BadDay(text=plain) from error
    raise BadDay(text=plain[:20])


def reason(text: str) -> str:
    """Raises ReasonMissing."""
    if not text.strip():
        raise ReasonMissing
    return text.strip()


def counts(typed: Sequence[str], *, of: Sequence[str]) -> list[int]:
    """A number of pieces for each SKU of a form; nothing typed is none. Raises NotPieces."""
    if len(typed) != len(of):
        raise NotPieces(most=PIECES_MAX)
    return [_count(each.strip()) for each in typed]


def pieces(skus: Sequence[str], typed: Sequence[str]) -> list[supply.HoldLine]:
    """How many of each SKU were typed, without those that were not. Raises NotPieces."""
    counted = zip(skus, counts(typed, of=skus), strict=True)
    return [supply.HoldLine(sku, count) for sku, count in counted if count]


def _count(typed: str) -> int:
    plain = typed.isascii() and typed.isdigit() and len(typed) <= len(str(PIECES_MAX))
    if typed and not (plain and int(typed) <= PIECES_MAX):
        raise NotPieces(most=PIECES_MAX)
    return int(typed or 0)


def terms(
    now: tenancy.TenantTerms, currency: str, *, fee: str, credit: str, open_holds: str, unpaid_per_sku: str
) -> tenancy.TenantTerms:
    """Terms as they were typed; an empty credit is without limit. Raises BadPercentage, BadAmount, BadNumber."""
    limit = parse_money(credit, currency).minor if credit.strip() else None
    limits = replace(
        now.store_limits,
        credit_limit_minor=limit,
        open_holds_max=number(open_holds),
        unpaid_units_per_sku_max=number(unpaid_per_sku),
    )
    return replace(now, platform_fee_bps=percentage(fee), store_limits=limits)


def terms_text(now: tenancy.TenantTerms, currency: str) -> dict[str, str]:
    """Terms as they are typed, by field."""
    limits = now.store_limits
    limit = limits.credit_limit_minor
    return {
        "fee": percentage_text(now.platform_fee_bps),
        "credit": "" if limit is None else decimal_text(Money(limit, currency)),
        "open_holds": str(limits.open_holds_max),
        "unpaid_per_sku": str(limits.unpaid_units_per_sku_max),
    }
