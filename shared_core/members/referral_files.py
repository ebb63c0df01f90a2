"""Reading referral history from files.

Two formats: CSV with a header that names the columns `sharer`, `visitor` and `at` (or others, by `columns`), and
plain text with three words a line: sharer, visitor, time. Times are Unix seconds or ISO 8601.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from shared_core.kernel import csvfile
from shared_core.kernel.i18n import N_
from shared_core.members.referrals import ReferralRow, RejectedLine

COLUMNS = ("sharer", "visitor", "at")
UNIX_SECONDS_MAX = 32_503_680_000  # the year 3000

WRONG_COUNT = N_("A line has three words: sharer, visitor, time.")
MISSING_CELL = N_("A cell is missing.")
UNREADABLE_TIME = N_("The time is neither Unix seconds nor ISO 8601.")
TOO_LATE = N_("The time is too far away; are these milliseconds?")

_UNIX = re.compile(r"\d{1,15}(\.\d{1,9})?")


@dataclass(frozen=True, slots=True)
class ReferralFile:
    """The rows of a file, and the lines that could not be read."""

    rows: list[ReferralRow]
    rejected: list[RejectedLine]


class _BadLine(ValueError):
    """The reason why one line is left out."""


def read_referrals(path: Path, *, columns: Mapping[str, str] | None = None, zone: str = "UTC") -> ReferralFile:
    """Read a file. `columns` maps our column names to the file's; times without a zone are meant in `zone`.

    A line that makes no sense is rejected and the others are read. Raises FileUnreadable when the file as a whole
    makes none: no text, no such columns, broken quoting, too many lines.
    """
    file, text = csvfile.read_text(path)
    found: list[ReferralRow] = []
    rejected: list[RejectedLine] = []
    cells: Iterator[tuple[int, list[str]]]
    if _is_table(text, columns or {}):
        cells = ((line, [*row.values()]) for line, row in csvfile.rows(path, required=COLUMNS, columns=columns))
    else:
        cells = _words(file, text)
    for line, three in cells:
        try:
            sharer, visitor, at = _three(three)
            found.append(ReferralRow(line, sharer, visitor, _instant(at, zone)))
        except _BadLine as bad:
            rejected.append(RejectedLine(line, str(bad)))
    return ReferralFile(found, rejected)


def _is_table(text: str, columns: Mapping[str, str]) -> bool:
    """Whether the first line is a header, not three words."""
    first = next((line for line in text.splitlines() if line.strip()), "").casefold()
    named = all(columns.get(name, name).casefold() in first for name in COLUMNS)
    return named or any(mark in first for mark in ",;")


def _words(file: str, text: str) -> Iterator[tuple[int, list[str]]]:
    for line, content in enumerate(text.splitlines(), 1):
        if line > csvfile.ROWS_MAX:
            raise csvfile.FileUnreadable(file, line, N_("there are more than {most} lines"), most=csvfile.ROWS_MAX)
        words = content.split()
        if words and not content.startswith("#"):
            yield line, words


def _three(cells: list[str]) -> list[str]:
    if len(cells) != len(COLUMNS):
        raise _BadLine(WRONG_COUNT)
    if not all(cells):
        raise _BadLine(MISSING_CELL)
    return cells


def _instant(text: str, zone: str) -> datetime:
    if _UNIX.fullmatch(text):
        seconds, _, fraction = text.partition(".")
        if int(seconds) > UNIX_SECONDS_MAX:
            raise _BadLine(TOO_LATE)
        return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int((fraction + "000000")[:6]))
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise _BadLine(UNREADABLE_TIME) from error
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
