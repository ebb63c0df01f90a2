"""What a SKU costs: never below its supply price, and in the shape that the shop likes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core.catalog import PriceBasis, PriceRule, Rounding, list_price, rules
from shared_core.catalog.rules import round_up, selling_price
from shared_core.kernel.money import Money
from tests.catalog.offers import SUGGESTED, yuan

CURRENCIES = st.sampled_from(["CNY", "JPY", "KWD"])
RULES = st.builds(
    PriceRule,
    basis=st.sampled_from(PriceBasis),
    markup_bps=st.integers(0, 100_000),
    rounding=st.sampled_from(Rounding),
)


def money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


@given(RULES, st.integers(0, 10**9), st.none() | st.integers(0, 10**9), CURRENCIES)
def test_no_rule_prices_below_the_supply_price(
    rule: PriceRule, supply_minor: int, suggested: int | None, currency: str
) -> None:
    supply_price = Money(supply_minor, currency)
    price = list_price(rule, supply_price=supply_price, suggested=money(suggested, currency))
    assert price is not None and price >= supply_price


@given(RULES, st.none() | st.integers(0, 10**6))
def test_without_a_supply_price_there_is_no_price(rule: PriceRule, suggested: int | None) -> None:
    assert list_price(rule, supply_price=None, suggested=money(suggested, "CNY")) is None


@given(st.integers(0, 10**9), st.sampled_from(Rounding), CURRENCIES)
def test_rounding_only_goes_up_by_less_than_a_step_and_only_once(minor: int, rounding: Rounding, currency: str) -> None:
    price = Money(minor, currency)
    rounded = round_up(price, rounding)
    assert 0 <= rounded.minor - minor < 1000
    assert round_up(rounded, rounding) == rounded


@pytest.mark.parametrize(
    ("minor", "rounding", "rounded"),
    [
        (1234, Rounding.NONE, 1234),
        (1234, Rounding.WHOLE, 1300),
        (1300, Rounding.WHOLE, 1300),
        (1234, Rounding.NINES, 1239),
        (1234, Rounding.CHARM_90, 1290),
        (1291, Rounding.CHARM_90, 1390),
        (1290, Rounding.CHARM_99, 1299),
        (1299, Rounding.CHARM_99, 1299),
    ],
)
def test_prices_in_yuan_get_the_shape_that_is_asked_for(minor: int, rounding: Rounding, rounded: int) -> None:
    assert round_up(yuan(minor), rounding) == yuan(rounded)


@pytest.mark.parametrize("rounding", [Rounding.NONE, Rounding.WHOLE, Rounding.CHARM_90, Rounding.CHARM_99])
def test_yen_have_no_decimals_to_charm_with(rounding: Rounding) -> None:
    assert round_up(Money(1234, "JPY"), rounding) == Money(1234, "JPY")


def test_a_markup_is_added_to_the_supply_price_and_rounded_up() -> None:
    rule = PriceRule(PriceBasis.MARKUP, markup_bps=6000)
    assert list_price(rule, supply_price=yuan(1001), suggested=yuan(9900)) == yuan(1602)


def test_the_suggested_price_is_taken_unless_it_is_below_the_supply_price() -> None:
    assert list_price(SUGGESTED, supply_price=yuan(4000), suggested=yuan(8900)) == yuan(8900)
    assert list_price(SUGGESTED, supply_price=yuan(4000), suggested=yuan(3000)) == yuan(4000)


def test_where_nothing_is_suggested_the_markup_helps_or_there_is_no_price() -> None:
    helped = PriceRule(PriceBasis.SUGGESTED, markup_bps=5000)
    assert list_price(helped, supply_price=yuan(4000), suggested=None) == yuan(6000)
    assert list_price(SUGGESTED, supply_price=yuan(4000), suggested=None) is None


def test_a_rule_that_means_nothing_is_a_mistake() -> None:
    with pytest.raises(AssertionError):
        PriceRule(PriceBasis.MARKUP)
    with pytest.raises(AssertionError):
        PriceRule(PriceBasis.MARKUP, markup_bps=-1)


@given(st.none() | st.integers(0, 100), st.none() | st.integers(0, 100), st.none() | st.integers(0, 100))
def test_what_is_sold_is_never_sold_below_supply(supply: int | None, rule: int | None, own: int | None) -> None:
    price = selling_price(supply_price=money(supply, "CNY"), by_rule=money(rule, "CNY"), override=money(own, "CNY"))
    if price is not None:
        assert supply is not None and price.minor >= supply
        assert price.minor == (own if own is not None else rule)


def test_other_rules_have_other_signatures() -> None:
    rules = [SUGGESTED, PriceRule(PriceBasis.SUGGESTED, 5000), PriceRule(PriceBasis.MARKUP, 5000)]
    assert len({rule.signature for rule in rules}) == 3


PATHS = st.lists(st.text("abc", min_size=1, max_size=2), max_size=4).map(rules.PATH_MARK.join)


def test_a_path_ends_with_its_category() -> None:
    assert rules.category_path("Shirts", ["Clothing", " Men > Boys "]) == "Clothing > Men / Boys > Shirts"
    assert rules.category_path("Shirts", ["Clothing", "Shirts"]) == "Clothing > Shirts"
    assert rules.category_path("", []) == ""
    assert rules.ancestors("A > B > C") == ["A", "A > B", "A > B > C"]


@given(st.dictionaries(PATHS.filter(bool), st.integers(1, 9)), PATHS)
def test_counts_of_children_are_those_of_everything_below(counts: dict[str, int], below: str) -> None:
    found = rules.children(counts, below)
    inside = [path for path in counts if below in ["", *rules.ancestors(path)] and path != below]
    assert sum(found.values()) == sum(counts[path] for path in inside)
    assert all(rules.ancestors(path)[:-1] == rules.ancestors(below) for path in found)
