"""Sale events: never more pieces at their price than there are, limits that hold over orders, and time that decides."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_core import ledger, supply
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.money import Money
from shared_core.supply.inventory import holds
from shared_core.supply.sales import quota, sale_rules
from shared_core.supply.sales.sale_rules import SaleLimits, Taken, Window
from tests.databases import Databases, PostgresDatabases
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, TERMS, discrepancies, gateway, lines, stocked, where, yuan
from tests.supply.test_concurrency import at_once, kinds

HOUR = timedelta(hours=1)
BEGUN = NOON + HOUR
OVER = NOON + 5 * HOUR
PRICE = 3000


def spec(*goods: supply.sales.SaleGoodsSpec, code: str = "spring", **changed: Any) -> supply.sales.SaleSpec:
    """A sale that is shown from noon on and sold from one until five."""
    plain = supply.sales.SaleSpec(code, "Spring sale", "Own Loom", "CNY", NOON, BEGUN, OVER, goods or (of("A"),))
    return replace(plain, **changed)


def of(sku: str, quantity: int = 5, **limits: int) -> supply.sales.SaleGoodsSpec:
    """30.00 instead of 40.00 for the store, 59.00 instead of 89.00 suggested; the supplier gets 25.00."""
    return supply.sales.SaleGoodsSpec(sku, yuan(PRICE), yuan(5900), quantity, cost=yuan(2500), **limits)


def planned(database: Database, wanted: supply.sales.SaleSpec, *, at: datetime = NOON) -> supply.sales.SaleReport:
    with database.transaction() as session:
        return supply.sales.add_sale(session, wanted, actor="ann", at=at)


def withdrawn(database: Database, code: str = "spring", *, at: datetime) -> None:
    with database.transaction() as session:
        supply.sales.withdraw_sale(session, code, actor="ann", reason="a mistake", at=at)


def taken(database: Database, code: str = "spring", *, at: datetime = BEGUN) -> dict[str, int]:
    with database.reading() as session:
        return supply.sales.sale(session, code, at=at).taken


def buy(
    database: Database, reference: str, pieces: int = 1, *, customer: str = "c", store: str = "north",
    at: datetime = BEGUN, sku: str = "A", sale: str = "spring",
) -> supply.HoldView:  # fmt: skip
    return gateway(database, replace(TERMS, store=store)).hold(
        reference, [supply.HoldLine(sku, pieces)], customer=customer, ttl=HALF_AN_HOUR, at=at, sales={sku: sale}
    )


def test_the_hold_fixes_the_price_of_the_sale_for_the_store_and_the_supplier(database: Database) -> None:
    stocked(database, {"A": 9, "AA": 9})
    planned(database, spec())
    shop = gateway(database)
    held = shop.hold("o", lines(A=2, AA=1), customer="c", ttl=HALF_AN_HOUR, at=BEGUN, sales={"A": "spring"})
    assert held.lines == (supply.HeldLine("A", 2, yuan(PRICE), "spring"), supply.HeldLine("AA", 1, yuan(4000)))
    assert shop.view("o") == held == shop.hold(
        "o", lines(A=2, AA=1), customer="c", ttl=HALF_AN_HOUR, at=OVER, sales={"A": "spring"}
    )  # fmt: skip
    assert shop.confirm("o", ship_to=HOME, at=OVER).supply == yuan(2 * PRICE + 4000)
    with database.reading() as session:
        owed = ledger.balance(session, ledger.accounts.supplier_payable("acme"), "CNY", book=ledger.HUB)
    assert owed == -yuan(2 * 2500 + 3600), "the supplier gets what was agreed for the sale"
    assert taken(database) == {"A": 2} and not discrepancies(database)


def test_without_asking_for_the_sale_the_ordinary_price_holds(database: Database) -> None:
    """As a shop does that has never heard of sales."""
    stocked(database, {"A": 9})
    planned(database, spec())
    held = gateway(database).hold("o", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=BEGUN)
    assert held.lines == (supply.HeldLine("A", 2, yuan(4000)),)
    assert taken(database) == {"A": 0}


@pytest.mark.parametrize(
    ("at", "state", "shown", "sold"),
    [
        (NOON - HOUR, "planned", False, False),
        (NOON, "preview", True, False),
        (BEGUN - timedelta(microseconds=1), "preview", True, False),
        (BEGUN, "running", True, True),
        (OVER - timedelta(microseconds=1), "running", True, True),
        (OVER, "ended", False, False),
    ],
)
def test_time_alone_decides(database: Database, at: datetime, state: str, shown: bool, sold: bool) -> None:
    stocked(database, {"A": 9})
    assert planned(database, spec(), at=NOON - HOUR).sale.code == "spring"
    with database.reading() as session:
        assert supply.sales.sale(session, "spring", at=at).state == state
    assert [each.code for each in gateway(database).sales(at=at)] == ["spring"] * shown
    if sold:
        assert buy(database, "o", at=at).lines[0].supply_price == yuan(PRICE)
    else:
        with pytest.raises(supply.SaleNotRunning):
            buy(database, "o", at=at)
        assert where(database, "A") == (9, 9, 0, 0)


def test_what_is_used_up_is_refused_at_that_price_and_sold_at_the_ordinary_one(database: Database) -> None:
    stocked(database, {"A": 9})
    planned(database, spec(of("A", 3)))
    buy(database, "o1", 2)
    with pytest.raises(supply.SaleSoldOut) as refused:
        buy(database, "o2", 2)
    assert refused.value.params == {"sku": "A", "available": 1}
    [sale] = gateway(database).sales(at=BEGUN)
    assert sale.goods == (supply.SaleGoods("A", yuan(PRICE), yuan(5900), None, 1, None),)
    plain = gateway(database).hold("o2", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=BEGUN)
    assert plain.lines[0].supply_price == yuan(4000)


def test_one_customer_keeps_to_the_limit_over_several_orders(database: Database) -> None:
    stocked(database, {"A": 9})
    planned(database, spec(of("A", per_customer_max=2)))
    buy(database, "o1")
    gateway(database).confirm("o1", ship_to=HOME, at=BEGUN)
    buy(database, "o2")
    with pytest.raises(supply.SaleLimitReached):
        buy(database, "o3")
    buy(database, "o4", customer="d")
    buy(database, "o5", store="south")  # another store's customer of the same name is somebody else
    gateway(database).withdraw("o1", None, withdrawal="w", restock=True, at=BEGUN)
    buy(database, "o6")
    assert taken(database) == {"A": 4}


def test_one_store_keeps_to_its_part(database: Database) -> None:
    stocked(database, {"A": 9})
    planned(database, spec(of("A", per_store_max=2)))
    buy(database, "o1", 2)
    with pytest.raises(supply.SaleSoldOut) as refused:
        buy(database, "o2", customer="d")
    assert refused.value.params["available"] == 0
    [north], [south] = (gateway(database, replace(TERMS, store=each)).sales(at=BEGUN) for each in ("north", "south"))
    assert (north.goods[0].left, south.goods[0].left) == (0, 2)
    buy(database, "o3", 2, store="south")


@pytest.mark.parametrize("how", ["released", "expired", "withdrawn"])
def test_pieces_that_were_let_go_are_to_be_had_again(database: Database, how: str) -> None:
    stocked(database, {"A": 9})
    planned(database, spec(of("A", 2)))
    buy(database, "o", 2)
    shop, later = gateway(database), BEGUN + HOUR
    if how == "released":
        shop.release("o", at=later)
    elif how == "expired":
        with database.transaction() as session:
            assert supply.expire_holds(session, at=later) == 1
    else:
        shop.confirm("o", ship_to=HOME, at=BEGUN)
        shop.withdraw("o", None, withdrawal="w", restock=False, at=later)
    assert taken(database) == {"A": 0} and not discrepancies(database)
    buy(database, "p", 2, at=later)


def test_paid_late_the_price_of_the_sale_holds_while_there_are_pieces(database: Database) -> None:
    stocked(database, {"A": 9})
    planned(database, spec(of("A", 2)))
    buy(database, "o1")
    buy(database, "o2")
    with database.transaction() as session:
        supply.expire_holds(session, at=BEGUN + HOUR)
    shop = gateway(database)
    assert shop.confirm("o1", ship_to=HOME, at=OVER).supply == yuan(PRICE)
    buy(database, "o3", customer="d", at=BEGUN + HOUR)
    with pytest.raises(supply.OutOfStock):
        shop.confirm("o2", ship_to=HOME, at=OVER)
    assert taken(database) == {"A": 2} and not discrepancies(database)


def test_a_withdrawn_sale_sells_nothing_more_and_what_is_held_stays(database: Database) -> None:
    stocked(database, {"A": 9})
    planned(database, spec())
    buy(database, "o1")
    withdrawn(database, at=BEGUN + HOUR)
    withdrawn(database, at=BEGUN + 2 * HOUR)
    with pytest.raises(supply.SaleNotRunning):
        buy(database, "o2", at=BEGUN + HOUR)
    assert gateway(database).sales(at=BEGUN + HOUR) == ()
    assert gateway(database).confirm("o1", ship_to=HOME, at=BEGUN + HOUR).supply == yuan(PRICE)
    with database.reading() as session:
        [told] = supply.sales.all_sales(session, at=OVER)
    assert (told.state, told.reason) == ("withdrawn", "a mistake")


def test_a_count_that_does_not_add_up_is_found(database: Database) -> None:
    stocked(database, {"A": 9})
    planned(database, spec())
    buy(database, "o")
    with database.transaction() as session:
        session.execute(quota._LINES.update().values(taken=3))
    assert discrepancies(database) == [supply.StockDiscrepancy("A", "taken of a sale", 1, 3)]


def test_planning_the_same_again_changes_nothing_and_another_is_refused(database: Database) -> None:
    stocked(database, {"A": 9})
    assert planned(database, spec()) == planned(database, spec())
    assert planned(database, spec(), at=OVER).state == "ended"
    with pytest.raises(supply.sales.SaleTaken):
        planned(database, spec(title="Other"))


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (spec(code="Spring!"), "code"),
        (spec(title=" "), "title"),
        (spec(brand="x" * 201), "brand"),
        (spec(ends_at=BEGUN), "end"),
        (spec(preview_at=OVER), "end"),
        (spec(preview_at=NOON - 9 * HOUR, starts_at=NOON - 8 * HOUR, ends_at=NOON), "end"),
        (spec(ends_at=NOON + timedelta(days=400)), "end"),
        (replace(spec(), goods=()), "goods"),
        (spec(of("A"), of("A")), "sku"),
        (spec(replace(of("A"), retail=yuan(2999))), "A retail"),
        (spec(replace(of("A"), floor=yuan(6000))), "A floor"),
        (spec(replace(of("A"), quantity=0)), "A quantity"),
        (spec(of("A", per_customer_max=0)), "A per_customer"),
        (spec(replace(of("A"), cost=None)), "A supply_price"),
        (spec(replace(of("A"), cost=yuan(3001))), "A supply_price"),
        (spec(replace(of("A"), retail=Money(5900, "USD"))), "A retail"),
    ],
)
def test_what_is_no_sale_is_refused_with_the_reason(
    database: Database, wanted: supply.sales.SaleSpec, field: str
) -> None:
    stocked(database, {"A": 9})
    with pytest.raises(supply.sales.BadSale) as refused:
        planned(database, wanted)
    assert refused.value.params["field"] == field


def test_a_sale_of_goods_nobody_has_is_refused(database: Database) -> None:
    stocked(database, {"A": 9})
    with pytest.raises(supply.UnknownSku):
        planned(database, spec(of("Z")))


# --- laws -----------------------------------------------------------------------------------------------------------


@given(
    st.integers(1, 9), st.none() | st.integers(1, 9), st.none() | st.integers(1, 9),
    st.lists(st.tuples(st.booleans(), st.sampled_from("ab"), st.sampled_from("xy"), st.integers(1, 4))),
)  # fmt: skip
def test_no_history_of_taking_and_giving_back_passes_a_limit(
    quantity: int, per_store: int | None, per_customer: int | None, history: list[tuple[bool, str, str, int]]
) -> None:
    limits = SaleLimits(quantity, per_store, per_customer)
    kept: dict[tuple[str, str], int] = {}
    for takes, store, customer, pieces in history:
        of_store = sum(n for (each, _), n in kept.items() if each == store)
        mine = kept.get((store, customer), 0)
        now = Taken(sum(kept.values()), of_store, mine)
        if not takes:
            kept[store, customer] = max(mine - pieces, 0)
            continue
        try:
            sale_rules.require_room(limits, now, pieces, sku="A")
        except supply.SaleSoldOut as refused:
            assert 0 <= refused.params["available"] == sale_rules.left(limits, now) < pieces  # type: ignore[operator]
        except supply.SaleLimitReached:
            assert per_customer is not None and mine + pieces > per_customer
        else:
            kept[store, customer] = mine + pieces
    assert sum(kept.values()) <= quantity
    for each in "ab":
        assert per_store is None or sum(n for (store, _), n in kept.items() if store == each) <= per_store
    assert per_customer is None or max(kept.values(), default=0) <= per_customer


instants = st.integers(-5, 30).map(lambda hours: NOON + hours * HOUR)


@given(st.lists(instants, min_size=3, max_size=3, unique=True), st.none() | instants, instants)
def test_a_sale_runs_exactly_in_its_window(times: list[datetime], withdrawn_at: datetime | None, at: datetime) -> None:
    preview, starts, ends = sorted(times)
    state = sale_rules.state_at(Window(preview, starts, ends, withdrawn_at), at)
    runs = starts <= at < ends and (withdrawn_at is None or at < withdrawn_at)
    assert (state is supply.sales.SaleState.RUNNING) == runs
    if withdrawn_at is None:
        assert (state is supply.sales.SaleState.ENDED) == (at >= ends)


@dataclass(frozen=True)
class Step:
    what: str
    order: str
    pieces: int
    store: str
    customer: str


steps = st.lists(
    st.builds(
        Step,
        what=st.sampled_from(["buy", "buy", "buy", "confirm", "release", "expire", "give_back", "give_one_back"]),
        order=st.sampled_from(["1", "2", "3", "4"]),
        pieces=st.integers(1, 3),
        store=st.sampled_from(["north", "south"]),
        customer=st.sampled_from(["c", "d"]),
    ),
    min_size=1,
    max_size=14,
)


def one(database: Database, step: Step, turn: int) -> None:
    """One call; each refusal is an answer. Ten minutes pass between two, and the sale is over after some."""
    shop, at = gateway(database, replace(TERMS, store=step.store)), BEGUN + turn * timedelta(minutes=10)
    order = f"{step.store}-{step.order}"
    try:
        match step.what:
            case "buy":
                buy(database, order, step.pieces, customer=step.customer, store=step.store, at=at)
            case "confirm":
                shop.confirm(order, ship_to=HOME, at=at)
            case "release":
                shop.release(order, at=at)
            case "expire":
                with database.transaction() as session:
                    supply.expire_holds(session, at=at)
            case "give_back" | "give_one_back":
                back = None if step.what == "give_back" else lines(A=1)
                shop.withdraw(order, back, withdrawal=f"{order}-{step.what}", restock=turn % 2 == 0, at=at)
    except PlatformError:
        pass


def examples(databases: Databases) -> int:
    return 4 if isinstance(databases, PostgresDatabases) else 25


def test_no_history_of_two_stores_passes_a_limit_of_a_sale(databases: Databases) -> None:
    @settings(max_examples=examples(databases))
    @given(steps)
    def law(history: list[Step]) -> None:
        with ExitStack() as stack:
            database = Database(stack.enter_context(databases.fresh()))
            stack.callback(database.dispose)
            stocked(database, {"A": 9})
            planned(database, spec(of("A", 5, per_customer_max=2, per_store_max=4)))
            for turn, step in enumerate(history):
                one(database, step, turn)
                assert not discrepancies(database)
                assert_limits(kept(database))

    law()


def kept(database: Database) -> dict[tuple[str, str], int]:
    """Pieces at the price of the sale by store and customer, counted from the holds alone."""
    found: dict[tuple[str, str], int] = {}
    with database.reading() as session:
        rows = session.query(holds.StockHold, holds.StockHoldLine).join(holds.StockHoldLine).all()
        for hold, line in rows:
            if hold.state in ("held", "confirmed") and line.supply_price_minor == PRICE:
                key = (hold.store, hold.customer)
                found[key] = found.get(key, 0) + line.quantity - line.withdrawn
    return found


def assert_limits(found: dict[tuple[str, str], int]) -> None:
    assert sum(found.values()) <= 5
    assert all(pieces <= 2 for pieces in found.values())
    for store in ("north", "south"):
        assert sum(pieces for (each, _), pieces in found.items() if each == store) <= 4


# --- many at once ---------------------------------------------------------------------------------------------------

BUYERS, PIECES = 24, 7


def rush(database: Database) -> list[object]:
    """Two dozen buyers of two stores want one piece each at the price of the sale; there is stock for all."""
    return at_once(BUYERS, lambda n: buy(database, f"o{n}", customer=f"c{n}", store=("north", "south")[n % 2]))


def exactly_the_pieces_are_sold(database: Database, outcomes: list[object]) -> bool:
    return (
        kinds(outcomes) == {"HoldView": PIECES, "SaleSoldOut": BUYERS - PIECES}
        and taken(database) == {"A": PIECES}
        and where(database, "A")[2] == PIECES
        and not discrepancies(database)
    )


def test_of_many_buyers_exactly_as_many_get_the_price_as_there_are_pieces(database: Database) -> None:
    stocked(database, {"A": BUYERS})
    planned(database, spec(of("A", PIECES)))
    assert exactly_the_pieces_are_sold(database, rush(database))


def test_one_customer_at_once_keeps_to_the_limit(database: Database) -> None:
    stocked(database, {"A": BUYERS})
    planned(database, spec(of("A", BUYERS, per_customer_max=3)))
    outcomes = at_once(12, lambda n: buy(database, f"o{n}"))
    assert kinds(outcomes) == {"HoldView": 3, "SaleLimitReached": 9}


def test_stores_at_once_keep_to_their_parts(database: Database) -> None:
    stocked(database, {"A": BUYERS})
    planned(database, spec(of("A", BUYERS, per_store_max=4)))
    outcomes = rush(database)
    assert kinds(outcomes) == {"HoldView": 8, "SaleSoldOut": BUYERS - 8}


# --- planted bugs ---------------------------------------------------------------------------------------------------


def pieces_are_counted_and_never_taken(planted: pytest.MonkeyPatch) -> None:
    """Nothing is written down, so everybody finds all pieces there."""
    planted.setattr(quota, "_TAKE", quota._TAKE.where(quota._LINES.c.id < 0))
    planted.setattr(sale_rules, "left", lambda limits, taken: limits.quantity)


def what_is_let_go_is_lost(planted: pytest.MonkeyPatch) -> None:
    """A hold that lapses keeps its pieces for ever."""
    planted.setattr(quota, "give_back", lambda session, pieces: None)


def a_limit_is_of_one_order(planted: pytest.MonkeyPatch) -> None:
    """What the customer ordered before is not counted."""
    planted.setattr(quota, "_count", lambda session, *which: 0)


def nobody_looks_at_the_clock(planted: pytest.MonkeyPatch) -> None:
    """A sale that has ended goes on."""
    planted.setattr(quota, "state_at", lambda window, at: supply.sales.SaleState.RUNNING)


def late_money_takes_no_pieces(planted: pytest.MonkeyPatch) -> None:
    """An expired order is confirmed at the price of pieces that others have by now."""
    planted.setattr(quota, "pieces_of", lambda lines: [])


BUGS: list[Callable[[pytest.MonkeyPatch], None]] = [
    pieces_are_counted_and_never_taken,
    what_is_let_go_is_lost,
    a_limit_is_of_one_order,
    nobody_looks_at_the_clock,
    late_money_takes_no_pieces,
]


def a_day_of_sale(database: Database) -> None:
    """Three pieces, two for one customer: bought, refused, let go, bought by another, paid too late, over."""
    stocked(database, {"A": 20})
    planned(database, spec(of("A", 3, per_customer_max=2)))
    buy(database, "o1", 2)
    with pytest.raises(supply.SaleLimitReached):
        buy(database, "o2", 1)
    with pytest.raises(supply.SaleSoldOut):
        buy(database, "o3", 2, customer="d")
    with database.transaction() as session:
        supply.expire_holds(session, at=BEGUN + HOUR)
    buy(database, "o4", 2, customer="d", at=BEGUN + HOUR)
    with pytest.raises(supply.OutOfStock):
        gateway(database).confirm("o1", ship_to=HOME, at=BEGUN + HOUR)
    with pytest.raises(supply.SaleNotRunning):
        buy(database, "o5", 1, customer="e", at=OVER)
    assert taken(database) == {"A": 2} and not discrepancies(database)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bug(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception, supply.SaleSoldOut)):
        a_day_of_sale(database)


def test_without_a_bug_a_day_of_sale_goes_well(database: Database) -> None:
    a_day_of_sale(database)


def test_an_unguarded_update_breaks_the_law(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody looks first and writes what they saw."""
    monkeypatch.setattr(quota, "require_room", lambda *args, **named: None)
    monkeypatch.setattr(quota, "_TAKE", quota._LINES.update().where(quota._LINES.c.id < 0))
    stocked(database, {"A": BUYERS})
    planned(database, spec(of("A", PIECES)))
    assert not exactly_the_pieces_are_sold(database, rush(database))
