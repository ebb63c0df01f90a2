"""Suppliers, products, stock that comes in, and the feed of offers."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money
from shared_core.supply.inventory.stock_models import Stock
from tests.supply.goods import HALF_AN_HOUR, NOON, TERMS, gateway, lines, put, stocked, where, yuan

SHIRT = supply.ProductSpec(
    code="shirt",
    title="Shirt",
    brand="Loom",
    category="Tops",
    variants=(
        supply.VariantSpec("S-M", (("Size", "M"),), cost=yuan(3000), supply_price=yuan(3500), suggested=yuan(7900)),
        supply.VariantSpec("S-L", (("Size", "L"),), cost=yuan(3000), supply_price=yuan(3500), suggested=yuan(7900)),
    ),
)


@pytest.fixture
def supplied(session: Session, at: datetime) -> Session:
    supply.create_supplier(session, code="acme", name="Acme", freight=yuan(800), at=at)
    return session


def test_putting_a_product_twice_changes_nothing_the_second_time(supplied: Session, at: datetime) -> None:
    assert supply.put_product(supplied, SHIRT, supplier="acme", at=at) is supply.Change.CREATED
    assert supply.put_product(supplied, SHIRT, supplier="acme", at=at) is supply.Change.UNCHANGED


def test_a_new_price_of_one_variant_is_an_update(supplied: Session, at: datetime) -> None:
    supply.put_product(supplied, SHIRT, supplier="acme", at=at)
    dearer = replace(SHIRT.variants[0], supply_price=yuan(3600))
    changed = replace(SHIRT, variants=(dearer,))
    assert supply.put_product(supplied, changed, supplier="acme", at=at) is supply.Change.UPDATED


def test_a_sku_belongs_to_one_product(supplied: Session, at: datetime) -> None:
    supply.put_product(supplied, SHIRT, supplier="acme", at=at)
    with pytest.raises(supply.SkuTaken):
        supply.put_product(supplied, replace(SHIRT, code="other"), supplier="acme", at=at)


def test_a_slug_belongs_to_one_product(supplied: Session, at: datetime) -> None:
    supply.put_product(supplied, SHIRT, supplier="acme", at=at)
    with pytest.raises(supply.SlugTaken):
        supply.put_product(supplied, replace(SHIRT, code="other", slug="shirt", variants=()), supplier="acme", at=at)


@pytest.mark.parametrize(
    "wrong",
    [
        supply.VariantSpec("X", cost=yuan(4000), supply_price=yuan(3900)),
        supply.VariantSpec("X", cost=yuan(-1)),
        supply.VariantSpec("X", suggested=yuan(-1)),
    ],
)
def test_the_supply_side_never_sells_below_cost(supplied: Session, at: datetime, wrong: supply.VariantSpec) -> None:
    with pytest.raises(supply.BadCost):
        supply.put_product(supplied, supply.ProductSpec("x", "X", (wrong,)), supplier="acme", at=at)


def test_a_supplier_is_paid_in_one_currency(supplied: Session, at: datetime) -> None:
    foreign = supply.VariantSpec("X", cost=Money(100, "USD"))
    with pytest.raises(supply.WrongCurrency):
        supply.put_product(supplied, supply.ProductSpec("x", "X", (foreign,)), supplier="acme", at=at)
    supply.create_supplier(supplied, code="abroad", name="Abroad", freight=Money(0, "USD"), at=at)
    supply.put_product(supplied, SHIRT, supplier="acme", at=at)
    with pytest.raises(supply.WrongCurrency):
        supply.put_product(supplied, replace(SHIRT, variants=()), supplier="abroad", at=at)


def test_a_supplier_with_other_terms_is_another_supplier(supplied: Session, at: datetime) -> None:
    supply.create_supplier(supplied, code="acme", name="Acme", freight=yuan(800), at=at)
    with pytest.raises(supply.SupplierChanged):
        supply.create_supplier(supplied, code="acme", name="Acme", freight=yuan(900), at=at)
    with pytest.raises(supply.UnknownSupplier):
        supply.put_product(supplied, SHIRT, supplier="nobody", at=at)
    with pytest.raises(supply.BadSupplierCode):
        supply.create_supplier(supplied, code="No Good", name="x", freight=yuan(0), at=at)


def test_units_come_in_once_per_reference(session: Session, at: datetime) -> None:
    put(session, "A")
    for _ in range(2):
        supply.receive_stock(session, sku="A", quantity=5, reference="delivery-1", at=at)
    assert supply.level(session, sku="A").free == 5
    with pytest.raises(supply.ReferenceReused):
        supply.receive_stock(session, sku="A", quantity=6, reference="delivery-1", at=at)


@pytest.mark.parametrize("quantity", [0, -3])
def test_nothing_less_than_one_unit_comes_in(session: Session, at: datetime, quantity: int) -> None:
    put(session, "A")
    with pytest.raises(supply.BadQuantity):
        supply.receive_stock(session, sku="A", quantity=quantity, reference="x", at=at)


def test_only_free_units_can_be_written_off(database: Database) -> None:
    stocked(database, {"A": 3})
    gateway(database).hold("o1", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    with pytest.raises(supply.StockTooLow), database.transaction() as session:
        supply.adjust_stock(session, sku="A", quantity=-2, reference="lost", at=NOON)
    with database.transaction() as session:
        supply.adjust_stock(session, sku="A", quantity=-1, reference="lost", at=NOON)
    assert where(database, "A") == (2, 0, 2, 0)


def test_an_unknown_sku_has_no_stock(session: Session, at: datetime) -> None:
    with pytest.raises(supply.UnknownSku):
        supply.adjust_stock(session, sku="nope", quantity=1, reference="x", at=at)
    with pytest.raises(supply.UnknownSku):
        supply.level(session, sku="nope")


@pytest.mark.parametrize("wrong", [{"free": -1}, {"held": 1}, {"received": 99}])
def test_the_database_itself_refuses_stock_that_does_not_add_up(session: Session, wrong: dict[str, int]) -> None:
    put(session, "A", units=3)
    with pytest.raises(IntegrityError):
        session.execute(update(Stock).values(**wrong))


# --- the feed of offers ---


def test_the_feed_of_offers_brings_everything_once_and_then_only_what_changed(database: Database) -> None:
    stocked(database, {"A": 5, "B": 5, "C": 5})
    shop = gateway(database)
    first = shop.offers(limit=2)
    rest = shop.offers(first.cursor)
    assert [offer.sku for offer in (*first.offers, *rest.offers)] == ["A", "B", "C"]
    assert (first.more, rest.more) == (True, False)
    assert shop.offers(rest.cursor) == supply.OfferPage((), rest.cursor, False)
    with database.transaction() as session:
        put(session, "B", supplier="bestco", price=4100)
    changed = shop.offers(rest.cursor)
    assert [(offer.sku, offer.supply_price) for offer in changed.offers] == [("B", yuan(4100))]


def test_a_new_title_is_told_for_every_variant(database: Database) -> None:
    with database.transaction() as session:
        supply.create_supplier(session, code="acme", name="Acme", freight=yuan(0), at=NOON)
        supply.put_product(session, SHIRT, supplier="acme", at=NOON)
    shop = gateway(database)
    seen = shop.offers().cursor
    with database.transaction() as session:
        renamed = replace(SHIRT, title="Linen shirt", variants=SHIRT.variants[:1])
        supply.put_product(session, renamed, supplier="acme", at=NOON)
    assert {(offer.sku, offer.product.title) for offer in shop.offers(seen).offers} == {
        ("S-M", "Linen shirt"),
        ("S-L", "Linen shirt"),
    }


def test_few_units_are_told_at_once_and_many_are_not(database: Database) -> None:
    stocked(database, {"A": 1000, "B": 2})
    shop = gateway(database)
    seen = shop.offers().cursor
    shop.hold("o1", lines(A=1, B=2), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    page = shop.offers(seen)
    assert [(offer.sku, offer.available) for offer in page.offers] == [("B", 0)]
    shop.release("o1", at=NOON)
    assert [(offer.sku, offer.available) for offer in shop.offers(page.cursor).offers] == [("B", 2)]


def test_a_product_taken_out_is_told_as_no_longer_active(database: Database) -> None:
    stocked(database, {"A": 1})
    shop = gateway(database)
    seen = shop.offers().cursor
    with database.transaction() as session:
        gone = supply.ProductSpec("p-a", "The A", (), active=False)
        supply.put_product(session, gone, supplier="acme", at=NOON)
    assert [offer.active for offer in shop.offers(seen).offers] == [False]
    with pytest.raises(supply.UnknownSku):
        shop.hold("o1", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)


def test_a_store_sees_and_holds_only_offers_in_its_currency(database: Database) -> None:
    stocked(database, {"A": 1})
    japan = gateway(database, replace(TERMS, store="south", currency="JPY"))
    assert japan.offers().offers == ()
    with pytest.raises(supply.UnknownSku):
        japan.hold("o1", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)


def test_goods_are_found_by_words_in_any_script_and_by_their_codes(session: Session) -> None:
    put(session, "TEA-1")
    put(session, "CUP-1", supplier="bestco")
    mask = supply.ProductSpec(
        "mask", "苹果补水面膜", (supply.VariantSpec("M-1", barcode="4006381333931"),), brand="山野"
    )
    supply.put_product(session, mask, supplier="acme", at=NOON)
    for words, skus in {
        "面膜": ["M-1"], "苹": ["M-1"], "山野 苹果": ["M-1"], "400638": ["M-1"], "tea": ["TEA-1"], "cup-": ["CUP-1"],
        "the": ["CUP-1", "TEA-1"], "茶": [], "": ["M-1", "CUP-1", "TEA-1"],
    }.items():  # fmt: skip
        assert [each.sku for each in supply.find_goods(session, words)] == skus, words
    supply.put_product(session, replace(mask, title="Cream"), supplier="acme", at=NOON)
    assert supply.find_goods(session, "面膜") == []
    assert [each.free for each in supply.find_goods(session, "cream", limit=1)] == [0]
