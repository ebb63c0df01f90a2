"""Tracking numbers: what a known carrier cannot have given out is refused, what it can is kept in one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core import supply
from shared_core.supply.dropshipping import carriers

NAMES = st.sampled_from([(carrier, name) for carrier in supply.CARRIERS for name in (carrier.code, *carrier.names)])


@given(NAMES, st.sampled_from(["", " ", "  "]), st.booleans())
def test_a_carrier_goes_by_any_of_its_names_and_its_example_is_one_of_its_numbers(
    named: tuple[supply.Carrier, str], space: str, upper: bool
) -> None:
    carrier, name = named
    number = carrier.example if upper else carrier.example.lower()
    spaced = space.join([number[:4], number[4:]])
    assert supply.parcel_mark(f"{space}{name.title()}{space}", spaced) == (carrier.code, carrier.example)


@pytest.mark.parametrize(
    ("carrier", "number"),
    [
        ("SF", "SF-1"),
        ("顺丰", "SF12345"),
        ("YTO", "YT12"),
        ("ZTO", "abc"),
        ("UPS", "1Z999"),
        ("FedEx", "1234"),
        ("USPS", "94001118992231"),
        ("DHL", "12345"),
        ("JD", "京东1234567890"),
        ("EMS", "EE123456789CN"),  # the check digit of 12345678 is 5
        ("SF", ""),
        ("Local", ""),
        ("", "1"),
        ("Local", "1\u200b"),
        ("Local", "x" * 65),
        ("SF", "１２３４５６７８９０１２"),
    ],
)
def test_what_cannot_be_a_tracking_number_is_refused(carrier: str, number: str) -> None:
    with pytest.raises(supply.BadTrackingNumber):
        supply.parcel_mark(carrier, number)


def test_a_carrier_nobody_knows_is_taken_at_its_word() -> None:
    assert supply.parcel_mark(" 村口小店 ", " a-1 ") == ("村口小店", "a-1")


def test_a_refusal_says_what_the_numbers_look_like() -> None:
    with pytest.raises(supply.BadTrackingNumber, match="its numbers look like SF1234567890123"):
        supply.parcel_mark("顺丰", "1")


def remainder(digits: str) -> int:
    return sum(weight * int(digit) for weight, digit in zip(carriers.S10_WEIGHTS, digits, strict=True)) % 11


@given(st.integers(0, 99_999_999), st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_never_adds_up(serial: int, place: int, off: int) -> None:
    eight = f"{serial:08d}"
    right = [digit for digit in range(10) if carriers.s10_adds_up(f"EE{eight}{digit}CN")]
    assert len(right) == 1
    wrong = f"{eight[:place]}{(int(eight[place]) + off) % 10}{eight[place + 1 :]}"
    remainders = {
        sum(w * int(d) for w, d in zip(carriers.S10_WEIGHTS, each, strict=True)) % 11 for each in (eight, wrong)
    }
    if not remainders <= {0, 6}:  # both stand for the digit 5
        assert not carriers.s10_adds_up(f"EE{wrong}{right[0]}CN")
