"""What feeds say of categories that hold others, of what is on pictures, and of which picture shows which variant."""

import pytest

from shared_core import catalog, supply
from shared_core.kernel.database import Database
from shared_core.supply import feeds
from tests.catalog.offers import SUGGESTED
from tests.supply.goods import NOON, gateway, yuan

SHOPIFY = (
    "Handle,Title,Vendor,Product Category,Type,Option1 Name,Option1 Value,Variant SKU,Variant Price,"
    "Image Src,Image Alt Text,Variant Image\n"
    "tee,Tee,Loom,Apparel > Clothing,Shirts,Colour,Red,T-R,9,"
    "https://i.example/1.jpg,Both colours,https://i.example/r.jpg\n"
    "tee,,,,,,Blue,T-B,9,https://i.example/2.jpg,From behind,ftp://i.example/b.jpg\n"
)


def only(text: str) -> feeds.FeedProduct:
    [product] = feeds.read(text.encode()).products
    return product


def test_shopify_says_what_is_on_a_picture_and_which_shows_a_variant() -> None:
    tee = only(SHOPIFY)
    assert tee.image_urls == tuple(f"https://i.example/{name}.jpg" for name in ("1", "r", "2"))
    assert dict(tee.image_alts) == {"https://i.example/1.jpg": "Both colours", "https://i.example/2.jpg": "From behind"}
    assert [each.picture for each in tee.variants] == ["https://i.example/r.jpg", ""]
    assert (tee.category, tee.category_path) == ("Shirts", ("Apparel", "Clothing"))


@pytest.mark.parametrize(
    ("category", "name", "path"),
    [("Clothing > Shirts", "Shirts", ("Clothing", "Shirts")), ("服装>上衣 > 衬衫", "衬衫", ("服装", "上衣", "衬衫")),
     ("Shirts", "Shirts", ()), (" > ", "", ()), ("", "", ())],
)  # fmt: skip
def test_a_path_is_read_where_one_is_written(category: str, name: str, path: tuple[str, ...]) -> None:
    made = only(f"product,title,price,category\na,A,1,{category}\n")
    assert (made.category, made.category_path) == (name, path)
    sheet = only(f"货号,品名,零售价,分类\na,A,1,{category}\n")
    assert (sheet.category, sheet.category_path) == (name, path)


def test_google_tells_a_path_and_a_picture_of_each_variant() -> None:
    rows = "".join(
        f"{sku},G,Tee,https://x,in stock,9 CNY,https://i.example/{sku}.jpg,A > B > C\n" for sku in ("r", "b")
    )
    made = only("id,item_group_id,title,link,availability,price,image_link,product_type\n" + rows)
    assert (made.category, made.category_path) == ("C", ("A", "B", "C"))
    assert [each.picture for each in made.variants] == ["https://i.example/r.jpg", "https://i.example/b.jpg"]


def test_the_shop_finds_what_a_feed_brought_by_its_path_and_barcode(database: Database) -> None:
    csv = "product,title,price,cost,category,barcode,brand\na,Blue shirt,9,4,Clothing > Shirts,4006381333931,Loom\n"
    with database.transaction() as session:
        supply.create_supplier(session, code="acme", name="Acme", freight=yuan(0), at=NOON)
        supply.import_products(session, feeds.read(csv.encode()), supplier="acme", supply_ratio_bps=None, at=NOON)
    catalog.pull(database, gateway(database), rule=SUGGESTED, at=NOON)
    with database.reading() as session:
        for named in ("Clothing", "Shirts", "Clothing > Shirts"):
            assert catalog.products(session, category=named).total == 1, named
        assert [catalog.products(session, category=named).total for named in ("Cloth", "Shirts > Clothing", "%")] == [
            0, 0, 0
        ]  # fmt: skip
        for words in ("4006381", "400638133393", "a blue", "loom", "clothing"):
            assert catalog.products(session, search=words).total == 1, words
        assert catalog.products(session, search="6381333931").total == 0, "a code is found by how it begins"
        for words in ("4006381", "BLUE shirt", "clothing", "loom", ""):
            assert [each.product for each in supply.find_goods(session, words)] == ["a"], words
        assert supply.find_goods(session, "nothing") == []
        assert catalog.price(session, sku=catalog.product(session, slug="a").listings[0].sku).category == "Shirts"
