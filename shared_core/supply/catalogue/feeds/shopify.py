"""Shopify's product export: one row per variant or further picture; only a product's first row has its texts."""

from collections.abc import Iterator, Sequence

from shared_core.kernel.csvfile import Row
from shared_core.supply.catalogue.feeds.cells import Cells, category_path
from shared_core.supply.catalogue.feeds.errors import RowError, ValueMissing
from shared_core.supply.catalogue.feeds.reading import Columns, Entry, FeedVariant
from shared_core.supply.models import CODE_LENGTH_MAX, TEXT_LENGTH_MAX, TITLE_LENGTH_MAX

REQUIRED = ("Handle", "Title", "Variant Price")
COLUMNS = Columns(code="Handle", title="Title", description="Body (HTML)", images="Image Src", sku="Variant SKU")
OPTION_PLACES = ("1", "2", "3")
ONLY_FORM = "Default Title"
"""What Shopify writes for a product that has no options."""


def entries(rows: Sequence[Row]) -> Iterator[Entry]:
    """Each row as an entry; option names stand on a product's first row only."""
    option_names: dict[str, dict[str, str]] = {}
    for row in rows:
        cells = Cells(row.cells)
        entry = Entry(line=row.line)
        try:
            _read_product(cells, entry)
            first = entry.code not in option_names
            names = option_names.setdefault(entry.code, {})
            names.update(_option_names(cells))
            if first or _holds_variant(cells):
                entry.variant = _variant(cells, row.line, names)
        except RowError as error:
            entry.refused = error
        yield entry


def _read_product(cells: Cells, entry: Entry) -> None:
    entry.code = cells.product_code("Handle")
    entry.title = cells.text("Title", maximum=TITLE_LENGTH_MAX)
    entry.description = cells.raw("Body (HTML)")
    entry.brand = cells.text("Vendor", maximum=TEXT_LENGTH_MAX)
    entry.category_path = category_path(cells.raw("Product Category"))
    named = cells.text("Type", maximum=TEXT_LENGTH_MAX) or "".join(entry.category_path[-1:])
    entry.category = named or _first_tag(cells)
    entry.active = cells.flag("Published") and cells.flag("Status")
    entry.image_urls = tuple(filter(None, [cells.raw("Image Src"), cells.raw("Variant Image")]))
    if alt := cells.raw("Image Alt Text")[:TITLE_LENGTH_MAX]:
        entry.image_alts[cells.raw("Image Src")] = alt


def _first_tag(cells: Cells) -> str:
    """Where the type is empty the first tag is the nearest thing to a category."""
    return cells.raw("Tags").partition(",")[0].strip()[:TEXT_LENGTH_MAX]


def _option_names(cells: Cells) -> dict[str, str]:
    names = {place: cells.text(f"Option{place} Name", maximum=CODE_LENGTH_MAX) for place in OPTION_PLACES}
    return {place: name for place, name in names.items() if name}


def _holds_variant(cells: Cells) -> bool:
    """A row that only brings a further picture has none of these."""
    telling = ("Option1 Value", "Option2 Value", "Option3 Value", "Variant SKU", "Variant Price")
    return any(cells.raw(field) for field in telling)


def _variant(cells: Cells, line: int, names: dict[str, str]) -> FeedVariant:
    if not cells.raw("Variant Price"):
        raise ValueMissing(field="Variant Price")
    return FeedVariant(
        line=line,
        sku=cells.sku("Variant SKU"),
        sku_given=False,
        options=tuple(_options(cells, names)),
        barcode=cells.text("Variant Barcode", maximum=CODE_LENGTH_MAX).removeprefix("'"),
        price=cells.price("Variant Price"),
        cost=cells.price("Cost per item"),
        supply_price=None,
        quantity=cells.count("Variant Inventory Qty"),
        picture=cells.raw("Variant Image"),
        grams=cells.grams("Variant Grams"),
    )


def _options(cells: Cells, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    for place in OPTION_PLACES:
        value = cells.text(f"Option{place} Value", maximum=CODE_LENGTH_MAX)
        if value and value != ONLY_FORM:
            yield names.get(place, f"Option {place}"), value
