"""Product feeds of two formats: what is taken, what is refused and why."""

from pathlib import Path

import pytest

from shared_core import supply
from shared_core.kernel import i18n
from shared_core.supply import feeds

SAMPLES = Path(__file__).parents[2] / "data" / "feeds"


def refused(feed: feeds.Feed) -> list[tuple[int, str, str]]:
    return [(remark.line, remark.field, remark.reason) for remark in feed.rejected]


# --- Shopify ---


@pytest.fixture
def clothes() -> feeds.Feed:
    return feeds.read(SAMPLES / "shopify_clothes.csv")


def test_the_sample_has_the_defects_of_real_exports() -> None:
    content = (SAMPLES / "shopify_clothes.csv").read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") == 9
    assert b"Cost per item \r\n" in content


def test_rows_of_one_handle_are_one_product(clothes: feeds.Feed) -> None:
    assert (clothes.format, clothes.rows, len(clothes.products), clothes.variants) == ("shopify", 7, 3, 5)
    assert clothes.rejected == ()
    shirt = clothes.products[1]
    assert (shirt.code, shirt.title, shirt.brand, shirt.category) == ("hill-shirt", "Hill shirt", "Own Loom", "shirts")
    assert [(each.options, each.price, each.quantity) for each in shirt.variants] == [
        ((("Size", "Small"), ("Colour", "Green")), "60", 3),
        ((("Size", "Medium"), ("Colour", "Green")), "60", 0),
        ((("Size", "Medium"), ("Colour", "Sea / blue")), "62", 4),
    ]


def test_a_product_without_options_has_none(clothes: feeds.Feed) -> None:
    [scarf] = clothes.products[0].variants
    assert (scarf.options, scarf.price) == ((), "45")


def test_missing_skus_are_given_and_counted(clothes: feeds.Feed) -> None:
    skus = [(each.sku, each.sku_given) for product in clothes.products for each in product.variants]
    assert skus == [
        ("RIVER-SCARF", True),
        ("HILL-SHIRT.SMALL.GREEN", True),
        ("HILL-SHIRT.MEDIUM.GREEN", True),
        ("HS-M-BLUE", False),
        ("HAT 1/B", False),
    ]
    assert clothes.skus_given == 3


def test_a_header_with_blanks_around_it_is_known(clothes: feeds.Feed) -> None:
    assert [each.cost for each in clothes.products[1].variants] == ["22.5", "22.5", None]


def test_rows_with_only_a_picture_add_a_picture(clothes: feeds.Feed) -> None:
    assert clothes.products[1].image_urls == ("https://example.com/shirt-1.jpg", "https://example.com/shirt-2.jpg")


def test_a_picture_that_is_a_script_is_left_out_and_said(clothes: feeds.Feed) -> None:
    [note] = clothes.notes
    assert (note.line, note.field, note.reason) == (8, "Image Src", "image_left_out")
    assert "javascript:alert(1)" in str(note)


def test_descriptions_become_text(clothes: feeds.Feed) -> None:
    assert clothes.products[0].description == "Soft & long.\nWool\nWarm"
    assert clothes.products[1].description == "Two lines,\nin one cell"


def test_what_is_not_published_is_not_active(clothes: feeds.Feed) -> None:
    assert [product.active for product in clothes.products] == [True, True, False]


def test_every_bad_row_is_named_with_line_field_and_reason() -> None:
    feed = feeds.read(SAMPLES / "shopify_bad_rows.csv")
    assert refused(feed) == [
        (3, "Variant Price", "not_a_price"),
        (4, "Variant Price", "price_negative"),
        (5, "Variant Price", "price_too_high"),
        (6, "Variant Price", "not_a_price"),
        (7, "Variant Price", "value_missing"),
        (8, "Variant Inventory Qty", "quantity_negative"),
        (9, "Variant Inventory Qty", "quantity_too_high"),
        (10, "Variant Inventory Qty", "not_a_count"),
        (11, "Variant SKU", "duplicate_sku"),
        (12, "Title", "value_missing"),
        (13, "Handle", "value_missing"),
        (14, "Handle", "bad_code"),
        (15, "Option2 Name", "row_ragged"),
        (16, "Cost per item", "row_ragged"),
        (17, "Title", "text_too_long"),
        (18, "Published", "not_a_flag"),
        (19, "Variant Price", "not_a_price"),
    ]
    assert [(product.code, [each.sku for each in product.variants]) for product in feed.products] == [
        ("good", ["G-1"]),
        ("some", ["S-M"]),
    ]
    assert feed.rows == len(feed.rejected) + feed.variants


