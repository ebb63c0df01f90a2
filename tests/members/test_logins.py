"""Phone numbers, addresses, names and passwords as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core import members
from shared_core.members.logins import Login, check_password, clean_name, mask_name, normalise_login

ANNA = Login("email", "anna.berg@example.com")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("13800138000", "+8613800138000"),
        (" 138 0013-8000 ", "+8613800138000"),
        ("＋８６１３８００１３８０００", "+8613800138000"),
        ("0086 138 0013 8000", "+8613800138000"),
        ("+1 (415) 555-0100", "+14155550100"),
    ],
)
def test_one_phone_number_has_one_form(text: str, value: str) -> None:
    assert normalise_login(text) == Login("phone", value)


def test_a_number_without_country_belongs_to_the_shops_country() -> None:
    assert normalise_login("090-1234-5678", country_code="81") == Login("phone", "+819012345678")


def test_an_address_is_compared_in_small_letters() -> None:
    assert normalise_login(" Anna.Berg@Example.COM ") == ANNA


@pytest.mark.parametrize(
    "text",
    ["", "anna", "a@b", "a b@c.de", "@c.de", "a@@c.de", "a@c..de", "12", "+1234567890123456", "x" * 250 + "@c.de"],
)
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(members.LoginUnreadable):
        normalise_login(text)


@given(st.text(max_size=30))
def test_any_text_is_normalised_once_for_all_or_refused(text: str) -> None:
    try:
        login = normalise_login(text)
    except members.LoginUnreadable:
        return
    assert normalise_login(login.value) == login


def test_a_name_is_one_line() -> None:
    assert clean_name("  Anna\n\tBerg\x00 ") == "Anna Berg"


@pytest.mark.parametrize("name", ["", " \n ", "x" * 81])
def test_a_name_that_is_empty_or_endless_is_refused(name: str) -> None:
    with pytest.raises(members.NameUnusable):
        clean_name(name)


@pytest.mark.parametrize(("name", "masked"), [("张小明", "张**"), ("李", "李"), ("Alexandra", "A**"), ("", "")])
def test_a_masked_name_shows_one_character(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_a_long_passphrase_needs_no_special_characters() -> None:
    assert check_password("correct horse battery staple", login=ANNA) == "correct horse battery staple"


def test_one_password_typed_two_ways_is_one_password() -> None:
    assert check_password("ｈｏｒｓｅ battery", login=ANNA) == "horse battery"


@pytest.mark.parametrize(
    "password",
    [
        "password123", "Qwerty12345!", "aaaaaaaaaaaa", "1234567890", "abcdefghijkl", "abcabcabcabc",
        "anna.berg2026", "AnnaBerg2026", "woaini1314520",
    ],
)  # fmt: skip
def test_a_password_that_is_easy_to_guess_is_refused(password: str) -> None:
    with pytest.raises(members.PasswordTooCommon):
        check_password(password, login=ANNA, name="Anna Berg")


def test_a_password_has_a_shortest_and_a_longest_length() -> None:
    with pytest.raises(members.PasswordTooShort):
        check_password("kurz7x!", login=ANNA)
    with pytest.raises(members.PasswordTooLong):
        check_password("x7" * 65, login=ANNA)
