"""WooCommerce's product export: parents and their variations on rows of their own, in any order."""

import re
from collections.abc import Iterable, Iterator, Sequence

from shared_core.kernel.csvfile import Row
from shared_core.supply.catalogue.feeds.cells import Cells, category_path
from shared_core.supply.catalogue.feeds.errors import NotShipped, ParentMissing, RowError, ValueMissing
from shared_core.supply.catalogue.feeds.reading import Columns, Entry, FeedVariant
from shared_core.supply.models import CODE_LENGTH_MAX, TEXT_LENGTH_MAX, TITLE_LENGTH_MAX

TELLING = ("Type", "SKU", "Regular price")
REQUIRED = ("ID", "Type", "SKU", "Name", "Regular price")
BARCODE = "GTIN, UPC, EAN, or ISBN"
COLUMNS = Columns(
    code="SKU", title="Name", description="Description", images="Images", sku="SKU", barcode=BARCODE
)  # fmt: skip
NOT_SHIPPED = {"grouped", "external"}
"""A list of other products; a link to another shop."""


def entries(rows: Sequence[Row]) -> Iterator[Entry]:
    """Parents first. The regular price is the suggested one: a sale price holds for a while and belongs to a sale."""
    kinds = [(row, {part.strip() for part in row.cells.get("type", "").split(",")}) for row in rows]
    codes = _codes(row for row, kind in kinds if "variation" not in kind)
    for row, kind in kinds:
        if "variation" not in kind:
            yield _entry(row, codes, kind)
    for row, kind in kinds:
        if "variation" in kind:
            yield _entry(row, codes, kind)


def _codes(products: Iterable[Row]) -> dict[str, str]:
    """Codes of products by what a variation may call its parent: its SKU, or "id:" and its id."""
    codes: dict[str, str] = {}
    for row in products:
        sku, number = row.cells.get("sku", ""), row.cells.get("id", "")
        fits = re.fullmatch(r"[\w][\w.~-]*", sku) and len(sku) <= CODE_LENGTH_MAX
        codes[sku] = codes[f"id:{number}"] = sku if fits else f"woo-{number[:CODE_LENGTH_MAX]}"
    return codes


def _entry(row: Row, codes: dict[str, str], kind: set[str]) -> Entry:
    cells, entry = Cells(row.cells), Entry(line=row.line)
    try:
        if "variation" in kind:
            parent = cells.raw("Parent")
            if parent not in codes or not parent:
                raise ParentMissing(field="Parent", value=parent)
            entry.code = codes[parent]
        else:
            _read_product(cells, entry, codes[f"id:{cells.raw('ID')}"], kind)
        if "variable" not in kind:
            entry.variant = _variant(cells, row.line)
    except RowError as error:
        entry.refused = error
    return entry


def _read_product(cells: Cells, entry: Entry, code: str, kind: set[str]) -> None:
    if kind & NOT_SHIPPED:
        raise NotShipped(field="Type", value=cells.raw("Type"))
    entry.code = code
    cells.product_code("ID")
    entry.title = cells.text("Name", maximum=TITLE_LENGTH_MAX)
    entry.description = cells.raw("Description") or cells.raw("Short description")
    entry.brand = cells.text("Brands", maximum=TEXT_LENGTH_MAX)
    entry.category_path = category_path(cells.text("Categories", maximum=10 * TEXT_LENGTH_MAX).partition(",")[0])
    entry.category = "".join(entry.category_path[-1:])
    entry.active = cells.raw("Published") not in {"0", "-1"}
    entry.image_urls = tuple(_images(cells))


def _variant(cells: Cells, line: int) -> FeedVariant:
    if not cells.raw("Regular price"):
        raise ValueMissing(field="Regular price")
    quantity = cells.count("Stock")
    return FeedVariant(
        line=line,
        sku=cells.sku("SKU"),
        sku_given=False,
        options=tuple(_options(cells)),
        barcode=cells.text(BARCODE, maximum=CODE_LENGTH_MAX),
        price=cells.price("Regular price"),
        cost=None,
        supply_price=None,
        quantity=0 if quantity is None and cells.raw("In stock?") == "0" else quantity,
        picture=next(_images(cells), "") if cells.raw("Parent") else "",
    )


def _images(cells: Cells) -> Iterator[str]:
    return filter(None, re.split(r",\s+", cells.raw("Images")))


def _options(cells: Cells) -> Iterator[tuple[str, str]]:
    """A variation has one value of an attribute; a list of them describes, and is nothing to choose from."""
    number = 1
    while name := cells.text(f"Attribute {number} name", maximum=CODE_LENGTH_MAX):
        value = cells.text(f"Attribute {number} value(s)", maximum=TEXT_LENGTH_MAX)
        if value and "," not in value and cells.raw("Parent"):
            yield name, value[:CODE_LENGTH_MAX]
        number += 1
