"""Several places and several suppliers of one SKU: one of them sends it, and nothing is sold twice."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from shared_core import ledger, supply
from shared_core.kernel.database import Database
from shared_core.supply import sourcing
from shared_core.supply.errors import TextTooLong
from shared_core.supply.inventory import choosing, holds, stock
from shared_core.supply.inventory.errors import CostAbovePrice, OwnGoods, UnknownSource, UnknownWarehouse
from shared_core.supply.inventory.routing import Shelf
from shared_core.supply.models import OfferMark, Variant
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, discrepancies, gateway, lines, put, where, yuan
from tests.supply.test_concurrency import at_once, kinds

SOUTH, NORTH = "CN-GD", "CN-BJ"


def warehouse(session: Session, supplier: str, code: str, *, region: str = "", **figures: int) -> None:
    """A supplier's warehouse with so many pieces of these SKUs."""
    sourcing.put_warehouse(session, sourcing.Place(code, region=region), supplier=supplier, at=NOON)
    place = sourcing.warehouse_id(session, code, supplier=supplier)
    for sku, quantity in figures.items():
        if quantity:
            reference = f"in-{supplier}-{code}-{sku}"
            supply.receive_stock(session, sku=sku, quantity=quantity, reference=reference, at=NOON, warehouse_id=place)


def source(session: Session, sku: str, supplier: str, cost: int) -> None:
    supply.create_supplier(session, code=supplier, name=supplier.title(), freight=yuan(500), at=NOON)
    sourcing.put_source(session, sku, supplier=supplier, cost=yuan(cost), at=NOON)


def hold(database: Database, reference: str = "o1", *, region: str = "", **wanted: int) -> supply.HoldView:
    shop = gateway(database)
    return shop.hold(reference, lines(**wanted), customer=reference, ttl=HALF_AN_HOUR, at=NOON, region=region)


def shelves(database: Database, *skus: str) -> dict[tuple[str, str, str], tuple[int, int, int]]:
    """Free, held and sold by SKU, supplier and warehouse."""
    with database.reading() as session:
        return {
            (each.sku, each.supplier, each.warehouse): (each.free, each.held, each.sold)
            for each in sourcing.shelves_of(session, skus)
        }


def offer(database: Database, sku: str) -> supply.Offer:
    page = gateway(database).offers(after=0, limit=100)
    return next(each for each in page.offers if each.sku == sku)


@pytest.fixture
def two_places(database: Database) -> Database:
    """Three pieces nobody knows where, and five in the south."""
    with database.transaction() as session:
        put(session, "A", units=3)
        warehouse(session, "acme", "gz", region=SOUTH, A=5)
    return database


@pytest.fixture
def two_suppliers(database: Database) -> Database:
    """The product's own supplier has five pieces for 36.00, another one eight for 30.00."""
    with database.transaction() as session:
        put(session, "A", units=5)
        source(session, "A", "bestco", 3000)
        warehouse(session, "bestco", "bj", region=NORTH, A=8)
    return database


def test_the_place_in_the_buyers_region_sends(two_places: Database) -> None:
    hold(two_places, region=SOUTH, A=2)
    assert shelves(two_places, "A") == {("A", "acme", ""): (3, 0, 0), ("A", "acme", "gz"): (3, 2, 0)}


def test_what_no_one_place_has_is_refused_though_all_together_have_it(two_places: Database) -> None:
    with pytest.raises(supply.OutOfStock) as refused:
        hold(two_places, A=6)
    assert refused.value.params["available"] == 5
    assert where(two_places, "A") == (8, 8, 0, 0)
    assert offer(two_places, "A").available == 5


def test_pieces_go_back_to_where_they_came_from(two_places: Database) -> None:
    shop = gateway(two_places)
    hold(two_places, "gone", region=SOUTH, A=2)
    shop.release("gone", at=NOON)
    hold(two_places, "sold", region=SOUTH, A=4)
    shop.confirm("sold", ship_to=HOME, at=NOON)
    assert shelves(two_places, "A")["A", "acme", "gz"] == (1, 0, 4)
    shop.withdraw("sold", lines(A=3), withdrawal="r1", restock=True, at=NOON)
    assert shelves(two_places, "A") == {("A", "acme", ""): (3, 0, 0), ("A", "acme", "gz"): (4, 0, 1)}
    assert not discrepancies(two_places)


