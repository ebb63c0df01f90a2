"""Which format a feed is in, told from its content, and reading it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from shared_core.kernel.csvfile import FileUnreadable, Row, Table, read_table, read_text
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import exponent
from shared_core.supply.catalogue.feeds import (
    bmecat,
    dumps,
    flash,
    google,
    mapping,
    own,
    saleor,
    sheet,
    shopify,
    sources,
    spree,
    vendure,
    woocommerce,
    workbook,
    xmlfile,
)
from shared_core.supply.catalogue.feeds.errors import ColumnsUnknown, FeedFormatUnsupported, RaggedRow, RowRemark
from shared_core.supply.catalogue.feeds.reading import Assembly, Columns, Entry, Feed, FlashLine
from shared_core.supply.catalogue.feeds.sources import Bundle, Content

BYTES_MAX = sources.BYTES_MAX
ROWS_MAX = 200_000
HEADER_SHOWN_MAX = 8
SHEET = "sheet"
SAMPLE_ROWS = 3


@dataclass(frozen=True, slots=True)
class TableFormat:
    """`telling` columns are those by which it is known; all of `required` must be there."""

    telling: tuple[str, ...]
    required: tuple[str, ...]
    columns: Columns
    entries: Callable[[Sequence[Row]], Iterator[Entry]]


TABLES = {
    "shopify": TableFormat(("Handle",), shopify.REQUIRED, shopify.COLUMNS, shopify.entries),
    "woocommerce": TableFormat(woocommerce.TELLING, woocommerce.REQUIRED, woocommerce.COLUMNS, woocommerce.entries),
    "spree": TableFormat(spree.TELLING, spree.REQUIRED, spree.COLUMNS, spree.entries),
    "vendure": TableFormat(vendure.TELLING, vendure.REQUIRED, vendure.COLUMNS, vendure.entries),
    "google": TableFormat(google.TELLING, google.REQUIRED, google.COLUMNS, google.entries),
    "own": TableFormat(("product",), own.REQUIRED, own.COLUMNS, own.entries),
}
DUMPS = {
    "litemall": (dumps.LITEMALL, dumps.LITEMALL_COLUMNS, dumps.litemall),
    "mall": (dumps.MALL, dumps.MALL_COLUMNS, dumps.mall),
}
FORMATS = (*TABLES, *DUMPS, "bmecat", "saleor", SHEET)


@dataclass(frozen=True, slots=True)
class _Hints:
    """What the reader was told besides the file."""

    format: str | None
    columns: Mapping[str, str]
    remembered: Mapping[str, str]
    currency: str

    def may_be(self, *names: str) -> bool:
        return self.format is None or self.format in names


@dataclass(frozen=True, slots=True)
class SheetLook:
    """A supplier's own sheet before it is read: its columns, their cells in the first rows, and what is understood.

    `understood` is ours to theirs, and in which unit amounts are; `doubtful` are those of ours for which several of
    theirs could be meant.
    """

    columns: tuple[str, ...]
    samples: tuple[Mapping[str, str], ...]
    understood: Mapping[str, str]
    doubtful: frozenset[str]


def read(
    source: Path | bytes,
    format: str | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    remembered: Mapping[str, str] | None = None,
    currency: str = "",
) -> Feed:
    """Read a product feed: a file, or a folder or archive of tables that belong together.

    The format is told from the content where none is named; a table of no known format is a supplier's own sheet,
    whose `columns` (ours: theirs) may be said or `remembered`, and are guessed otherwise; so is in which unit its
    amounts are, major where nobody said. A feed with a price per
    currency gives the one in `currency`. Names of columns may differ in case and in blanks around them. Raises
    FileUnreadable, FeedFormatUnsupported and UnknownColumn, and nothing is read then; rows that cannot be taken are
    listed in the feed.
    """
    if format is not None and format not in FORMATS:
        raise FeedFormatUnsupported(format=format, known=", ".join(FORMATS))
    hints = _Hints(format, columns or {}, remembered or {}, currency)
    opened = sources.open_feed(source, bytes_max=BYTES_MAX)
    if isinstance(opened, Bundle):
        return _read_dump(opened.file, [_headed(each, hints) for each in opened.members], hints)
    start = _start(opened)
    if start == b"<" and hints.may_be("google", "bmecat"):
        return _read_xml(opened, hints)
    if start in {b"[", b"{"} and hints.may_be("saleor"):
        return _read_json(opened, hints)
    return _read_table(_headed(opened, hints), hints)


def look(source: Path | bytes, *, remembered: Mapping[str, str] | None = None) -> SheetLook:
    """What somebody must see to say which column is which. Raises FileUnreadable."""
    hints = _Hints(SHEET, {}, remembered or {}, "")
    opened = sources.open_feed(source, bytes_max=BYTES_MAX)
    if isinstance(opened, Bundle) or _start(opened) in {b"<", b"[", b"{"}:
        raise FileUnreadable(opened.file, None, N_("only of a single table it can be said which column is which"))
    table = _headed(opened, hints)
    if not _is_header(table.columns, hints=hints):
        table = _table(opened, _most_words(opened))
    columns = tuple(column for column in table.columns if column)
    return SheetLook(
        columns=columns,
        samples=tuple(
            {column: row.cells.get(column.casefold(), "") for column in columns}
            for row in islice(table.rows, SAMPLE_ROWS)
        ),
        understood={
            **mapping.understood(columns, {}, hints.remembered),
            mapping.UNIT: hints.remembered.get(mapping.UNIT, mapping.MAJOR),
        },
        doubtful=mapping.doubtful(columns, {}, hints.remembered),
    )


def _most_words(content: Content) -> Callable[[Sequence[str]], bool]:
    """Tells the header nobody knows: of the first rows the first with the most cells that are words, not numbers."""
    seen: list[list[str]] = []

    def note(cells: Sequence[str]) -> bool:
        seen.append(list(cells))
        return len(seen) >= workbook.HEADER_ROWS_MAX

    try:
        _table(content, note)
    except FileUnreadable:  # the row at which it stopped makes no header; only those above it are wanted
        if not seen:
            raise
    header = max(seen, key=lambda cells: sum(any(map(str.isalpha, cell)) for cell in cells))
    return lambda cells: list(cells) == header


def _start(content: Content) -> bytes:
    return content.data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]


def _read_xml(content: Content, hints: _Hints) -> Feed:
    root = xmlfile.root_name(content.file, content.data)
    if root == "BMECAT" and hints.may_be("bmecat"):
        entries = bmecat.entries(xmlfile.elements(content.file, content.data, bmecat.WANTED))
        return _feed(content.file, "bmecat", entries, bmecat.COLUMNS)
    if google.NAMESPACE in content.data and hints.may_be("google"):
        items = xmlfile.elements(content.file, content.data, google.ITEMS)
        return _feed(content.file, "google", google.entries(google.rows_of(items)), google.COLUMNS)
    unknown = N_("no known feed begins with the element {found}; known are Google Merchant's and BMEcat's")
    raise FileUnreadable(content.file, 1, unknown, found=root)


def _read_json(content: Content, hints: _Hints) -> Feed:
    file, text = read_text(content.data, bytes_max=BYTES_MAX, name=content.file)
    if saleor.TELLING not in text:
        raise FileUnreadable(file, 1, N_("no known feed is JSON like this; known is the dump of Saleor's tables"))
    return _feed(file, "saleor", saleor.entries(saleor.items(file, text), hints.currency), saleor.COLUMNS)


def _headed(content: Content, hints: _Hints) -> Table:
    return _table(content, partial(_is_header, hints=hints))


def _table(content: Content, is_header: Callable[[Sequence[str]], bool]) -> Table:
    if sources.is_workbook(content):
        return workbook.read_table(content.file, content.data, rows_max=ROWS_MAX, is_header=is_header)
    return read_table(content.data, bytes_max=BYTES_MAX, rows_max=ROWS_MAX, is_header=is_header, name=content.file)


def _is_header(cells: Sequence[str], *, hints: _Hints) -> bool:
    """Whether this row is a header that any format knows, or that was said or remembered."""
    present = {cell.strip().casefold() for cell in cells}
    known = any(present.issuperset(map(str.casefold, each.telling)) for each in TABLES.values())
    return known or bool(dumps.kind_of([*present])) or mapping.is_header(cells, hints.columns, hints.remembered)


def _read_table(table: Table, hints: _Hints) -> Feed:
    """As a known format where it is one, else as a mall's table, else as a sheet with columns of its own."""
    named = TABLES.get(hints.format or "")
    if named is not None:
        return _rows_read(table, str(hints.format), named, hints)
    if hints.format is None and not hints.columns:
        name = next((name for name, each in TABLES.items() if _has(table, *each.telling, *each.required)), None)
        if name is not None:
            return _rows_read(table, name, TABLES[name], hints)
    if dumps.kind_of(table.columns) and not hints.columns and hints.may_be(*DUMPS):
        return _read_dump(table.file, [table], hints)
    chosen = mapping.choose(table.file, table.columns, hints.columns, hints.remembered)
    if not hints.may_be(SHEET) or not mapping.is_enough(chosen):
        raise _unknown(table)
    return _read_sheet(table, chosen, hints)


