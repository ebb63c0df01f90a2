"""The plan read aloud and an earning explained: who may see them, and what an edit of the plan changes of them."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from shared_core.kernel.findings import ConfigError
from shared_core.kernel.settings import Settings
from tests.storefront.conftest import Clock, Front, buy, close_front, key, open_front, pay

PLAN = """\
name = "lamps"
version = "{version}"
effective_from = {day}
[binding]
lasts = "forever"
[[ranks]]
id = "member"
name = {{ zh = "会员", en = "{rank}" }}
[[shares]]
id = "seller"
payee = "seller"
rate = "{rate}"
[returns]
days = {days}
[settlement]
days = {days}
"""
FORMER = PLAN.format(version="1", day="2026-01-01", rate="10%", days=7, rank="Member")
LATER = PLAN.format(version="2", day="2026-03-10", rate="20%", days=30, rank="Friend")


@pytest.fixture
def brand_dir(brand_dir: Path) -> Path:
    """A shop whose second version is to come."""
    (brand_dir / "plan.toml").write_text(LATER, "utf-8")
    (brand_dir / "plans").mkdir()
    (brand_dir / "plans" / "2026.toml").write_text(FORMER, "utf-8")
    return brand_dir


def fan_of(front: Front, sponsor: TestClient) -> TestClient:
    """Somebody new who came by the sponsor's link."""
    link = sponsor.post("/api/v1/share-links", json={"about": "/"}).json()["url"]
    fan = front.browser()
    fan.get(link.partition("shop.example")[2] or link)
    return front.member(fan, name="Bao")


def earning_of(client: TestClient) -> str:
    return str(client.get("/api/v1/me/earnings").json()["earnings"][0]["code"])


def test_the_plan_page_shows_what_is_in_force_what_comes_and_what_was(front: Front) -> None:
    page = front.browser().get("/plan").text
    assert "lamps, version 1: in force since January 1, 2026." in page
    assert "lamps, version 2: comes into force on March 10, 2026." in page
    assert page.index("10% of the price") < page.index("20% of the price"), "the one in force comes first"
    front.pass_days(9)
    later = front.browser().get("/plan").text
    assert "lamps, version 1: from January 1, 2026 to March 9, 2026." in later
    assert later.index("20% of the price") < later.index("10% of the price")


def test_the_plan_is_told_in_chinese_too(front: Front) -> None:
    page = front.browser().get("/plan?lang=zh-CN").text
    assert "lamps 第 1 版：2026年1月1日起生效至今。" in page and "价格的 10%" in page


def test_who_may_earn_finds_the_plan_from_their_page(front: Front) -> None:
    assert 'href="/plan"' in front.member().get("/me").text


def test_staff_read_every_version_in_the_back_office(front: Front) -> None:
    page = front.staff("staff").get("/admin/plan").text
    assert "lamps, version 2: comes into force" in page and "20% of the price" in page


def test_two_versions_in_one_shop_by_hand(front: Front, brand_dir: Path, settings: Settings, clock: Clock) -> None:
    """Until the 9th of March 10 % of 89.00 are 8.90, from the 10th on 20 %: 17.80. Goods go back whole in both.

    The first order is refunded after the change: 8.90 are taken back, and no word of its explanation is another one.
    """
    front.stock("A")
    sponsor, staff = front.member(name="Mei"), front.staff()
    fan = fan_of(front, sponsor)
    first = buy(fan, "A")
    pay(front, staff, first)
    code = earning_of(sponsor)
    before = sponsor.get(f"/api/v1/me/earnings/{code}").json()
    assert (before["plan_version"], before["effective_from"], before["settle_days"]) == ("1", "2026-01-01", 7)
    assert (before["earning"]["amount"]["minor"], before["claim"], before["claims"]) == (890, "link", ["link", "lock"])

    front.pass_days(9)
    second = buy(fan, "A")
    pay(front, staff, second)
    after = sponsor.get(f"/api/v1/me/earnings/{earning_of(sponsor)}").json()
    assert (after["plan_version"], after["earning"]["amount"]["minor"], after["settle_days"]) == ("2", 1780, 30)
    assert sponsor.get("/api/v1/me/balance").json()["pending"]["minor"] == 890 + 1780
    assert sponsor.get(f"/api/v1/me/earnings/{code}").json() == before

    (brand_dir / "plans" / "2026.toml").write_text(FORMER.replace("10%", "1%").replace("Member", "Nobody"), "utf-8")
    edited = open_front(brand_dir, settings, clock)
    again = edited.browser(cookies=sponsor.cookies, headers=sponsor.headers)
    assert again.get(f"/api/v1/me/earnings/{code}").json() == before
    assert "As Member you get 10% of the price: CN¥8.90." in again.get("/me/earnings").text

    body = {"reason": "broken", "goods_back": True}
    refunded = staff.post(f"/api/v1/admin/orders/{first}/refunds", json=body, headers=key())
    assert refunded.status_code < 300, refunded.text
    front.settle()
    told = sponsor.get(f"/api/v1/me/earnings/{code}").json()
    [back] = told["clawbacks"]
    assert (back["taken"]["minor"], back["target"]["minor"], told["earning"]["state"]) == (890, 890, "void")
    assert told["told"][0] == before["told"][0], "the rule is told in the same words"
    close_front(edited)