def test_nothing_more_is_sold_from_a_place_that_is_closed(two_places: Database) -> None:
    hold(two_places, "before", region=SOUTH, A=1)
    with two_places.transaction() as session:
        before = session.scalars(select(OfferMark.id)).all()
        sourcing.put_warehouse(session, sourcing.Place("gz", active=False), supplier="acme", at=NOON)
        assert len(session.scalars(select(OfferMark.id)).all()) == len(before) + 1
    hold(two_places, "after", region=SOUTH, A=1)
    gateway(two_places).confirm("before", ship_to=HOME, at=NOON)
    assert shelves(two_places, "A") == {("A", "acme", ""): (2, 1, 0), ("A", "acme", "gz"): (4, 0, 1)}
    assert offer(two_places, "A").available == 2


def test_the_cheaper_supplier_sends_and_is_paid_its_own_cost(two_suppliers: Database) -> None:
    held = hold(two_suppliers, A=2)
    assert held.lines[0].supply_price == yuan(4000)
    assert held.freights == (supply.HeldFreight("bestco", yuan(500)),)
    confirmed = gateway(two_suppliers).confirm("o1", ship_to=HOME, at=NOON)
    assert [(each.supplier, each.supply) for each in confirmed.supplier_orders] == [("bestco", yuan(8000))]
    with two_suppliers.reading() as session:
        due = ledger.balance(session, ledger.accounts.supplier_payable("bestco"), "CNY", book=ledger.HUB)
    assert due == -yuan(2 * 3000)
    assert not discrepancies(two_suppliers)


def test_the_rest_comes_from_the_other_supplier_until_all_is_sold(two_suppliers: Database) -> None:
    assert offer(two_suppliers, "A").available == 8
    assert offer(two_suppliers, "A").freight == yuan(800)
    for number, wanted in enumerate([6, 2, 5]):
        hold(two_suppliers, f"o{number}", A=wanted)
    assert shelves(two_suppliers, "A") == {("A", "acme", ""): (0, 5, 0), ("A", "bestco", "bj"): (0, 8, 0)}
    with pytest.raises(supply.OutOfStock):
        hold(two_suppliers, "late", A=1)


def test_an_order_is_one_parcel_where_one_supplier_has_all_of_it(two_suppliers: Database) -> None:
    with two_suppliers.transaction() as session:
        put(session, "C", units=4)
    hold(two_suppliers, A=1, C=1)
    assert shelves(two_suppliers, "A", "C") == {
        ("A", "acme", ""): (4, 1, 0),
        ("A", "bestco", "bj"): (8, 0, 0),
        ("C", "acme", ""): (3, 1, 0),
    }


def test_whom_the_core_team_prefers_sends_while_there_are_enough(two_suppliers: Database) -> None:
    with two_suppliers.transaction() as session:
        sourcing.prefer(session, "A", supplier="acme")
    hold(two_suppliers, "first", region=NORTH, A=4)
    hold(two_suppliers, "second", region=NORTH, A=2)
    assert shelves(two_suppliers, "A") == {("A", "acme", ""): (1, 4, 0), ("A", "bestco", "bj"): (6, 2, 0)}
    with two_suppliers.transaction() as session:
        sourcing.prefer(session, "A")
    hold(two_suppliers, "third", A=1)
    assert shelves(two_suppliers, "A")["A", "bestco", "bj"] == (5, 3, 0)


def test_a_supplier_that_is_suspended_or_no_longer_offers_it_is_not_asked(two_suppliers: Database) -> None:
    with two_suppliers.transaction() as session:
        sourcing.drop_source(session, "A", supplier="bestco")
    assert offer(two_suppliers, "A").available == 5
    hold(two_suppliers, "first", A=1)
    with two_suppliers.transaction() as session:
        sourcing.put_source(session, "A", supplier="bestco", cost=yuan(3000), at=NOON)
        suspended = supply.SupplierState.SUSPENDED
        supply.move_supplier(
            session, supplier="bestco", to=suspended, actor="core", reason="late", zone="Asia/Shanghai", at=NOON
        )
    hold(two_suppliers, "second", A=1)
    assert shelves(two_suppliers, "A") == {("A", "acme", ""): (3, 2, 0), ("A", "bestco", "bj"): (8, 0, 0)}
    assert offer(two_suppliers, "A").available == 3