def _read_sheet(table: Table, chosen: Mapping[str, str], hints: _Hints) -> Feed:
    unit = {**hints.remembered, **hints.columns}.get(mapping.UNIT, "")
    digits = exponent(hints.currency) if unit == mapping.MINOR else 0
    entries = partial(sheet.entries, mapping=chosen, minor_digits=digits)
    found = _rows_read(table, SHEET, TableFormat((), (), sheet.columns(chosen), entries), hints)
    aside = mapping.left_aside(hints.columns, hints.remembered)
    return replace(
        found,
        columns=(
            *chosen.items(),
            *((ours, "") for ours in mapping.NAMES if ours in aside),
            *([(mapping.UNIT, unit)] if unit else []),
        ),
        doubtful=mapping.doubtful(table.columns, hints.columns, hints.remembered),
        silent=frozenset(mapping.NAMES) - chosen.keys(),
    )


def _has(table: Table, *columns: str) -> bool:
    present = {column.casefold() for column in table.columns}
    return present.issuperset(column.casefold() for column in columns)


def _rows_read(table: Table, name: str, format: TableFormat, hints: _Hints) -> Feed:
    for column in format.required:
        table.require(column)
    whole, ragged = _sorted_out(table)
    entries = format.entries(_in_one_currency(whole, hints.currency))
    return _feed(table.file, name, entries, format.columns, rejected=ragged, rows=len(whole) + len(ragged))


