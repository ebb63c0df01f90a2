"""Reading referral history from files.

Two formats: CSV with a header that names the columns `sharer`, `visitor` and `at` (or others, by `columns`), and
plain text with three words a line: sharer, visitor, time. Times are Unix seconds or ISO 8601.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from shared_core.kernel.i18n import N_
from shared_core.members.errors import ReferralFileUnreadable
from shared_core.members.referrals import ReferralRow, RejectedLine

COLUMNS = ("sharer", "visitor", "at")
LINES_MAX = 5_000_000
UNIX_SECONDS_MAX = 32_503_680_000  # the year 3000
ENCODINGS = ("utf-8-sig", "gb18030")

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

    A line that makes no sense is rejected and the others are read. Raises ReferralFileUnreadable when the file as a
    whole makes none: no text, no such columns, broken quoting, too many lines.
    """
    text = _text(path)
    start = text.lstrip()
    if not start:
        return ReferralFile([], [])
    first = next(line for line in start.splitlines() if line.strip())
    cells = _csv_cells(path, text, columns or {}) if "," in first else _plain_cells(text)
    rows: list[ReferralRow] = []
    rejected: list[RejectedLine] = []
    for line, found in cells:
        if len(rows) + len(rejected) >= LINES_MAX:
            raise ReferralFileUnreadable(path=path.name, line=line, reason=f"more than {LINES_MAX} lines")
        try:
            sharer, visitor, at = _three(found)
            rows.append(ReferralRow(line, sharer.strip(), visitor.strip(), _instant(at.strip(), zone)))
        except _BadLine as bad:
            rejected.append(RejectedLine(line, str(bad)))
    return ReferralFile(rows, rejected)


def _text(path: Path) -> str:
    content = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            continue
        if "\0" not in text:
            return text
        line = text.count("\n", 0, text.index("\0")) + 1
        break
    raise ReferralFileUnreadable(path=path.name, line=line, reason="this is not text in UTF-8 or GB18030")


def _csv_cells(path: Path, text: str, columns: Mapping[str, str]) -> Iterator[tuple[int, list[str | None]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(cells for cells in reader if any(cells))]
        wanted = [columns.get(name, name).strip().lower() for name in COLUMNS]
        for name in wanted:
            if name not in header:
                found = ", ".join(header)
                reason = f"there is no column {name!r}; the columns are: {found}"
                raise ReferralFileUnreadable(path=path.name, line=reader.line_num, reason=reason)
        places = [header.index(name) for name in wanted]
        for cells in reader:
            if cells:
                yield reader.line_num, [cells[place] if place < len(cells) else None for place in places]
    except csv.Error as error:
        raise ReferralFileUnreadable(path=path.name, line=reader.line_num, reason=str(error)) from error


def _plain_cells(text: str) -> Iterator[tuple[int, list[str | None]]]:
    for line, content in enumerate(text.splitlines(), 1):
        words: list[str | None] = [*content.split()]
        if words and not content.startswith("#"):
            yield line, words


def _three(cells: list[str | None]) -> tuple[str, str, str]:
    if len(cells) != len(COLUMNS):
        raise _BadLine(WRONG_COUNT)
    sharer, visitor, at = cells
    if sharer is None or visitor is None or at is None:
        raise _BadLine(MISSING_CELL)
    return sharer, visitor, at


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
