"""Tables of a mall's database, exported one by one: known by their columns, joined by their keys.

litemall and mall (macrozheng) keep goods in one table and what can be bought of them in another.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared_core.kernel.csvfile import Row
from shared_core.supply.catalogue.feeds.cells import Cells, storable
from shared_core.supply.catalogue.feeds.errors import BadList, DeletedThere, ParentMissing, RowError, ValueMissing
from shared_core.supply.catalogue.feeds.reading import Columns, Entry, FeedVariant
from shared_core.supply.models import CODE_LENGTH_MAX, TEXT_LENGTH_MAX, TITLE_LENGTH_MAX

TABLES: dict[str, tuple[str, ...]] = {
    "litemall_goods": ("id", "goods_sn", "counter_price", "retail_price"),
    "litemall_goods_product": ("goods_id", "specifications", "price", "number"),
    "litemall_goods_specification": ("goods_id", "specification", "value"),
    "litemall_brand": ("id", "name", "floor_price"),
    "litemall_category": ("id", "name", "pid", "level"),
    "pms_product": ("id", "product_sn", "publish_status", "price"),
    "pms_sku_stock": ("product_id", "sku_code", "price", "stock"),
    "sms_flash_promotion": ("id", "title", "start_date", "end_date"),
    "sms_flash_promotion_session": ("id", "name", "start_time", "end_time"),
    "sms_flash_promotion_product_relation": (
        "flash_promotion_id", "flash_promotion_session_id", "product_id", "flash_promotion_price",
    ),
}  # fmt: skip
"""The columns by which a table is known."""
LITEMALL, MALL = "litemall_goods", "pms_product"
LITEMALL_COLUMNS = Columns(code="goods_sn", title="name", description="detail", images="gallery", sku="id")
MALL_COLUMNS = Columns(code="id", title="name", description="detail_html", images="album_pics", sku="sku_code")


@dataclass(frozen=True, slots=True)
class DumpTable:
    """A table of the dump, as a file of its own."""

    file: str
    rows: Sequence[Row]


Dump = Mapping[str, DumpTable]
_NONE = DumpTable("", ())


def kind_of(columns: Sequence[str]) -> str:
    """Which table has these columns; "" when none that we know."""
    present = {column.casefold() for column in columns}
    return next((name for name, telling in TABLES.items() if present.issuperset(telling)), "")


def litemall(dump: Dump) -> Iterator[Entry]:
    """Goods, then what can be bought of them; goods without any such row are bought at their retail price."""
    goods, products = dump[LITEMALL], dump.get("litemall_goods_product", _NONE)
    brands, categories = _names(dump, "litemall_brand"), _names(dump, "litemall_category")
    kinds = dump.get("litemall_category", _NONE).rows
    above = {row.cells.get("id", ""): categories.get(row.cells.get("pid", ""), "") for row in kinds}
    names: dict[str, dict[str, str]] = defaultdict(dict)
    for row in dump.get("litemall_goods_specification", _NONE).rows:
        names[row.cells.get("goods_id", "")][row.cells.get("value", "")] = row.cells.get("specification", "")
    parents = {row.cells.get("id", ""): _alive(row, "deleted", row.cells.get("goods_sn", "")) for row in goods.rows}
    split = {row.cells.get("goods_id", "") for row in products.rows}
    for row in goods.rows:
        cells, entry = Cells(row.cells), Entry(line=row.line, file=goods.file)
        try:
            entry.code = cells.product_code("goods_sn")
            if cells.raw("deleted") == "1":
                raise DeletedThere(field="deleted")
            entry.title = cells.text("name", maximum=TITLE_LENGTH_MAX)
            entry.description = cells.raw("detail") or cells.raw("brief")
            entry.brand = brands.get(cells.raw("brand_id"), "")
            entry.category = categories.get(cells.raw("category_id"), "")
            entry.category_path = tuple(filter(None, (above.get(cells.raw("category_id")), entry.category)))
            entry.active = cells.flag("is_on_sale")
            entry.image_urls = tuple(filter(None, [cells.raw("pic_url"), *_texts(cells, "gallery")]))
            if cells.raw("id") not in split:
                entry.variant = _variant(cells, row.line, sku="", price="retail_price", quantity="")
        except RowError as error:
            entry.refused = error
        yield entry
    for row in products.rows:
        cells, entry = Cells(row.cells), Entry(line=row.line, file=products.file)
        try:
            parent = cells.raw("goods_id")
            if cells.raw("deleted") == "1":
                raise DeletedThere(field="deleted")
            entry.code = _parent(parents, "goods_id", parent)
            values = _texts(cells, "specifications")
            chosen = [(names[parent].get(value) or f"Option {n}", value) for n, value in enumerate(values, 1)]
            options = tuple((name[:CODE_LENGTH_MAX], value[:CODE_LENGTH_MAX]) for name, value in chosen)
            entry.image_urls = tuple(filter(None, [cells.raw("url")]))
            sku = Cells({"id": f"{entry.code}-{cells.raw('id')}"}).sku("id")
            entry.variant = _variant(
                cells, row.line, sku=sku, price="price", quantity="number", options=options, picture="url"
            )
        except RowError as error:
            entry.refused = error
        yield entry


def mall(dump: Dump) -> Iterator[Entry]:
    """Products, then their SKUs; a product without any is bought at its own price. Its number is its code."""
    products, stock = dump[MALL], dump.get("pms_sku_stock", _NONE)
    parents = {
        row.cells.get("id", ""): _alive(row, "delete_status", _mall_code(row.cells.get("id", "")))
        for row in products.rows
    }
    split = {row.cells.get("product_id", "") for row in stock.rows}
    for row in products.rows:
        cells, entry = Cells(row.cells), Entry(line=row.line, file=products.file)
        try:
            entry.code = _mall_code(cells.product_code("id"))
            if cells.raw("delete_status") == "1":
                raise DeletedThere(field="delete_status")
            entry.title = cells.text("name", maximum=TITLE_LENGTH_MAX)
            entry.description = cells.raw("detail_html") or cells.raw("description")
            entry.brand = cells.text("brand_name", maximum=TEXT_LENGTH_MAX)
            entry.category = cells.text("product_category_name", maximum=TEXT_LENGTH_MAX)
            entry.active = cells.flag("publish_status")
            entry.image_urls = tuple(filter(None, [cells.raw("pic"), *cells.raw("album_pics").split(",")]))
            if cells.raw("id") not in split:
                entry.variant = _variant(cells, row.line, sku="", price="price", quantity="stock")
        except RowError as error:
            entry.refused = error
        yield entry
    for row in stock.rows:
        cells, entry = Cells(row.cells), Entry(line=row.line, file=stock.file)
        try:
            entry.code = _parent(parents, "product_id", cells.raw("product_id"))
            options, sku = tuple(_pairs(cells, "sp_data")), cells.sku("sku_code")
            entry.image_urls = tuple(filter(None, [cells.raw("pic")]))
            entry.variant = _variant(
                cells, row.line, sku=sku, price="price", quantity="stock", options=options, picture="pic"
            )
        except RowError as error:
            entry.refused = error
        yield entry


def _mall_code(number: str) -> str:
    return f"mall-{number[:CODE_LENGTH_MAX]}"


def _variant(
    cells: Cells,
    line: int,
    *,
    sku: str,
    price: str,
    quantity: str,
    options: tuple[tuple[str, str], ...] = (),
    picture: str = "",
) -> FeedVariant:
    if not cells.raw(price):
        raise ValueMissing(field=price)
    return FeedVariant(
        line=line,
        sku=sku,
        sku_given=False,
        options=options,
        barcode="",
        price=cells.price(price),
        cost=None,
        supply_price=None,
        quantity=cells.count(quantity) if quantity else None,
        picture=cells.raw(picture) if picture else "",
    )


def _parent(codes: Mapping[str, str], field: str, key: str) -> str:
    if key not in codes:
        raise ParentMissing(field=field, value=key)
    if not codes[key]:
        raise DeletedThere(field=field)
    return codes[key]


def _alive(row: Row, field: str, code: str) -> str:
    """The code of a product that is not deleted; "" of one that is."""
    return "" if row.cells.get(field) == "1" else code


def _names(dump: Dump, table: str) -> dict[str, str]:
    rows = dump.get(table, _NONE).rows
    return {row.cells.get("id", ""): row.cells.get("name", "")[:TEXT_LENGTH_MAX] for row in rows}


def _texts(cells: Cells, field: str) -> list[str]:
    return [storable(each) for each in _list(cells, field) if isinstance(each, str)]


def _pairs(cells: Cells, field: str) -> Iterator[tuple[str, str]]:
    """[{"key": "颜色", "value": "黑色"}] as pairs."""
    for pair in _list(cells, field):
        if not isinstance(pair, dict) or not {"key", "value"} <= pair.keys():
            raise BadList(field=field, value=cells.raw(field)[:CODE_LENGTH_MAX])
        yield storable(str(pair["key"]))[:CODE_LENGTH_MAX], storable(str(pair["value"]))[:CODE_LENGTH_MAX]


def _list(cells: Cells, field: str) -> list[object]:
    try:
        found = json.loads(cells.raw(field) or "[]")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list):
        raise BadList(field=field, value=cells.raw(field)[:CODE_LENGTH_MAX])
    return found
