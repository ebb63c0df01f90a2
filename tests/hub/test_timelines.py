"""A hub goes on from a backup: stores are refused until they have said again what it forgot, then all is as it was."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from inspect import signature
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_core import orders, supply
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from shared_core.orders import resuming
from shared_core.supply import tenancy
from shared_core.supply.gateways import hub_client
from shared_core.supply.tenancy import lost_since, timeline
from tests.databases import Databases
from tests.hub.backups import backup, restore
from tests.hub.far import Far, far_from
from tests.hub.hubs import Served, add, key_of, reaching, tenant_gateway
from tests.supply.goods import HALF_AN_HOUR, NOON, discrepancies, lines, stocked, where

Plant = Callable[[pytest.MonkeyPatch], None]
ANN = {"actor": "ann"}


def begin(database: Database, code: str = "first") -> str:
    with database.transaction() as session:
        return tenancy.begin_timeline(session, code, **ANN, at=NOON)


def go_on(database: Database, code: str = "second", *, at: datetime = NOON) -> tenancy.Timeline:
    with database.transaction() as session:
        return tenancy.go_on_from_backup(session, code, **ANN, at=at)


def say_again(far: Far, since: datetime | None) -> orders.SaidAgain:
    assert since is not None
    told = orders.say_again(far.shop.desk, since=since, currency="CNY")
    far.shop.settle_down()
    return told


def test_a_store_that_knows_another_history_is_refused_and_nothing_is_done(database: Database, server: Served) -> None:
    stocked(database, {"A": 3})
    add(database, "north")
    key = key_of(database, "north")
    begin(database)
    with reaching(server.over(database), key, timeline="first") as knowing, reaching(server, key) as asking:
        knowing.hold("1", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
        go_on(database)
        for call in (
            lambda: knowing.hold("2", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON),
            lambda: knowing.release("1", at=NOON),
            knowing.events,
            knowing.me,
        ):
            with pytest.raises(supply.HubRefused, match="supply resume"):
                call()
        assert where(database, "A") == (3, 2, 1, 0)
        assert [each.code for each in asking.me().timelines] == ["first", "second"]


def test_a_hub_has_one_first_history(database: Database) -> None:
    assert begin(database, "a") == "a"
    assert begin(database, "b") == "a"


def test_no_number_is_given_twice(database: Database) -> None:
    stocked(database, {"A": 9})
    shop = tenant_gateway(database, add(database, "north"))
    shop.hold("1", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm("1", ship_to=supply.Address("n", "1", "s", "c"), at=NOON)
    kept = backup(database)
    with database.transaction() as session:
        supply.ship(session, number="north.1-1", carrier="Local", tracking_number="1", at=NOON)
    lost = shop.events()
    restore(database, kept)
    go_on(database)
    with database.transaction() as session:
        supply.cancel(session, number="north.1-1", at=NOON)
    [again] = shop.events(after=lost.cursor).events
    assert again.kind == "cancelled" and again.id > lost.cursor, "a store that heard the lost one hears this one"


def test_how_much_is_lost_is_known_by_the_histories() -> None:
    first, second, third = (
        tenancy.Timeline("a", None),
        tenancy.Timeline("b", NOON),
        tenancy.Timeline("c", NOON - timedelta(days=1)),
    )
    assert lost_since("c", [first, second, third]) is None
    assert lost_since("b", [first, second, third]) == NOON - timedelta(days=1)
    assert lost_since("a", [first, second]) == NOON
    with pytest.raises(LookupError):
        lost_since("x", [first])


@pytest.fixture
def resumed(far: Far) -> Iterator[Far]:
    begin(far.hub)
    yield far


def test_what_the_hub_forgot_is_said_again(resumed: Far) -> None:
    far, shop = resumed, resumed.shop
    before = shop.place(shop.visitor(), [("A", 1)])
    shop.pay(before)
    held = shop.place(shop.visitor(), [("B", 2)])
    kept = backup(far.hub)
    shop.now += timedelta(minutes=1)

    shop.pay(held)
    forgotten = shop.place(shop.visitor(), [("A", 2), ("C", 1)])
    shop.pay(forgotten)
    waiting = shop.place(shop.visitor(), [("C", 2)])
    shop.refund(forgotten, {"A": 1})
    far.supplier(before, step="ship")
    assert far.owes()[0] == far.owes()[1]
    stood = {sku: where(far.hub, sku) for sku in "ABC"}

    restore(far.hub, kept)
    line = go_on(far.hub, at=shop.now)
    assert far.owes()[0] != far.owes()[1]
    told = say_again(far, line.goes_on_from)
    assert (told.orders, told.new, told.unsaid) == (4, 2, ())
    assert {sku: where(far.hub, sku) for sku in "ABC"} == stood and not discrepancies(far.hub)
    assert far.owes()[0] == far.owes()[1]

    again = say_again(far, line.goes_on_from)
    assert (again.orders, again.new, again.unsaid) == (4, 0, ()), "and again changes nothing"
    assert {sku: where(far.hub, sku) for sku in "ABC"} == stood
    shop.pay(waiting)
    far.supplier(before, step="ship")
    far.supplier(before, step="deliver")
    assert shop.state(before) == "delivered" and far.owes()[0] == far.owes()[1]


def test_what_cannot_be_had_again_is_told_and_left_as_it_is(resumed: Far) -> None:
    far, shop = resumed, resumed.shop
    kept = backup(far.hub)
    number = shop.place(shop.visitor(), [("A", 2)])
    shop.pay(number)
    dearer = shop.place(shop.visitor(), [("B", 1)])
    shop.pay(dearer)
    restore(far.hub, kept)
    with far.hub.transaction() as session:
        supply.adjust_stock(session, sku="A", quantity=-9, reference="count", at=shop.now)
        prices = {"cost": 800, "supply_price": 1100, "suggested": 2000}
        spec = supply.VariantSpec(sku="B", **{name: shop.money(minor) for name, minor in prices.items()})
        supply.put_product(session, supply.ProductSpec("p-b", "Sample B", (spec,)), supplier="bestco", at=shop.now)
    line = go_on(far.hub, at=shop.now)
    told = say_again(far, line.goes_on_from)
    assert [(each.order, str(each.reason)) for each in told.unsaid] == [
        (number, "Only 1 of A are left."),
        (dearer, "the supply side now asks 19.40 CNY for it, 18.40 CNY is booked"),
    ]
    assert shop.state(number) == shop.state(dearer) == "paid", "nobody was given their money back"
    with far.hub.transaction() as session:
        supply.adjust_stock(session, sku="A", quantity=5, reference="found", at=shop.now)
    [left] = say_again(far, line.goes_on_from).unsaid
    assert left.order == dearer, "the other one was had after the goods were counted"


def test_what_was_bought_in_a_sale_is_held_again_in_the_sale(resumed: Far) -> None:
    far, shop = resumed, resumed.shop
    goods = supply.sales.SaleGoodsSpec("A", shop.money(700), shop.money(1000), 5, cost=shop.money(100))
    ends = shop.now + timedelta(days=30)
    spring = supply.sales.SaleSpec("spring", "Spring", "", "CNY", shop.now, shop.now, ends, (goods,))
    with far.hub.transaction() as session:
        supply.sales.add_sale(session, spring, actor="ann", at=shop.now)
    shop.show_sales()
    kept = backup(far.hub)
    shop.now += timedelta(minutes=1)
    waiting = shop.place(shop.visitor(), [("A", 1)])
    shop.pay(shop.place(shop.visitor(), [("A", 2)]))
    restore(far.hub, kept)
    told = say_again(far, go_on(far.hub, at=shop.now).goes_on_from)
    assert (told.new, told.unsaid) == (2, ())
    shop.pay(waiting)
    with far.hub.reading() as session:
        assert supply.sales.sale(session, "spring", at=shop.now).taken == {"A": 3}
    assert far.owes()[0] == far.owes()[1]


def test_a_return_the_hub_forgot_is_told(resumed: Far) -> None:
    far, shop = resumed, resumed.shop
    number = shop.place(shop.visitor(), [("A", 1)])
    shop.pay(number)
    far.supplier(number, step="ship")
    far.supplier(number, step="deliver")
    kept = backup(far.hub)
    shop.now += timedelta(minutes=1)
    with shop.transaction() as session:
        row = orders.get(session, number)
        [line] = orders.lines(session, row.id)
        asked = orders.ask_return(
            session,
            number,
            {line.id: 1},
            buyer_id=row.buyer_id,
            reason=supply.ReturnReason.DAMAGED,
            remedy=supply.Remedy.MONEY,
            words="",
            at=shop.now,
        )
        orders.accept_return(
            session, asked[0].number, refund_when=orders.RefundWhen.INSPECTED, actor="staff:1", at=shop.now
        )
    shop.settle_down()
    restore(far.hub, kept)
    [left] = say_again(far, go_on(far.hub, at=shop.now).goes_on_from).unsaid
    assert left.order == number and "requested here, - at the supply side" in str(left.reason)


def play(far: Far, story: list[tuple[str, int]], placed: list[str]) -> None:
    """What may happen; a step that cannot is left out."""
    shop = far.shop
    for what, which in story:
        shop.now += timedelta(minutes=1)
        number = placed[which % len(placed)] if placed else ""
        try:
            match what:
                case "place":
                    placed.append(shop.place(shop.visitor(), [("A", 1), ("B", 1 + which % 2)]))
                case "pay" if number and shop.state(number) == "placed":
                    shop.pay(number)
                case "refund" if number and shop.state(number) in ("paid", "shipped", "delivered"):
                    shop.refund(number, {"B": 1})
                case "cancel" if number:
                    far.supplier(number, step="cancel")
                case "ship" if number:
                    far.supplier(number, step="ship")
        except PlatformError:  # it has gone too far, or not far enough
            continue


STORY = st.lists(
    st.tuples(st.sampled_from(["place", "pay", "refund", "cancel", "ship"]), st.integers(0, 5)), max_size=8
)


@settings(max_examples=12, deadline=None)
@given(before=STORY, after=STORY)
def test_wherever_the_backup_was_made_both_books_agree_in_the_end(
    databases: Databases, server: Served, before: list[Any], after: list[Any]
) -> None:
    with databases.fresh() as url, far_from(Database(url), databases, server) as far:
        begin(far.hub)
        placed: list[str] = []
        play(far, before, placed)
        kept = backup(far.hub)
        play(far, after, placed)
        restore(far.hub, kept)
        line = go_on(far.hub, at=far.shop.now)
        told = say_again(far, line.goes_on_from)
        assert told.unsaid == ()
        assert far.owes()[0] == far.owes()[1] and not discrepancies(far.hub)
        far.hub.dispose()


# --- bugs that must be noticed --------------------------------------------------------------------------------------


def numbers_go_on_where_the_backup_stopped(planted: pytest.MonkeyPatch) -> None:
    """Numbers of events come twice."""
    planted.setattr(timeline, "JUMP", 0)


def only_what_is_paid_is_said_again(planted: pytest.MonkeyPatch) -> None:
    """What was given back is not given back again."""
    planted.setattr(resuming, "GIVES_BACK", ())


def nobody_asks_for_the_history(planted: pytest.MonkeyPatch) -> None:
    """A store asks on as if nothing had happened."""
    planted.setattr(hub_client.wire, "TIMELINE_HEADER", "Supply-Anything")


BUGS: dict[Plant, Callable[..., None]] = {
    numbers_go_on_where_the_backup_stopped: test_no_number_is_given_twice,
    only_what_is_paid_is_said_again: test_what_the_hub_forgot_is_said_again,
    nobody_asks_for_the_history: test_a_store_that_knows_another_history_is_refused_and_nothing_is_done,
}


@pytest.mark.parametrize(("bug", "law"), BUGS.items(), ids=[each.__name__ for each in BUGS])
def test_a_planted_bug_is_killed(
    bug: Plant, law: Callable[..., None], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    needed = {name: request.getfixturevalue(name) for name in signature(law).parameters}
    bug(monkeypatch)
    with pytest.raises((AssertionError, ValueError, pytest.fail.Exception)):
        law(**needed)
