"""Which column of a supplier's own sheet is which of ours: guessed from its name, unless somebody has said it."""

import re
from collections.abc import Mapping, Sequence

from shared_core.kernel.csvfile import FileUnreadable, UnknownColumn
from shared_core.kernel.i18n import N_
from shared_core.supply.catalogue.feeds.errors import UnknownUnit

NAMES: dict[str, tuple[str, ...]] = {
    "product": ("product", "productcode", "style", "styleno", "spu", "款号", "款式编号", "商品编码", "产品编码"),
    "title": ("title", "name", "productname", "itemname", "品名", "商品名称", "产品名称", "商品名", "名称", "标题"),
    "sku": ("sku", "skucode", "skuid", "itemno", "itemcode", "articleno", "partno", "货号", "商品货号", "规格编码",
            "单品编码", "商家编码"),
    "barcode": ("barcode", "barcodeid", "ean", "ean13", "upc", "gtin", "条码", "条形码", "商品条码", "国际条码"),
    "options": ("options", "spec", "specification", "variant", "规格", "规格型号", "商品规格", "属性"),
    "price": ("price", "retailprice", "rrp", "msrp", "suggestedretailprice", "listprice", "建议零售价", "零售价",
              "市场价", "售价", "销售价", "吊牌价"),
    "cost": ("cost", "costprice", "purchaseprice", "wholesaleprice", "供货价", "供价", "进货价", "成本价", "成本",
             "结算价", "批发价"),
    "supply_price": ("supplyprice", "分销价", "代理价", "代发价"),
    "quantity": ("quantity", "qty", "stock", "stockquantity", "onhand", "inventory", "available", "库存", "库存数量",
                 "可用库存", "现货", "数量"),
    "brand": ("brand", "vendor", "manufacturer", "品牌", "品牌名称"),
    "category": ("category", "producttype", "分类", "类目", "商品分类", "品类"),
    "description": ("description", "details", "ingredients", "描述", "商品描述", "详情", "卖点"),
    "images": ("images", "image", "imageurl", "picture", "productimage", "图片", "主图", "图片链接"),
    "active": ("active", "published", "上架", "是否上架"),
    "currency": ("currency", "币种"),
}  # fmt: skip
"""Our columns by what suppliers call them, without blanks, marks and what stands in brackets; the best name first."""
UNIT = "amounts_in"
"""Said and remembered like a column, though it is none: in which unit the amounts of a sheet are."""
MINOR, MAJOR = "minor", "major"
AMOUNTS = ("price", "cost", "supply_price", "quantity")
_NOISE = re.compile(r"[（(\[【].*?[)）\]】]|[\s_\-./:：*#]+")


def guess(columns: Sequence[str]) -> dict[str, str]:
    """Our column → theirs, for those whose names are known. Each of theirs is used once."""
    plain = {_plain(column): column for column in reversed(columns) if column}
    found: dict[str, str] = {}
    for ours, names in NAMES.items():
        name = next((name for name in names if name in plain), None)
        if name is not None:
            found[ours] = plain[name]
    return found


def choose(file: str, columns: Sequence[str], said: Mapping[str, str], remembered: Mapping[str, str]) -> dict[str, str]:
    """What was said, else remembered, else guessed. What is remembered of columns that are not there is left aside.

    Where an empty name was said or remembered the file has no such column, whatever its columns are called. Raises
    UnknownColumn for a name that is none of ours, FileUnreadable for one that is none of the file's, UnknownUnit.
    """
    there = {column.casefold(): column for column in columns}
    if said.get(UNIT, MAJOR) not in (MINOR, MAJOR):
        raise UnknownUnit(value=said[UNIT])
    for ours, theirs in said.items():
        if ours == UNIT:
            continue
        if ours not in NAMES:
            raise UnknownColumn(name=ours, known=", ".join(NAMES))
        if theirs and theirs.casefold() not in there:
            known = ", ".join(column for column in columns if column)
            raise FileUnreadable(
                file, 1, N_("there is no column {name!r}; the columns are: {known}"), name=theirs, known=known
            )
    return understood(columns, said, remembered)


def understood(columns: Sequence[str], said: Mapping[str, str], remembered: Mapping[str, str]) -> dict[str, str]:
    """Like `choose`, leaving aside also what was said of columns that are not there."""
    there = {column.casefold(): column for column in columns}
    told = {ours: theirs.casefold() for ours, theirs in {**remembered, **said}.items() if ours in NAMES}
    fixed = {ours: there[theirs] for ours, theirs in told.items() if theirs and theirs in there}
    aside = left_aside(said, remembered)
    guessed = {
        ours: theirs for ours, theirs in guess(columns).items() if theirs not in fixed.values() and ours not in aside
    }
    return guessed | fixed


def left_aside(said: Mapping[str, str], remembered: Mapping[str, str]) -> set[str]:
    """Our columns of which was said, or is remembered, that the file has none."""
    return {ours for ours, theirs in {**remembered, **said}.items() if ours in NAMES and not theirs}


def doubtful(columns: Sequence[str], said: Mapping[str, str], remembered: Mapping[str, str]) -> frozenset[str]:
    """Our columns for which the names of several of theirs are known, and of which nothing was said or remembered."""
    there = {column.casefold() for column in columns if column}
    told = {
        ours: theirs.casefold()
        for ours, theirs in {**remembered, **said}.items()
        if not theirs or theirs.casefold() in there
    }
    free = [_plain(column) for column in columns if column and column.casefold() not in told.values()]
    return frozenset(
        ours for ours, names in NAMES.items() if ours not in told and sum(column in names for column in free) > 1
    )


def is_delta(mapping: Mapping[str, str]) -> bool:
    """Whether a table with these columns brings new prices or quantities of known SKUs, and nothing else."""
    return "sku" in mapping and "title" not in mapping and any(name in mapping for name in AMOUNTS)


def is_whole(mapping: Mapping[str, str]) -> bool:
    """Whether a table with these columns describes goods."""
    coded = any(name in mapping for name in ("product", "sku", "barcode"))
    return coded and "title" in mapping and any(name in mapping for name in (*AMOUNTS, "barcode"))


def is_enough(mapping: Mapping[str, str]) -> bool:
    """Whether a table with these columns can be read at all."""
    return is_delta(mapping) or is_whole(mapping)


def is_header(cells: Sequence[str], said: Mapping[str, str], remembered: Mapping[str, str]) -> bool:
    """Whether a row of a sheet looks like its header, below whatever title stands above."""
    found = understood([cell.strip() for cell in cells], said, remembered)
    return is_enough(found)


def _plain(column: str) -> str:
    return _NOISE.sub("", column).casefold()
