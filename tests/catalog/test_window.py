"""What customers see, what checkout charges, and what the shop decides for itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from shared_core import catalog
from shared_core.kernel.database import Database
from shared_core.kernel.money import MixedCurrencies, Money
from tests.catalog.offers import SUGGESTED, digest_of, offer, page, yuan
from tests.supply.goods import NOON


@pytest.fixture
def window(session: Session, at: datetime) -> Session:
    """A shirt in two sizes, red and blue tea, a 100 % cotton bag that is sold out."""
    offers = (
        offer("S-M", product="shirt", title="Linen shirt", category="Tops", options=(("Size", "M"),)),
        offer("S-L", product="shirt", title="Linen shirt", category="Tops", options=(("Size", "L"),), suggested=9900),
        offer("T-RED", product="tea", title="红色花茶", brand="山野", category="茶"),
        offer("BAG", title="100% cotton bag", category="Bags", available=0),
    )
    catalog.sync(session, page(*offers, cursor=4), rule=SUGGESTED, at=at)
    return session


def slugs(found: catalog.ProductPage) -> list[str]:
    return [product.slug for product in found.products]


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that are run inside."""
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_the_newest_product_comes_first_with_all_its_skus(window: Session) -> None:
    found = catalog.products(window)
    assert slugs(found) == ["p-bag", "tea", "shirt"]
    assert (found.total, found.page, found.pages) == (3, 1, 1)
    shirt = found.products[2]
    assert shirt.price_from == yuan(8900)
    assert not shirt.sold_out
    assert found.products[0].sold_out


def test_sqlite_asks_the_index_what_is_for_sale(database: Database) -> None:
    """Its planner takes an index of some rows only where the question is asked in the index's own words."""
    if database.dialect != "sqlite":
        pytest.skip("a server plans by what its tables hold, and these hold nothing")
    plans: list[str] = []

    def note(connection: object, cursor: Any, statement: str, parameters: Any, *rest: object) -> None:
        plans.append("\n".join(row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)))

    with database.reading() as session:
        session.connection()
        event.listen(database.engine, "before_cursor_execute", note)
        catalog.products(session, search="tea")
        catalog.products(session)
        catalog.shelves(session)
    assert len(plans) == 4 and all("ix_catalog_listing_for_sale" in plan for plan in plans)


def test_the_newest_are_told_without_counting_the_rest(window: Session) -> None:
    assert [each.slug for each in catalog.newest(window, limit=2)] == ["p-bag", "tea"]
    assert [each.slug for each in catalog.newest(window, limit=2, category="Tops")] == ["shirt"]
    assert catalog.newest(window, limit=2, category="Nothing") == []


def test_a_page_of_many_products_takes_two_queries(database: Database) -> None:
    offers = [offer(f"A{number}", product=f"p{number // 3}") for number in range(90)]
    with database.transaction() as session:
        catalog.sync(session, page(*offers), rule=SUGGESTED, at=NOON)
    with database.reading() as session:
        session.connection()
        with counted(database.engine) as statements:
            found = catalog.products(session, search="the", per_page=20)
        assert (len(found.products), found.total, found.pages) == (20, 30, 2)
        assert len(statements) == 2
        with counted(database.engine) as statements:
            catalog.product(session, slug="p7")
        assert len(statements) == 2
        with counted(database.engine) as statements:
            catalog.prices(session, skus=["A1", "A2", "A88"])
        assert len(statements) == 1


def test_pages_have_edges(window: Session) -> None:
    assert slugs(catalog.products(window, per_page=2, page=2)) == ["shirt"]
    assert slugs(catalog.products(window, per_page=2, page=99)) == ["shirt"]
    assert slugs(catalog.products(window, per_page=2, page=-1)) == ["p-bag", "tea"]
    assert len(slugs(catalog.products(window, per_page=0))) == 1


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("红色", ["tea"]),
        ("花茶 山野", ["tea"]),
        ("茶 shirt", []),
        ("LINEN", ["shirt"]),
        ("ｌｉｎｅｎ", ["shirt"]),
        ("s-l", ["shirt"]),
        ("%", ["p-bag"]),
        ("100%", ["p-bag"]),
        ("_", []),
        ("\\", []),
        ("'; DROP TABLE", []),
        ("  ", ["p-bag", "tea", "shirt"]),
    ],
)
def test_searching_finds_words_and_means_every_sign(window: Session, search: str, found: list[str]) -> None:
    assert slugs(catalog.products(window, search=search)) == found


def test_products_are_found_by_category_and_brand(window: Session) -> None:
    assert slugs(catalog.products(window, category="Tops")) == ["shirt"]
    assert slugs(catalog.products(window, brand="山野")) == ["tea"]
    assert catalog.categories(window) == ["Bags", "Tops", "茶"]
    assert catalog.brands(window) == ["Own Loom", "山野"]


def test_shelves_are_counted_within_what_is_chosen(window: Session) -> None:
    assert catalog.shelves(window) == catalog.Shelves("", {"Bags": 1, "Tops": 1, "茶": 1}, {"Own Loom": 2, "山野": 1})
    assert catalog.shelves(window, brand="Own Loom").categories == {"Bags": 1, "Tops": 1}
    assert catalog.shelves(window, category="Tops") == catalog.Shelves("Tops", {}, {"Own Loom": 1})


