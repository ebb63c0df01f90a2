"""Where the pieces of a line are, in whatever order they are sent, short and withdrawn."""

from hypothesis import assume, given
from hypothesis import strategies as st

from shared_core.supply.dropshipping import pieces
from shared_core.supply.dropshipping.pieces import Pieces

WAYS = ["send", "short", "withdraw", "restock", "ask", "let", "take", "exchange"]
STEPS = st.lists(st.tuples(st.sampled_from(WAYS), st.integers(0, 5)), max_size=10)


def play(ordered: int, steps: list[tuple[str, int]]) -> Pieces:
    """The pieces after these steps, each as far as it is possible."""
    now = Pieces(ordered)
    for what, wanted in steps:
        if what == "send":
            now = pieces.send(now, min(wanted, now.to_send))
        elif what == "short":
            now = pieces.report_short(now, min(wanted, now.to_send))
        elif what == "ask":
            now = pieces.ask_back(now, min(wanted, now.out))
        elif what == "let":
            now = pieces.let_be(now, min(wanted, now.coming_back))
        elif what == "take":
            gone = min(wanted, now.coming_back)
            now = pieces.take_back(now, gone, credited=(gone + 1) // 2, sellable=gone // 2)
        elif what == "exchange":
            gone = min(wanted, now.coming_back)
            now = pieces.exchange(now, gone, new=(gone + 1) // 2, sellable=gone // 2)
        else:
            now = pieces.withdraw(now, min(wanted, now.unsent), restock=what == "restock")
    return now


@given(ordered=st.integers(1, 5), steps=STEPS)
def test_pieces_are_never_counted_twice(ordered: int, steps: list[tuple[str, int]]) -> None:
    now = play(ordered, steps)
    assert 0 <= now.short_open <= now.short <= ordered - now.sent
    assert now.withdrawn + now.short_open + now.coming == ordered and now.coming >= 0
    assert 0 <= now.restocked <= now.withdrawn and now.to_send >= 0
    assert now.unsent == now.to_send + now.short_open
    assert now.out >= 0 and now.out + now.coming_back + now.returned + now.kept == now.sent
    assert 0 <= now.exchanged <= now.replaced


@given(ordered=st.integers(1, 5), steps=STEPS)
def test_a_piece_that_left_is_only_withdrawn_once_it_came_back(ordered: int, steps: list[tuple[str, int]]) -> None:
    now = play(ordered, steps)
    assert now.withdrawn <= ordered - now.sent + now.returned


@given(ordered=st.integers(1, 5), steps=STEPS)
def test_what_is_short_is_never_on_sale_again(ordered: int, steps: list[tuple[str, int]]) -> None:
    now = play(ordered, steps)
    assert now.restocked <= ordered - now.short


@given(ordered=st.integers(1, 5), short=st.integers(1, 5), refunded=st.integers(1, 5))
def test_a_customer_s_refund_may_overtake_the_news_of_a_short_piece(ordered: int, short: int, refunded: int) -> None:
    assume(short + refunded <= ordered)
    told = pieces.report_short(Pieces(ordered), short)
    first = pieces.withdraw(pieces.withdraw(told, refunded, restock=True), short, restock=False)
    second = pieces.withdraw(pieces.withdraw(told, short, restock=False), refunded, restock=True)
    assert first == second == Pieces(ordered, short + refunded, refunded, short, 0, 0)
    assert first.to_send == ordered - short - refunded


def test_the_last_piece_both_short_and_refunded_is_neither_sent_nor_restocked() -> None:
    assert pieces.withdraw(pieces.report_short(Pieces(1), 1), 1, restock=True) == Pieces(1, 1, 0, 1, 0, 0)