def test_nothing_is_sold_below_cost(two_suppliers: Database) -> None:
    """A store's price may fall below what another supplier asks: then that one is not asked."""
    with two_suppliers.transaction() as session:
        session.scalars(select(Variant)).one().supply_price_minor = 3600
        sourcing.put_source(session, "A", supplier="bestco", cost=yuan(3600), at=NOON)
        session.scalars(select(Variant)).one().cost_minor = 3500
        session.scalars(select(Variant)).one().supply_price_minor = 3500
    assert offer(two_suppliers, "A").available == 5
    hold(two_suppliers, region=NORTH, A=1)
    assert shelves(two_suppliers, "A")["A", "acme", ""] == (4, 1, 0)


BY_BESTCO = """
[[template]]
supplier = "bestco"
code = "std"
by = "parcel"
standard = true
excluded = ["CN-XJ"]
[[template.rule]]
amount = "7"
"""


def test_where_one_supplier_does_not_deliver_another_one_sends(two_suppliers: Database, tmp_path: Path) -> None:
    (tmp_path / "freight.toml").write_text(BY_BESTCO)
    with two_suppliers.transaction() as session:
        supply.put_freight(session, tmp_path / "freight.toml")
    held = hold(two_suppliers, "far", region="CN-XJ", A=1)
    assert held.freights == (supply.HeldFreight("acme", yuan(800)),)
    held = hold(two_suppliers, "near", region=NORTH, A=1)
    assert held.freights == (supply.HeldFreight("bestco", yuan(700)),)


def test_what_is_refused_of_sources_and_warehouses(two_suppliers: Database) -> None:
    def refused(act: Callable[[Session], object], error: type[Exception]) -> None:
        with pytest.raises(error), two_suppliers.transaction() as session:
            act(session)

    put_source, cost = sourcing.put_source, yuan(3000)
    refused(lambda session: put_source(session, "A", supplier="acme", cost=cost, at=NOON), OwnGoods)
    refused(lambda session: put_source(session, "A", supplier="bestco", cost=yuan(4001), at=NOON), CostAbovePrice)
    refused(lambda session: put_source(session, "X", supplier="bestco", cost=cost, at=NOON), supply.UnknownSku)
    refused(lambda session: sourcing.prefer(session, "A", supplier="nobody"), supply.UnknownSupplier)
    refused(lambda session: sourcing.warehouse_id(session, "bj", supplier="acme"), UnknownWarehouse)
    named = sourcing.Place("x", name="n" * 201)
    refused(lambda session: sourcing.put_warehouse(session, named, supplier="acme", at=NOON), TextTooLong)
    place = sourcing.Place("x", region="CN-ZZ")
    refused(lambda session: sourcing.put_warehouse(session, place, supplier="acme", at=NOON), supply.BadRegion)
    with two_suppliers.transaction() as session:
        supply.create_supplier(session, code="third", name="Third", freight=yuan(0), at=NOON)
    refused(lambda session: sourcing.prefer(session, "A", supplier="third"), UnknownSource)


def spread(database: Database) -> None:
    with database.transaction() as session:
        put(session, "A", units=4)
        warehouse(session, "acme", "gz", region=SOUTH, A=9)
        source(session, "A", "bestco", 3000)
        warehouse(session, "bestco", "bj", region=NORTH, A=7)


def rush(database: Database) -> dict[str, int]:
    """Forty buyers of all regions want one unit each, and twenty are there at three places."""
    regions = ["", SOUTH, NORTH]
    return dict(kinds(at_once(40, lambda n: hold(database, f"o{n}", region=regions[n % 3], A=1))))


