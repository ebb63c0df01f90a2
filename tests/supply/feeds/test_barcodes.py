"""Barcodes are kept in one way of writing, and only right ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core.supply import feeds
from shared_core.supply.catalogue.feeds import barcodes

BODIES = st.sampled_from(barcodes.LENGTHS).flatmap(lambda n: st.text("0123456789", min_size=n - 1, max_size=n - 1))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("400 6381 333931", "4006381333931"),
        ("978-0-306-40615-7", "9780306406157"),
        ("978‐0‐306‐40615‐7", "9780306406157"),
        ("0-306-40615-2", "9780306406157"),
        ("0-8044-2957-x", "9780804429573"),
        ("9638 5074", "96385074"),
        ("ABC-1 x", "ABC-1 x"),
        ("080442957X", "9780804429573"),
        ("", ""),
    ],
)
def test_a_barcode_is_kept_as_its_digits(written: str, kept: str) -> None:
    assert barcodes.normalised(written) == kept
    assert not barcodes.is_wrong(kept)


@given(BODIES)
def test_exactly_one_check_digit_is_right(body: str) -> None:
    right = [digit for digit in "0123456789" if not barcodes.is_wrong(body + digit)]
    assert right == [str(barcodes.check_digit(body))]


@given(BODIES, st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(body: str, place: int, by: int) -> None:
    whole = body + str(barcodes.check_digit(body))
    at = place % len(whole)
    assert barcodes.is_wrong(whole[:at] + str((int(whole[at]) + by) % 10) + whole[at + 1 :])


@given(st.text(max_size=20))
def test_doing_it_twice_changes_nothing(text: str) -> None:
    assert barcodes.normalised(barcodes.normalised(text)) == barcodes.normalised(text)


def test_a_bare_number_of_ten_digits_is_no_book() -> None:
    """Two foods of a real list would pass for one."""
    assert barcodes.normalised("1111587132") == "1111587132" and barcodes.is_wrong("1111587132")


def test_books_are_told_by_their_prefix() -> None:
    assert barcodes.is_book("9780306406157") and not barcodes.is_book("4006381333931")
    assert not barcodes.is_book("9780306406158") and not barcodes.is_book("978")


def test_a_wrong_one_costs_the_barcode_and_says_why() -> None:
    feed = feeds.read(b"product,title,price,barcode\na,A,1,400-638-133-3931\nb,B,1,4006381333932\n")
    assert [variant.barcode for product in feed.products for variant in product.variants] == ["4006381333931", ""]
    [note] = feed.notes
    assert (note.line, note.field, "check digit" in str(note)) == (3, "barcode", True)
