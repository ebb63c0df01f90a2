"""Saleor's JSON dump: a list of objects that name each other by key; a price per channel, stock per warehouse."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared_core.kernel.csvfile import FileUnreadable
from shared_core.kernel.i18n import N_
from shared_core.supply.catalogue.feeds.cells import CATEGORY_DEPTH_MAX, Cells, storable
from shared_core.supply.catalogue.feeds.errors import ParentMissing, RowError
from shared_core.supply.catalogue.feeds.reading import Columns, Entry, FeedVariant
from shared_core.supply.models import CODE_LENGTH_MAX, TEXT_LENGTH_MAX, TITLE_LENGTH_MAX

COLUMNS = Columns(code="slug", title="name", description="description", images="image", sku="sku")
TELLING = "product.productvariant"
_BLANKS = " \t\r\n,"


@dataclass(frozen=True, slots=True)
class Item:
    """One object of the dump: `fields` are its values as text or as they are."""

    line: int
    model: str
    key: str
    fields: dict[str, Any]

    def text(self, name: str) -> str:
        value = self.fields.get(name)
        return "" if value is None or isinstance(value, dict | list) else storable(str(value))


def items(file: str, text: str) -> Iterator[Item]:
    """The objects of a dump, each with the line it starts on. Raises FileUnreadable."""
    decoder, place, line = json.JSONDecoder(parse_float=str), text.find("[") + 1, 1
    line += text.count("\n", 0, place)
    while True:
        start = place
        while place < len(text) and text[place] in _BLANKS:
            place += 1
        line += text.count("\n", start, place)
        if text[place : place + 1] == "]":
            return
        try:
            found, end = decoder.raw_decode(text, place)
        except (json.JSONDecodeError, RecursionError, ValueError):
            raise FileUnreadable(file, line, N_("this is not well-formed JSON; export it again")) from None
        fields = found.get("fields") if isinstance(found, dict) else None
        if isinstance(fields, dict):
            yield Item(line, str(found.get("model", "")), str(found.get("pk", "")), fields)
        line, place = line + text.count("\n", place, end), end


def entries(found: Iterator[Item], currency: str) -> Iterator[Entry]:
    """Products, then variants with the price of the channel in this currency, or of the first channel there is."""
    dump = _Dump(found)
    for product in dump.of("product.product"):
        yield _product(product, dump)
    for variant in dump.of("product.productvariant"):
        yield _variant(variant, dump, currency)


class _Dump:
    """Objects by model and key, and by what they point to."""

    def __init__(self, found: Iterator[Item]) -> None:
        self._items: dict[str, dict[str, Item]] = defaultdict(dict)
        self._pointing: dict[tuple[str, str], dict[str, list[Item]]] = {}
        for item in found:
            self._items[item.model][item.key] = item

    def of(self, model: str) -> Iterator[Item]:
        return iter(self._items[model].values())

    def get(self, model: str, key: str) -> Item | None:
        return self._items[model].get(key)

    def pointing(self, model: str, name: str, key: str) -> list[Item]:
        """Objects of the model whose `name` is `key`."""
        if (model, name) not in self._pointing:
            index = self._pointing[model, name] = defaultdict(list)
            for item in self.of(model):
                index[item.text(name)].append(item)
        return self._pointing[model, name].get(key, [])


def _product(item: Item, dump: _Dump) -> Entry:
    cells, entry = _cells(item), Entry(line=item.line)
    try:
        entry.code = cells.product_code("slug")
        entry.title = cells.text("name", maximum=TITLE_LENGTH_MAX)
        entry.description = cells.raw("description_plaintext")
        category = dump.get("product.category", item.text("category"))
        entry.category = category.text("name")[:TEXT_LENGTH_MAX] if category else ""
        entry.category_path = _path(category, dump)
        listings = dump.pointing("product.productchannellisting", "product", item.key)
        entry.active = any(listing.fields.get("is_published") is True for listing in listings)
        media = dump.pointing("product.productmedia", "product", item.key)
        addresses = [each.text("external_url") or each.text("image") for each in media]
        entry.image_urls = tuple(filter(None, addresses))
        entry.image_alts = {
            url: alt for url, each in zip(addresses, media, strict=True) if (alt := each.text("alt")[:TITLE_LENGTH_MAX])
        }
    except RowError as error:
        entry.refused = error
    return entry


def _path(category: Item | None, dump: _Dump) -> tuple[str, ...]:
    names: list[str] = []
    while category is not None and len(names) < CATEGORY_DEPTH_MAX:
        names.insert(0, category.text("name")[:TEXT_LENGTH_MAX])
        category = dump.get("product.category", category.text("parent"))
    return tuple(names)


def _variant(item: Item, dump: _Dump, currency: str) -> Entry:
    cells, entry = _cells(item), Entry(line=item.line)
    try:
        product = dump.get("product.product", item.text("product"))
        if product is None:
            raise ParentMissing(field="product", value=item.text("product"))
        entry.code = product.text("slug")
        listings = dump.pointing("product.productvariantchannellisting", "variant", item.key)
        listing = next((each for each in listings if each.text("currency") == currency), next(iter(listings), None))
        prices = Cells({}) if listing is None else _cells(listing)
        options = tuple(_options(item, dump))
        entry.variant = FeedVariant(
            line=item.line,
            sku=cells.sku("sku"),
            sku_given=False,
            options=options or ((("name", item.text("name")[:CODE_LENGTH_MAX]),) if _has_siblings(item, dump) else ()),
            barcode="",
            price=prices.price("price_amount"),
            cost=prices.price("cost_price_amount"),
            supply_price=None,
            quantity=_quantity(item, dump),
            currency="" if listing is None else listing.text("currency"),
        )
    except RowError as error:
        entry.refused = error
    return entry


def _cells(item: Item) -> Cells:
    return Cells({name.casefold(): item.text(name).strip() for name in item.fields})


def _has_siblings(item: Item, dump: _Dump) -> bool:
    return len(dump.pointing("product.productvariant", "product", item.text("product"))) > 1


def _quantity(item: Item, dump: _Dump) -> int | None:
    counts = [
        _cells(stock).count("quantity") for stock in dump.pointing("warehouse.stock", "product_variant", item.key)
    ]
    return sum(count or 0 for count in counts) if counts else None


def _options(item: Item, dump: _Dump) -> Iterator[tuple[str, str]]:
    """Attribute and value of each choice: variant ← assignment ← value → attribute."""
    for assignment in dump.pointing("attribute.assignedvariantattribute", "variant", item.key):
        for chosen in dump.pointing("attribute.assignedvariantattributevalue", "assignment", assignment.key):
            value = dump.get("attribute.attributevalue", chosen.text("value"))
            attribute = dump.get("attribute.attribute", value.text("attribute")) if value else None
            if value and attribute and value.text("name"):
                yield attribute.text("name")[:CODE_LENGTH_MAX] or "Option", value.text("name")[:CODE_LENGTH_MAX]
