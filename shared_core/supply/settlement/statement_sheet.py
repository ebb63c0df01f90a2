"""A statement as rows, and as CSV."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime

from shared_core.kernel.csvfile import plain
from shared_core.kernel.money import Money, decimal_text
from shared_core.supply.settlement.statement_rules import Statement

COLUMNS = ("month", "at", "kind", "reference", "amount", "balance", "currency")


def statement_rows(told: Statement) -> Iterator[tuple[datetime | None, str, str, Money | None, Money]]:
    """(at, kind, reference, amount, what is owed after it), from the opening to the closing."""
    running = told.opening
    yield None, "opening", "", None, running
    for line in told.lines:
        running += line.amount
        yield line.at, line.kind.value, line.reference, line.amount, running
    yield None, "closing", "", None, told.closing


def statement_csv(told: Statement) -> str:
    """A row for the opening, each line and the closing; instants in UTC, amounts as decimal text."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for at, kind, reference, amount, owed in statement_rows(told):
        when = "" if at is None else at.astimezone(UTC).isoformat()
        more = "" if amount is None else decimal_text(amount)
        writer.writerow((told.month, when, kind, plain(reference), more, decimal_text(owed), owed.currency))
    return file.getvalue()
