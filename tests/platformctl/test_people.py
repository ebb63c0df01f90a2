"""`staff` and `members`: who works in a shop, and links with which people choose how they log in."""

import csv
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from shared_core.kernel.settings import Settings
from shared_core.storefront import create_app
from tests.databases import Databases
from tests.platformctl.conftest import Command
from tests.storefront.conftest import CHEAP

PASSWORD = "three quiet lamps"
REFERRALS = "sharer,visitor,at\nann,ben,2020-01-01T10:00:00\ncy,ann,2020-01-02T10:00:00\n"


@pytest.fixture
def url(ctl: Command, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with databases.empty() as address:
        monkeypatch.setenv("SHOP_DATABASE_URL", address)
        yield address


@pytest.fixture
def shop(ctl: Command, place: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop as it goes live: production, an empty database."""
    assert ctl("new", "shop", "--yes", "--preset", "fan-lock", "--set", "locale=en").code == 0
    monkeypatch.setenv("SHOP_ENVIRONMENT", "production")
    monkeypatch.setenv("SHOP_BASE_URL", "https://shop.example")
    assert ctl("migrate", "-C", "shop").code == 0
    return place / "shop"


@pytest.fixture
def browser(shop: Path, url: str) -> Iterator[TestClient]:
    """Somebody who opens that shop."""
    settings = Settings(database_url=url, worker_inline=False, rate_limits=False, _env_file=None)  # type: ignore[call-arg]
    settings = settings.model_copy(update={"environment": "development", "base_url": ""})
    app = create_app(shop / "brand", settings=settings, passwords=CHEAP)
    with TestClient(app, follow_redirects=False, headers={"Sec-Fetch-Site": "same-origin"}) as client:
        yield client


def document(ctl: Command, *arguments: str | Path) -> dict[str, object]:
    ended = ctl(*arguments, "--json")
    assert ended.code == 0, ended.out + ended.err
    return dict(json.loads(ended.out))


def open_link(browser: TestClient, link: str, **typed: str) -> int:
    """Choose a password behind a link; the status of the answer."""
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc) == ("https", "shop.example")
    browser.cookies.clear()
    answer = browser.post(parts.path, data={"name": "Ann", "password": PASSWORD} | typed)
    return answer.status_code


def links_in(text: str) -> dict[str, str]:
    return {row["member"]: row["link"] for row in csv.DictReader(text.splitlines())}


def test_a_shop_in_production_gets_its_first_owner(ctl: Command, shop: Path, browser: TestClient) -> None:
    assert "staff LOGIN --role owner" in ctl("staff", "-C", shop).out
    made = document(ctl, "staff", "boss@shop.example", "--role", "owner", "-C", shop)
    assert (made["created"], made["role"]) == (True, "owner")
    assert document(ctl, "staff", "-C", shop)["staff"][0]["can_log_in"] is False  # type: ignore[index]

    assert open_link(browser, str(made["link"])) == 303
    assert browser.get("/admin/books").status_code == 200

    assert open_link(browser, str(made["link"])) == 410, "it works once"
    told = document(ctl, "staff", "-C", shop)["staff"]
    assert [(each["role"], each["name"], each["can_log_in"]) for each in told] == [("owner", "Ann", True)]  # type: ignore[attr-defined]


def test_a_lost_link_is_made_anew_and_the_old_one_is_worthless(ctl: Command, shop: Path, browser: TestClient) -> None:
    command = ("staff", "boss@shop.example", "--role", "owner", "-C", shop)
    first, second = (document(ctl, *command) for _ in range(2))
    assert (first["created"], second["created"]) == (True, False)
    assert open_link(browser, str(first["link"])) == 410
    assert open_link(browser, str(second["link"])) == 303
    assert document(ctl, *command)["link"] is None


def test_a_role_is_changed_and_taken_back_but_never_the_last_owners(
    ctl: Command, shop: Path, browser: TestClient
) -> None:
    made = document(ctl, "staff", "boss@shop.example", "--role", "owner", "-C", shop)
    for arguments in (("--remove",), ("--role", "staff")):
        ended = ctl("staff", "boss@shop.example", *arguments, "-C", shop)
        assert (ended.code, "at least one owner" in ended.err) == (3, True)
    open_link(browser, str(made["link"]))
    second = document(ctl, "staff", "second@shop.example", "--role", "owner", "-C", shop)
    assert ctl("staff", "boss@shop.example", "--remove", "-C", shop).code == 3, "the second cannot log in yet"
    open_link(browser, str(second["link"]))
    assert "has no role" in ctl("staff", "boss@shop.example", "--remove", "-C", shop).out
    assert [each["name"] for each in document(ctl, "staff", "-C", shop)["staff"]] == ["Ann"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "arguments",
    [
        ("boss@shop.example",),
        ("boss@shop.example", "--role", "owner", "--remove"),
        ("boss@shop.example", "--role", "king"),
        ("--role", "owner"),
        ("not a login", "--role", "owner"),
        ("nobody@shop.example", "--remove"),
    ],
)
def test_what_makes_no_sense_is_refused_as_usage(ctl: Command, shop: Path, arguments: tuple[str, ...]) -> None:
    assert ctl("staff", *arguments, "-C", shop).code == 2
    assert document(ctl, "staff", "-C", shop)["staff"] == []


def test_a_broken_env_file_is_named_with_its_line(ctl: Command, shop: Path) -> None:
    (shop / ".env").write_text("SHOP_TRUSTED_PROXIES=many\n")
    for arguments in (("staff",), ("members", "invite", "--all"), ("members", "revoke", "--all")):
        ended = ctl(*arguments, "-C", shop)
        assert ended.code == 1
        assert ".env:1" in ended.err and "Traceback" not in ended.err


def test_people_of_an_import_are_invited_and_keep_what_they_have(
    ctl: Command, shop: Path, browser: TestClient, tmp_path: Path
) -> None:
    (shop / "referrals.csv").write_text(REFERRALS)
    assert ctl("import", "referrals", shop / "referrals.csv", "--source", "old", "-C", shop).code == 0
    out = tmp_path / "links.csv"

    ended = ctl("members", "invite", "--all", "--out", out, "-C", shop)

    assert (ended.code, "3 links" in ended.err, ended.out) == (0, True, "")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600 or os.name == "nt"
    links = links_in(out.read_text())
    assert sorted(links) == ["old:ann", "old:ben", "old:cy"]
    assert open_link(browser, links["old:ann"], login="ann@example.com") == 303
    fans = browser.get("/api/v1/me/fans").json()
    assert (fans["total"], fans["identified"]) == (1, 1)
    assert ctl("members", "invite", "--all", "-C", shop).out == "member,link,expires_at\n", "all have one"
    assert ctl("members", "invite", "old:ann", "-C", shop).code == 3, "she can log in"


def test_links_are_taken_back_one_by_one_or_all(ctl: Command, shop: Path, browser: TestClient) -> None:
    (shop / "referrals.csv").write_text(REFERRALS)
    ctl("import", "referrals", shop / "referrals.csv", "--source", "old", "-C", shop)
    links = links_in(ctl("members", "invite", "--all", "-C", shop).out)

    assert document(ctl, "members", "revoke", "old:ann", "-C", shop)["revoked"] == 1
    assert open_link(browser, links["old:ann"], login="ann@example.com") == 410
    assert open_link(browser, links["old:ben"], login="ben@example.com") == 303
    assert document(ctl, "members", "revoke", "--all", "-C", shop)["revoked"] == 1
    assert open_link(browser, links["old:cy"], login="cy@example.com") == 410


def test_a_name_that_is_nobody_makes_no_link_at_all(ctl: Command, shop: Path, tmp_path: Path) -> None:
    out = tmp_path / "links.csv"
    ended = ctl("members", "invite", "old:nobody", "--out", out, "-C", shop)
    assert (ended.code, "old:nobody" in ended.err, out.exists()) == (2, True, False)
    assert ctl("members", "invite", "-C", shop).code == 2
    assert ctl("members", "revoke", "X", "--all", "-C", shop).code == 2


def test_a_file_that_cannot_be_written_leaves_no_link_behind(ctl: Command, shop: Path, tmp_path: Path) -> None:
    (shop / "referrals.csv").write_text(REFERRALS)
    ctl("import", "referrals", shop / "referrals.csv", "--source", "old", "-C", shop)
    ended = ctl("members", "invite", "--all", "--out", tmp_path / "no" / "links.csv", "-C", shop)
    assert (ended.code, "cannot be written" in ended.err) == (4, True)
    assert document(ctl, "members", "revoke", "--all", "-C", shop)["revoked"] == 0
