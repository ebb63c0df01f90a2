"""New prices or stock alone: what is named changes, and nothing else."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money
from shared_core.supply import feeds
from tests.supply.goods import HALF_AN_HOUR, NOON, discrepancies, gateway, where

GOODS = "product,title,price,cost,supply_price,quantity,sku\ntea,Tea,100,50,60,5,T\ncup,Cup,20,10,,3,C\n"
Bring = Callable[..., supply.ImportReport]


@pytest.fixture
def bring(database: Database) -> Bring:
    """Imports CSV text for a supplier; the goods are Acme's."""

    def bring(text: str, *, supplier: str = "acme", hour: int = 0) -> supply.ImportReport:
        feed, at = feeds.read(text.encode()), NOON + hour * HALF_AN_HOUR
        with database.transaction() as session:
            supply.create_supplier(session, code=supplier, name=supplier, freight=Money(0, "CNY"), at=NOON)
            return supply.import_products(session, feed, supplier=supplier, supply_ratio_bps=None, at=at)

    bring(GOODS)
    return bring


def priced(database: Database) -> dict[str, tuple[int | None, int | None, int]]:
    """Supply price, suggested price and free units by SKU."""
    return {
        each.sku: (
            each.supply_price and each.supply_price.minor,
            each.suggested and each.suggested.minor,
            each.available,
        )
        for each in gateway(database).offers().offers
    }  # fmt: skip


def offer(database: Database, sku: str) -> supply.Offer:
    [found] = [each for each in gateway(database).offers().offers if each.sku == sku]
    return found


def test_new_prices_change_prices_and_nothing_else(database: Database, bring: Bring) -> None:
    report = bring("sku,price\nT,110\nC,20.00\n", hour=1)
    assert (report.products, report.variants, report.created, report.updated, report.unchanged) == (0, 2, 0, 1, 1)
    assert priced(database) == {"T": (6000, 11000, 5), "C": (1000, 2000, 3)}


def test_new_stock_changes_stock_and_nothing_else(database: Database, bring: Bring) -> None:
    report = bring("货号,库存\nT,9\nC,3\n", hour=1)
    assert (report.updated, report.unchanged) == (1, 1)
    assert priced(database) == {"T": (6000, 10000, 9), "C": (1000, 2000, 3)}
    assert where(database, "T") == (9, 9, 0, 0)
    assert discrepancies(database) == []


def test_a_supply_price_that_is_the_cost_goes_with_it_and_another_stays(database: Database, bring: Bring) -> None:
    bring("sku,cost\nT,55\nC,12\n", hour=1)
    assert priced(database) == {"T": (6000, 10000, 5), "C": (1200, 2000, 3)}


def test_a_cost_above_the_supply_price_is_refused(database: Database, bring: Bring) -> None:
    report = bring("sku,cost\nT,61\n", hour=1)
    assert [(each.line, each.reason) for each in report.rejected] == [(2, "cost_above_supply_price")]
    assert priced(database)["T"] == (6000, 10000, 5)


def test_the_same_delta_again_moves_nothing(database: Database, bring: Bring) -> None:
    bring("sku,price,stock\nT,110,9\n", hour=1)
    seen = gateway(database).offers().cursor
    assert bring("sku,price,stock\nT,110,9\n", hour=2).unchanged == 1
    assert gateway(database).offers(seen).offers == ()


def test_a_sku_nobody_knows_is_refused_and_the_others_change(database: Database, bring: Bring) -> None:
    report = bring("sku,price\nX,1\nT,110\n", hour=1)
    assert [(each.line, each.field, each.reason) for each in report.rejected] == [(2, "sku", "sku_unknown")]
    assert priced(database)["T"] == (6000, 11000, 5)


def test_nobody_changes_the_goods_of_another_supplier(database: Database, bring: Bring) -> None:
    report = bring("sku,price,stock\nT,1,0\n", supplier="else", hour=1)
    assert [each.reason for each in report.rejected] == ["sku_unknown"]
    assert priced(database)["T"] == (6000, 10000, 5)


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("T,,", "sku", "nothing_said"),
        (",5,", "sku", "value_missing"),
        ("T,-5,", "price", "price_negative"),
        ("T,99999999,", "price", "price_too_high"),
        ("T,5,-1", "stock", "quantity_negative"),
        ("T,1.005,", "price", "price_too_fine"),
        ("T,five,", "price", "not_a_price"),
    ],
)
def test_a_delta_that_cannot_be_is_refused(database: Database, bring: Bring, row: str, field: str, reason: str) -> None:
    before = priced(database)
    report = bring(f"sku,price,stock\n{row}\n", hour=1)
    assert [(each.line, each.field, each.reason) for each in report.rejected] == [(2, field, reason)]
    assert priced(database) == before


def test_a_list_of_stock_with_names_leaves_alone_what_it_has_no_column_for(database: Database, bring: Bring) -> None:
    whole = "货号,品名,供货价,零售价,规格,品牌,描述,图片\nX,茶,5,9,50克,山野,好茶,https://example.com/1.jpg\n"
    bring(whole)
    before = offer(database, "X")
    report = bring("货号,品名,库存\nX,好茶叶,7\n", hour=1)
    after = offer(database, "X")
    assert (report.updated, report.without_cost) == (1, 0)
    assert (after.available, after.product.title) == (7, "好茶叶")
    assert replace(after, available=0, product=before.product) == before
    assert replace(after.product, title="茶") == before.product


def test_a_ratio_is_for_goods_that_have_no_cost_yet(database: Database, bring: Bring) -> None:
    bring("货号,品名,供货价\nX,茶,5\n")
    feed = feeds.read("货号,品名,零售价\nX,茶,9\nY,杯,10\n".encode())
    with database.transaction() as session:
        supply.import_products(session, feed, supplier="acme", supply_ratio_bps=6000, at=NOON)
    known = priced(database)
    assert (known["X"], known["Y"]) == ((500, 900, 0), (600, 1000, 0))


def test_a_sku_named_twice_is_refused_the_second_time(database: Database, bring: Bring) -> None:
    report = bring("sku,price\nT,110\nT,120\n", hour=1)
    assert [(each.line, each.reason) for each in report.rejected] == [(3, "duplicate_sku")]
    assert priced(database)["T"] == (6000, 11000, 5)


def test_a_price_in_another_currency_is_refused(database: Database, bring: Bring) -> None:
    report = bring("sku,price,currency\nT,110,USD\nC,21,CNY\n", hour=1)
    assert [(each.line, each.reason) for each in report.rejected] == [(2, "other_currency")]
    assert priced(database)["C"] == (1000, 2100, 3)
