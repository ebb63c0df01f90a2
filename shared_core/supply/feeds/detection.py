"""Which format a feed is in, told from its header, and reading it."""

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared_core.supply.feeds import own, shopify
from shared_core.supply.feeds.errors import FeedColumnMissing, FeedFormatUnknown, FeedFormatUnsupported
from shared_core.supply.feeds.reading import Assembly, Columns, Entry, Feed
from shared_core.supply.feeds.table import Row, Table, load, parse

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


def read(source: Path | str | bytes, format: str | None = None) -> Feed:
    """Read a product feed; the format is told from its content where none is named.

    Column names may differ in case and in blanks around them. Raises subclasses of FeedUnreadable, and nothing is
    read then; rows that cannot be taken are listed in the feed.
    """
    if format is not None and format not in FORMATS:
        raise FeedFormatUnsupported(format=format, known=", ".join(FORMATS))
    table = parse(*load(source))
    chosen = _detect(table) if format is None else FORMATS[format]
    _check_columns(table, chosen)
    assembly = Assembly(chosen.columns)
    for entry in chosen.entries(table.rows):
        assembly.add(entry)
    products = tuple(assembly.products())
    return Feed(
        file=table.file,
        format=chosen.name,
        rows=len(table.rows) + len(table.ragged),
        products=products,
        rejected=tuple(sorted([*table.ragged, *assembly.rejected], key=lambda remark: remark.line)),
        notes=tuple(sorted(assembly.notes, key=lambda remark: remark.line)),
    )


def _detect(table: Table) -> Format:
    present = {column.casefold() for column in table.columns}
    for each in FORMATS.values():
        if all(column.casefold() in present for column in each.telling):
            return each
    raise FeedFormatUnknown(
        file=table.file,
        found=", ".join(table.columns[:HEADER_SHOWN_MAX]),
        shopify=", ".join(shopify.REQUIRED),
        own=", ".join(own.REQUIRED),
    )


def _check_columns(table: Table, chosen: Format) -> None:
    written = {column.casefold(): column for column in table.columns}
    for column in chosen.required:
        if column.casefold() not in written:
            nearest = difflib.get_close_matches(column.casefold(), written, n=1, cutoff=0)
            raise FeedColumnMissing(file=table.file, field=column, nearest=written[nearest[0]])
