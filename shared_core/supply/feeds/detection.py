"""Which format a feed is in, told from its header, and reading it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared_core.kernel.csvfile import FileUnreadable, Row, Table, read_table
from shared_core.kernel.i18n import N_
from shared_core.supply.feeds import own, shopify
from shared_core.supply.feeds.errors import FeedFormatUnsupported, RaggedRow, RowRemark
from shared_core.supply.feeds.reading import Assembly, Columns, Entry, Feed

BYTES_MAX = 64_000_000
ROWS_MAX = 200_000
HEADER_SHOWN_MAX = 8


@dataclass(frozen=True, slots=True)
class Format:
    """`telling` columns are those by which it is known; all of `required` must be there."""

    name: str
    telling: tuple[str, ...]
    required: tuple[str, ...]
    columns: Columns
    entries: Callable[[Sequence[Row]], Iterator[Entry]]


FORMATS = {
    "shopify": Format("shopify", ("Handle",), shopify.REQUIRED, shopify.COLUMNS, shopify.entries),
    "own": Format("own", ("product",), own.REQUIRED, own.COLUMNS, own.entries),
}


def read(source: Path | bytes, format: str | None = None) -> Feed:
    """Read a product feed; the format is told from its content where none is named.

    Column names may differ in case and in blanks around them. Raises FileUnreadable and FeedFormatUnsupported, and
    nothing is read then; rows that cannot be taken are listed in the feed.
    """
    if format is not None and format not in FORMATS:
        raise FeedFormatUnsupported(format=format, known=", ".join(FORMATS))
    table = read_table(source, bytes_max=BYTES_MAX, rows_max=ROWS_MAX)
    chosen = _detect(table) if format is None else FORMATS[format]
    for column in chosen.required:
        table.require(column)
    rows = list(table.rows)
    whole = [row for row in rows if row.width == len(table.columns)]
    ragged = [RowRemark(row.line, _ragged(table, row)) for row in rows if row.width != len(table.columns)]
    assembly = Assembly(chosen.columns)
    for entry in chosen.entries(whole):
        assembly.add(entry)
    return Feed(
        file=table.file,
        format=chosen.name,
        rows=len(rows),
        products=tuple(assembly.products()),
        rejected=tuple(sorted([*ragged, *assembly.rejected], key=lambda remark: remark.line)),
        notes=tuple(sorted(assembly.notes, key=lambda remark: remark.line)),
    )


def _detect(table: Table) -> Format:
    present = {column.casefold() for column in table.columns}
    for each in FORMATS.values():
        if all(column.casefold() in present for column in each.telling):
            return each
    raise FileUnreadable(
        table.file,
        1,
        N_("no known feed has the columns {found}. Shopify has {shopify}; our own format {own}"),
        found=", ".join(table.columns[:HEADER_SHOWN_MAX]),
        shopify=", ".join(shopify.REQUIRED),
        own=", ".join(own.REQUIRED),
    )


def _ragged(table: Table, row: Row) -> RaggedRow:
    """Names the column from which on there are too few fields; the last one when there are too many."""
    field = table.columns[min(row.width, len(table.columns) - 1)]
    return RaggedRow(found=row.width, expected=len(table.columns), field=field)
