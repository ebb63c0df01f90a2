"""Asking strangers for pictures: nobody leads us to where we must not go, or keeps us waiting."""

import time
from collections.abc import Collection
from datetime import timedelta

import pytest

from shared_core import media
from shared_core.kernel.outgoing import Patience
from shared_core.media import fetching, rules
from tests.media.photographs import Site, photograph

PICTURE = photograph()


def fetch(web: Site, **named: object) -> media.SafeFetch:
    """May ask the site, and nobody else on loopback."""
    return media.SafeFetch((web.url,), "SHOP_MEDIA_PRIVATE_ORIGINS", **named)  # type: ignore[arg-type]


def test_a_picture_comes_as_it_was_sent(web: Site) -> None:
    assert fetch(web)(web.give("/a.jpg", PICTURE)) == PICTURE
    [(_, headers)] = web.asked
    assert headers["accept-encoding"] == "identity" and "cookie" not in headers and "authorization" not in headers


@pytest.mark.parametrize("url", ["http://127.0.0.1/a", "http://[::1]/a", "http://169.254.169.254/latest", "http://0/a"])
def test_nothing_inside_is_asked_unless_it_is_named(url: str) -> None:
    with pytest.raises(media.AddressNotPublic) as refused:
        media.SafeFetch(setting="SHOP_X")(url)
    assert refused.value.params["setting"] == "SHOP_X"


def test_a_name_is_resolved_once_and_the_checked_number_is_asked(web: Site) -> None:
    """The name's second answer would lead elsewhere; the host is still asked for by its name."""
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    named = f"http://pictures.test:{web.port}"

    def resolve(host: str, port: int) -> Collection[str]:
        assert (host, port) == ("pictures.test", web.port)
        return answers.pop(0)

    web.give("/a.jpg", PICTURE)
    assert media.SafeFetch((named,), resolve=resolve)(f"{named}/a.jpg") == PICTURE
    assert len(answers) == 1 and web.asked[0][1]["host"] == f"pictures.test:{web.port}"


def test_a_name_that_leads_inside_is_refused(web: Site) -> None:
    asked = media.SafeFetch(resolve=lambda *_: ["1.1.1.1", "127.0.0.1"])
    with pytest.raises(media.AddressNotPublic):
        asked("http://harmless.test/a.jpg")


def test_redirects_are_followed_and_each_is_checked(web: Site) -> None:
    web.give("/b.jpg", PICTURE)
    assert fetch(web)(web.give("/a.jpg", status=302, Location="/b.jpg")) == PICTURE
    for inside in ("http://127.0.0.1:1/", "http://169.254.169.254/latest/meta-data/"):
        with pytest.raises(media.AddressNotPublic):
            fetch(web)(web.give("/c.jpg", status=301, Location=inside))
    for nowhere in ("file:///etc/passwd", "ftp://a/b", "http://[::1", "http://u:p@a/", "gopher://127.0.0.1:70/"):
        with pytest.raises(media.BadPictureAddress):
            fetch(web)(web.give("/d.jpg", status=302, Location=nowhere))


def test_who_sends_on_and_on_is_left(web: Site) -> None:
    with pytest.raises(media.TooManyRedirects):
        fetch(web)(web.give("/a", status=302, Location="/a"))
    assert len(web.asked) == fetching.REDIRECTS_MAX + 1


@pytest.mark.parametrize(("status", "error"), [(404, media.PictureRefused), (403, media.PictureRefused),
                                               (500, media.PictureAway), (429, media.PictureAway)])  # fmt: skip
def test_what_may_help_later_is_told_from_what_will_not(web: Site, status: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        fetch(web)(web.give("/a", PICTURE, status=status))


def test_too_much_is_not_taken(web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "BYTES_MAX", 2**20)
    with pytest.raises(media.PictureTooHeavy):
        fetch(web)(web.give("/said", b"", Content_Length=str(2**20 + 1)))
    with pytest.raises(media.PictureTooHeavy):
        fetch(web)(web.give("/unsaid", b"\0" * (2**20 + 1)))


@pytest.mark.parametrize("headers", [{}, {"X-Long": "y" * 2_000}], ids=["body", "head"])
def test_whoever_drips_is_cut_off_in_time(web: Site, headers: dict[str, str]) -> None:
    patience = Patience(total=timedelta(milliseconds=400))
    url, began = web.give("/slow", b"x" * 1_000, drip=0.05, **headers), time.monotonic()
    with pytest.raises(media.PictureAway) as away:
        fetch(web, patience=patience)(url)
    assert time.monotonic() - began < 3
    assert "seconds" in str(away.value)


def test_nobody_there_is_no_fault_of_ours(web: Site) -> None:
    nobody = "http://127.0.0.1:9"
    with pytest.raises(media.PictureAway):
        media.SafeFetch((nobody,))(nobody + "/a")

    def unknown(host: str, port: int) -> Collection[str]:
        raise OSError("no such host")

    with pytest.raises(media.PictureAway):
        media.SafeFetch(resolve=unknown)("http://nowhere.test/a")


def test_no_proxy_of_the_environment_is_used(web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert fetch(web)(web.give("/a.jpg", PICTURE)) == PICTURE
