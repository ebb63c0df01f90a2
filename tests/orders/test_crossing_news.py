"""Any history of boxes, short pieces and refunds of one order, in which news waits as long as it likes."""

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from shared_core import orders, supply
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.listeners import Listeners
from shared_core.supply.models import StockHoldLine
from tests.databases import Databases
from tests.worlds import World

QUANTITY = 4
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ship", "short", "refund", "keep", "cancel", "arrive", "settle"]), st.integers(1, QUANTITY)
    ),
    max_size=8,
)


def play(world: World, number: str, what: str, pieces: int) -> None:
    name, lines = f"{number}-1", [supply.HoldLine("A", pieces)]
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
            case "refund" | "keep":
                [line] = orders.lines(session, orders.get(session, number).id)
                wanted = orders.RefundOrder(
                    [orders.RefundItem(line.id, pieces)], reason="asked", actor="staff:1", goods_back=what == "refund"
                )
                orders.refund(session, number, wanted, refund_number=world.unique("R"), at=world.now)


@settings(max_examples=40)
@given(steps=STEPS)
def test_nobody_pays_for_what_never_comes(databases: Databases, steps: list[tuple[str, int]]) -> None:
    with databases.fresh() as url:
        listeners = Listeners()
        world = World(Database(url, listeners), listeners)
        world.stock_up("A")
        number = world.place(world.visitor(), [("A", QUANTITY)])
        world.pay(number)
        for what, pieces in steps:
            if what == "settle":
                world.settle_down()
            else:
                with suppress(PlatformError):
                    play(world, number, what, pieces)
        world.settle_down()
        judge(world, number)
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
    if found.state == "delivered":
        assert row.state in ("delivered", "refunded")
    if found.state == "cancelled":
        assert row.state == "refunded"
