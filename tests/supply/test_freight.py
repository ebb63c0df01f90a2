"""Freight by region: templates of suppliers, what a hold fixes, and what a store then owes."""

from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from sqlalchemy import select, update

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.kernel.findings import ConfigError
from shared_core.supply import feeds, tenancy
from shared_core.supply.models import Supplier, Variant
from tests.hub.hubs import add, tenant_gateway
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, discrepancies, gateway, lines, put, where, yuan

FILE = """
[[template]]
supplier = "acme"
code = "heavy"
name = "By weight"
by = "weight"
standard = true
excluded = ["台湾"]

[[template.rule]]
regions = ["西藏", "Xinjiang"]
first = 1000
amount = "20.00"
further = 500
further_amount = "8.00"

[[template.rule]]
first = 1000
amount = "6.00"
further = 500
further_amount = "3.00"
free_from_amount = "200.00"

[[template]]
supplier = "acme"
code = "small"
by = "parcel"
products = ["p-b"]

[[template.rule]]
amount = "4.00"
"""


@pytest.fixture
def goods(database: Database) -> Database:
    with database.transaction() as session:
        for sku in ("A", "B"):
            put(session, sku, units=20)
        put(session, "C", supplier="bolt", units=20)
        session.execute(update(Variant).where(Variant.sku == "A").values(weight_grams=600))
    return database


def written(text: str) -> Path:
    with NamedTemporaryFile("w", suffix=".toml", delete=False, encoding="utf-8") as file:
        file.write(text)
    return Path(file.name)


def take(database: Database, text: str = FILE) -> supply.FreightReport:
    with database.transaction() as session:
        return supply.put_freight(session, written(text))


def hold(database: Database, reference: str, region: str, **pieces: int) -> supply.HoldView:
    return gateway(database).hold(
        reference, lines(**pieces), customer=reference, ttl=HALF_AN_HOUR, at=NOON, region=region
    )


def freights(held: supply.HoldView) -> dict[str, int]:
    return {each.supplier: each.freight.minor for each in held.freights or ()}


def test_who_has_no_templates_is_charged_as_before(goods: Database) -> None:
    assert freights(hold(goods, "o", "CN-XZ", A=3, B=1, C=2)) == {"acme": 800, "bolt": 800}


def test_a_file_brings_templates_once_and_charges_by_region_and_weight(goods: Database) -> None:
    assert take(goods) == supply.FreightReport(2, 0, 0) and take(goods) == supply.FreightReport(0, 0, 2)
    assert freights(hold(goods, "o1", "CN-XZ", A=2)) == {"acme": 2_800}  # 1,200 g
    assert freights(hold(goods, "o2", "CN-GD", A=2, B=3, C=1)) == {"acme": 900 + 400, "bolt": 800}
    assert freights(hold(goods, "o3", "", A=1)) == {"acme": 600}
    assert freights(hold(goods, "o4", "CN-GD", A=5)) == {"acme": 0}, "free from 200.00 on"
    with goods.reading() as session:
        [heavy, small] = supply.freight_templates(session)
    assert (heavy.code, heavy.standard, heavy.products) == ("heavy", True, ())
    assert (small.code, small.standard, small.products) == ("small", False, ("p-b",))


def test_what_is_not_sent_there_is_refused_before_any_money(goods: Database) -> None:
    take(goods)
    with pytest.raises(supply.NotDelivered) as refused:
        hold(goods, "o", "CN-TW", A=1, B=1, C=1)
    assert refused.value.params["skus"] == "A"
    assert where(goods, "A") == (20, 20, 0, 0)
    assert freights(hold(goods, "o", "CN-TW", B=1)) == {"acme": 400}


def test_a_hold_that_was_asked_for_before_regions_were_told_is_the_same_hold(goods: Database) -> None:
    old = hold(goods, "o", "", A=1)
    assert hold(goods, "o", "CN-XZ", A=1) == old
    hold(goods, "p", "CN-XZ", A=1)
    for other in ("CN-GD", ""):
        with pytest.raises(supply.ReferenceReused):
            hold(goods, "p", other, A=1)


