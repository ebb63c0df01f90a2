"""Tables other people made: CSV in the encodings and dialects of the world, each row with the line it starts on."""

import csv
import difflib
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from shared_core.kernel.errors import Invalid, Phrase
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money, decimal_text

ENCODINGS = ("utf-8-sig", "gb18030")
DELIMITERS = ",;\t"
BYTES_MAX = 512_000_000
ROWS_MAX = 5_000_000
COLUMNS_SHOWN_MAX = 12

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a text begins with that a spreadsheet would run, some of them also when it is written wide."""

_KINDS = (
    (b"PK\x03\x04", N_("an Excel workbook or a ZIP archive")),
    (b"\xd0\xcf\x11\xe0", N_("an old Excel workbook")),
    (b"\x1f\x8b", N_("a gzip archive")),
    (b"%PDF", N_("a PDF")),
    (b"\x89PNG", N_("a picture")),
    (b"\xff\xd8\xff", N_("a picture")),
    (b"\xff\xfe", N_("text in UTF-16")),
    (b"\xfe\xff", N_("text in UTF-16")),
)


class FileUnreadable(Invalid):
    """The file as a whole makes no sense, and nothing of it is taken; a bad row is the business of who reads rows."""

    code = "file_unreadable"
    message = "{where}: {reason}."

    def __init__(self, file: str, line: int | None, message: str, **params: object) -> None:
        self.line = line
        where = Phrase(N_("{file}, line {line}"), file=file, line=line) if line else file
        super().__init__(where=where, reason=Phrase(message, **params))


class UnknownColumn(Invalid):
    code = "unknown_column"
    message = "{name!r} is no column of ours. Ours are: {known}."


@dataclass(frozen=True, slots=True)
class Row:
    """Cells, stripped, by column in small letters; a cell that a short row lacks is not there."""

    line: int
    cells: dict[str, str]
    width: int
    """How many cells there are; more or fewer than columns when the row is ragged."""


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` as the header has them, stripped; `rows` can be gone through once."""

    file: str
    columns: tuple[str, ...]
    rows: Iterator[Row]

    def require(self, name: str) -> None:
        """Raises FileUnreadable when the column is not there, saying which is the nearest."""
        known = {column.casefold(): column for column in self.columns}
        if name.casefold() in known:
            return
        near = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.5)
        missing = N_("there is no column {name!r}; the columns are: {known}")
        if near:
            missing = N_("there is no column {name!r}; did you mean {near!r}? The columns are: {known}")
        nearest, shown = known[near[0]] if near else "", ", ".join(self.columns[:COLUMNS_SHOWN_MAX])
        raise FileUnreadable(self.file, 1, missing, name=name, near=nearest, known=shown)


def read_table(
    source: Path | bytes,
    *,
    bytes_max: int = BYTES_MAX,
    rows_max: int = ROWS_MAX,
    is_header: Callable[[Sequence[str]], bool] = any,
    name: str = "table",
) -> Table:
    """The table in a file, or in bytes that were one of that `name`. Blank rows are passed over. Raises FileUnreadable.

    `is_header` tells the header by its cells where talk stands above it; when none is told, it is the first row.
    """
    file, text = read_text(source, bytes_max=bytes_max, name=name)
    records = _records(file, text)
    header = next((each for each in records if is_header(each[1])), None)
    if header is None:
        records = _records(file, text)
        header = next(records, None)
    return table_below(file, header, records, rows_max=rows_max)


def table_below(
    file: str, header: tuple[int, Sequence[str]] | None, records: Iterator[tuple[int, list[str]]], *, rows_max: int
) -> Table:
    """The table of these records, each with its line, below this header. Raises FileUnreadable."""
    if header is None:
        raise FileUnreadable(file, None, N_("it is empty"))
    columns = tuple(cell.strip() for cell in header[1])
    names = [column.casefold() for column in columns]
    twice = next((each for place, each in enumerate(columns) if each and names.index(names[place]) < place), None)
    if twice is not None:
        raise FileUnreadable(file, header[0], N_("the column {name!r} is there twice; remove one of them"), name=twice)
    return Table(file, columns, _rows(file, names, records, rows_max))


