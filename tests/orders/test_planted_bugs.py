"""Bugs planted in what becomes of a disputed payment; the books, or what may be refunded, give each away."""

from collections.abc import Callable, Iterator
from importlib import import_module

import pytest

from shared_core import orders, plan
from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from shared_core.kernel.money import Money
from shared_core.orders import dispute_rules
from tests.worlds import World

disputes, refunds = (import_module(f"shared_core.orders.{name}") for name in ("disputes", "refunds"))
"""The modules, which the room's front door hides behind functions of the same names."""


def a_lost_dispute_is_not_a_refund(planted: pytest.MonkeyPatch) -> None:
    """The loss is booked, and nobody gives back what was earned on it."""

    def only_book(session, row, made, *, at):  # type: ignore[no-untyped-def]
        charged = Money(min(made.amount_minor, row.total_minor - row.refunded_minor), row.currency)
        amount, tail = Money(made.amount_minor, row.currency), Money(0, row.currency)
        moved = dispute_rules.losing_postings(amount, charged, tail, delivered=True)
        disputes.ledger.post(session, f"dspl:{made.number}", moved, at=at)

    planted.setattr(disputes, "_lose", only_book)


def the_fee_is_forgotten(planted: pytest.MonkeyPatch) -> None:
    """Only the amount leaves the rail's account."""
    opening = dispute_rules.opening_postings
    planted.setattr(
        dispute_rules, "opening_postings", lambda collector, amount, fee: opening(collector, amount, fee * 0)
    )


def a_won_dispute_stays_claimed(planted: pytest.MonkeyPatch) -> None:
    """The rail has given the money back and the books do not know."""
    planted.setattr(dispute_rules, "restoring_postings", lambda collector, amount: [])


def the_loss_is_borne_by_the_deposit_of_others(planted: pytest.MonkeyPatch) -> None:
    """Goods that were delivered have no deposit any more."""
    losing = dispute_rules.losing_postings
    planted.setattr(dispute_rules, "losing_postings", lambda *money, delivered: losing(*money, delivered=False))


def the_bank_s_refund_waits_to_be_sent(planted: pytest.MonkeyPatch) -> None:
    """A lost dispute is promised back to the customer once more."""
    charge_back = refunds.charge_back

    def promise(session, row, parts, **named):  # type: ignore[no-untyped-def]
        made = charge_back(session, row, parts, **named)
        refunds._book(session, row, made, at=named["at"])
        return made

    planted.setattr(disputes, "charge_back", promise)


def refunds_do_not_see_disputes(planted: pytest.MonkeyPatch) -> None:
    """The customer gets the money from the bank and from the shop."""
    planted.setattr(refunds, "_leave_disputed", lambda session, row, wanted_minor: None)


BUGS = [
    a_lost_dispute_is_not_a_refund,
    the_fee_is_forgotten,
    a_won_dispute_stays_claimed,
    the_loss_is_borne_by_the_deposit_of_others,
    the_bank_s_refund_waits_to_be_sent,
    refunds_do_not_see_disputes,
]


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    listeners = Listeners()
    plans = (plan.loads(plan.preset("participants"), currency="CNY"),)
    lived = World(Database(database_url, listeners), listeners, plans=plans)
    lived.stock_up("A", units=60)
    lived.seller_id = lived.visitor()
    yield lived
    lived.database.dispose()


def live(world: World) -> None:
    """Disputes won and lost, before and after delivery, a refund that is refused, and books that hold after each."""
    waiting = world.place(world.visitor(), [("A", 1)])
    world.pay(waiting)
    for number in (waiting, world.sold(world.visitor(), [("A", 2)])):
        for outcome in ("won", "lost"):
            dispute = world.dispute(number, 5_000)
            assert world.broken() == []
            with pytest.raises(orders.OrderDisputed):
                world.refund(number)
            world.end_dispute(dispute, outcome)
            assert world.broken() == [], f"after a dispute was {outcome}"


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bug(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        live(world)


def test_without_a_bug_the_same_life_goes_well(world: World) -> None:
    live(world)
