"""Spree's product export: a row for the product, then one per variant, all with its slug."""

from collections.abc import Iterator, Sequence

from shared_core.kernel.csvfile import Row
from shared_core.supply.catalogue.feeds.cells import Cells, category_path
from shared_core.supply.catalogue.feeds.errors import RowError
from shared_core.supply.catalogue.feeds.reading import Columns, Entry, FeedVariant
from shared_core.supply.models import CODE_LENGTH_MAX, TEXT_LENGTH_MAX, TITLE_LENGTH_MAX

TELLING = ("slug", "inventory_count", "option1_name")
REQUIRED = ("slug", "sku", "name", "price")
COLUMNS = Columns(code="slug", title="name", description="description", images="image1_src", sku="sku")
OPTION_PLACES = ("1", "2", "3")
PICTURE_PLACES = ("1", "2", "3")


def entries(rows: Sequence[Row]) -> Iterator[Entry]:
    """A product's own row is a variant only where it has a price."""
    for row in rows:
        cells, entry = Cells(row.cells), Entry(line=row.line)
        try:
            entry.code = cells.product_code("slug")
            entry.title = cells.text("name", maximum=TITLE_LENGTH_MAX)
            entry.description = cells.raw("description")
            entry.brand = cells.text("brand_name", maximum=TEXT_LENGTH_MAX)
            entry.category_path = category_path(cells.raw("category1"), "->")
            category = "".join(entry.category_path[-1:])
            entry.category = category or cells.text("product_type", maximum=TEXT_LENGTH_MAX)
            entry.active = cells.raw("status") in {"", "active"}
            pictures = (cells.raw(f"image{place}_src") for place in PICTURE_PLACES)
            entry.image_urls = tuple(filter(None, pictures))
            variant = _variant(cells, row.line)
            entry.variant = variant if variant.options or variant.price is not None else None
        except RowError as error:
            entry.refused = error
        yield entry


def _variant(cells: Cells, line: int) -> FeedVariant:
    return FeedVariant(
        line=line,
        sku=cells.sku("sku"),
        sku_given=False,
        options=tuple(_options(cells)),
        barcode=cells.text("barcode", maximum=CODE_LENGTH_MAX),
        price=cells.price("price"),
        cost=cells.price("cost_price"),
        supply_price=None,
        quantity=cells.count("inventory_count"),
        currency=cells.text("currency", maximum=CODE_LENGTH_MAX),
    )


def _options(cells: Cells) -> Iterator[tuple[str, str]]:
    for place in OPTION_PLACES:
        value = cells.text(f"option{place}_value", maximum=CODE_LENGTH_MAX)
        if value:
            yield cells.text(f"option{place}_name", maximum=CODE_LENGTH_MAX) or f"Option {place}", value
