"""The cumulative floor against two other ways of reversing shares."""

from hypothesis import given
from hypothesis import strategies as st

from shared_core.plan import reversal_target

HISTORIES = st.integers(1, 10**9).flatmap(
    lambda goods: st.tuples(
        st.just(goods), st.integers(0, goods), st.lists(st.integers(1, goods), max_size=6).map(sorted)
    )
)
"""Goods of a line, a share of it, growing totals refunded."""


@given(HISTORIES)
def test_reversals_never_shrink_never_exceed_the_share_and_are_exact_at_a_full_refund(history):
    goods, share, refunded = history
    targets = [reversal_target(share, total, goods) for total in [0, *refunded, goods]]
    assert targets == sorted(targets)
    assert targets[0] == 0 and targets[-1] == share
    assert all(0 <= target <= share for target in targets)


@given(HISTORIES, st.integers(2, 5))
def test_the_end_does_not_depend_on_the_steps(history, times):
    goods, share, refunded = history
    end = refunded[-1] if refunded else goods
    reversed_minor = 0
    for step in range(1, times + 1):
        reversed_minor += reversal_target(share, end * step // times, goods) - reversed_minor
    assert reversed_minor == reversal_target(share, end, goods)


def test_refund_by_refund_division_would_lose_cents_where_this_does_not():
    """A share of 0.10 on 1.00, refunded in three parts of 0.33, 0.33, 0.34: alone 3 + 3 + 3 = 9, together 10."""
    parts = (33, 33, 34)
    assert sum(10 * part // 100 for part in parts) == 9
    assert reversal_target(10, sum(parts), 100) == 10


def test_goods_given_away_reverse_whole():
    assert reversal_target(0, 0, 0) == 0
