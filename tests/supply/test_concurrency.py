"""Many buyers at once, each in a thread and a transaction of its own: never one unit too many, nobody stuck.

Every law is also tried on a planted bug, which must break it.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared_core import ledger, supply
from shared_core.kernel.database import Database
from shared_core.supply.inventory import choosing, stock
from shared_core.supply.inventory.stock_models import Stock
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, TERMS, discrepancies, gateway, lines, put, stocked, where

BUYERS = 40
UNITS = 10
Column = InstrumentedAttribute[int]


def at_once(count: int, act: Callable[[int], object]) -> list[object]:
    """What `act` answered, or raised, for each number below `count`, all started at the same moment."""
    start = threading.Barrier(count)

    def one(number: int) -> object:
        start.wait()
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        futures = [pool.submit(one, number) for number in range(count)]
    return [future.exception() or future.result() for future in futures]


def kinds(outcomes: list[object]) -> Counter[str]:
    return Counter(type(outcome).__name__ for outcome in outcomes)


def rush(database: Database) -> Counter[str]:
    """Forty buyers want one unit each of the same SKU."""
    shop = gateway(database)
    return kinds(
        at_once(
            BUYERS,
            lambda n: shop.hold(f"o{n}", lines(A=1), customer=f"c{n}", ttl=HALF_AN_HOUR, at=NOON),
        )
    )


def exactly_the_stock_is_held(database: Database, outcomes: Counter[str]) -> bool:
    return (
        outcomes == {"HoldView": UNITS, "OutOfStock": BUYERS - UNITS}
        and where(database, "A") == (UNITS, 0, UNITS, 0)
        and not discrepancies(database)
    )


def test_forty_buyers_of_ten_units_get_exactly_ten(database: Database) -> None:
    stocked(database, {"A": UNITS})
    assert exactly_the_stock_is_held(database, rush(database))


def everybody_sees_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever chooses a shelf read it before anybody took of it."""
    real = choosing._shelf
    monkeypatch.setattr(choosing, "_shelf", lambda row, region: replace(real(row, region), free=UNITS))


