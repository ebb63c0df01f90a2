"""From bytes to rows: encodings, delimiters, quotes, and what is no CSV at all."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shared_core.supply.feeds.errors import (
    FeedBinary,
    FeedColumnRepeated,
    FeedEmpty,
    FeedEncoding,
    FeedMalformed,
    FeedMissing,
    FeedTooLarge,
    RaggedRow,
    RowRemark,
)

FEED_MEGABYTES_MAX = 64
FEED_ROWS_MAX = 200_000
DELIMITERS = ",;\t"
_KINDS = (
    (b"PK\x03\x04", "an Excel workbook or ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, stripped, by column in small letters; `line` is where it starts."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` as in the header, stripped; `ragged` are rows whose number of fields differs from the header's."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    ragged: tuple[RowRemark, ...]


def load(source: Path | str | bytes) -> tuple[str, bytes]:
    """The name to use in messages, and the content. Raises FeedMissing, FeedTooLarge."""
    if isinstance(source, bytes):
        name, content = "feed", source
        size = len(content)
    else:
        path = Path(source)
        name = path.name
        if not path.is_file():
            raise FeedMissing(file=str(source))
        size = path.stat().st_size
    if size > FEED_MEGABYTES_MAX * 2**20:
        raise FeedTooLarge(file=name, maximum=FEED_MEGABYTES_MAX, unit="MB")
    return name, content if isinstance(source, bytes) else path.read_bytes()


def parse(file: str, content: bytes) -> Table:
    """Raises FeedEmpty, FeedBinary, FeedEncoding, FeedMalformed, FeedColumnRepeated, FeedTooLarge."""
    text = _text(file, content)
    records = _records(file, text)
    _, header = next(records, (1, []))
    columns = tuple(cell.strip() for cell in header)
    names = [column.casefold() for column in columns]
    for place, name in enumerate(names):
        if name and name in names[:place]:
            raise FeedColumnRepeated(file=file, field=columns[place])
    rows: list[Row] = []
    ragged: list[RowRemark] = []
    for line, cells in records:
        if len(cells) != len(columns):
            error = RaggedRow(found=len(cells), expected=len(columns), field=_where(columns, cells))
            ragged.append(RowRemark(line, error))
        else:
            rows.append(Row(line, {name: cell.strip() for name, cell in zip(names, cells, strict=True)}))
        if len(rows) + len(ragged) > FEED_ROWS_MAX:
            raise FeedTooLarge(file=file, maximum=FEED_ROWS_MAX, unit="rows")
    return Table(file, columns, tuple(rows), tuple(ragged))


def _text(file: str, content: bytes) -> str:
    for magic, kind in _KINDS:
        if content.startswith(magic):
            raise FeedBinary(file=file, kind=kind)
    if content.startswith(_UTF16):
        raise FeedEncoding(file=file, line=1)
    if b"\0" in content:
        raise FeedBinary(file=file, kind="binary data")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FeedEncoding(file=file, line=content.count(b"\n", 0, error.start) + 1) from None
    if not text.strip():
        raise FeedEmpty(file=file)
    return text


def _records(file: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each starts; blank ones are passed over."""
    first_line = text.lstrip().splitlines()[0]
    delimiter = max(DELIMITERS, key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise FeedMalformed(file=file, line=line, reason=str(error)) from None


def _where(columns: tuple[str, ...], cells: list[str]) -> str:
    """The column from which on a ragged row has too few fields; the last one when it has too many."""
    return columns[min(len(cells), len(columns) - 1)]
