"""Pure decisions of the supply side."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core.kernel.money import Money
from shared_core.supply import BadQuantity, HoldLimitReached, HoldLimits, HoldLine, NothingToHold
from shared_core.supply.rules import (
    FeeFacts,
    content_hash,
    fee_to_return,
    freight_goes_back,
    lines_to_hold,
    merge_lines,
    platform_fee,
)

HOUR = timedelta(hours=1)
LIMITS = HoldLimits(lines_per_hold_max=2, quantity_per_line_max=5)


def test_two_lines_with_one_sku_count_as_one() -> None:
    merged = merge_lines([HoldLine("B", 1), HoldLine("A", 2), HoldLine("B", 3)])
    assert merged == [HoldLine("A", 2), HoldLine("B", 4)]


@pytest.mark.parametrize("quantity", [0, -1, True, 1.5, "2"])
def test_a_quantity_is_a_whole_number_above_zero(quantity: int) -> None:
    with pytest.raises(BadQuantity):
        merge_lines([HoldLine("A", quantity)])


def test_nothing_is_not_held() -> None:
    with pytest.raises(NothingToHold):
        lines_to_hold([], ttl=HOUR, limits=LIMITS)


@pytest.mark.parametrize(
    ("lines", "ttl", "limit"),
    [
        ([HoldLine("A", 1), HoldLine("B", 1), HoldLine("C", 1)], HOUR, "lines_per_hold_max"),
        ([HoldLine("A", 3), HoldLine("A", 3)], HOUR, "quantity_per_line_max"),
        ([HoldLine("A", 1)], timedelta(days=8), "ttl_max"),
    ],
)
def test_a_limit_is_named_when_it_is_reached(lines: list[HoldLine], ttl: timedelta, limit: str) -> None:
    with pytest.raises(HoldLimitReached) as refused:
        lines_to_hold(lines, ttl=ttl, limits=LIMITS)
    assert refused.value.params["limit"] == limit


def test_the_hash_does_not_see_the_order_of_keys_but_everything_else() -> None:
    assert content_hash({"a": 1, "b": [1, 2]}) == content_hash({"b": [1, 2], "a": 1})
    assert content_hash({"a": 1, "b": [1, 2]}) != content_hash({"a": 1, "b": [2, 1]})


def test_the_fee_is_taken_of_what_the_customer_paid_and_else_of_the_supply_price() -> None:
    goods, supply = Money(8900, "CNY"), Money(4000, "CNY")
    assert platform_fee(goods=goods, supply=supply, fee_bps=200) == Money(178, "CNY")
    assert platform_fee(goods=None, supply=supply, fee_bps=200) == Money(80, "CNY")


@given(
    fee=st.integers(0, 10_000),
    prices=st.lists(st.integers(0, 5_000), min_size=1, max_size=8),
)
def test_the_fee_comes_back_in_parts_that_never_shrink_and_add_up(fee: int, prices: list[int]) -> None:
    returned, gone, total = 0, 0, sum(prices)
    for place, price in enumerate(prices, start=1):
        gone += price
        part = fee_to_return(FeeFacts(fee, returned, total, gone, all_withdrawn=place == len(prices)))
        assert part >= 0
        returned += part
    assert returned == fee


def test_the_fee_on_free_goods_comes_back_with_the_last_of_them() -> None:
    some = FeeFacts(fee_minor=9, returned_minor=0, supply_minor=0, withdrawn_minor=0, all_withdrawn=False)
    assert fee_to_return(some) == 0
    assert fee_to_return(replace(some, all_withdrawn=True)) == 9


@pytest.mark.parametrize(
    ("shipped", "already", "left", "back"),
    [(False, False, 0, True), (True, False, 0, False), (False, True, 0, False), (False, False, 1, False)],
)
def test_freight_comes_back_once_for_a_whole_parcel_that_never_left(
    shipped: bool, already: bool, left: int, back: bool
) -> None:
    assert freight_goes_back(shipped=shipped, already=already, left=left) is back
