"""Laws of booking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core.kernel.money import Money
from shared_core.ledger import accounts
from shared_core.ledger.rules import Posting, UnknownAccount, content_hash, net_changes, reversed_postings

places = st.sampled_from([accounts.bank(), accounts.sales(), accounts.member_pending(7), accounts.clearing("manual")])
postings = st.lists(
    st.builds(
        lambda ends, minor, currency: Posting(ends[0], ends[1], Money(minor, currency)),
        st.lists(places, min_size=2, max_size=2, unique=True),
        st.integers(0, 10**9),
        st.sampled_from(["CNY", "JPY"]),
    ),
    max_size=8,
)


@given(postings)
def test_all_changes_sum_to_zero_in_every_currency(rows: list[Posting]) -> None:
    changes = net_changes(rows)

    for currency in ("CNY", "JPY"):
        assert sum(minor for (_, each), minor in changes.items() if each == currency) == 0


@given(postings)
def test_booking_then_reversing_restores_every_account(rows: list[Posting]) -> None:
    assert all(minor == 0 for minor in net_changes([*rows, *reversed_postings(rows)]).values())


@given(postings, st.randoms())
def test_the_content_hash_does_not_depend_on_order(rows: list[Posting], dice: object) -> None:
    shuffled = sorted(rows, key=lambda each: each.amount.minor)

    assert content_hash(shuffled) == content_hash(rows)


@pytest.mark.parametrize("address", ["bank", "assets", "assets:", "assets:Bank", "world:x", "assets:a b"])
def test_an_address_outside_the_chart_is_refused(address: str) -> None:
    with pytest.raises(UnknownAccount):
        Posting(address, accounts.bank(), Money(1, "CNY"))


def test_a_posting_can_move_nothing_backwards() -> None:
    with pytest.raises(AssertionError):
        Posting(accounts.bank(), accounts.sales(), Money(-1, "CNY"))
