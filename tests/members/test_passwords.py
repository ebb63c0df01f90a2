"""Hashing, verifying and raising the price."""

import pytest

from shared_core import members
from shared_core.members.passwords import Credentials, Passwords

CHEAP = Passwords(time_cost=1, memory_kib=8, parallelism=1)


def test_who_knows_the_password_is_proven() -> None:
    proven = CHEAP.verify(Credentials(7, CHEAP.hash("horse battery")), "horse battery")

    assert proven.member_id == 7
    assert proven.stronger_hash is None


def test_a_wrong_password_and_an_unknown_account_are_refused_alike() -> None:
    for credentials in (Credentials(7, CHEAP.hash("horse battery")), Credentials(None, None), Credentials(7, None)):
        with pytest.raises(members.WrongCredentials) as refusal:
            CHEAP.verify(credentials, "another horse")
        assert str(refusal.value) == "The login or the password is not right."


def test_an_unknown_account_costs_a_hash_too() -> None:
    verified = []
    passwords = Passwords(time_cost=1, memory_kib=8, parallelism=1)
    spied = passwords._hashes.verify_and_update
    passwords._hashes.verify_and_update = lambda *pair: verified.append(pair) or spied(*pair)  # type: ignore[method-assign, assignment, func-returns-value]

    with pytest.raises(members.WrongCredentials):
        passwords.verify(Credentials(None, None), "nobody has this password")

    assert len(verified) == 1


def test_a_higher_price_asks_for_a_stronger_hash() -> None:
    dearer = Passwords(time_cost=2, memory_kib=16, parallelism=1)

    proven = dearer.verify(Credentials(7, CHEAP.hash("horse battery")), "horse battery")

    assert proven.stronger_hash is not None
    assert dearer.verify(Credentials(7, proven.stronger_hash), "horse battery").stronger_hash is None
