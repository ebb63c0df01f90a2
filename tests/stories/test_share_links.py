"""Links that were tampered with, are too old, or are followed again."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from shared_core import members
from tests.stories.conftest import Workshop
from tests.stories.driver import Server, StoryShop, served
from tests.stories.people import Person

FLIPS = 60


@pytest.fixture(scope="module")
def open_shop(workshop: Workshop) -> Iterator[tuple[StoryShop, Server]]:
    with workshop.shop() as shop, served(shop, worker_inline=False) as server:
        yield shop, server


@pytest.fixture
def crowd(open_shop: tuple[StoryShop, Server]) -> Iterator["Crowd"]:
    with ExitStack() as browsers:
        yield Crowd(open_shop[1], browsers)


class Crowd:
    """People who come as they are asked for."""

    def __init__(self, server: Server, browsers: ExitStack) -> None:
        self.server = server
        self._browsers = browsers

    def somebody(self) -> Person:
        return self._browsers.enter_context(Person(self.server))


def test_a_link_that_was_changed_in_any_bit_binds_nobody_and_says_so_kindly(crowd: Crowd) -> None:
    link = crowd.somebody().sign_up("Mei").share("/products/lamp")
    stranger = crowd.somebody()
    token = link.removeprefix("/s/")
    bits = [(place, bit) for place in range(len(token)) for bit in range(7)]
    for place, bit in [*bits[:: len(bits) // FLIPS], *bits[-14:]]:  # the last letters hold bits that mean nothing
        changed = token[:place] + chr(ord(token[place]) ^ 1 << bit) + token[place + 1 :]
        refused(stranger, f"/s/{quote(changed, safe='')}", 404)
    for cut in (link[:-1], link + "A", "/s/" + "A" * 2_000, "/s/..."):
        refused(stranger, cut, 404)
    assert stranger.get("/me/tie") == {"tie": None}
    assert stranger.follow(link).get("/me/tie")["tie"]["sponsor_name"].startswith("M")


def test_a_link_signed_by_somebody_else_or_for_something_else_binds_nobody(
    open_shop: tuple[StoryShop, Server], crowd: Crowd
) -> None:
    mei, stranger = crowd.somebody().sign_up("Mei"), crowd.somebody()
    code = str(mei.get("/session")["member_code"])
    claims = members.ShareClaims(code=code)
    own = (open_shop[0].secret,)
    others: list[tuple[Any, str, tuple[str, ...]]] = [
        ("share", "shop", ("another key",)),
        ("invite", "shop", own),
        ("share", "hub", own),
    ]
    for purpose, audience, keys in others:
        token = members.sign_share_token(claims, purpose=purpose, audience=audience, keys=keys)
        refused(stranger, f"/s/{token}", 404)
    unsigned = urlsafe_b64encode(f'["{code}","",0]'.encode()).decode().rstrip("=")
    for token in (unsigned, unsigned + ".", unsigned + ".bm9uZQ"):
        refused(stranger, f"/s/{token}", 404)
    assert stranger.get("/me/tie") == {"tie": None}


def test_a_link_that_has_ended_binds_nobody_and_one_that_has_not_does(
    open_shop: tuple[StoryShop, Server], crowd: Crowd
) -> None:
    code = str(crowd.somebody().sign_up("Mei").get("/session")["member_code"])
    stranger = crowd.somebody()
    for life, status in ((timedelta(seconds=-1), 410), (timedelta(hours=1), 303)):
        claims = members.ShareClaims(code=code, expires_at=datetime.now(UTC) + life)
        token = members.sign_share_token(claims, purpose="share", audience="shop", keys=(open_shop[0].secret,))
        if status == 303:
            stranger.follow(f"/s/{token}")
        else:
            refused(stranger, f"/s/{token}", status)
            assert stranger.get("/me/tie") == {"tie": None}
    assert stranger.get("/me/tie")["tie"]["sponsor_name"].startswith("M")


def test_whoever_follows_again_stays_with_the_first(crowd: Crowd) -> None:
    mei, ann = crowd.somebody().sign_up("Mei"), crowd.somebody().sign_up("Ann")
    bao = crowd.somebody().follow(mei.share())
    first = bao.get("/me/tie")
    for link in (mei.share(), ann.share(), mei.share("/products/lamp")):
        assert bao.follow(link).get("/me/tie") == first
    bao.sign_up("Bao").follow(ann.share())
    assert bao.get("/me/tie") == first
    assert [each.get("/me/fans")["total"] for each in (mei, ann)] == [1, 0]


def test_nobody_is_bound_to_themselves_or_to_their_own_fan(crowd: Crowd) -> None:
    mei, bao = crowd.somebody().sign_up("Mei"), crowd.somebody()
    mei.follow(mei.share())
    assert mei.get("/me/tie") == {"tie": None}
    bao.follow(mei.share()).sign_up("Bao")
    mei.follow(bao.share())
    assert mei.get("/me/tie") == {"tie": None}


def refused(person: Person, link: str, status: int) -> None:
    """A page of the shop says so; nothing is remembered."""
    answer: httpx2.Response = person.browser.get(link, headers={"Accept": "text/html"})
    assert answer.status_code == status, link
    assert "set-cookie" not in answer.headers
    assert 'href="/"' in answer.text and "Traceback" not in answer.text
