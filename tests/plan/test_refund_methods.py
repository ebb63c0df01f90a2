"""Three ways of taking shares back over several refunds of one order, tried on 200,000 of them.

Dividing each refund on its own, and dividing the running total by largest remainder, are what shops do most often.
Source: the study of money models, section 2.4.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from shared_core import plan
from shared_core.kernel.money import Money, allocate

ORDERS = 200_000
PAYEES = 3
REFUNDS_MAX = 5
SEED = 20260302

Grid = NDArray[np.int64]


class Histories:
    """Orders with goods of 1.00 to 1,000.00, three payees at 0.5 to 25 % each, and 2 to 5 refunds that add up to all.

    `shares` has a column per payee and a last one for the store, which is what is left; `parts` one per refund.
    """

    def __init__(self, orders: int) -> None:
        dice = np.random.default_rng(SEED)
        self.goods = dice.integers(100, 100_001, orders)
        rates = dice.integers(50, 2_501, (orders, PAYEES))
        paid = self.goods[:, None] * rates // 10_000
        self.shares = np.column_stack([paid, self.goods - paid.sum(axis=1)])
        cuts = np.sort(dice.integers(0, self.goods[:, None] + 1, (orders, REFUNDS_MAX - 1)), axis=1)
        cuts[np.arange(REFUNDS_MAX - 1)[None, :] >= dice.integers(1, REFUNDS_MAX, orders)[:, None]] = 0
        totals = np.column_stack([np.sort(cuts, axis=1), self.goods])
        self.totals = totals
        self.parts = np.diff(totals, axis=1, prepend=0)


def largest_remainder(amounts: Grid, weights: Grid) -> Grid:
    """`allocate` for many amounts at once."""
    exact = amounts[:, None] * weights
    whole = weights.sum(axis=1)[:, None]
    floors, lost = exact // whole, exact % whole
    neediest = np.argsort(-lost, axis=1, kind="stable")
    places = np.empty_like(neediest)
    np.put_along_axis(places, neediest, np.arange(weights.shape[1])[None, :].repeat(len(amounts), axis=0), axis=1)
    more: Grid = floors + (places < (amounts - floors.sum(axis=1))[:, None])
    return more


def each_on_its_own(told: Histories) -> Grid:
    """Taken back of each payee by each refund (orders, refunds, payees): every refund divided by itself."""
    steps = [largest_remainder(told.parts[:, place], told.shares) for place in range(REFUNDS_MAX)]
    return np.stack(steps, axis=1)[:, :, :PAYEES]


def running_total(told: Histories) -> Grid:
    """The same, by what the running total divided by largest remainder adds."""
    targets = [largest_remainder(told.totals[:, place], told.shares) for place in range(REFUNDS_MAX)]
    return np.diff(np.stack(targets, axis=1)[:, :, :PAYEES], axis=1, prepend=0)


def ours(told: Histories) -> Grid:
    """The same, by the function that shops run."""
    reached = np.empty((len(told.goods), REFUNDS_MAX, PAYEES), dtype=np.int64)
    for order, (goods, shares, totals) in enumerate(
        zip(told.goods.tolist(), told.shares.tolist(), told.totals.tolist(), strict=True)
    ):
        for step, total in enumerate(totals):
            for payee in range(PAYEES):
                reached[order, step, payee] = plan.reversal_target(shares[payee], total, goods)
    return np.diff(reached, axis=1, prepend=0)


@lru_cache
def told() -> Histories:
    return Histories(ORDERS)


def wrong_in_the_end(steps: Grid) -> int:
    """Orders of which, although all was refunded, somebody did not give back exactly what they got."""
    return int((steps.sum(axis=1) != told().shares[:, :PAYEES]).any(axis=1).sum())


def over_reversed(steps: Grid) -> int:
    """Orders of which somebody at some time had given back more than they got."""
    reached = steps.cumsum(axis=1)
    return int((reached > told().shares[:, None, :PAYEES]).any(axis=(1, 2)).sum())


def backwards(steps: Grid) -> int:
    """Orders of which a refund gave somebody money."""
    return int((steps < 0).any(axis=(1, 2)).sum())


def test_the_array_method_is_allocate() -> None:
    few = Histories(500)
    found = largest_remainder(few.totals[:, 2], few.shares)
    for amount, weights, parts in zip(few.totals[:, 2].tolist(), few.shares.tolist(), found.tolist(), strict=True):
        assert [part.minor for part in allocate(Money(amount, "CNY"), weights)] == parts


def test_dividing_each_refund_on_its_own_is_wrong_on_many_orders() -> None:
    steps = each_on_its_own(told())
    figures = {"wrong in the end": wrong_in_the_end(steps), "over-reversed": over_reversed(steps)}
    print(f"each refund on its own, of {ORDERS}: {figures}")
    assert figures["wrong in the end"] > ORDERS // 10
    assert figures["over-reversed"] > ORDERS // 10


def test_dividing_the_running_total_gives_money_back_to_some_payees() -> None:
    steps = running_total(told())
    print(f"running total by largest remainder, of {ORDERS}: backwards {backwards(steps)}")
    assert wrong_in_the_end(steps) == 0
    assert backwards(steps) > 0


def test_the_cumulative_floor_is_right_on_every_order() -> None:
    steps = ours(told())
    print(f"cumulative floor, of {ORDERS}: {wrong_in_the_end(steps)} wrong, {over_reversed(steps)} over-reversed")
    assert (wrong_in_the_end(steps), over_reversed(steps), backwards(steps)) == (0, 0, 0)
