"""Every real feed there is: what is in it, what is refused and why, and that it comes in once."""

import gzip
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shared_core import supply
from shared_core.kernel.csvfile import FileUnreadable
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money
from shared_core.supply import feeds
from tests.supply.goods import HALF_AN_HOUR, NOON, discrepancies

CODES_ONLY_MAX = 500
"""Of the largest file, which has no prices, only the first rows are imported."""


@dataclass(frozen=True)
class Real:
    """What is in a file: numbers of rows, products and variants; refused rows and notes by reason."""

    file: str
    format: str
    currency: str
    rows: int
    products: int
    variants: int
    refused: dict[str, int] = field(default_factory=dict)
    noted: dict[str, int] = field(default_factory=dict)
    flash_lines: int = 0


REAL = [
    Real("shopify/apparel.csv", "shopify", "USD", 22, 20, 22),
    Real("shopify/home-and-garden.csv", "shopify", "USD", 21, 20, 21),
    Real("woocommerce/sample_products.csv", "woocommerce", "USD", 24, 13, 20, {"not_shipped": 2}),
    Real("spree/products.csv", "spree", "USD", 211, 37, 87),
    Real("spree/products.csv", "spree", "EUR", 211, 37, 87),
    Real("spree/products_import.csv", "spree", "USD", 17, 0, 0, {"row_ragged": 15, "no_variants": 2}),
    Real("vendure/products.csv", "vendure", "USD", 88, 54, 86, {"duplicate_sku": 2}, {"image_left_out": 54}),
    Real("saleor/populatedb_data.json", "saleor", "USD", 105, 32, 73, {}, {"image_left_out": 48}),
    Real("saleor/populatedb_data.json", "saleor", "PLN", 105, 32, 73, {}, {"image_left_out": 48}),
    Real("bmecat/new_catalog.golden.xml", "bmecat", "EUR", 1, 1, 1, {}, {"barcode_left_out": 1}),
    Real("bmecat/2005/new_catalog.golden.xml", "bmecat", "EUR", 1, 1, 1, {}, {"barcode_left_out": 1}),
    Real("bmecat/new_catalog_with_blank_classification_system.golden.xml", "bmecat", "EUR", 1, 1, 1, {},
         {"barcode_left_out": 1}),
    Real("google-merchant/celebird-gmc-variants-2-items.xml", "google", "USD", 2, 1, 2),
    Real("litemall", "litemall", "CNY", 868, 239, 244, {}, {"image_left_out": 2}),
    Real("macrozheng", "mall", "CNY", 189, 20, 96,
         {"deleted_there": 18, "nothing_said": 30, "sale_missing": 16}, {}, 1),
    Real("openfoodfacts/openfoodfacts.csv.gz", "sheet", "EUR", 19_499, 19_495, 19_495,
         {"duplicate_sku": 3, "value_missing": 1}, {"barcode_left_out": 2_478}),
]  # fmt: skip


def named(real: Real) -> str:
    return f"{real.file} {real.currency}"


def by_reason(remarks: tuple[feeds.RowRemark, ...]) -> dict[str, int]:
    return dict(Counter(each.reason for each in remarks))


@pytest.mark.parametrize("real", REAL, ids=named)
def test_a_real_feed_is_known_by_its_content_and_counted(sample_data: Path, real: Real) -> None:
    feed = feeds.read(sample_data / "feeds" / real.file, currency=real.currency)

    assert (feed.format, feed.rows, len(feed.products), feed.variants) == (
        real.format, real.rows, real.products, real.variants,
    )  # fmt: skip
    assert (by_reason(feed.rejected), by_reason(feed.notes)) == (real.refused, real.noted)
    assert len(feed.flash_lines) == real.flash_lines


@pytest.mark.parametrize("real", [real for real in REAL if real.products], ids=named)
def test_a_real_feed_comes_in_once(database: Database, sample_data: Path, real: Real) -> None:
    file = sample_data / "feeds" / real.file
    feed = feeds.read(shortened(file) if file.suffix == ".gz" else file, currency=real.currency)
    gateway = supply.LocalGateway(database, supply.Terms(store="west", currency=real.currency))
    with database.transaction() as session:
        supply.create_supplier(session, code="demo", name="Demo", freight=Money(0, real.currency), at=NOON)
        first = supply.import_products(session, feed, supplier="demo", supply_ratio_bps=6000, at=NOON)
    assert (first.created, first.updated, first.unchanged) == (feed.variants, 0, 0)
    assert first.rejected == feed.rejected
    seen = gateway.offers().cursor

    with database.transaction() as session:
        again = supply.import_products(session, feed, supplier="demo", supply_ratio_bps=6000, at=NOON + HALF_AN_HOUR)

    assert (again.created, again.updated, again.unchanged) == (0, 0, feed.variants)
    assert gateway.offers(seen).offers == ()
    assert discrepancies(database) == []


def shortened(file: Path) -> bytes:
    with gzip.open(file) as lines:
        return b"".join(line for line, _ in zip(lines, range(CODES_ONLY_MAX), strict=False))


def test_lines_of_sales_that_are_gone_are_named(sample_data: Path) -> None:
    feed = feeds.read(sample_data / "feeds" / "macrozheng")

    lost = [each for each in feed.rejected if each.reason == "sale_missing"]
    assert str(lost[0]) == (
        "sms_flash_promotion_product_relation.csv, line 2: flash_promotion_id is '2', but there is no such sale. "
        "Nothing can be sold in it."
    )
    [line] = feed.flash_lines
    assert (line.sale, line.product, line.price, line.quantity) == ("双11特卖活动", "mall-37", "5699", 10)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("spree/product_translations.csv", "no known feed has the columns slug, locale"),
        ("litemall/litemall_brand.csv", "the goods themselves are in another table"),
        ("litemall/litemall_goods_product.csv", "the goods themselves are in another table"),
        ("macrozheng/oms_order.csv", "no known feed has the columns id, member_id"),
    ],
)
def test_real_files_without_goods_are_refused_in_plain_words(sample_data: Path, file: str, said: str) -> None:
    with pytest.raises(FileUnreadable) as refused:
        feeds.read(sample_data / "feeds" / file)
    assert said in str(refused.value)
    assert Path(file).name in str(refused.value)
