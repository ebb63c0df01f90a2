"""What a statement is, decided without a database."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from shared_core.kernel.csvfile import cell
from shared_core.kernel.money import Money

CSV_COLUMNS = ("month", "at", "kind", "reference", "amount", "balance", "currency")


class LineKind(StrEnum):
    CHARGE = "charge"
    WITHDRAWAL = "withdrawal"
    PAYMENT = "payment"
    REVERSAL = "reversal"
    """of a payment"""
    MOVED = "moved"
    """goods that another supplier sends instead"""
    CREDIT = "credit"
    """for an objection"""
    OTHER = "other"


KINDS: Mapping[str, LineKind] = {
    "sup": LineKind.CHARGE,
    "supw": LineKind.WITHDRAWAL,
    "mov": LineKind.MOVED,
    "pay": LineKind.PAYMENT,
    "payr": LineKind.REVERSAL,
    "crd": LineKind.CREDIT,
}
"""By what the reference of a booking begins with."""


@dataclass(frozen=True, slots=True)
class Line:
    """One booking. `amount` is what is owed more by it, negative: less. A payment's reference is its number."""

    at: datetime
    kind: LineKind
    reference: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """One calendar month, `since` <= at < `before`. `opening` and `closing`: what is owed; negative: paid in advance.

    A `closed` one never changes. What was booked with an instant of it but too late for it is a line of the next.
    """

    month: str
    since: datetime
    before: datetime
    opening: Money
    lines: tuple[Line, ...]
    closing: Money
    closed: bool

    def rows(self) -> Iterator["Row"]:
        """From the opening to the closing, with what is owed after each."""
        running = self.opening
        yield Row(None, "opening", "", None, running)
        for each in self.lines:
            running += each.amount
            yield Row(each.at, each.kind.value, each.reference, each.amount, running)
        yield Row(None, "closing", "", None, self.closing)


class Row(NamedTuple):
    """Of a statement as it is told; the first and the last have neither instant nor amount."""

    at: datetime | None
    kind: str
    reference: str
    amount: Money | None
    owed: Money


def statement_csv(told: Statement) -> str:
    """See docs/hub.md."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for each in told.rows():
        writer.writerow([cell(value) for value in (told.month, *each, each.owed.currency)])
    return text.getvalue()


def line(*, at: datetime, reference: str, memo: str, amount: Money, prefix: str) -> Line:
    """A booking as a statement tells it; names lose the `prefix` that the hub puts before those of a store."""
    start, _, name = reference.partition(":")
    kind = KINDS.get(start, LineKind.OTHER)
    if kind in (LineKind.PAYMENT, LineKind.REVERSAL):
        name = memo
    return Line(at, kind, name.removeprefix(prefix), amount)


def closing(opening: Money, lines: Sequence[Line]) -> Money:
    return sum((each.amount for each in lines), opening)


# --- two books ------------------------------------------------------------------------------------------------------


class Verdict(StrEnum):
    SAME = "same"
    MISSING = "missing"
    """not in the store's book"""
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Compared:
    """A matter of a hub's statement; `ours` is what the store's book says of it, None where it says nothing.

    A payment and what took it back are one matter, and so are all entries of its number.
    """

    kind: LineKind
    reference: str
    theirs: Money
    ours: Money | None

    @property
    def verdict(self) -> Verdict:
        if self.ours is None:
            return Verdict.SAME if not self.theirs else Verdict.MISSING
        return Verdict.SAME if self.ours == self.theirs else Verdict.DIFFERENT


def matters(lines: Sequence[Line]) -> dict[tuple[LineKind, str], Money]:
    """The sum of each matter, in the order of the lines."""
    sums: dict[tuple[LineKind, str], Money] = {}
    for each in lines:
        kind = LineKind.PAYMENT if each.kind is LineKind.REVERSAL else each.kind
        key = (kind, each.reference)
        sums[key] = sums[key] + each.amount if key in sums else each.amount
    return sums
