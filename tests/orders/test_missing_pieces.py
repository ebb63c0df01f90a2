"""Pieces that never come, while refunds and disputes of the same order cross the news of them; and bugs planted."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module

import pytest

from shared_core import orders, plan, supply
from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from shared_core.supply.dropshipping import pieces
from tests.worlds import World

at_the_shop = import_module("shared_core.orders.fulfilment")
at_the_supplier = import_module("shared_core.supply.dropshipping.fulfilment")


def a_short_piece_is_on_sale_again(planted: pytest.MonkeyPatch) -> None:
    """A refund puts back what the supplier said does not exist."""
    withdraw = pieces.withdraw

    def all_of_it(now: pieces.Pieces, quantity: int, *, restock: bool) -> pieces.Pieces:
        gone = withdraw(now, quantity, restock=restock)
        return replace(gone, restocked=now.restocked + (quantity if restock else 0))

    planted.setattr(pieces, "withdraw", all_of_it)


def nobody_is_paid_back(planted: pytest.MonkeyPatch) -> None:
    """The customer's money stays with the shop."""
    planted.setattr(at_the_shop, "_refund_missing", lambda *order, freight: at_the_shop.Counter())


def what_no_refund_brings_back_is_still_owed(planted: pytest.MonkeyPatch) -> None:
    """A piece the customer was to keep and that never comes is paid by the shop."""
    planted.setattr(at_the_shop.SupplyDesk, "_withdraw_unrefunded", lambda desk, row, lines, number: None)


def every_report_counts_anew(planted: pytest.MonkeyPatch) -> None:
    """A supplier who says the same twice has sent less."""
    planted.setattr(
        at_the_supplier,
        "_more_missing",
        lambda order, lines, missing: [each for each in missing if each.quantity <= 3],
    )


BUGS = [
    a_short_piece_is_on_sale_again,
    nobody_is_paid_back,
    what_no_refund_brings_back_is_still_owed,
    every_report_counts_anew,
]


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    listeners = Listeners()
    plans = (plan.loads(plan.preset("participants"), currency="CNY"),)
    lived = World(Database(database_url, listeners), listeners, plans=plans)
    lived.stock_up("A", units=60)
    lived.seller_id = lived.promoter()
    yield lived
    lived.database.dispose()


def short(world: World, number: str, quantity: int) -> None:
    with world.transaction() as session:
        missing = [supply.HoldLine("A", quantity)]
        supply.short_ship(session, number=f"{number}-1", missing=missing, at=world.now)


def agreed(world: World, number: str, *, coming: int, refunded: int, restocked: int = 0) -> None:
    """So many pieces come and are owed for, so many were paid back to the customer; and the books hold."""
    world.settle_down()
    with world.database.reading() as session:
        found = supply.supplier_orders(session, references=[number])
        row = orders.get(session, number)
        assert [[line.quantity for line in each.lines] for each in found] == [[coming] if coming else []]
        assert row.refunded_minor == refunded * 8900
        assert supply.stock_discrepancies(session) == []
        level = supply.level(session, sku="A")
        assert level.free == 60 - level.sold, f"{level}"
    assert world.broken() == []


def live(world: World) -> None:
    plain, kept, crossed, banked = (world.place(world.visitor(), [("A", 4)]) for _ in range(4))
    for number in (plain, kept, crossed, banked):
        world.pay(number)
    owed = owes(world)

    for _ in range(2):
        short(world, plain, 1)
    agreed(world, plain, coming=3, refunded=1)
    assert owed - owes(world) == 4_000 + 178

    world.refund(kept, {"A": 2}, goods_back=False)
    short(world, kept, 3)  # two of the three could still be paid back
    agreed(world, kept, coming=1, refunded=4)
    assert owed - owes(world) == (4_000 + 178) * 4

    before = free(world)
    with world.transaction() as session:  # everything is refunded, and before the hub hears of it two are short
        orders.refund_all(
            session,
            crossed,
            reason="asked",
            actor="staff:1",
            goods_back=True,
            refund_number="R-crossed",
            at=world.now,
        )
    short(world, crossed, 2)
    agreed(world, crossed, coming=0, refunded=4)
    assert free(world) - before == 2

    world.end_dispute(world.dispute(banked, 35_600, fee=0), "lost")
    owed = owes(world)
    short(world, banked, 1)
    agreed(world, banked, coming=3, refunded=4)
    assert owed - owes(world) == 4_000 + 178


def free(world: World) -> int:
    with world.database.reading() as session:
        return supply.level(session, sku="A").free


def owes(world: World) -> int:
    with world.database.reading() as session:
        return supply.charged(session, store="store", currency="CNY").minor


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bug(monkeypatch)
    with pytest.raises((AssertionError, supply.StepRefused)):
        live(world)


def test_without_a_bug_the_same_life_goes_well(world: World) -> None:
    live(world)


def test_news_of_what_never_comes_is_applied_once_although_it_is_heard_at_once_too(world: World) -> None:
    number = world.place(world.visitor(), [("A", 4)])
    world.pay(number)
    with world.transaction() as session:
        missing = [supply.HoldLine("A", 1)]
        news = supply.short_ship(session, number=f"{number}-1", missing=missing, at=world.now)
        orders.hear_supply(session, news, zone="Asia/Shanghai")
    agreed(world, number, coming=3, refunded=1)
