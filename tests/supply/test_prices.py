"""Price lists of tiers: who pays what, what is shown is what is charged, and what a list cannot say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core import supply
from shared_core.kernel.csvfile import FileUnreadable
from shared_core.kernel.database import Database
from shared_core.supply import tenancy
from shared_core.supply.rules import Prices, prices_of_tier
from tests.hub.hubs import add, tenant_gateway
from tests.supply.goods import HALF_AN_HOUR, NOON, TERMS, gateway, lines, put, stocked, yuan

GOLD = "sku,supply_price,suggested,floor\nA,38.00,85.00,79.00\nB,,,60\n"


def listed(database: Database, text: str, *, tier: str = "gold") -> supply.PriceListReport:
    with database.transaction() as session:
        return supply.put_prices(session, text.encode(), tier=tier)


def agreed(database: Database, code: str, tier: str) -> supply.TenantGateway:
    """The gateway of a store of this tier."""
    add(database, code, tier=tier)
    with database.reading() as session:
        terms = tenancy.tenant(session, code).terms
    return tenant_gateway(database, supply.Terms(code, "CNY", tenant=True, tier=terms.tier))


def offered(shop: supply.SupplyGateway) -> dict[str, tuple[object, object, object]]:
    return {each.sku: (each.supply_price, each.suggested, each.floor) for each in shop.offers().offers}


def test_a_store_sees_the_prices_of_its_tier_and_others_the_goods_own(database: Database) -> None:
    stocked(database, {"A": 5, "B": 5})
    assert listed(database, GOLD) == supply.PriceListReport(2, 2, 0, 0, 0, ())
    assert offered(agreed(database, "north", "gold")) == {
        "A": (yuan(3800), yuan(8500), yuan(7900)),
        "B": (yuan(4000), yuan(8900), yuan(6000)),
    }
    plain = (yuan(4000), yuan(8900), None)
    assert offered(agreed(database, "south", "default")) == {"A": plain, "B": plain} == offered(gateway(database))


def test_what_is_charged_is_the_price_of_the_tier_when_the_goods_were_held(database: Database) -> None:
    stocked(database, {"A": 5})
    listed(database, GOLD.splitlines()[0] + "\nA,38.00,85.00,79.00\n")
    shop = agreed(database, "north", "gold")
    assert shop.hold("o1", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON).lines[0].supply_price == yuan(3800)
    listed(database, "sku,supply_price\nA,39.00\n")
    assert shop.view("o1").lines[0].supply_price == yuan(3800)
    assert shop.hold("o2", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON).lines[0].supply_price == yuan(3900)


def test_stores_hear_of_new_prices_and_of_a_new_tier(database: Database) -> None:
    stocked(database, {"A": 5, "B": 5})
    shop = agreed(database, "north", "default")
    seen = shop.offers().cursor
    listed(database, "sku,floor\nA,70\n", tier="silver")
    assert [each.sku for each in shop.offers(seen).offers] == ["A"]
    seen = shop.offers(seen).cursor
    with database.transaction() as session:
        tenancy.set_terms(session, "north", tenancy.TenantTerms(tier="silver"), actor="op", at=NOON)
    assert [each.sku for each in shop.offers(seen).offers] == ["A"]


def test_a_list_is_idempotent_and_an_empty_row_takes_a_sku_off_it(database: Database) -> None:
    stocked(database, {"A": 5, "B": 5})
    listed(database, GOLD)
    seen = gateway(database).offers().cursor
    assert listed(database, GOLD) == supply.PriceListReport(2, 0, 0, 0, 2, ())
    assert gateway(database).offers(seen).offers == ()
    assert listed(database, "sku,supply_price,suggested,floor\nA,,,\nB,41,,60\n") == supply.PriceListReport(
        2, 0, 1, 1, 0, ()
    )
    shop = agreed(database, "north", "gold")
    assert offered(shop) == {"A": (yuan(4000), yuan(8900), None), "B": (yuan(4100), yuan(8900), yuan(6000))}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Z,1,2,3", "sku_not_here"),
        (",1,2,3", "value_missing"),
        ("A,35.99,,", "cost_above_supply_price"),
        ("A,40,80,81", "floor_above_suggested"),
        ("A,40.001,,", "price_too_fine"),
        ("A,-1,,", "price_negative"),
        ("A,lots,,", "not_a_price"),
        ("A,40", "row_ragged"),
        ("B,50,,", "duplicate_sku"),
    ],
)
def test_a_bad_row_is_told_by_its_line_and_the_others_are_taken(database: Database, row: str, reason: str) -> None:
    stocked(database, {"A": 5, "B": 5})
    report = listed(database, f"sku,supply_price,suggested,floor\nB,45,,\n{row}\n")
    assert [(each.line, each.reason) for each in report.rejected] == [(3, reason)]
    assert (report.rows, report.created) == (2, 1)


def test_what_is_no_price_list_is_refused_as_a_whole(database: Database) -> None:
    for text in ("title,price\nA,1\n", "sku\nA\n", ""):
        with pytest.raises(FileUnreadable):
            listed(database, text)
    with pytest.raises(supply.BadTier):
        listed(database, GOLD, tier="Gold!")


def test_a_tier_without_a_price_list_cannot_be_agreed_on(database: Database) -> None:
    with pytest.raises(supply.UnknownTier):
        add(database, "north", tier="gold")


def test_a_cost_that_rises_above_a_listed_price_goes_with_it(database: Database) -> None:
    stocked(database, {"A": 5})
    listed(database, GOLD.splitlines()[0] + "\nA,38.00,85.00,79.00\n")
    with database.transaction() as session:
        put(session, "A", cost=3950, price=4200)
    shop = agreed(database, "north", "gold")
    assert shop.hold("o1", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON).lines[0].supply_price == yuan(3950)
    assert offered(shop)["A"][0] == yuan(3950)


def test_the_default_list_is_everybody_s(database: Database) -> None:
    stocked(database, {"A": 5})
    listed(database, "sku,floor\nA,70\n", tier=supply.DEFAULT_TIER)
    assert offered(gateway(database, TERMS))["A"] == (yuan(4000), yuan(8900), yuan(7000))


amounts = st.none() | st.integers(0, 20)


@given(st.integers(0, 10), st.integers(0, 10), amounts, amounts, amounts)
def test_no_store_ever_pays_less_than_the_supplier_gets(
    cost: int, margin: int, supply_minor: int | None, suggested: int | None, floor: int | None
) -> None:
    own, listed_ = Prices(cost + margin, 15), Prices(supply_minor, suggested, floor)
    found = prices_of_tier(own, listed_, cost=cost)
    assert found.supply is not None and found.supply >= cost
    assert prices_of_tier(own, Prices(), cost=cost) == own
    assert prices_of_tier(Prices(None, 15), listed_, cost=None).supply is None
