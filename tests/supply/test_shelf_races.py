"""Holds, releases, payments, moves and counts of several shelves at once: nothing is lost, nobody waits in a circle."""

import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from shared_core import ledger, supply
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from shared_core.supply import books, sourcing
from shared_core.supply.inventory import stock
from shared_core.supply.sales import quota
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, discrepancies, gateway, lines, put
from tests.supply.test_concurrency import at_once, kinds
from tests.supply.test_sales import BEGUN, spec
from tests.supply.test_warehouses import source, warehouse

SKUS = ["A", "B", "C", "D"]


@pytest.fixture
def spread(database: Database) -> Database:
    """Four SKUs of one supplier, each without a name, in the south and at another supplier's."""
    with database.transaction() as session:
        for sku in SKUS:
            put(session, sku, units=6)
            source(session, sku, "bestco", 3000)
        warehouse(session, "acme", "gz", region="CN-GD", **dict.fromkeys(SKUS, 6))
        warehouse(session, "bestco", "bj", region="CN-BJ", **dict.fromkeys(SKUS, 6))
    return database


def test_a_stock_list_and_a_buyer_do_not_wait_in_a_circle(spread: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The buyer takes A in the south, then B where there is no name; the list counts B there before A in the south."""
    with spread.transaction() as session:
        for sku, warehouse_code in (("A", ""), ("B", "gz")):
            place = sourcing.warehouse_id(session, warehouse_code, supplier="acme")
            supply.adjust_stock(session, sku=sku, quantity=-6, reference=f"no-{sku}", at=NOON, warehouse_id=place)
        for sku in ("A", "B"):
            sourcing.prefer(session, sku, supplier="acme")
    quick_move, quick_touch = stock._move, stock.touch

    def slow_move(*args: object) -> bool:
        moved = quick_move(*args)  # type: ignore[arg-type]
        time.sleep(0.3)
        return moved

    def slow_touch(session: Session, variant_ids: list[int]) -> None:
        quick_touch(session, variant_ids)
        time.sleep(0.3)

    monkeypatch.setattr(stock, "_move", slow_move)
    monkeypatch.setattr(stock, "touch", slow_touch)
    counted = b"sku,warehouse,quantity\nA,,2\nB,,7\nA,gz,7\nB,gz,2\n"

    def act(number: int) -> object:
        if number:
            return gateway(spread).hold("o1", lines(A=1, B=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
        with spread.transaction() as session:
            return supply.put_stock(session, counted, supplier="acme", at=NOON)

    assert kinds(at_once(2, act)) == {"StockListReport": 1, "HoldView": 1}
    assert not discrepancies(spread)


def test_whatever_happens_to_shelves_at_once_they_add_up(spread: Database) -> None:
    """Thirty hands: buyers who pay, lapse or give up, orders that are moved, counts, lists and lapsing."""
    shop = gateway(spread)
    for number in range(6):
        shop.hold(f"old{number}", lines(A=1, D=1), customer=f"old{number}", ttl=HALF_AN_HOUR, at=NOON)
        if number % 2:
            shop.confirm(f"old{number}", ship_to=HOME, at=NOON)
    late = NOON + HALF_AN_HOUR

    def buy(number: int) -> object:
        name = f"o{number}"
        some = SKUS[number % 3 :] + SKUS[: number % 2]
        wanted = lines(**dict.fromkeys(some, 1 + number % 2))
        region = ["", "CN-GD", "CN-BJ"][number % 3]
        shop.hold(name, wanted, customer=name, ttl=HALF_AN_HOUR * 2, at=NOON, region=region)
        if number % 5 == 0:
            return shop.release(name, at=NOON)
        shop.confirm(name, ship_to=HOME, at=NOON)
        if number % 5 == 1:
            return shop.withdraw(name, None, withdrawal=f"r{number}", restock=True, at=NOON)
        with spread.transaction() as session:
            to = supply.may_take(session, f"{name}-1")
            if to:
                supply.move_order(
                    session, f"{name}-1", to=to[0], reason="late", actor="core", restock=number % 2 == 0, at=NOON
                )
        return None

    def act(number: int) -> object:
        if number % 6 == 5:
            with spread.transaction() as session:
                rows = [f"{sku},{place},{number % 9 + 2}" for place in ("gz", "") for sku in reversed(SKUS)]
                text = "\n".join(["sku,warehouse,quantity", *rows]).encode()
                return supply.put_stock(session, text, supplier="acme", at=NOON + timedelta(seconds=number))
        if number % 6 == 4:
            with spread.transaction() as session:
                counts = [supply.HoldLine(sku, number % 7) for sku in reversed(SKUS)]
                return supply.count_goods(
                    session, counts, supplier="bestco", reference=f"c{number}", at=NOON, warehouse="bj"
                )
        if number % 6 == 3:
            with spread.transaction() as session:
                return supply.expire_holds(session, at=late)
        return buy(number)

    outcomes = at_once(30, act)
    failed = [each for each in outcomes if isinstance(each, BaseException) and not isinstance(each, PlatformError)]
    assert not failed
    assert any(each is None for each in outcomes)
    assert not discrepancies(spread)


def test_goods_of_a_sale_paid_late_and_given_back_do_not_wait_in_a_circle(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store's balance is kept, so bookings on it take turns, as do those who take or give back of one sale."""
    with database.transaction() as session:
        put(session, "A", units=6)
        ledger.keep(session, ledger.accounts.due_store("north"), "CNY", book=ledger.HUB)
        supply.sales.add_sale(session, spec(), actor="ann", at=NOON)
    shop = gateway(database)
    for name in ("bought", "late"):
        shop.hold(name, lines(A=1), customer=name, ttl=HALF_AN_HOUR, at=BEGUN, sales={"A": "spring"})
    shop.confirm("bought", ship_to=HOME, at=BEGUN)
    with database.transaction() as session:
        supply.expire_holds(session, at=BEGUN + HALF_AN_HOUR)
    credit, take = books.credit_store, quota.take

    def slow_credit(*args: Any, **rest: Any) -> None:
        credit(*args, **rest)
        time.sleep(0.3)

    def slow_take(*args: Any, **rest: Any) -> None:
        take(*args, **rest)
        time.sleep(0.3)

    monkeypatch.setattr(books, "credit_store", slow_credit)
    monkeypatch.setattr(quota, "take", slow_take)

    def act(number: int) -> object:
        if number:
            return shop.withdraw("bought", None, withdrawal="r1", restock=True, at=BEGUN + HALF_AN_HOUR)
        return shop.confirm("late", ship_to=HOME, at=BEGUN + HALF_AN_HOUR)

    assert kinds(at_once(2, act)) == {"Confirmation": 1, "Withdrawal": 1}
    assert not discrepancies(database)