def test_what_a_hold_fixed_is_what_the_store_owes_whatever_changes(goods: Database) -> None:
    take(goods)
    shop = tenant_gateway(goods, add(goods, "north", platform_fee_bps=500))
    held = shop.hold("o", lines(A=2, C=1), customer="c", ttl=HALF_AN_HOUR, at=NOON, region="CN-XZ")
    assert (freights(held), held.fee_bps) == ({"acme": 2_800, "bolt": 800}, 500)
    with goods.transaction() as session:
        session.execute(update(Supplier).values(freight_minor=9_900))
        supply.put_freight(session, written(FILE.replace('"20.00"', '"99.00"')))
    assert shop.view("o") == held
    bought = shop.confirm("o", ship_to=HOME, at=NOON + timedelta(minutes=1))
    assert {each.supplier: each.freight.minor for each in bought.supplier_orders} == freights(held)
    assert bought.freight == yuan(3_600) and bought.fee == yuan(600)
    back = shop.withdraw("o", lines(C=1), withdrawal="w", restock=True, at=NOON)
    assert back.freight == yuan(800)
    back = shop.withdraw("o", None, withdrawal="w2", restock=True, at=NOON)
    assert back.freight == yuan(2_800)
    with goods.reading() as session:
        assert tenancy.tenant_owes(session, "north", "CNY") == yuan(0)
    assert not discrepancies(goods)


def test_freight_and_fee_count_as_credit(goods: Database) -> None:
    take(goods)
    exactly = 8_000 + 2_800 + 400
    for code, limit, passes in (("north", exactly, True), ("south", exactly - 1, False)):
        shop = tenant_gateway(goods, add(goods, code, platform_fee_bps=500, credit_limit_minor=limit))
        asked = {"customer": "c", "ttl": HALF_AN_HOUR, "at": NOON, "region": "CN-XZ"}
        if passes:
            shop.hold("o", lines(A=2), **asked)
        with pytest.raises(supply.CreditUsedUp):
            shop.hold("o2", lines(A=2 if not passes else 1), **asked)


@pytest.mark.parametrize(
    ("wrong", "told", "line"),
    [
        (('further_amount = "3.00"', 'further_amount = "9.00"'), "further", 21),
        (('"Xinjiang"', '"Sinkiang"'), "Sinkiang", 11),
        (('supplier = "acme"\ncode = "small"', 'supplier = "nobody"\ncode = "small"'), "nobody", 25),
        (('"p-b"', '"p-c"'), "p-c", 28),
        (('amount = "4.00"', 'amount = "4.005"'), "4.005", 31),
        (('by = "parcel"', 'by = "volume"'), "by", 27),
    ],
)
def test_a_wrong_file_is_told_by_line_and_changes_nothing(
    goods: Database, wrong: tuple[str, str], told: str, line: int
) -> None:
    text = FILE.replace(*wrong)
    assert text != FILE
    with pytest.raises(ConfigError) as refused:
        take(goods, text)
    assert told in str(refused.value)
    assert [each.line for each in refused.value.findings] == [line]
    with goods.reading() as session:
        assert supply.freight_templates(session) == []


def test_a_feed_brings_weights_and_one_without_them_leaves_them(goods: Database) -> None:
    tables = (
        "product,title,price,cost,sku,weight_grams\np-c,The C,89,36,C,1.5 kg\n",
        "product,title,price,cost,sku\np-c,The C,90,36,C\n",
    )
    for table in tables:
        feed = feeds.read(table.encode())
        with goods.transaction() as session:
            supply.import_products(session, feed, supplier="bolt", supply_ratio_bps=None, at=NOON)
        with goods.reading() as session:
            assert session.scalars(select(Variant.weight_grams).where(Variant.sku == "C")).all() == [1_500]


def test_an_offer_tells_what_a_parcel_of_one_costs_at_most_and_again_once_that_changes(goods: Database) -> None:
    shop = gateway(goods)
    first = shop.offers()
    assert {each.sku: each.freight for each in first.offers} == dict.fromkeys("ABC", yuan(800))
    take(goods)
    assert {each.sku: each.freight for each in shop.offers(first.cursor).offers} == {"A": yuan(2_000), "B": yuan(400)}
    with goods.transaction() as session:
        supply.drop_freight(session, supplier="acme", code="heavy")
    assert [each.freight for each in shop.offers().offers if each.sku == "A"] == [yuan(800)]


def test_templates_are_written_as_they_are_read(goods: Database) -> None:
    take(goods)
    with goods.transaction() as session:
        told = supply.freight_toml(supply.freight_templates(session))
        assert supply.put_freight(session, told) == supply.FreightReport(0, 0, 2)


def test_goods_that_move_to_another_supplier_leave_their_template_behind(goods: Database) -> None:
    take(goods)
    with goods.transaction() as session:
        put(session, "B", supplier="bolt")
        assert supply.freight_templates(session)[1].products == ()
    assert freights(hold(goods, "o", "CN-GD", B=1)) == {"bolt": 800}
