"""What one person is paid at most in a stretch of time (`caps.period`): decided when orders are paid, one by one.

Whoever has room left gets the next share whole, or as much of it as there is room for. So what somebody gets in a
window is the smaller of the limit and of all their shares, however these are spread over roles, lines and orders.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from shared_core.plan.table import FUND, Numbers


def within_period(takers: Numbers, amounts: Numbers, room: Numbers) -> Numbers:
    """What is paid of each share: all arrays are in the order in which the shares are decided.

    `room` is what each share's taker may still be paid before the first of these shares, below nothing taken for
    nothing. The team fund is nobody and has no limit.
    """
    if not len(takers):
        return amounts
    by_taker = np.argsort(takers, kind="stable")
    whose, wanted = takers[by_taker], amounts[by_taker]
    before = np.cumsum(wanted) - wanted
    begins = np.r_[True, whose[1:] != whose[:-1]]
    own_before = before - before[begins][np.cumsum(begins) - 1]
    left = np.maximum(room[by_taker] - own_before, 0)
    paid = np.empty_like(amounts)
    paid[by_taker] = np.where(whose == FUND, wanted, np.minimum(wanted, left))
    return paid


def paid_in_turn(shares: Sequence[tuple[int, int]], room: Mapping[int, int]) -> list[int]:
    """The same for a few shares, each (member, amount); `room` is by member."""
    takers, amounts, rooms = np.array([(who, wanted, room[who]) for who, wanted in shares], dtype=object).T
    return [int(each) for each in within_period(takers.astype(np.int64), amounts, rooms)]
