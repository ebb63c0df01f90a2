"""Signed links: genuine, changed, foreign, expired, and after a change of keys."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from shared_core import members
from shared_core.members.tokens import Purpose, ShareClaims, read, sign
from tests.members.people import NOON, days

KEYS = ["a key that nobody knows"]


def token(claims: ShareClaims | None = None, *, keys: list[str] = KEYS, audience: str = "north") -> str:
    return sign(claims or ShareClaims("ANNA", expires_at=days(30)), purpose="share", audience=audience, keys=keys)


def said(text: str, *, keys: list[str] = KEYS, audience: str = "north", purpose: Purpose = "share") -> ShareClaims:
    return read(text, purpose=purpose, audience=audience, keys=keys, at=NOON)


@given(st.text(min_size=1, max_size=16), st.text(max_size=60), st.none() | st.integers(1, 4000))
def test_a_genuine_token_says_what_was_signed(code: str, about: str, lasts: int | None) -> None:
    claims = ShareClaims(code, about, days(lasts) if lasts else None)

    assert said(token(claims)) == claims


def test_a_token_may_be_read_any_number_of_times() -> None:
    text = token()

    assert said(text) == said(text)


def test_every_changed_bit_is_seen() -> None:
    text = token()

    for place in range(len(text)):
        for bit in range(7):
            changed = text[:place] + chr(ord(text[place]) ^ (1 << bit)) + text[place + 1 :]
            with pytest.raises(members.TokenUnreadable):
                said(changed)


@given(st.integers(0, 200), st.text(max_size=5))
def test_nothing_may_be_put_in_cut_off_or_added(place: int, inserted: str) -> None:
    text = token()
    for changed in (text[:place] + inserted + text[place:], text[:place], text + inserted):
        if changed != text:
            with pytest.raises(members.TokenUnreadable):
                said(changed)


def test_a_token_for_another_shop_or_purpose_is_not_ours() -> None:
    with pytest.raises(members.TokenUnreadable):
        said(token(), audience="south")
    with pytest.raises(members.TokenUnreadable):
        said(token(), purpose="invite")


def test_a_token_ends_at_its_second() -> None:
    text = token(ShareClaims("ANNA", expires_at=NOON))

    with pytest.raises(members.TokenExpired):
        said(text)


def test_after_a_change_of_keys_old_links_live_until_the_old_key_is_retired() -> None:
    old = token(keys=["old"])

    assert said(old, keys=["new", "old"]).code == "ANNA"
    assert said(token(keys=["new", "old"]), keys=["new"]).code == "ANNA"
    with pytest.raises(members.TokenUnreadable):
        said(old, keys=["new"])


@pytest.mark.parametrize("parts", [{}, [], ["ANNA"], [1, "", 0], ["ANNA", "", "soon"], "ANNA"])
def test_genuine_nonsense_is_unreadable(parts: object) -> None:
    serializer = URLSafeSerializer(
        KEYS,
        salt="members:share:north",
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )

    with pytest.raises(members.TokenUnreadable):
        said(str(serializer.dumps(parts)))
