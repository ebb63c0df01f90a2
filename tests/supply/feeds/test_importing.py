"""Feeds become products: again and again, with nothing changed when nothing is new."""

from collections.abc import Callable

import pytest

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money
from shared_core.supply import feeds
from shared_core.supply.catalogue import importing
from tests.supply.feeds import samples
from tests.supply.feeds.test_reading import SAMPLES
from tests.supply.goods import HALF_AN_HOUR, NOON, TERMS, discrepancies, gateway, lines, stocked, where

Import = Callable[..., supply.ImportReport]


@pytest.fixture
def bring(database: Database) -> Import:
    """Imports a sample, or CSV text, for the supplier "acme"."""
    with database.transaction() as session:
        supply.create_supplier(session, code="acme", name="Acme", freight=Money(800, "CNY"), at=NOON)

    def bring(source: str, *, ratio: int | None = None, supplier: str = "acme", hour: int = 0) -> supply.ImportReport:
        feed = feeds.read(source.encode() if "\n" in source else SAMPLES / source)
        at = NOON + hour * HALF_AN_HOUR
        with database.transaction() as session:
            return supply.import_products(session, feed, supplier=supplier, supply_ratio_bps=ratio, at=at)

    return bring


def offers(database: Database) -> dict[str, supply.Offer]:
    return {offer.sku: offer for offer in gateway(database, TERMS).offers().offers}


def counts(report: supply.ImportReport) -> tuple[int, int, int]:
    return report.created, report.updated, report.unchanged


def test_an_import_says_what_it_did(bring: Import) -> None:
    report = bring("shopify_clothes.csv")
    assert (report.products, report.variants, *counts(report)) == (3, 5, 5, 0, 0)
    assert (report.skus_given, report.without_cost, report.rejected) == (3, 2, ())
    assert [note.reason for note in report.notes] == ["image_left_out"]


def test_the_second_import_changes_nothing(database: Database, bring: Import) -> None:
    bring("shopify_clothes.csv", ratio=6000)
    seen = gateway(database).offers().cursor
    assert counts(bring("shopify_clothes.csv", ratio=6000, hour=1)) == (0, 0, 5)
    assert gateway(database).offers(seen).offers == ()
    assert discrepancies(database) == []


def test_a_cost_in_the_feed_comes_before_the_ratio(database: Database, bring: Import) -> None:
    report = bring("shopify_clothes.csv", ratio=6000)
    assert report.without_cost == 0
    prices = {sku: offer.supply_price for sku, offer in offers(database).items()}
    assert prices == {
        "RIVER-SCARF": Money(2700, "CNY"),
        "HILL-SHIRT.SMALL.GREEN": Money(2250, "CNY"),
        "HILL-SHIRT.MEDIUM.GREEN": Money(2250, "CNY"),
        "HS-M-BLUE": Money(3720, "CNY"),
        "HAT 1/B": Money(800, "CNY"),
    }


def test_without_cost_and_ratio_there_is_no_supply_price(database: Database, bring: Import) -> None:
    bring("shopify_clothes.csv")
    known = offers(database)
    assert (known["RIVER-SCARF"].supply_price, known["RIVER-SCARF"].suggested) == (None, Money(4500, "CNY"))


def test_the_quantity_of_the_feed_is_on_the_shelf(database: Database, bring: Import) -> None:
    bring("shopify_clothes.csv", ratio=6000)
    assert where(database, "RIVER-SCARF") == (7, 7, 0, 0)
    assert where(database, "HILL-SHIRT.MEDIUM.GREEN") == (0, 0, 0, 0)


