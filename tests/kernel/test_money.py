"""Laws of exact money."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core.kernel.money import (
    BadAmount,
    MixedCurrencies,
    Money,
    allocate,
    decimal_text,
    exponent,
    format_money,
    parse_money,
    share_of,
)

amounts = st.integers(-(10**12), 10**12).map(lambda minor: Money(minor, "CNY"))
weights = st.lists(st.integers(0, 10_000), min_size=1, max_size=12).filter(any)


@given(amounts, weights)
def test_no_cent_is_lost_or_invented(amount: Money, weights: list[int]) -> None:
    assert sum(part.minor for part in allocate(amount, weights)) == amount.minor


@given(amounts, weights)
def test_a_zero_weight_never_receives_anything(amount: Money, weights: list[int]) -> None:
    parts = allocate(amount, weights)

    assert all(part.minor == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@given(amounts, weights)
def test_each_part_is_within_one_unit_of_its_exact_share(amount: Money, weights: list[int]) -> None:
    for part, weight in zip(allocate(amount, weights), weights, strict=True):
        assert abs(part.minor * sum(weights) - amount.minor * weight) < sum(weights)


@given(amounts, weights)
def test_a_negative_amount_is_split_like_the_positive_one(amount: Money, weights: list[int]) -> None:
    assert allocate(-amount, weights) == [-part for part in allocate(amount, weights)]


def test_odd_cents_go_to_who_lost_most_and_then_to_the_first() -> None:
    assert [part.minor for part in allocate(Money(100, "CNY"), [1, 1, 1])] == [34, 33, 33]
    assert [part.minor for part in allocate(Money(15, "CNY"), [0, 1, 1])] == [0, 8, 7]


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_a_share_is_never_more_than_exact(minor: int, bps: int) -> None:
    share = share_of(Money(minor, "CNY"), bps).minor

    assert share * 10_000 <= minor * bps < (share + 1) * 10_000


@given(amounts)
def test_what_is_written_as_decimal_text_reads_back_the_same(amount: Money) -> None:
    assert parse_money(decimal_text(amount), "CNY") == amount


def test_a_currency_without_minor_unit_takes_whole_amounts_only() -> None:
    assert exponent("JPY") == 0
    assert parse_money("1250", "JPY") == Money(1250, "JPY")
    with pytest.raises(BadAmount):
        parse_money("12.5", "JPY")


@pytest.mark.parametrize("text", ["", "1,000", "12.345", "1e3", "NaN", "inf", "½", "--1", "99999999999999"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(BadAmount):
        parse_money(text, "CNY")


def test_currencies_do_not_mix() -> None:
    with pytest.raises(MixedCurrencies):
        Money(1, "CNY") + Money(1, "JPY")


def test_people_read_money_their_way() -> None:
    assert format_money(Money(1250, "CNY"), "zh-CN") == "¥12.50"
    assert format_money(Money(1250, "JPY"), "ja") == "￥1,250"
    assert format_money(Money(-1250, "USD"), "en") == "-$12.50"
