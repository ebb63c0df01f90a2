"""Withholding under the PRC ordinary rule, against figures worked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core.rewards import Earlier, withhold

YUAN = 100
AMOUNTS = st.integers(0, 200_000 * YUAN)


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [
        (0, 0),
        (800, 0),
        (801, 20),
        (1_800, 20_000),
        (4_000, 64_000),
        (4_001, 64_016),
        (10_000, 160_000),
        (25_000, 400_000),
        (30_000, 520_000),
        (62_500, 1_300_000),
        (100_000, 2_500_000),
    ],
)
def test_the_ordinary_rule_by_hand(yuan: int, fen: int):
    assert withhold("cn-labour", yuan * YUAN, Earlier()).tax_minor == fen


@given(st.lists(AMOUNTS, max_size=8))
def test_a_months_tax_does_not_depend_on_the_parts(parts: list[int]):
    earlier = Earlier()
    for part in parts:
        tax = withhold("cn-labour", part, earlier).tax_minor
        earlier = Earlier(earlier.gross_minor + part, earlier.tax_minor + tax)
    assert earlier.tax_minor == withhold("cn-labour", sum(parts), Earlier()).tax_minor


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_tax_is_never_negative_and_never_more_than_the_payout(gross: int, before: int, taxed: int):
    tax = withhold("cn-labour", gross, Earlier(before, min(taxed, before))).tax_minor
    assert 0 <= tax <= gross


@given(AMOUNTS, st.integers(0, 1_000))
def test_more_income_is_never_taxed_less(gross: int, more: int):
    less, much = (withhold("cn-labour", each, Earlier()).tax_minor for each in (gross, gross + more))
    assert less <= much <= less + more


def test_without_a_rule_nothing_is_withheld():
    assert withhold("none", 10**9, Earlier()).tax_minor == 0