def test_an_unguarded_update_breaks_the_law(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def unguarded(session: Session, units: stock.Units, source: Column, target: Column) -> bool:
        values = {source: source - units.quantity, target: target + units.quantity}
        session.execute(update(Stock).where(Stock.variant_id == units.variant_id).values(values))
        return True

    stocked(database, {"A": UNITS})
    everybody_sees_all(monkeypatch)
    monkeypatch.setattr(stock, "_move", unguarded)
    assert not exactly_the_stock_is_held(database, rush(database))


def test_looking_first_and_writing_what_was_seen_breaks_the_law(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bug of many shops: everybody sees ten free units and writes nine. The row adds up, the holds do not."""

    def believing(session: Session, units: stock.Units, source: Column, target: Column) -> bool:
        values = {Stock.free: UNITS - units.quantity, Stock.held: units.quantity}
        session.execute(update(Stock).where(Stock.variant_id == units.variant_id).values(values))
        return True

    stocked(database, {"A": UNITS})
    everybody_sees_all(monkeypatch)
    monkeypatch.setattr(stock, "_move", believing)
    outcomes = rush(database)
    assert outcomes == {"HoldView": BUYERS}
    assert not exactly_the_stock_is_held(database, outcomes)
    assert [wrong.figure for wrong in discrepancies(database)] == ["held"]


def crossing(database: Database, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Two buyers want the same two SKUs, named in opposite order, and are slow between the two."""
    quick = stock._move

    def slow(session: Session, units: stock.Units, source: Column, target: Column) -> bool:
        moved = quick(session, units, source, target)
        time.sleep(0.2)
        return moved

    monkeypatch.setattr(stock, "_move", slow)
    shop = gateway(database)
    orders = [lines(A=1, B=1), lines(B=1, A=1)]
    return kinds(at_once(2, lambda n: shop.hold(f"o{n}", orders[n], customer=f"c{n}", ttl=HALF_AN_HOUR, at=NOON)))


def test_opposite_orders_of_lines_do_not_wait_in_a_circle(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    stocked(database, {"A": UNITS, "B": UNITS})
    assert crossing(database, monkeypatch) == {"HoldView": 2}


def test_without_one_order_for_all_they_wait_in_a_circle(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite locks the whole database: there is no circle to wait in")
    stocked(database, {"A": UNITS, "B": UNITS})
    turn = iter([False, True])
    monkeypatch.setattr(stock, "_in_order", lambda units: sorted(units, key=lambda each: each.sku, reverse=next(turn)))
    assert crossing(database, monkeypatch)[OperationalError.__name__] == 1


def test_one_reference_at_once_is_one_hold(database: Database) -> None:
    stocked(database, {"A": UNITS})
    shop = gateway(database)
    outcomes = at_once(20, lambda _: shop.hold("o1", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON))
    assert len(set(outcomes)) == 1
    assert where(database, "A") == (UNITS, UNITS - 2, 2, 0)


def test_one_customer_at_once_keeps_to_the_limit(database: Database) -> None:
    stocked(database, {"A": UNITS})
    shop = gateway(database, replace(TERMS, limits=supply.HoldLimits(open_holds_per_customer_max=3)))
    outcomes = at_once(12, lambda n: shop.hold(f"o{n}", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON))
    assert kinds(outcomes) == {"HoldView": 3, "HoldLimitReached": 9}


def test_confirming_and_withdrawing_at_once_count_once(database: Database) -> None:
    stocked(database, {"A": UNITS, "B": UNITS})
    shop = gateway(database)
    shop.hold("o1", lines(A=2, B=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    confirmed = at_once(10, lambda _: shop.confirm("o1", ship_to=HOME, at=NOON))
    assert kinds(confirmed) == {"Confirmation": 10}
    assert len(set(confirmed)) == 1
    withdrawn = at_once(10, lambda _: shop.withdraw("o1", lines(A=1), withdrawal="r1", restock=True, at=NOON))
    assert len(set(withdrawn)) == 1
    assert where(database, "A") == (UNITS, UNITS - 1, 0, 1)
    with database.reading() as session:
        due = ledger.balance(session, ledger.accounts.due_store("north"), "CNY", book=ledger.HUB)
        assert due == supply.charged(session, store="north", currency="CNY")


def test_a_hold_that_is_paid_while_it_runs_out_is_counted_once(database: Database) -> None:
    stocked(database, {"A": UNITS})
    shop = gateway(database)
    for number in range(UNITS):
        shop.hold(f"o{number}", lines(A=1), customer=f"c{number}", ttl=HALF_AN_HOUR, at=NOON)
    late = NOON + HALF_AN_HOUR

    def act(number: int) -> object:
        if number < UNITS:
            return shop.confirm(f"o{number}", ship_to=HOME, at=late)
        with database.transaction() as session:
            return supply.expire_holds(session, at=late)

    outcomes = at_once(2 * UNITS, act)
    assert kinds(outcomes) == {"Confirmation": UNITS, "int": UNITS}
    assert where(database, "A") == (UNITS, 0, 0, UNITS)
    assert not discrepancies(database)


def test_a_parcel_is_either_shipped_or_withdrawn_with_its_freight(database: Database) -> None:
    stocked(database, {"A": UNITS})
    shop = gateway(database)
    for number in range(6):
        shop.hold(f"o{number}", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
        shop.confirm(f"o{number}", ship_to=HOME, at=NOON)

    def act(number: int) -> object:
        reference = f"o{number // 2}"
        if number % 2:
            return shop.withdraw(reference, None, withdrawal=f"r{number}", restock=True, at=NOON).freight.minor
        with database.transaction() as session:
            return supply.ship(session, number=f"{reference}-1", carrier="Local", tracking_number="1", at=NOON)

    outcomes = at_once(12, act)
    for shipped, freight in zip(outcomes[::2], outcomes[1::2], strict=True):
        assert (isinstance(shipped, supply.SupplyEvent), freight) in [(True, 0), (False, 800)]


def test_an_import_and_buyers_do_not_wait_in_a_circle(database: Database) -> None:
    skus = [f"A{number}" for number in range(8)]
    stocked(database, dict.fromkeys(skus, 50))
    shop = gateway(database)
    wanted = [supply.HoldLine(sku, 1) for sku in skus]

    def act(number: int) -> object:
        if number % 4:
            return shop.hold(f"o{number}", wanted, customer=f"c{number}", ttl=HALF_AN_HOUR, at=NOON)
        with database.transaction() as session:
            for sku in reversed(skus):
                put(session, sku, price=4000 + number)
            return None

    assert kinds(at_once(8, act)) == {"HoldView": 6, "NoneType": 2}
