"""Laws of totals, transitions and refunds."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared_core.kernel.money import Money
from shared_core.orders.rules import TRANSITIONS, Fare, FreightRule, State, line_refund, request_hash


@given(st.integers(0, 10**8), st.integers(1, 50), st.data())
def test_pieces_refunded_one_by_one_or_together_give_back_the_same(
    paid: int, quantity: int, data: st.DataObject
) -> None:
    goods = Money(paid, "CNY")
    refunded, pieces = Money(0, "CNY"), 0
    while pieces < quantity:
        more = data.draw(st.integers(1, quantity - pieces))
        refunded += line_refund(goods, quantity, pieces, refunded, more)
        pieces += more
        assert refunded.minor == paid * pieces // quantity

    assert refunded == goods


@given(st.integers(0, 10**6), st.integers(1, 20), st.data())
def test_a_price_reduction_counts_towards_later_pieces(paid: int, quantity: int, data: st.DataObject) -> None:
    reduction = Money(data.draw(st.integers(0, paid)), "CNY")

    rest = line_refund(Money(paid, "CNY"), quantity, 0, reduction, quantity)

    assert reduction + rest == Money(paid, "CNY")


def test_freight_is_free_from_the_threshold_on() -> None:
    rule = Fare(Money(1000, "CNY"), Money(9900, "CNY"))

    assert rule.charge(Money(9899, "CNY")) == Money(1000, "CNY")
    assert rule.charge(Money(9900, "CNY")) == Money(0, "CNY")
    assert Fare(Money(1000, "CNY")).charge(Money(10**9, "CNY")) == Money(1000, "CNY")


def test_only_a_refused_order_is_a_draft_again_and_nothing_leaves_a_full_refund() -> None:
    assert [state for state, nexts in TRANSITIONS.items() if State.DRAFT in nexts] == [State.REFUSED]
    assert TRANSITIONS[State.REFUNDED] == frozenset()
    assert set(TRANSITIONS) == set(State)


def test_the_request_hash_sees_everything_but_the_order_of_lines() -> None:
    address = {"city": "杭州"}
    same = request_hash([("A", 1), ("B", 2)], address, "shop", "")

    assert request_hash([("B", 2), ("A", 1)], address, "shop", "") == same
    assert request_hash([("A", 2), ("B", 2)], address, "shop", "") != same
    assert request_hash([("A", 1), ("B", 2)], {"city": "上海"}, "shop", "") != same


AMOUNTS = st.integers(0, 5_000).map(lambda minor: Money(minor, "CNY"))
FARES = st.builds(Fare, AMOUNTS, st.none() | AMOUNTS)
RULES = st.builds(FreightRule, FARES, st.dictionaries(st.sampled_from(["CN-XZ", "CN-XJ", "US"]), FARES))


@given(rule=RULES, region=st.sampled_from(["", "CN-XZ", "CN-XJ", "US", "CN-GD"]), goods=AMOUNTS)
@example(FreightRule(Fare(Money(10, "CNY")), {"US": Fare(Money(5, "CNY"))}), "US", Money(1, "CNY"))
def test_nobody_pays_less_than_the_least_fare(rule: FreightRule, region: str, goods: Money) -> None:
    assert rule.least.charge(goods) <= rule.fare(region).charge(goods)
    assert rule.fare("") == rule.usual


def test_only_the_usual_fare_is_counted_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof that no sale loses money counts on a fare that some do not pay."""
    monkeypatch.setattr(FreightRule, "least", property(lambda rule: rule.usual))
    with pytest.raises(AssertionError):
        test_nobody_pays_less_than_the_least_fare()
