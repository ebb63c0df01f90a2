"""Every format is known by its content; what is taken of it, and what is refused and why."""

import gzip
from datetime import date, time
from pathlib import Path

import pytest

from shared_core.supply import feeds
from tests.supply.feeds import samples


def refused(feed: feeds.Feed) -> list[tuple[str, int, str, str]]:
    return [(remark.file, remark.line, remark.field, remark.reason) for remark in feed.rejected]


def variants(feed: feeds.Feed) -> dict[str, feeds.FeedVariant]:
    return {variant.sku: variant for product in feed.products for variant in product.variants}


# --- WooCommerce ---


def test_variations_find_their_parent_by_sku_or_id_wherever_it_stands() -> None:
    feed = feeds.read(samples.WOOCOMMERCE.encode())
    robe, song = feed.products
    assert (feed.format, feed.rows, robe.code, robe.title, robe.category) == ("woocommerce", 8, "ROBE", "Robe", "Robes")
    assert robe.image_urls == ("https://example.com/1.jpg", "https://example.com/2.jpg")
    assert [(each.sku, each.options, each.price, each.quantity) for each in robe.variants] == [
        ("ROBE-RED", (("Colour", "Red"),), "95", 0),
        ("ROBE-BLUE", (("Colour", "Blue"),), "95", 4),
    ]
    assert (song.code, song.active, song.variants[0].options) == ("woo-14", False, ())


def test_what_woocommerce_sells_elsewhere_or_without_price_is_refused() -> None:
    assert refused(feeds.read(samples.WOOCOMMERCE.encode())) == [
        ("", 6, "Type", "not_shipped"),
        ("", 7, "Type", "not_shipped"),
        ("", 8, "Parent", "parent_missing"),
        ("", 9, "Regular price", "value_missing"),
    ]


# --- Spree ---


def test_a_product_row_of_spree_is_no_variant_and_a_ragged_row_is_refused() -> None:
    feed = feeds.read(samples.SPREE.encode(), currency="USD")
    assert [(product.code, product.category, product.active) for product in feed.products] == [
        ("kettle", "Kettles", True),
        ("mug", "Cup", False),
    ]
    assert refused(feed) == [("", 6, "slug", "no_variants"), ("", 9, "price", "row_ragged")]
    assert feed.rows == 8


@pytest.mark.parametrize(("currency", "price"), [("USD", "49.99"), ("EUR", "44.99"), ("JPY", "49.99")])
def test_of_prices_in_several_currencies_the_suppliers_is_taken(currency: str, price: str) -> None:
    kettle = feeds.read(samples.SPREE.encode(), currency=currency).products[0]
    assert [(each.price, each.quantity, each.options) for each in kettle.variants] == [
        (price, 5, (("Colour", "White"),)),
        (price, 6, (("Colour", "Black"),)),
    ]


# --- Vendure ---


def test_padded_cells_and_rows_without_a_name_are_understood() -> None:
    feed = feeds.read(samples.VENDURE.encode())
    laptop, cable = feed.products
    assert (feed.format, laptop.description, laptop.brand, laptop.category) == (
        "vendure", 'Fast, and "thin"', "Acme", "PC",
    )  # fmt: skip
    assert [(each.sku, each.options, each.quantity) for each in laptop.variants] == [
        ("L-1", (("size", "13"), ("memory", "8 GB")), 100),
        ("L-2", (("size", "15"), ("memory", "8 GB")), 90),
    ]
    assert (cable.code, len(cable.variants)) == ("cable", 1)
    assert refused(feed) == [("", 5, "sku", "duplicate_sku")]
    assert [(note.line, note.reason) for note in feed.notes] == [(2, "image_left_out")]


# --- Google Merchant ---


def test_items_of_a_group_are_variants_of_one_product() -> None:
    feed = feeds.read(samples.GOOGLE.encode())
    [watch] = feed.products
    assert (feed.format, watch.code, watch.brand, watch.category) == ("google", "watch", "Acme", "watches")
    assert watch.image_urls == tuple(f"https://example.com/{name}.png" for name in "wxy")
    black, white = watch.variants
    assert (black.price, black.currency, black.barcode, black.quantity) == ("105.29", "USD", "4006381333931", None)
    assert (white.price, white.cost, white.quantity, white.options) == ("99", "50", 0, (("color", "White"),))
    assert refused(feed) == [("", 13, "price", "not_a_price"), ("", 14, "price", "value_missing")]


def test_google_also_writes_tables() -> None:
    head = "id,title,link,image link,price,availability".replace(",", "\t")
    row = "W,Watch,https://x.test,https://x.test/w.png,5 USD,in stock".replace(",", "\t")
    feed = feeds.read(f"{head}\n{row}\n".encode())
    [watch] = feed.products
    assert (feed.format, watch.variants[0].price, watch.image_urls) == ("google", "5", ("https://x.test/w.png",))


# --- BMEcat ---