def test_importing_the_same_figure_does_not_bring_sold_units_back(database: Database, bring: Import) -> None:
    feed = "product,title,price,cost,quantity\ntea,Tea,10,5,{}\n"
    bring(feed.format(10))
    shop = gateway(database)
    shop.hold("o1", lines(TEA=3), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    assert counts(bring(feed.format(10), hour=1)) == (0, 0, 1)
    assert where(database, "TEA") == (10, 7, 3, 0)


def test_a_new_figure_counts_what_is_on_the_shelf_now(database: Database, bring: Import) -> None:
    feed = "product,title,price,cost,quantity\ntea,Tea,10,5,{}\n"
    bring(feed.format(10))
    gateway(database).hold("o1", lines(TEA=3), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    assert counts(bring(feed.format(8), hour=1)) == (0, 1, 0)
    assert where(database, "TEA") == (8, 5, 3, 0)
    bring(feed.format(1), hour=2)
    assert where(database, "TEA") == (3, 0, 3, 0)
    assert discrepancies(database) == []


def test_an_empty_quantity_leaves_the_stock_alone(database: Database, bring: Import) -> None:
    bring("product,title,price,cost,quantity\ntea,Tea,10,5,4\n")
    assert counts(bring("product,title,price,cost,quantity\ntea,Tea,10,5,\n", hour=1)) == (0, 0, 1)
    assert where(database, "TEA") == (4, 4, 0, 0)


def test_what_changed_is_counted_as_updated(bring: Import) -> None:
    bring("product,title,price,sku\ntea,Tea,10,T-1\ntea,,12,T-2\ncup,Cup,5,C-1\n")
    changed = bring("product,title,price,sku\ntea,Fine tea,10,T-1\ntea,,12,T-2\ncup,Cup,5,C-1\ncup,,6,C-2\n")
    assert counts(changed) == (1, 2, 1)


def test_more_decimals_than_the_currency_has_are_refused(database: Database, bring: Import) -> None:
    with database.transaction() as session:
        supply.create_supplier(session, code="edo", name="Edo", freight=Money(0, "JPY"), at=NOON)
    report = bring("product,title,price\ntea,Tea,1280.00\ncup,Cup,9.99\n", supplier="edo")
    assert [(remark.line, remark.field, remark.reason) for remark in report.rejected] == [
        (3, "price", "price_too_fine")
    ]
    assert report.variants == 1


def test_rows_that_the_supply_side_rules_out_are_listed_with_the_others(bring: Import) -> None:
    report = bring("own_bad_rows.csv")
    assert [(remark.line, remark.field, remark.reason) for remark in report.rejected] == [
        (2, "cost", "cost_above_supply_price"),
        (3, "options", "bad_options"),
        (4, "price", "price_too_fine"),
    ]
    assert (report.products, report.variants) == (1, 1)


def test_a_sku_that_another_product_has_is_refused_with_its_line(database: Database, bring: Import) -> None:
    stocked(database, {"A": 1})
    report = bring("product,title,price,sku\ntea,Tea,10,A\n")
    assert [(remark.line, remark.reason) for remark in report.rejected] == [(2, "sku_taken")]
    assert (report.products, report.variants) == (0, 0)
    assert set(offers(database)) == {"A"}


def test_products_come_in_by_pieces_that_fit_into_a_statement(
    database: Database, bring: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "PRODUCTS_AT_ONCE", 3)
    monkeypatch.setattr(importing, "VARIANTS_AT_ONCE", 4)
    rows = [f"p{number},Product,{number + 1},P{number}-{n}\n" for number in range(8) for n in range(1 + number % 3)]
    done: list[tuple[int, int]] = []
    feed = feeds.read(("product,title,price,sku\n" + "".join(rows)).encode())
    with database.transaction() as session:
        report = supply.import_products(
            session, feed, supplier="acme", supply_ratio_bps=None, at=NOON, progress=lambda *told: done.append(told)
        )
    assert (report.products, report.created) == (8, len(rows))
    assert done == [(2, 8), (4, 8), (5, 8), (7, 8), (8, 8)]
    assert len(offers(database)) == len(rows)


def test_signs_that_no_database_takes_are_left_out(database: Database, bring: Import) -> None:
    text = samples.saleor().replace('"Green"', r'"Gr\u0000een\ud800"').replace('"50 g"', r'"50\ud800 g"')
    with database.transaction() as session:
        feed = feeds.read(text.encode(), currency="USD")
        supply.create_supplier(session, code="us", name="Us", freight=Money(0, "USD"), at=NOON)
        supply.import_products(session, feed, supplier="us", supply_ratio_bps=None, at=NOON)
    found = supply.LocalGateway(database, supply.Terms(store="west", currency="USD")).offers().offers
    assert [(each.product.title, each.options) for each in found if each.sku == "G-50"] == [
        ("Green", (("Weight", "50 g"),))
    ]


def test_codes_and_skus_longer_than_ours_are_refused_or_cut(database: Database, bring: Import) -> None:
    long = "n" * 200
    vendure = "name,slug,description,optionGroups,optionValues,sku,price,stockOnHand\n"
    assert bring(f"{vendure}{long},,,,,S-1,5,1\n{long}{long},,,,,S-2,5,1\n").rejected[0].reason == "text_too_long"
    dump = samples.archive(samples.LITEMALL | {"b.csv": f"id,goods_id,specifications,price,number\n{long},7,[],5,1\n"})
    assert "text_too_long" in {each.reason for each in feeds.read(dump).rejected}
    assert all(len(each.product.code) <= 120 for each in offers(database).values())


def test_a_suppliers_feed_leaves_the_goods_of_others_alone(database: Database, bring: Import) -> None:
    bring("product,title,price,sku\ntea,Tea,10,T\n")
    with database.transaction() as session:
        supply.create_supplier(session, code="else", name="Else", freight=Money(0, "CNY"), at=NOON)
    report = bring("product,title,price,sku\ntea,My tea,1,T\ncup,Cup,5,C\n", supplier="else", hour=1)
    assert [(remark.line, remark.reason) for remark in report.rejected] == [(2, "product_taken")]
    assert {each.sku: (each.product.title, each.supplier) for each in offers(database).values()} == {
        "T": ("Tea", "acme"),
        "C": ("Cup", "else"),
    }


def test_our_own_format_sets_cost_and_supply_price(database: Database, bring: Import) -> None:
    report = bring("own_tea.csv")
    assert (report.products, report.variants, report.without_cost) == (3, 4, 1)
    cup = offers(database)["CUP"]
    assert (cup.supply_price, cup.suggested, cup.available) == (Money(1500, "CNY"), None, 30)


def test_nothing_of_an_import_stays_when_its_transaction_fails(database: Database, bring: Import) -> None:
    class Undone(Exception):
        pass

    feed = feeds.read(SAMPLES / "shopify_clothes.csv")
    with pytest.raises(Undone), database.transaction() as session:
        supply.import_products(session, feed, supplier="acme", supply_ratio_bps=None, at=NOON)
        raise Undone
    assert offers(database) == {}


def test_an_unknown_supplier_is_refused(bring: Import) -> None:
    with pytest.raises(supply.UnknownSupplier):
        bring("own_tea.csv", supplier="nobody")
