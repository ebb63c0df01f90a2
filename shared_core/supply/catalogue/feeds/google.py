"""Google Merchant's product data: RSS or Atom with elements of its own, or a table with the same names."""

import re
from collections.abc import Iterable, Iterator

from shared_core.kernel.csvfile import Row
from shared_core.supply.catalogue.feeds.cells import Cells, category_path
from shared_core.supply.catalogue.feeds.errors import RowError, ValueMissing
from shared_core.supply.catalogue.feeds.reading import Columns, Entry, FeedVariant
from shared_core.supply.catalogue.feeds.xmlfile import Element
from shared_core.supply.models import CODE_LENGTH_MAX, TEXT_LENGTH_MAX, TITLE_LENGTH_MAX

TELLING = ("id", "title", "link", "price", "availability")
REQUIRED = ("id", "title", "price")
COLUMNS = Columns(
    code="item_group_id", title="title", description="description", images="image_link", sku="id", barcode="gtin"
)
NAMESPACE = b"base.google.com/ns/1.0"
ITEMS = frozenset({"item", "entry"})
OPTIONS = ("color", "size", "material", "pattern")
GONE = {"out of stock", "out_of_stock"}


def rows_of(items: Iterable[Element]) -> Iterator[Row]:
    """Each item as a row: its own elements by name, those of one name with a line break between them."""
    for item in items:
        cells: dict[str, str] = {}
        for child in item.children:
            name = child.tag.casefold()
            cells[name] = f"{cells[name]}\n{child.text}" if name in cells else child.text
        yield Row(item.line, cells, len(cells))


def entries(rows: Iterable[Row]) -> Iterator[Entry]:
    """Each item as a variant of its group, or as a product of its own."""
    for row in rows:
        cells = Cells({name.replace(" ", "_"): cell for name, cell in row.cells.items()})
        entry = Entry(line=row.line)
        try:
            entry.code = cells.code_of_sku("item_group_id") or cells.code_of_sku("id")
            entry.title = cells.text("title", maximum=TITLE_LENGTH_MAX)
            entry.description = cells.raw("description")
            entry.brand = cells.text("brand", maximum=TEXT_LENGTH_MAX)
            path = cells.raw("product_type") or cells.raw("google_product_category")
            entry.category_path = category_path(path.partition("\n")[0])
            entry.category = "".join(entry.category_path[-1:])
            more = re.split(r"\s+|,(?=https?:)", cells.raw("additional_image_link"))
            entry.image_urls = tuple(filter(None, [cells.raw("image_link"), *more]))
            entry.variant = _variant(cells, row.line)
        except RowError as error:
            entry.refused = error
        yield entry


def _variant(cells: Cells, line: int) -> FeedVariant:
    for field in ("id", "price"):
        if not cells.raw(field):
            raise ValueMissing(field=field)
    price, currency = cells.amount("price")
    cost, _ = cells.amount("cost_of_goods_sold")
    values = ((name, cells.text(name, maximum=CODE_LENGTH_MAX)) for name in OPTIONS)
    gone = cells.raw("availability").casefold() in GONE
    return FeedVariant(
        line=line,
        sku=cells.sku("id"),
        sku_given=False,
        options=tuple((name, value) for name, value in values if value and cells.raw("item_group_id")),
        barcode=cells.text("gtin", maximum=CODE_LENGTH_MAX),
        price=price,
        cost=cost,
        supply_price=None,
        quantity=0 if gone else cells.count("quantity"),
        currency=currency,
        picture=cells.raw("image_link") if cells.raw("item_group_id") else "",
        grams=cells.grams("shipping_weight"),
    )
