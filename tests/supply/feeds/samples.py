"""Small feeds of our own making, one of each kind, with the defects of real ones."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

SAMPLES = Path(__file__).parents[2] / "data" / "feeds"


def text(file: str) -> str:
    return (SAMPLES / file).read_text("utf-8")


WOOCOMMERCE = text("woocommerce_robes.csv")

SPREE = text("spree_kettles.csv")

VENDURE = text("vendure_laptops.csv")

GOOGLE = text("google_watches.xml")

BMECAT = text("bmecat_lamps.xml")

BMECAT_PRICES = text("bmecat_prices.xml")


def saleor() -> str:
    """Two products; one variant has a price in two currencies, one has no product."""
    listing = "product.productvariantchannellisting"
    objects: list[tuple[str, int | str, Mapping[str, object]]] = [
        ("product.category", 1, {"name": "Tea"}),
        ("attribute.attribute", 1, {"name": "Weight"}),
        ("attribute.attributevalue", 1, {"name": "50 g", "attribute": 1}),
        ("product.product", 1, {"name": "Green", "slug": "green", "category": 1, "description_plaintext": "Mild."}),
        ("product.productchannellisting", 1, {"product": 1, "is_published": True}),
        ("product.productmedia", 1, {"product": 1, "image": "products/green.png", "external_url": None}),
        ("product.productvariant", 1, {"sku": "G-50", "name": "50 g", "product": 1}),
        ("attribute.assignedvariantattribute", 1, {"variant": 1}),
        ("attribute.assignedvariantattributevalue", 1, {"assignment": 1, "value": 1}),
        (listing, 1, {"variant": 1, "currency": "PLN", "price_amount": "40.000", "cost_price_amount": None}),
        (listing, 2, {"variant": 1, "currency": "USD", "price_amount": 10.5, "cost_price_amount": "4.000"}),
        ("warehouse.stock", 1, {"product_variant": 1, "quantity": 3}),
        ("warehouse.stock", 2, {"product_variant": 1, "quantity": 4}),
        ("product.product", 2, {"name": "Black", "slug": "black", "category": None}),
        ("product.productvariant", 2, {"sku": None, "name": "", "product": 2}),
        ("product.productvariant", 3, {"sku": "LOST", "name": "", "product": 9}),
    ]
    dump = [{"model": model, "pk": key, "fields": fields} for model, key, fields in objects]
    return json.dumps(dump, indent=1)


def folder(name: str) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted((SAMPLES / name).iterdir())}


LITEMALL = folder("litemall")
MALL = folder("mall")


def archive(files: Mapping[str, str]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return written.getvalue()


def workbook(*sheets: Sequence[Sequence[object]]) -> bytes:
    """An Excel workbook with these rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"Sheet{number}")
        for row in rows:
            sheet.append(list(row))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


SHEET = [
    ["某某供应链有限公司 供货表"],
    [],
    ["序号", "款号", "货号", "品名", "规格", "条码", "供货价（元）", "建议零售价（元）", "库存", "品牌"],
    [1, "T-100", "T-100-50", "龙井茶", "50克", 4006381333931, 35.5, 68, 12, "山野"],
    [2, "T-100", "T-100-100", "龙井茶", "100克", "4006381333932", 12.1, "￥1,128.00", 7.0, "山野"],
    [3, "C-1", "C-1", "茶杯", None, None, "12元", 0.1 + 0.2, None, None],
    [4, "C-2", "C-2", "茶壶", None, None, "面议", 30, 1, None],
]

EVERY = {
    "woocommerce": WOOCOMMERCE.encode(),
    "spree": SPREE.encode(),
    "vendure": VENDURE.encode(),
    "google": GOOGLE.encode(),
    "bmecat": BMECAT.encode(),
    "bmecat prices": BMECAT_PRICES.encode(),
    "saleor": saleor().encode(),
    "litemall": archive(LITEMALL),
    "mall": archive(MALL),
    "sheet": workbook(SHEET),
    "prices": "货号,供货价\nT-1,12.50\n".encode("gb18030"),
}


def patched(content: bytes, old: bytes, new: bytes) -> bytes:
    """The workbook with something else in its first sheet."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(old, new) if name == "xl/worksheets/sheet1.xml" else data)
    return written.getvalue()