def test_titles_and_codes_come_before_brands_and_those_before_the_rest(session: Session, at: datetime) -> None:
    catalog.sync(
        session,
        page(
            offer("TITLE", title="Jasmine tea", brand="x"),
            offer("BRAND", title="Cup", brand="Jasmine"),
            offer("JASMINE-1", title="Pot", brand="x"),
            offer("TEXT", title="Tin", brand="x", category="Jasmine things"),
            offer("TITLE2", title="Green jasmine", brand="x"),
        ),
        rule=SUGGESTED,
        at=at,
    )
    ranked = ["p-title2", "p-jasmine-1", "p-title", "p-brand", "p-text"]
    assert slugs(catalog.products(session, search="jasmine")) == ranked
    pages = [slugs(catalog.products(session, search="JASMINE", per_page=2, page=number)) for number in (1, 2, 3, 9)]
    assert pages == [ranked[:2], ranked[2:4], ranked[4:], ranked[4:]]


@pytest.mark.parametrize("words", ["苹果", "苹", "面膜", "补水面膜", "苹果 面膜"])
def test_one_or_two_characters_are_enough(session: Session, at: datetime, words: str) -> None:
    goods = (offer("A", title="苹果补水面膜三片装"), offer("B", title="Pineapple"))
    catalog.sync(session, page(*goods), rule=SUGGESTED, at=at)
    assert slugs(catalog.products(session, search=words)) == ["p-a"]


def test_a_code_is_found_as_soon_as_a_variant_has_it(session: Session, at: datetime) -> None:
    catalog.sync(session, page(offer("RED-1", product="cup")), rule=SUGGESTED, at=at)
    catalog.sync(session, page(offer("BLUE-2", product="cup"), cursor=2), rule=SUGGESTED, at=at)
    assert [catalog.products(session, search=code).total for code in ("red-1", "BLUE", "ue-2")] == [1, 1, 0]


def test_checkout_gets_everything_that_an_order_line_freezes(window: Session) -> None:
    assert catalog.price(window, sku="S-L") == catalog.PricedItem(
        sku="S-L",
        product_code="shirt",
        slug="shirt",
        title="Linen shirt",
        options=(("Size", "L"),),
        brand="Own Loom",
        category="Tops",
        pictures=(catalog.Picture(digest_of("shirt"), "The shirt, worn"),),
        unit_price=yuan(9900),
        supply_price=yuan(4000),
        available=5,
    )


def test_a_cart_with_something_that_is_not_for_sale_is_refused(window: Session) -> None:
    with pytest.raises(catalog.NotListed) as refused:
        catalog.prices(window, skus=["S-M", "nope"])
    assert refused.value.params == {"sku": "nope"}


def test_an_unlisted_sku_leaves_the_window_until_it_is_put_back(window: Session, at: datetime) -> None:
    catalog.unlist(window, sku="S-M", at=at)
    assert [each.sku for each in catalog.product(window, slug="shirt").listings] == ["S-L"]
    with pytest.raises(catalog.NotListed):
        catalog.price(window, sku="S-M")
    assert catalog.listing(window, sku="S-M").state is catalog.ListingState.UNLISTED
    catalog.unlist(window, sku="S-L", at=at)
    with pytest.raises(catalog.UnknownProduct):
        catalog.product(window, slug="shirt")
    assert slugs(catalog.products(window)) == ["p-bag", "tea"]
    assert slugs(catalog.products(window, hidden=True)) == ["p-bag", "tea", "shirt"]
    catalog.relist(window, sku="S-M", at=at)
    assert catalog.price(window, sku="S-M").sku == "S-M"


def test_an_offer_that_comes_again_does_not_relist(window: Session, at: datetime) -> None:
    catalog.unlist(window, sku="BAG", at=at)
    catalog.sync(window, page(offer("BAG", available=9), cursor=5), rule=SUGGESTED, at=at)
    assert catalog.listing(window, sku="BAG").state is catalog.ListingState.UNLISTED


def test_the_shop_may_set_its_own_price_but_not_below_supply(window: Session, at: datetime) -> None:
    catalog.set_price(window, sku="S-M", price=yuan(4000), at=at)
    assert catalog.price(window, sku="S-M").unit_price == yuan(4000)
    assert catalog.listing(window, sku="S-M").own_price
    with pytest.raises(catalog.PriceBelowSupply):
        catalog.set_price(window, sku="S-M", price=yuan(3999), at=at)
    with pytest.raises(MixedCurrencies):
        catalog.set_price(window, sku="S-M", price=Money(9000, "JPY"), at=at)
    catalog.set_price(window, sku="S-M", price=None, at=at)
    assert catalog.price(window, sku="S-M").unit_price == yuan(8900)


def test_what_was_never_offered_has_no_listing(window: Session, at: datetime) -> None:
    with pytest.raises(catalog.NotListed):
        catalog.listing(window, sku="nope")
    with pytest.raises(catalog.NotListed):
        catalog.unlist(window, sku="nope", at=at)


def test_a_sku_keeps_its_look_when_it_is_no_longer_for_sale(window: Session, at: datetime) -> None:
    catalog.unlist(window, sku="S-L", at=at)
    looks = catalog.looks(window, skus=["S-L", "BAG", "NEVER"])
    assert set(looks) == {"S-L", "BAG"}
    assert (looks["S-L"].title, looks["S-L"].label, looks["BAG"].label) == ("Linen shirt", "L", "")
    assert looks["S-L"].pictures == (catalog.Picture(digest_of("shirt"), "The shirt, worn"),)
