"""The parts of a plan that is told: chapters of sentences, some with a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared_core.kernel.i18n import N_
from shared_core.kernel.reader import Reader

SEPARATOR = N_(", ")
"""Between the clauses of one sentence."""


@dataclass(frozen=True, slots=True)
class Table:
    """`head` names the columns of `rows`."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """`key` is stable. Sentences, then the table, then the sentences that explain it."""

    key: str
    title: str
    lines: tuple[str, ...]
    table: Table | None = None
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "key": self.key,
            "title": self.title,
            "lines": [*self.lines],
            "table": self.table and {"head": [*self.table.head], "rows": [[*row] for row in self.table.rows]},
            "notes": [*self.notes],
        }


def clauses(reader: Reader, parts: Sequence[str]) -> str:
    """Clauses of one sentence."""
    return reader.say(SEPARATOR).join(parts)


def days(reader: Reader, count: int) -> str:
    """ "1 day", "30 days"."""
    return reader.say(N_("{count} day") if count == 1 else N_("{count} days"), count=count)