def _in_one_currency(rows: Sequence[Row], currency: str) -> list[Row]:
    """Of several rows of a SKU, one in each currency, the first, with what the one in the wanted currency says."""
    places: dict[str, int] = {}
    kept: list[Row] = []
    for row in rows:
        sku, said = row.cells.get("sku", ""), row.cells.get("currency", "")
        place = places.setdefault(sku, len(kept)) if sku and said else len(kept)
        if place == len(kept) or said == kept[place].cells["currency"]:
            kept.append(row)
        elif said == currency:
            filled = {name: cell for name, cell in row.cells.items() if cell}
            kept[place] = replace(kept[place], cells=kept[place].cells | filled)
    return kept


def _read_dump(file: str, tables: Sequence[Table], hints: _Hints) -> Feed:
    """Tables of a mall; those that say nothing of goods are passed over."""
    found: dict[str, dumps.DumpTable] = {}
    rejected: list[RowRemark] = []
    for table in tables:
        kind = dumps.kind_of(table.columns)
        if kind:
            whole, ragged = _sorted_out(table)
            found[kind] = dumps.DumpTable(table.file, whole)
            rejected += [RowRemark(each.line, each.error, table.file) for each in ragged]
    for name, (main, columns, entries) in DUMPS.items():
        if main in found and hints.may_be(name):
            lines, refused = flash.read(found)
            rows = sum(len(table.rows) for table in found.values()) + len(rejected)
            return _feed(
                file, name, entries(found), columns, rejected=[*rejected, *refused], rows=rows, flash_lines=lines
            )
    mains = ", ".join(main for main, _, _ in DUMPS.values())
    raise FileUnreadable(
        file,
        None,
        N_("the goods themselves are in another table; give the folder or archive with {mains}"),
        mains=mains,
    )


def _feed(
    file: str,
    format: str,
    entries: Iterator[Entry],
    columns: Columns,
    *,
    rejected: Sequence[RowRemark] = (),
    rows: int | None = None,
    flash_lines: Sequence[FlashLine] = (),
) -> Feed:
    assembly, read_rows = Assembly(columns), 0
    for entry in entries:
        assembly.add(entry)
        read_rows += 1
        if read_rows > ROWS_MAX:
            raise FileUnreadable(
                file, entry.line, N_("there are more than {most} rows; split the file into several"), most=ROWS_MAX
            )
    products = tuple(assembly.products())
    return Feed(
        file=file,
        format=format,
        rows=read_rows if rows is None else rows,
        products=products,
        rejected=tuple(sorted([*rejected, *assembly.rejected], key=_place)),
        notes=tuple(sorted(assembly.notes, key=_place)),
        deltas=tuple(assembly.deltas),
        flash_lines=tuple(flash_lines),
    )


def _place(remark: RowRemark) -> tuple[str, int]:
    return remark.file, remark.line


def _sorted_out(table: Table) -> tuple[list[Row], list[RowRemark]]:
    """Rows with as many cells as there are columns; the others, refused."""
    rows = list(table.rows)
    whole = [row for row in rows if row.width == len(table.columns)]
    return whole, [RowRemark(row.line, _ragged(table, row)) for row in rows if row.width != len(table.columns)]


def _ragged(table: Table, row: Row) -> RaggedRow:
    """Names the column from which on there are too few fields, or the last before it that has a name."""
    named = [column for column in table.columns[: row.width + 1] if column] or [each for each in table.columns if each]
    return RaggedRow(found=row.width, expected=len(table.columns), field=named[-1])


def _unknown(table: Table) -> FileUnreadable:
    """Raises FileUnreadable itself for what is missing of a format that it is near to."""
    for format in TABLES.values():
        if _has(table, *format.telling):
            for column in format.required:
                table.require(column)
    return ColumnsUnknown(
        table.file,
        1,
        N_(
            "no known feed has the columns {found}. Name those of a sheet with --map, such as --map title=NAME: "
            "it needs title, one of product, sku and barcode, and a price or quantity"
        ),
        found=", ".join(table.columns[:HEADER_SHOWN_MAX]),
    )
