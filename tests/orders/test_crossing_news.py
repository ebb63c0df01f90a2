"""Any history of boxes, short pieces, refunds and returns of one order, in which news waits as long as it likes."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core import orders, supply
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.listeners import Listeners
from shared_core.supply.models import StockHoldLine
from tests.databases import Databases
from tests.worlds import World

pieces, returning, withdrawing = (
    import_module(f"shared_core.supply.dropshipping.{name}") for name in ("pieces", "returning", "withdrawing")
)
QUANTITY = 4
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ship", "short", "refund", "keep", "cancel", "arrive", "settle", "ask", "new", "look"]),
        st.integers(1, QUANTITY),
    ),
    max_size=10,
)


def give_back(world: World, session: Session, number: str, pieces: int, remedy: supply.Remedy) -> None:
    row = orders.get(session, number)
    [line] = orders.lines(session, row.id)
    why = supply.ReturnReason.WRONG
    [asked] = orders.ask_return(
        session, number, {line.id: pieces}, buyer_id=row.buyer_id, reason=why, remedy=remedy, words="", at=world.now
    )
    when = orders.RefundWhen.NOW if pieces % 2 else orders.RefundWhen.INSPECTED
    orders.accept_return(session, asked.number, refund_when=when, actor="staff:1", at=world.now)


def look(world: World, session: Session, good: int) -> None:
    """Somebody opens every box: `good` pieces are sellable, the next is spoilt, the others are refused."""
    for each in supply.returns.listed(session, states=[supply.ReturnState.REQUESTED, supply.ReturnState.AUTHORISED]):
        [line] = each.returned.lines
        sellable = min(good, line.quantity)
        spoilt = min(line.quantity - sellable, 1)
        found = [supply.Inspected("A", sellable, spoilt, line.quantity - sellable - spoilt)]
        supply.returns.receive(session, each.returned.number, actor="ann", at=world.now)
        supply.returns.inspect(session, each.returned.number, found, actor="ann", at=world.now)


def play(world: World, number: str, what: str, count: int) -> None:
    name, lines = f"{number}-1", [supply.HoldLine("A", count)]
    with world.transaction() as session:
        match what:
            case "ship":
                box = world.unique("x")
                supply.ship(session, number=name, carrier="Local", tracking_number=box, lines=lines, at=world.now)
            case "short":
                supply.short_ship(session, number=name, missing=lines, at=world.now)
            case "cancel":
                supply.cancel(session, number=name, at=world.now)
            case "arrive":
                supply.deliver(session, number=name, at=world.now)
            case "ask" | "new":
                remedy = supply.Remedy.MONEY if what == "ask" else supply.Remedy.REPLACEMENT
                give_back(world, session, number, count, remedy)
            case "look":
                look(world, session, count - 1)
            case "refund" | "keep":
                [line] = orders.lines(session, orders.get(session, number).id)
                wanted = orders.RefundOrder(
                    [orders.RefundItem(line.id, count)], reason="asked", actor="staff:1", goods_back=what == "refund"
                )
                orders.refund(session, number, wanted, refund_number=world.unique("R"), at=world.now)


@settings(max_examples=40)
@given(steps=STEPS)
def test_nobody_pays_for_what_never_comes(databases: Databases, steps: list[tuple[str, int]]) -> None:
    live(databases, steps)


def live(databases: Databases, steps: list[tuple[str, int]]) -> None:
    with databases.fresh() as url:
        listeners = Listeners()
        world = World(Database(url, listeners), listeners)
        world.stock_up("A")
        number = world.place(world.visitor(), [("A", QUANTITY)])
        world.pay(number)
        try:
            for what, pieces in steps:
                if what == "settle":
                    world.settle_down()
                else:
                    with suppress(PlatformError):
                        play(world, number, what, pieces)
            world.settle_down()
            judge(world, number)
        finally:
            world.database.dispose()


def judge(world: World, number: str) -> None:
    """The books hold; the store owes for what comes alone, and the customer has paid for nothing that never comes."""
    assert world.broken() == []
    with world.database.reading() as session:
        assert supply.stock_discrepancies(session) == []
        row = orders.get(session, number)
        [line] = orders.lines(session, row.id)
        [held] = session.scalars(select(StockHoldLine))
        [found] = supply.supplier_orders(session, references=[number])
    assert held.short_open == 0, "all that is short is withdrawn"
    assert held.restocked <= QUANTITY - held.short, "only what exists is on sale again"
    assert line.refunded_quantity >= held.short, "all that is short is paid back"
    assert held.withdrawn <= line.refunded_quantity
    with world.database.reading() as session:
        seen = [each.returned for each in supply.returns.listed(session)]
        heard = {each.number: str(each.state) for each in orders.returns_of(session, row.id)}
    accepted = sum(each.sellable + each.unsellable for back in seen if not back.replaced for each in back.inspected)
    assert held.returned <= accepted, "what was sent is only owed less for once somebody has looked at it"
    assert heard.items() >= {each.number: str(each.state) for each in seen}.items()
    if found.state == "delivered":
        assert row.state in ("delivered", "refunded")
    if found.state == "cancelled":
        assert row.state == "refunded"


def settle_unseen(planted: pytest.MonkeyPatch) -> None:
    """A store's word is taken for goods that have left, as it once was."""
    real = returning.begin

    def at_a_word(
        session: Session, hold: object, order: object, held: object, asked: object, **named: object
    ) -> object:
        row = real(session, hold, order, held, asked, **named)  # type: ignore[arg-type]
        for line in held.values():  # type: ignore[attr-defined]
            line.coming_back, line.returned, line.withdrawn = 0, line.coming_back, line.withdrawn + line.coming_back
        return row

    planted.setattr(withdrawing, "begin", at_a_word)
    planted.setattr(returning, "begin", at_a_word)


def give_up_stock_for_nothing(planted: pytest.MonkeyPatch) -> None:
    """New pieces leave, and nobody counts them."""
    planted.setattr(pieces, "exchange", lambda now, quantity, new, sellable: replace(now, coming_back=0))


LIVES = [
    [("ship", 4), ("settle", 1), ("refund", 2), ("settle", 1)],
    [("ship", 4), ("arrive", 1), ("settle", 1), ("new", 2), ("settle", 1), ("look", 2), ("settle", 1)],
]


@pytest.mark.parametrize("bug", [settle_unseen, give_up_stock_for_nothing], ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None], databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        for life in LIVES:
            live(databases, life)


def test_without_a_bug_these_lives_go_well(databases: Databases) -> None:
    for life in LIVES:
        live(databases, life)
