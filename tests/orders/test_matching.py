"""Which amount an order waits for, and whose a payment is: laws and a few worked examples."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared_core.kernel.money import Money
from shared_core.orders.collectors import AGES, by_age
from shared_core.orders.matching import (
    TAILS_MAX,
    Match,
    Unmatched,
    Wanted,
    choose,
    free_tail,
    memos_in,
    never_paid,
)

amounts = st.integers(0, 300)
TODAY = date(2026, 3, 2)


def wanted(number: str, minor: int, match: Match = Match.TAIL, *, open: bool = True) -> Wanted:
    return Wanted(number, Money(minor, "CNY"), match, open, total=Money(minor + 3, "CNY"))


@given(total=amounts, taken=st.sets(amounts))
def test_a_tail_makes_an_amount_nobody_waits_for_and_never_nothing(total: int, taken: set[int]) -> None:
    tail = free_tail(Money(total, "CNY"), taken)
    if tail is not None:
        assert 1 <= tail <= TAILS_MAX and total - tail > 0 and total - tail not in taken
    else:
        assert all(total - each in taken for each in range(1, min(TAILS_MAX, total - 1) + 1))


def test_thirty_orders_of_one_price_get_thirty_amounts_and_the_next_needs_a_memo() -> None:
    taken: set[int] = set()
    for _ in range(TAILS_MAX):
        tail = free_tail(Money(9900, "CNY"), taken)
        assert tail is not None
        taken.add(9900 - tail)
    assert taken == set(range(9870, 9900))
    assert free_tail(Money(9900, "CNY"), taken) is None


def test_a_currency_without_small_change_has_no_tails() -> None:
    assert free_tail(Money(9900, "JPY"), ()) is None


@given(refunds=st.lists(st.integers(0, 50)), paid=amounts)
def test_refunds_in_any_pieces_send_back_what_was_refunded_up_to_what_was_paid(refunds: list[int], paid: int) -> None:
    refunded = sent = 0
    for each in refunds:
        kept = never_paid(paid, refunded, refunded + each)
        assert 0 <= kept <= each
        refunded, sent = refunded + each, sent + each - kept
        assert sent == min(refunded, paid)


def test_an_amount_alone_is_enough_only_where_it_was_made_unique() -> None:
    paid = Money(9897, "CNY")
    tail, memo = wanted("A", 9897), wanted("B", 9897, Match.MEMO)
    assert choose(paid, named=[], waiting=[tail]) == tail
    assert choose(paid, named=[], waiting=[memo]) is Unmatched.NOBODY
    assert choose(paid, named=[], waiting=[tail, memo]) is Unmatched.SEVERAL
    assert choose(paid, named=[], waiting=[]) is Unmatched.NOBODY


def test_a_memo_goes_before_an_amount_and_must_agree_with_it() -> None:
    paid = Money(9897, "CNY")
    tail, memo = wanted("A", 9897), wanted("B", 9897, Match.MEMO)
    assert choose(paid, named=[memo], waiting=[tail, memo]) == memo
    assert choose(Money(9900, "CNY"), named=[tail], waiting=[]) == tail, "the round price, with the memo"
    assert choose(Money(9900, "CNY"), named=[], waiting=[]) is Unmatched.NOBODY, "and without it"
    assert choose(paid, named=[wanted("C", 100)], waiting=[tail]) is Unmatched.AMOUNT
    assert choose(paid, named=[tail, memo], waiting=[]) is Unmatched.SEVERAL
    assert choose(paid, named=[], waiting=[wanted("A", 9897, open=False)]) is Unmatched.SETTLED


def test_a_memo_is_a_word_of_the_note_in_any_case() -> None:
    assert memos_in("订单 9q2xpa，谢谢") == {"9Q2XPA"}
    assert memos_in("") == frozenset()


@given(arrivals=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 100))), in_hand=st.integers(-50, 6000))
def test_the_ages_of_money_in_hand_add_up_to_it(arrivals: list[tuple[int, int]], in_hand: int) -> None:
    days = [(TODAY - timedelta(days=ago), minor) for ago, minor in arrivals]
    parts, oldest = by_age(days, in_hand, TODAY)
    assert sum(parts) == in_hand and len(parts) == len(AGES) + 1
    assert oldest is None or oldest <= max(ago for ago, _ in arrivals)


def test_the_oldest_money_leaves_first() -> None:
    arrivals = [(TODAY - timedelta(days=40), 100), (TODAY - timedelta(days=3), 50), (TODAY, 10)]
    assert by_age(arrivals, 160, TODAY) == ((10, 50, 0, 100), 40)
    assert by_age(arrivals, 60, TODAY) == ((10, 50, 0, 0), 3)
    assert by_age(arrivals, 0, TODAY) == ((0, 0, 0, 0), None)