def test_a_refused_row_says_what_to_do() -> None:
    texts = [str(remark) for remark in feeds.read(SAMPLES / "shopify_bad_rows.csv").rejected]
    assert texts[0] == (
        "line 3: Variant Price is 'NaN', which is not a price. "
        "Write it like 12.50, without sign, currency or separators."
    )
    assert texts[8] == "line 11: G-1 is on line 2 already. Give each variant a SKU of its own."


def test_a_refused_row_speaks_the_readers_language() -> None:
    remark = feeds.read(SAMPLES / "shopify_bad_rows.csv").rejected[1]
    translated = remark.text(lambda message: {message: "{field}: 价格不能为负 ({value})"}[message])
    assert translated == "Variant Price: 价格不能为负 (-5)"
    assert remark.text(i18n.translations("en").gettext) == "Variant Price is -5. A price is not negative."


# --- our own format ---


def test_our_own_format_holds_all_we_know() -> None:
    feed = feeds.read(SAMPLES / "own_tea.csv")
    assert (feed.format, feed.rejected, feed.notes) == ("own", (), ())
    tea, cup, pot = feed.products
    assert (tea.title, tea.brand, tea.category, tea.description) == ("明前龙井", "山野", "茶", "春天的茶")
    assert tea.image_urls == ("https://example.com/a.jpg", "https://example.com/b.jpg")
    first, second = tea.variants
    assert (first.options, first.price, first.cost, first.supply_price) == ((("规格", "50克"),), "128", "60", "72")
    assert second.supply_price == "130.5"
    assert first.sku != second.sku
    assert (cup.variants[0].price, cup.variants[0].cost) == (None, "15")
    assert pot.variants[0].options == (("Size", "L"), ("Colour", "Red"))
    assert pot.variants[0].quantity is None


def test_options_that_cannot_be_read_are_refused() -> None:
    assert refused(feeds.read(SAMPLES / "own_bad_rows.csv")) == [(3, "options", "bad_options")]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_are_understood(delimiter: str) -> None:
    content = f"product{delimiter}title{delimiter}price\ntea{delimiter}Tea{delimiter}10\n"
    assert feeds.read(content.encode()).products[0].title == "Tea"


def test_a_byte_order_mark_and_column_names_in_capitals_do_no_harm() -> None:
    content = "\ufeffPRODUCT,Title, Price ,QUANTITY\ntea,Tea,10,3\n\n,,,\n".encode()
    [tea] = feeds.read(content).products
    assert (tea.variants[0].price, tea.variants[0].quantity) == ("10", 3)


def test_a_price_of_zero_is_no_price() -> None:
    [tea] = feeds.read(b"product,title,price\ntea,Tea,0.00\n").products
    assert tea.variants[0].price is None


def test_too_many_pictures_are_left_out_and_said() -> None:
    pictures = " ".join(f"https://example.com/{number}.jpg" for number in range(60))
    feed = feeds.read(f"product,title,price,images\ntea,Tea,10,{pictures}\n".encode())
    assert (len(feed.products[0].image_urls), len(feed.notes)) == (50, 10)


def test_a_very_long_description_is_cut_and_said() -> None:
    feed = feeds.read(f"product,title,price,description\ntea,Tea,10,{'x' * 30_000}\n".encode())
    assert len(feed.products[0].description) == 20_000
    assert [note.reason for note in feed.notes] == ["text_cut"]


def test_the_front_door_names_every_format() -> None:
    assert sorted(supply.feeds.FORMATS) == [
        "bmecat", "google", "litemall", "mall", "own", "saleor", "sheet", "shopify", "spree", "vendure", "woocommerce",
    ]  # fmt: skip