def test_only_the_payee_and_staff_read_an_earning(front: Front) -> None:
    front.stock("A")
    sponsor, other, staff = front.member(name="Mei"), front.member(), front.staff("staff")
    fan = fan_of(front, sponsor)
    pay(front, front.staff(), buy(fan, "A"))
    code = earning_of(sponsor)
    for path in (f"/me/earnings/{code}", f"/api/v1/me/earnings/{code}"):
        assert sponsor.get(path).status_code == 200
        for nosy in (other, fan):
            assert nosy.get(path).status_code == 404
    assert front.browser().get(f"/api/v1/me/earnings/{code}").status_code == 401
    page = staff.get(f"/admin/earnings/{code}")
    assert page.status_code == 200 and "The link of Mei led to this order." in page.text
    assert "Mei" not in sponsor.get(f"/me/earnings/{code}").text.partition("<main")[2]
    for nosy in (sponsor, fan):
        assert nosy.get(f"/admin/earnings/{code}").status_code == 403
    assert staff.get("/admin/earnings/NOPE-1").status_code == 404


def test_the_page_of_an_earning_tells_it_step_by_step(front: Front) -> None:
    front.stock("A")
    sponsor = front.member(name="Mei")
    number = buy(fan_of(front, sponsor), "A")
    assert f'href="/me/earnings/{number}-1"' in sponsor.get("/me/earnings").text
    page = sponsor.get(f"/me/earnings/{number}-1").text
    assert "1 × CN¥89.00 were paid for Lamp A: CN¥89.00." in page and "10% of CN¥89.00 is CN¥8.90." in page
    assert "Beside the price it said CN¥8.90" in page and "This is exactly that promise." in page
    chinese = sponsor.get(f"/me/earnings/{number}-1?lang=zh-CN").text
    assert "¥89.00 的 10% 是 ¥8.90。" in chinese


def test_a_shop_without_a_plan_in_force_does_not_start(brand_dir: Path, settings: Settings, clock: Clock) -> None:
    (brand_dir / "plans" / "2026.toml").unlink()
    with pytest.raises(ConfigError, match=r"plan.toml:3: effective_from: No version of the plan is in force today"):
        open_front(brand_dir, settings, clock)


def test_versions_that_clash_are_named_with_file_and_line(brand_dir: Path, settings: Settings, clock: Clock) -> None:
    (brand_dir / "plans" / "twice.toml").write_text(LATER, "utf-8")
    with pytest.raises(ConfigError) as refused:
        open_front(brand_dir, settings, clock)
    assert [(each.code, each.line) for each in refused.value.findings] == [("same_day", 3), ("same_version", 2)]


def test_a_version_that_is_over_no_longer_decides_prices(brand_dir: Path, settings: Settings, clock: Clock) -> None:
    """Goods that only a former version made unsound can be sold again."""
    (brand_dir / "plans" / "2026.toml").write_text(FORMER.replace("10%", "70%"), "utf-8")
    before = open_front(brand_dir, settings, clock)
    assert len(before.shop.solvency.plans) == 2
    close_front(before)
    clock.now = clock.now.replace(day=20)
    after = open_front(brand_dir, settings, clock)
    assert [each.version for each in after.shop.solvency.plans] == ["2"]
    assert [each.version for each in after.shop.plans] == ["1", "2"]
    close_front(after)