def test_an_article_has_the_price_of_one_in_the_smallest_quantity() -> None:
    feed = feeds.read(samples.BMECAT.encode())
    [lamp] = feed.products
    [variant] = lamp.variants
    assert (feed.format, lamp.title, lamp.brand, lamp.category) == ("bmecat", "Lamp", "Acme", "Lamps")
    assert lamp.image_urls == ("https://example.com/i/lamp.jpg",)
    assert (variant.cost, variant.price, variant.currency, variant.barcode) == ("10.5", "20", "EUR", "4006381333931")
    assert refused(feed) == [("", 21, "PRICE_AMOUNT", "price_of_many")]


def test_a_catalogue_of_prices_alone_brings_deltas() -> None:
    feed = feeds.read(samples.BMECAT_PRICES.encode())
    [delta] = feed.deltas
    assert (delta.sku, delta.price, delta.cost, delta.currency, feed.products) == ("1000", "21", None, "EUR", ())


# --- Saleor ---


@pytest.mark.parametrize(
    ("currency", "price", "cost"), [("USD", "10.5", "4"), ("PLN", "40", None), ("JPY", "40", None)]
)
def test_relations_of_a_dump_are_followed_by_key(currency: str, price: str, cost: str | None) -> None:
    feed = feeds.read(samples.saleor().encode(), currency=currency)
    green, black = feed.products
    assert (feed.format, green.title, green.category, green.description) == ("saleor", "Green", "Tea", "Mild.")
    assert (green.active, black.active) == (True, False)
    [variant] = green.variants
    assert (variant.price, variant.cost, variant.quantity) == (price, cost, 7)
    assert variant.options == (("Weight", "50 g"),)
    assert black.variants[0].sku_given
    assert [(note.reason, note.field) for note in feed.notes] == [("image_left_out", "image")]


def test_a_row_of_a_dump_is_named_by_its_line() -> None:
    text = samples.saleor()
    [lost] = feeds.read(text.encode()).rejected
    assert (lost.reason, lost.field) == ("parent_missing", "product")
    assert '"LOST"' in "".join(text.splitlines()[lost.line - 1 : lost.line + 5])


# --- the tables of a mall ---


def test_tables_of_litemall_are_joined() -> None:
    feed = feeds.read(samples.archive(samples.LITEMALL))
    bedding, towel = feed.products
    assert (feed.format, bedding.code, bedding.category, bedding.description) == ("litemall", "1007", "床品", "纯棉")
    assert bedding.image_urls == ("https://example.com/0.jpg", "https://example.com/1.jpg")
    assert [(each.sku, each.options, each.price, each.quantity) for each in bedding.variants] == [
        ("1007-1", (("规格", "1.5m"), ("颜色", "浅杏粉")), "999", 100),
        ("1007-2", (("规格", "1.8m"), ("颜色", "浅杏粉")), "1500", 0),
    ]
    assert (towel.brand, towel.active, towel.variants[0].price) == ("内野", False, "25")
    assert refused(feed) == [
        ("a.csv", 3, "gallery", "bad_list"),
        ("a.csv", 4, "deleted", "deleted_there"),
        ("b.csv", 4, "goods_id", "parent_missing"),
        ("b.csv", 5, "goods_id", "deleted_there"),
    ]


def test_a_folder_of_tables_is_as_good_as_an_archive(tmp_path: Path) -> None:
    for name, text in samples.MALL.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "LICENSE").write_text("Not a table.", encoding="utf-8")

    assert feeds.read(tmp_path).products == feeds.read(samples.archive(samples.MALL)).products


def test_lines_of_flash_sales_are_read_and_those_that_point_nowhere_named() -> None:
    feed = feeds.read(samples.archive(samples.MALL))
    assert feed.format == "mall"
    assert refused(feed) == [
        ("flash.csv", 3, "flash_promotion_id", "sale_missing"),
        ("flash.csv", 4, "product_id", "parent_missing"),
        ("flash.csv", 5, "product_id", "nothing_said"),
        ("flash.csv", 6, "flash_promotion_session_id", "sale_missing"),
        ("flash.csv", 7, "flash_promotion_count", "value_missing"),
        ("products.csv", 4, "delete_status", "deleted_there"),
        ("skus.csv", 3, "stock", "quantity_negative"),
        ("skus.csv", 4, "product_id", "parent_missing"),
    ]
    assert feed.flash_lines == (
        feeds.FlashLine(
            line=2, code="14-1", sale="双11特卖", product="mall-26", price="2999", quantity=100, per_customer=1,
            first_day=date(2026, 11, 9), last_day=date(2026, 11, 12), from_hour=time(8), to_hour=time(10),
        ),
    )  # fmt: skip


# --- what they come in ---


def test_a_compressed_feed_is_unpacked() -> None:
    assert feeds.read(gzip.compress(samples.GOOGLE.encode())).products == feeds.read(samples.GOOGLE.encode()).products


def test_a_format_may_be_named_and_is_then_not_guessed() -> None:
    table = b"product,title,price,Handle,Variant Price\ntea,Tea,10,h,5\n"
    assert (feeds.read(table).format, feeds.read(table, "own").format) == ("shopify", "own")


def test_xml_in_a_chinese_encoding_is_read() -> None:
    text = samples.GOOGLE.replace("utf-8", "gb2312").replace("Watch, black", "黑色手表")
    assert feeds.read(text.encode("gb18030")).products[0].title == "黑色手表"
