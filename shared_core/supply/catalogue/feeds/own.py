"""Our own CSV: one row per variant; rows with the same `product` are one product.

| column | what |
|---|---|
| product | the product's code and address in the shop; required |
| title | required on the first row of a product |
| description, brand | texts of the product, from its first row; HTML becomes text |
| category | its category, or a path of them like Clothing > Shirts |
| images | addresses of pictures, separated by spaces |
| active | true or false; true when empty |
| sku | made from product and options when empty |
| options | like Size=M; Colour=Red |
| barcode | |
| price | the suggested retail price, in units of the supplier's currency |
| cost | what the supplier gets |
| supply_price | what the store pays; the cost when empty |
| quantity | units on the shelf; untouched when empty |
| weight_grams | what one piece weighs, for freight by weight; 350, or 1.2 kg |
"""

from collections.abc import Iterator, Sequence

from shared_core.kernel.csvfile import Row
from shared_core.supply.catalogue.feeds.cells import Cells, category_path
from shared_core.supply.catalogue.feeds.errors import RowError
from shared_core.supply.catalogue.feeds.reading import Columns, Entry, FeedVariant
from shared_core.supply.models import CODE_LENGTH_MAX, TEXT_LENGTH_MAX, TITLE_LENGTH_MAX

REQUIRED = ("product", "title", "price")
OPTIONAL = (
    "description", "brand", "category", "images", "active", "sku", "options", "barcode", "cost", "supply_price",
    "quantity", "weight_grams",
)  # fmt: skip
COLUMNS = Columns(code="product", title="title", description="description", images="images", sku="sku")


def entries(rows: Sequence[Row]) -> Iterator[Entry]:
    """Each row as an entry with a variant."""
    for row in rows:
        cells = Cells(row.cells)
        entry = Entry(line=row.line)
        try:
            entry.code = cells.product_code("product")
            entry.title = cells.text("title", maximum=TITLE_LENGTH_MAX)
            entry.description = cells.raw("description")
            entry.brand = cells.text("brand", maximum=TEXT_LENGTH_MAX)
            entry.category_path = category_path(cells.text("category", maximum=10 * TEXT_LENGTH_MAX))
            entry.category = "".join(entry.category_path[-1:])
            entry.active = cells.flag("active")
            entry.image_urls = tuple(cells.raw("images").split())
            entry.variant = _variant(cells, row.line)
        except RowError as error:
            entry.refused = error
        yield entry


def _variant(cells: Cells, line: int) -> FeedVariant:
    return FeedVariant(
        line=line,
        sku=cells.sku("sku"),
        sku_given=False,
        options=cells.options("options"),
        barcode=cells.text("barcode", maximum=CODE_LENGTH_MAX),
        price=cells.price("price"),
        cost=cells.price("cost"),
        supply_price=cells.price("supply_price"),
        quantity=cells.count("quantity"),
        grams=cells.grams("weight_grams"),
    )
