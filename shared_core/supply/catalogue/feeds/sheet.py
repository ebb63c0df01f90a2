"""A supplier's own sheet, with columns as the mapping has them: goods, or new prices and quantities of known SKUs."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from shared_core.kernel.csvfile import Row
from shared_core.supply.catalogue.feeds import mapping as names
from shared_core.supply.catalogue.feeds.cells import Cells, category_path
from shared_core.supply.catalogue.feeds.errors import NothingSaid, RowError, ValueMissing
from shared_core.supply.catalogue.feeds.reading import Columns, Entry, FeedDelta, FeedVariant
from shared_core.supply.models import CODE_LENGTH_MAX, TEXT_LENGTH_MAX, TITLE_LENGTH_MAX

CODES = ("product", "sku", "barcode")
"""What a product's code is taken from, the first that there is."""


def columns(mapping: Mapping[str, str]) -> Columns:
    """What messages call our columns: by the names that the file has."""
    code = next((mapping[name] for name in CODES if name in mapping), "product")
    return Columns(
        code=code,
        title=mapping.get("title", "title"),
        description=mapping.get("description", "description"),
        images=mapping.get("images", "images"),
        sku=mapping.get("sku", "sku"),
        barcode=mapping.get("barcode", "barcode"),
    )


def entries(rows: Sequence[Row], mapping: Mapping[str, str], *, minor_digits: int = 0) -> Iterator[Entry]:
    """Each row as an entry. Without a column for products each SKU is a product of its own.

    The last `minor_digits` of an amount are what stands behind the point elsewhere.
    """
    read = _delta if names.is_delta(mapping) else _goods
    for row in rows:
        entry = Entry(line=row.line)
        try:
            read(_Mapped(row.cells, mapping, minor_digits), entry)
        except RowError as error:
            entry.refused = error
        yield entry


class _Mapped(Cells):
    """Cells by our names: each method is told the file's own name, and says it in its errors."""

    def __init__(self, cells: Mapping[str, str], mapping: Mapping[str, str], minor_digits: int) -> None:
        super().__init__({theirs.casefold(): cells.get(theirs.casefold(), "") for theirs in mapping.values()})
        self.theirs = {name: mapping.get(name, name) for name in names.NAMES}
        self.there = mapping.keys()
        self.minor_digits = minor_digits

    def written_price(self, field: str) -> str | None:
        price = super().written_price(field)
        if price is None or not self.minor_digits:
            return price
        return f"{Decimal(price).scaleb(-self.minor_digits).normalize():f}"


def _goods(cells: _Mapped, entry: Entry) -> None:
    of = cells.theirs
    barcode, sku = cells.text(of["barcode"], maximum=CODE_LENGTH_MAX), cells.sku(of["sku"])
    code = next((name for name in CODES if cells.raw(of[name])), None)
    if code is None:
        raise ValueMissing(field=of[next(name for name in CODES if name in cells.there)])
    entry.code = cells.product_code(of[code]) if code == "product" else cells.code_of_sku(of[code])
    entry.title = cells.text(of["title"], maximum=TITLE_LENGTH_MAX)
    entry.description = cells.raw(of["description"])
    entry.brand = cells.text(of["brand"], maximum=TEXT_LENGTH_MAX)
    entry.category_path = category_path(cells.text(of["category"], maximum=10 * TEXT_LENGTH_MAX))
    entry.category = "".join(entry.category_path[-1:])
    entry.active = cells.flag(of["active"])
    entry.image_urls = tuple(cells.raw(of["images"]).split())
    entry.variant = FeedVariant(
        line=entry.line,
        sku=sku or barcode,
        sku_given=False,
        options=_options(cells, of["options"]),
        barcode=barcode,
        price=cells.written_price(of["price"]),
        cost=cells.written_price(of["cost"]),
        supply_price=cells.written_price(of["supply_price"]),
        quantity=cells.count(of["quantity"]),
        currency=cells.text(of["currency"], maximum=CODE_LENGTH_MAX),
    )


def _delta(cells: _Mapped, entry: Entry) -> None:
    of = cells.theirs
    sku = cells.sku(of["sku"])
    if not sku:
        raise ValueMissing(field=of["sku"])
    delta = FeedDelta(
        line=entry.line,
        sku=sku,
        price=cells.written_price(of["price"]),
        cost=cells.written_price(of["cost"]),
        supply_price=cells.written_price(of["supply_price"]),
        quantity=cells.count(of["quantity"]),
        currency=cells.text(of["currency"], maximum=CODE_LENGTH_MAX),
    )
    if (delta.price, delta.cost, delta.supply_price, delta.quantity) == (None, None, None, None):
        raise NothingSaid(field=of["sku"])
    entry.delta = delta


def _options(cells: Cells, field: str) -> tuple[tuple[str, str], ...]:
    """ "Size=M; Colour=Red" as it says; any other text as the one choice that the column names."""
    if "=" in cells.raw(field):
        return cells.options(field)
    value = cells.text(field, maximum=CODE_LENGTH_MAX)
    return ((field[:CODE_LENGTH_MAX], value),) if value else ()
