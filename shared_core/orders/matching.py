"""Telling payments apart that come by hand: which amount an order waits for, and which order a payment was for.

Decided without a database. A tail is what an order's amount is lowered by so that no other order of the same
collector waits for the same amount; a memo is a code the customer writes into the note.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money, exponent

TAILS_MAX = 30
"""The largest tail in minor units: 0.30 of a currency with cents."""
QUIET_TIME = timedelta(hours=24)
"""How long an amount stays taken after its order was paid or given up, so that late or double money is not mistaken."""
CLOCK_SLACK = timedelta(minutes=2)
"""How far a wallet's clock may be behind ours; many statements count whole minutes."""
PAID_FROM, PAID_BEFORE = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Money was paid between them; what a statement says beyond is no time, and could not be reckoned with."""

_MARKS = "`'\"‘’“”"
"""What wallets and spreadsheets put before a number so that it stays a text."""
_WORD = re.compile(r"[0-9A-Z]+")


class Match(StrEnum):
    """By what a payment is told to be an order's."""

    MEMO = "memo"
    TAIL = "tail"


class Unmatched(StrEnum):
    """Why a payment is nobody's yet; the values are msgids."""

    NOBODY = N_("no order waits for it")
    SEVERAL = N_("it could be for several orders")
    AMOUNT = N_("its note names an order that waits for another amount")
    SETTLED = N_("its order is already paid")


@dataclass(frozen=True)
class Wanted:
    """What one order waits for, or waited for. `open`: it can still be paid (late money included)."""

    number: str
    amount: Money
    match: Match
    open: bool
    total: Money
    """What it costs without a tail; who pays that has paid, too."""


def tail_max(currency: str) -> Money:
    """By how much an order may be let off for the sake of a unique amount, at most."""
    return Money(TAILS_MAX if exponent(currency) else 0, currency)


def free_tail(total: Money, taken: Collection[int]) -> int | None:
    """The smallest tail whose amount nobody waits for; None when none is left or the currency has no small change.

    `taken` are amounts in minor units. What is left to pay is always more than nothing.
    """
    if exponent(total.currency) == 0:
        return None
    tails = range(1, min(TAILS_MAX, total.minor - 1) + 1)
    return next((tail for tail in tails if total.minor - tail not in taken), None)


def bare_number(text: str) -> str:
    """A transaction number without what surrounds it where it was copied: marks, spaces, invisible and wide characters.

    The same number is the same text, whether somebody typed it or a statement told it.
    """
    narrow = unicodedata.normalize("NFKC", text)
    seen = "".join(each if each.isprintable() else " " if each.isspace() else "" for each in narrow)
    return seen.strip(f"{_MARKS} ")


def memos_in(note: str) -> frozenset[str]:
    """The words of a note that could be a memo."""
    return frozenset(_WORD.findall(note.upper()))


def choose(amount: Money, *, named: Sequence[Wanted], waiting: Sequence[Wanted]) -> Wanted | Unmatched:
    """The one order a payment is for. `named` are those whose memo its note holds, `waiting` all that held the amount
    when it was paid.

    A memo goes before an amount, and an amount alone is enough only where it was made to be unique. With the memo, the
    whole total will do as well: some people pay the round price.
    """
    if len(named) > 1:
        return Unmatched.SEVERAL
    if named:
        found = named[0]
        if amount not in (found.amount, found.total):
            return Unmatched.AMOUNT
    else:
        if len(waiting) > 1:
            return Unmatched.SEVERAL
        if not waiting or waiting[0].match is not Match.TAIL:
            return Unmatched.NOBODY
        found = waiting[0]
    return found if found.open else Unmatched.SETTLED


def never_paid(paid: int, before: int, after: int) -> int:
    """How much of a refund, which raises what was refunded from `before` to `after`, was never paid: the tail.

    Cumulative, so that all refunds together send back at most `paid`, whatever their sizes.
    """
    assert 0 <= before <= after, "refunds only grow"
    return max(after - paid, 0) - max(before - paid, 0)
