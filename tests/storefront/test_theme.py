"""How a shop looks like itself: colours, type, shadowed templates, hooks."""

from pathlib import Path

import pytest

from shared_core.kernel.findings import ConfigError
from shared_core.kernel.settings import Settings
from tests.storefront.conftest import Clock, Front, buy, close_front, open_front, pay

PAGE = {"Accept": "text/html"}


def test_the_stylesheet_holds_the_brands_colours_and_the_partners_tokens(
    brand_dir: Path, settings: Settings, clock: Clock
) -> None:
    with (brand_dir / "brand.toml").open("a") as file:
        file.write('[colours]\nprimary = "#123456"\n[type]\ntext = "Georgia, serif"\n')
    (brand_dir / "theme").mkdir()
    (brand_dir / "theme" / "tokens.css").write_text(":root { --radius: 0; }")
    front = open_front(brand_dir, settings, clock)
    sheet = front.browser().get("/theme.css")
    assert sheet.headers["content-type"].startswith("text/css")
    assert "--color-primary: #123456;" in sheet.text
    assert "--font-text: Georgia, serif;" in sheet.text
    assert sheet.text.index("--radius: 0") > sheet.text.index("--color-primary")
    close_front(front)


def test_a_stylesheet_is_kept_for_ever_under_its_version_only(front: Front) -> None:
    client = front.browser()
    tag = client.get("/theme.css").headers["etag"]
    kept = client.get("/theme.css", params={"v": tag.strip('"')})
    assert "immutable" in kept.headers["cache-control"]
    assert "immutable" not in client.get("/theme.css", params={"v": "old"}).headers["cache-control"]
    assert client.get("/theme.css", headers={"If-None-Match": tag}).status_code == 304


def test_a_template_of_the_brand_shadows_the_cores_page_or_one_block_of_it(
    brand_dir: Path, settings: Settings, clock: Clock
) -> None:
    templates = brand_dir / "theme" / "templates"
    templates.mkdir(parents=True)
    (templates / "error.html").write_text('{% extends "core:error.html" %}{% block title %}Oh dear{% endblock %}')
    front = open_front(brand_dir, settings, clock)
    page = front.browser().get("/nothing", headers=PAGE).text
    assert "<title>Oh dear</title>" in page
    assert "Lamplight" in page
    close_front(front)


def test_the_brands_own_pictures_are_served(brand_dir: Path, settings: Settings, clock: Clock) -> None:
    assets = brand_dir / "theme" / "assets"
    assets.mkdir(parents=True)
    (assets / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    front = open_front(brand_dir, settings, clock)
    address = front.shop.theme.statics.url("brand/logo.svg")
    answer = front.browser().get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert "sandbox" in answer.headers["content-security-policy"]
    for path in ("/static/brand/../brand.toml", "/static/brand/..%2Fbrand.toml", "/static/brand/none.svg", "/static/"):
        assert front.browser().get(path).status_code == 404
    close_front(front)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("zh-CN,zh;q=0.9", "zh-CN"),
        ("zh-TW", "zh-CN"),
        ("fr;q=0.9,en;q=0.8", "en"),
        ("fr", "en"),
        ("", "en"),
        ("*", "en"),
    ],
)
def test_the_browsers_language_is_met_as_well_as_can_be(front: Front, asked: str, given: str) -> None:
    answer = front.browser().get("/api/v1/session", headers={"Accept-Language": asked})
    assert answer.json()["locale"] == given


def test_the_language_asked_for_wins(front: Front) -> None:
    answer = front.browser().get("/api/v1/session?lang=zh-CN", headers={"Accept-Language": "en"})
    assert answer.json()["locale"] == "zh-CN"


def test_a_misspelt_hook_fails_at_start(brand_dir: Path, settings: Settings, clock: Clock) -> None:
    (brand_dir / "hooks.py").write_text(
        "from shared_core.storefront import hookimpl\n\n@hookimpl\ndef on_order_payed(event): ...\n"
    )
    with pytest.raises(ConfigError) as caught:
        open_front(brand_dir, settings, clock)
    [finding] = caught.value.findings
    assert finding.code == "bad_hook"
    assert "on_order_paid" in finding.text(str)


def test_an_unknown_argument_of_a_hook_fails_at_start(brand_dir: Path, settings: Settings, clock: Clock) -> None:
    (brand_dir / "hooks.py").write_text(
        "from shared_core.storefront import hookimpl\n\n@hookimpl\ndef on_order_paid(order): ...\n"
    )
    with pytest.raises(ConfigError):
        open_front(brand_dir, settings, clock)


def test_a_hook_hears_after_the_commit_and_its_fault_harms_nobody(
    brand_dir: Path, settings: Settings, clock: Clock
) -> None:
    told = brand_dir / "told.txt"
    (brand_dir / "hooks.py").write_text(
        "from pathlib import Path\nfrom shared_core.storefront import hookimpl\n\n"
        f"@hookimpl\ndef on_order_paid(event):\n    Path({str(told)!r}).write_text(str(event.order_id))\n\n"
        "@hookimpl\ndef on_order_placed():\n    raise RuntimeError('no arguments, and broken')\n"
    )
    front = open_front(brand_dir, settings, clock)
    front.stock("A")
    client, staff = front.member(), front.staff()
    order = buy(client, "A")
    assert not told.exists()
    pay(front, staff, order)
    assert told.read_text()
    assert client.get(f"/api/v1/orders/{order}").json()["state"] == "paid"
    close_front(front)