def rows(
    source: Path, *, required: Sequence[str], optional: Sequence[str] = (), columns: Mapping[str, str] | None = None
) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows by our names of the columns; `columns` maps ours to the file's. A cell that a short row lacks is empty.

    Raises FileUnreadable, and UnknownColumn for a mapping of none of our columns.
    """
    mapping, ours = dict(columns or {}), (*required, *optional)
    for name in mapping:
        if name not in ours:
            raise UnknownColumn(name=name, known=", ".join(ours))
    table = read_table(source)
    there = {column.casefold() for column in table.columns}
    places = {name: mapping.get(name, name).strip().casefold() for name in ours}
    for name, theirs in places.items():
        if name in required or name in mapping:
            table.require(theirs)
    wanted = [(name, theirs) for name, theirs in places.items() if theirs in there]
    for row in table.rows:
        yield row.line, {name: row.cells.get(theirs, "") for name, theirs in wanted}


def read_text(source: Path | bytes, *, bytes_max: int = BYTES_MAX, name: str = "table") -> tuple[str, str]:
    """The name to use in messages (that of bytes is `name`), and the text. Raises FileUnreadable."""
    file, content = load(source, bytes_max, name)
    for start, kind in _KINDS:
        if content.startswith(start):
            raise FileUnreadable(
                file, None, N_("it is no CSV but looks like {kind}; save it as CSV in UTF-8"), kind=Phrase(kind)
            )
    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        raise FileUnreadable(file, line, N_("this is no text; save the file as CSV in UTF-8"))
    reached = 0
    for encoding in ENCODINGS:
        try:
            return file, content.decode(encoding)
        except UnicodeDecodeError as error:
            reached = max(reached, error.start)
    line = content.count(b"\n", 0, reached) + 1
    raise FileUnreadable(file, line, N_("this is not text in UTF-8 or GB18030; save the file as CSV in UTF-8"))


def plain(text: str) -> str:
    """What people wrote, so that no spreadsheet runs it."""
    return f"'{text}" if text.startswith(FORMULAS) else text


def cell(value: object) -> str:
    """Instants in UTC, amounts as decimal text, and no text that a spreadsheet would run as a formula."""
    if value is None:
        return ""
    if isinstance(value, Money):
        return decimal_text(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return plain(value) if isinstance(value, str) and not _is_number(value) else str(value)


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdecimal()


def load(source: Path | bytes, bytes_max: int, name: str = "table") -> tuple[str, bytes]:
    """The name to use in messages, and the bytes. Raises FileUnreadable."""
    file = name if isinstance(source, bytes) else source.name
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size > bytes_max:
            raise FileUnreadable(
                file, None, N_("it is larger than {most} bytes; split it into several files"), most=bytes_max
            )
        return file, source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise FileUnreadable(file, None, error.strerror or str(error)) from error


def _rows(file: str, names: list[str], records: Iterator[tuple[int, list[str]]], rows_max: int) -> Iterator[Row]:
    for number, (line, cells) in enumerate(records, 1):
        if number > rows_max:
            raise FileUnreadable(
                file, line, N_("there are more than {most} rows; split the file into several"), most=rows_max
            )
        yield Row(line, {name: cell.strip() for name, cell in zip(names, cells, strict=False)}, len(cells))


def _records(file: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each starts: a cell in quotes may go over several."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(_unpadded(text, delimiter), newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        message = next((ours for theirs, ours in _FAULTS.items() if theirs in str(error)), _MALFORMED)
        raise FileUnreadable(file, line, message, most=csv.field_size_limit()) from None


def _unpadded(text: str, delimiter: str) -> str:
    """Without the blanks that some put behind a closing quotation mark so that columns stand below each other."""
    if not re.search(rf'"[ ]+[{delimiter}\r\n]', text):
        return text
    return re.sub(rf'("(?:[^"]++|"")*+")(?:[ ]+(?=[{delimiter}\r\n]|\Z))?', r"\1", text)


_MALFORMED = N_("this is not well-formed CSV")
_FAULTS = {
    "unexpected end": N_("a quotation mark is opened and never closed"),
    "expected after": N_("something follows a closing quotation mark; write quotation marks inside a cell twice"),
    "field larger": N_("a cell has more than {most} characters; is a quotation mark missing?"),
}
"""What the reader says, and what we say."""
