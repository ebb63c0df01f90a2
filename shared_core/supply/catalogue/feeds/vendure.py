"""Vendure's import file: a product's first row has its name; the rows below without a name are its further variants."""

import re
from collections.abc import Iterator, Sequence

from shared_core.kernel.csvfile import Row
from shared_core.supply.catalogue.feeds.cells import Cells
from shared_core.supply.catalogue.feeds.errors import RowError, ValueMissing
from shared_core.supply.catalogue.feeds.reading import Columns, Entry, FeedVariant
from shared_core.supply.models import CODE_LENGTH_MAX, PRODUCT_CODE_LENGTH_MAX, TEXT_LENGTH_MAX, TITLE_LENGTH_MAX

TELLING = ("optionGroups", "optionValues", "stockOnHand")
REQUIRED = ("name", "slug", "sku", "price", "optionGroups", "optionValues")
COLUMNS = Columns(code="slug", title="name", description="description", images="assets", sku="sku")


def entries(rows: Sequence[Row]) -> Iterator[Entry]:
    """Each row as an entry with a variant, of the product last named above it."""
    code, groups = "", list[str]()
    for row in rows:
        cells, entry = Cells(row.cells), Entry(line=row.line, code=code)
        try:
            if cells.raw("name"):
                code, groups = "", _parts(cells, "optionGroups")
                entry.code = code = cells.product_code("slug") or _slug(cells.raw("name"))
                _read_product(cells, entry)
            entry.image_urls = (*entry.image_urls, *_parts(cells, "variantAssets"))
            entry.variant = _variant(cells, row.line, groups)
        except RowError as error:
            entry.refused = error
        yield entry


def _read_product(cells: Cells, entry: Entry) -> None:
    entry.title = cells.text("name", maximum=TITLE_LENGTH_MAX)
    entry.description = cells.raw("description")
    facets = [part.partition(":") for part in _parts(cells, "facets")]
    entry.category = next((value for name, _, value in reversed(facets) if name == "category"), "")[:TEXT_LENGTH_MAX]
    entry.brand = next((value for name, _, value in facets if name == "brand"), "")[:TEXT_LENGTH_MAX]
    entry.image_urls = tuple(_parts(cells, "assets"))


def _variant(cells: Cells, line: int, groups: Sequence[str]) -> FeedVariant:
    if not cells.raw("price"):
        raise ValueMissing(field="price")
    cells.text("optionValues", maximum=TEXT_LENGTH_MAX)
    values = _parts(cells, "optionValues")
    names = [*groups, *(f"Option {number}" for number in range(len(groups) + 1, len(values) + 1))]
    return FeedVariant(
        line=line,
        sku=cells.sku("sku"),
        sku_given=False,
        options=tuple((name[:CODE_LENGTH_MAX], value) for name, value in zip(names, values, strict=False)),
        barcode="",
        price=cells.price("price"),
        cost=None,
        supply_price=None,
        quantity=cells.count("stockOnHand"),
        picture=next(iter(_parts(cells, "variantAssets")), ""),
    )


def _parts(cells: Cells, field: str) -> list[str]:
    return [part.strip() for part in cells.raw(field).split("|") if part.strip()]


def _slug(name: str) -> str:
    return re.sub(r"[^\w]+", "-", name.lower())[:PRODUCT_CODE_LENGTH_MAX].strip("-")