def test_forty_buyers_of_twenty_units_at_three_places_get_exactly_twenty(database: Database) -> None:
    spread(database)
    assert rush(database) == {"HoldView": 20, "OutOfStock": 20}
    assert where(database, "A") == (20, 0, 20, 0)
    assert not discrepancies(database)


@pytest.mark.parametrize("attempts", [1, 2])
def test_whoever_was_slower_at_a_shelf_gets_another_one(
    two_places: Database, monkeypatch: pytest.MonkeyPatch, attempts: int
) -> None:
    real, first = choosing._shelf, iter([True, True])

    def before_somebody_took_three(row: Row[Any], region: str) -> Shelf:
        shelf = real(row, region)
        return replace(shelf, free=9, region=SOUTH) if next(first, False) and not shelf.warehouse else shelf

    monkeypatch.setattr(choosing, "_shelf", before_somebody_took_three)
    monkeypatch.setattr(holds, "ATTEMPTS_MAX", attempts)
    if attempts == 1:
        with pytest.raises(supply.OutOfStock):
            hold(two_places, region=SOUTH, A=4)
        assert where(two_places, "A") == (8, 8, 0, 0)
    else:
        hold(two_places, region=SOUTH, A=4)
        assert shelves(two_places, "A") == {("A", "acme", ""): (3, 0, 0), ("A", "acme", "gz"): (1, 4, 0)}
    assert not discrepancies(two_places)


def take_of_the_first(planted: pytest.MonkeyPatch) -> None:
    """The line says one place and the pieces are taken at another."""
    real = stock.take

    def elsewhere(session: Session, units: list[stock.Units]) -> None:
        real(session, [replace(each, warehouse_id=None) for each in units])

    planted.setattr(stock, "take", elsewhere)
    planted.setattr(holds, "ATTEMPTS_MAX", 1)


@pytest.mark.parametrize("bug", [take_of_the_first], ids=lambda each: each.__name__)
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        test_forty_buyers_of_twenty_units_at_three_places_get_exactly_twenty(database)


def test_late_money_finds_the_pieces_in_another_warehouse_of_the_same_supplier(two_places: Database) -> None:
    hold(two_places, "late", region=SOUTH, A=3)
    with two_places.transaction() as session:
        supply.expire_holds(session, at=NOON + HALF_AN_HOUR)
    hold(two_places, "quick", region=SOUTH, A=4)
    gateway(two_places).confirm("late", ship_to=HOME, at=NOON + HALF_AN_HOUR)
    assert shelves(two_places, "A") == {("A", "acme", ""): (0, 0, 3), ("A", "acme", "gz"): (1, 4, 0)}
    assert not discrepancies(two_places)


def shut(session: Session) -> None:
    sourcing.put_warehouse(session, sourcing.Place("bj", NORTH, active=False), supplier="bestco", at=NOON)


def dropped(session: Session) -> None:
    sourcing.drop_source(session, "A", supplier="bestco")


def suspended(session: Session) -> None:
    to = supply.SupplierState.SUSPENDED
    supply.move_supplier(session, supplier="bestco", to=to, actor="core", reason="x", zone="Asia/Shanghai", at=NOON)


@pytest.mark.parametrize("closing", [shut, dropped, suspended], ids=lambda each: each.__name__)
@pytest.mark.parametrize("late", [False, True], ids=["in time", "late"])
def test_what_was_held_is_sold_from_a_closed_place_and_what_had_lapsed_is_not(
    two_suppliers: Database, closing: Callable[[Session], None], late: bool
) -> None:
    hold(two_suppliers, A=2)
    with two_suppliers.transaction() as session:
        supply.expire_holds(session, at=NOON + HALF_AN_HOUR * late)
        closing(session)
    shop = gateway(two_suppliers)
    if late:
        with pytest.raises(supply.OutOfStock):
            shop.confirm("o1", ship_to=HOME, at=NOON + HALF_AN_HOUR)
    else:
        shop.confirm("o1", ship_to=HOME, at=NOON)
    assert shelves(two_suppliers, "A")["A", "bestco", "bj"] == ((8, 0, 0) if late else (6, 0, 2))
    assert not discrepancies(two_suppliers)
