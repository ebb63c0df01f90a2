"""A sale event that has not begun can be changed; what is gone of one is known by storefront."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from tests.supply.goods import HOME, NOON, discrepancies, gateway, put, stocked, yuan
from tests.supply.test_sales import BEGUN, HOUR, OVER, buy, of, planned, spec, taken, withdrawn


def changed(
    database: Database, wanted: supply.sales.SaleSpec, *, opened: str, at: datetime = NOON
) -> supply.sales.SaleReport:
    with database.transaction() as session:
        return supply.sales.change_sale(session, wanted, opened=opened, actor="ben", at=at)


def test_a_sale_that_has_not_begun_says_what_it_was_changed_to_and_who_said_it(database: Database) -> None:
    stocked(database, {"A": 9, "AA": 9})
    first = planned(database, spec())
    wanted = spec(replace(of("AA", 3), retail=yuan(4900)), title="May sale", ends_at=OVER + HOUR)
    told = changed(database, wanted, opened=first.version)
    assert (told.sale, told.added_by, told.taken) == (wanted, "ben", {"AA": 0})
    [shown] = gateway(database).sales(at=NOON)
    assert (shown.title, shown.ends_at) == ("May sale", OVER + HOUR)
    assert [(each.sku, each.suggested) for each in shown.goods] == [("AA", yuan(4900))]
    with pytest.raises(supply.SaleNotRunning):
        buy(database, "o1")
    buy(database, "o2", 3, sku="AA")
    assert taken(database) == {"AA": 3} and not discrepancies(database)


def test_the_same_change_again_changes_nothing(database: Database) -> None:
    stocked(database, {"A": 9})
    first = planned(database, spec())
    told = changed(database, spec(title="May sale"), opened=first.version)
    assert changed(database, spec(title="May sale"), opened=first.version, at=NOON + HOUR / 2) == told


@pytest.mark.parametrize("at", [BEGUN, OVER])
def test_a_sale_that_has_begun_is_not_changed_any_more(database: Database, at: datetime) -> None:
    stocked(database, {"A": 9})
    first = planned(database, spec())
    with pytest.raises(supply.sales.SaleBegun):
        changed(database, spec(title="May sale", ends_at=OVER + HOUR), opened=first.version, at=at)


def test_a_sale_that_was_withdrawn_is_not_changed_any_more(database: Database) -> None:
    stocked(database, {"A": 9})
    first = planned(database, spec())
    withdrawn(database, at=NOON)
    with pytest.raises(supply.sales.SaleBegun):
        changed(database, spec(title="May sale"), opened=first.version)


def test_goods_that_are_bought_by_another_clock_already_keep_the_sale_as_it_is(database: Database) -> None:
    stocked(database, {"A": 9})
    first = planned(database, spec())
    buy(database, "o", at=BEGUN)
    with pytest.raises(supply.sales.SaleBegun):
        changed(database, spec(title="May sale"), opened=first.version, at=BEGUN - timedelta(seconds=1))
    assert taken(database) == {"A": 1} and not discrepancies(database)


def test_who_changes_what_somebody_else_has_changed_meanwhile_is_told(database: Database) -> None:
    stocked(database, {"A": 9})
    first = planned(database, spec())
    changed(database, spec(title="May sale"), opened=first.version)
    with pytest.raises(supply.sales.SaleChanged):
        changed(database, spec(title="June sale"), opened=first.version)


@pytest.mark.parametrize(
    ("wanted", "kind"),
    [
        (spec(code="autumn"), supply.sales.UnknownSale),
        (spec(replace(of("A"), retail=yuan(2999))), supply.sales.BadSale),
        (spec(of("Z")), supply.UnknownSku),
    ],
)
def test_a_change_into_what_is_no_sale_changes_nothing(
    database: Database, wanted: supply.sales.SaleSpec, kind: type[PlatformError]
) -> None:
    stocked(database, {"A": 9})
    first = planned(database, spec())
    with pytest.raises(kind):
        changed(database, wanted, opened=first.version)
    with database.reading() as session:
        assert supply.sales.sale(session, "spring", at=NOON) == first


def test_what_is_gone_is_known_by_storefront_and_is_what_the_sale_has_counted(database: Database) -> None:
    stocked(database, {"A": 9, "AA": 9})
    planned(database, spec(of("A", 9), of("AA")))
    buy(database, "o1", 2)
    buy(database, "o2", 1, sku="AA")
    for reference in ("o3", "o4"):
        buy(database, reference, 2, store="south")
    south = gateway(database, replace(supply.Terms("south", "CNY")))
    south.confirm("o3", ship_to=HOME, at=BEGUN)
    south.withdraw("o3", [supply.HoldLine("A", 1)], withdrawal="w", restock=True, at=BEGUN)
    gateway(database).release("o2", at=BEGUN)
    with database.reading() as session:
        pieces = supply.sales.pieces_by_store(session, "spring")
    assert [(each.sku, each.store, each.held, each.sold) for each in pieces] == [
        ("A", "north", 2, 0),
        ("A", "south", 2, 1),
    ]
    assert taken(database) == {"A": sum(each.held + each.sold for each in pieces), "AA": 0}


def test_a_sale_sees_others_of_its_goods_at_the_same_time(database: Database) -> None:
    stocked(database, {"A": 9, "AA": 9})
    planned(database, spec(of("A"), of("AA")))
    later = spec(of("A"), code="later", starts_at=OVER, ends_at=OVER + HOUR)
    with database.reading() as session:
        assert supply.sales.overlaps(session, spec(of("A"))) == []
        assert supply.sales.overlaps(session, later) == []
        beside = supply.sales.overlaps(session, replace(later, starts_at=OVER - HOUR))
    assert beside == [supply.sales.SaleOverlap("A", "spring", "Spring sale")]
    withdrawn(database, at=NOON)
    with database.reading() as session:
        assert supply.sales.overlaps(session, replace(later, starts_at=OVER - HOUR)) == []


def test_goods_are_called_by_sku_product_or_brand(database: Database) -> None:
    stocked(database, {"A": 9})
    with database.transaction() as session:
        put(session, "AB", units=3)
        sizes = tuple(supply.VariantSpec(f"S-{size}", cost=yuan(1), supply_price=yuan(2)) for size in "ML")
        hidden = supply.VariantSpec("S-X")
        shirt = supply.ProductSpec("shirt", "Shirt", variants=(*sizes, hidden), brand="Own Loom")
        supply.put_product(session, shirt, supplier="acme", at=NOON)
    with database.reading() as session:
        found = {
            name: [each.sku for each in supply.goods_called(session, name, currency="CNY")]
            for name in ("A", "p-ab", "own loom", "S-L", "S-X", "nothing")
        }
        [of_shirt] = supply.goods_of_skus(session, ["S-M", "none"], currency="CNY").values()
        assert supply.goods_of_skus(session, ["S-M"], currency="USD") == {}
    assert found == {
        "A": ["A"], "p-ab": ["AB"], "own loom": ["S-M", "S-L"], "S-L": ["S-L"], "S-X": [], "nothing": []
    }  # fmt: skip
    assert (of_shirt.product, of_shirt.title, of_shirt.supply_price, of_shirt.free) == ("shirt", "Shirt", yuan(2), 0)
