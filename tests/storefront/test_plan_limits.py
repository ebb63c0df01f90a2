"""Whose links bind whom, and what one is paid at most: what members and visitors see of it."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared_core import members
from shared_core.rewards.models import Standing
from tests.plan.plans import rule
from tests.storefront.conftest import PASSWORD, Front
from tests.storefront.test_pages import order_one, pay, share_link
from tests.storefront.walker import Walker, staff_walker, walker

PLAN = """
name = "narrow"
effective_from = 2026-01-01
[binding]
lasts = "forever"
whom = "new"
from_rank = "keeper"
[[ranks]]
id = "first"
name = "First"
[[ranks]]
id = "keeper"
name = "Keeper"
criteria = [{ metric = "own_retail_sales", at_least = "1000" }]
[caps.period]
at_most = "10"
"""
LIMIT = "One person is never paid more than CN¥10.00 in a calendar month. You can still be paid "


@pytest.fixture
def brand_dir(brand_dir: Path) -> Path:
    (brand_dir / "plan.toml").write_text(PLAN + rule("seller", rate="10%"), encoding="utf-8")
    return brand_dir


@pytest.fixture
def mei(front: Front) -> Walker:
    front.stock("A")
    made = walker(front)
    made.sign_up("mei@example.com", "Mei")
    return made


def promote(front: Front, sponsor: Walker) -> None:
    code = sponsor.client.get("/api/v1/session").json()["member_code"]
    with front.shop.database.transaction() as session:
        member_id = members.member_by_code(session, code)
        session.merge(Standing(member_id=member_id, rank="keeper"))


def bound(fan: Walker) -> bool:
    return "brought you here" in fan.open("/me").text


def test_only_a_link_of_the_rank_binds_and_only_newcomers(front: Front, mei: Walker) -> None:
    early, late, known = walker(front), walker(front), walker(front)
    known.sign_up("bao@example.com", "Bao")
    link = share_link(mei, "p-a")
    assert mei.page is not None and "Yours bind nobody yet: you have the rank First." in mei.page.text
    early.open(link)
    promote(front, mei)
    link = share_link(mei, "p-a")
    assert "Yours bind nobody yet" not in mei.page.text
    assert "people who were never in the shop before" in mei.page.text
    for fan in (early, late, known):
        fan.open(link)
    early.sign_up("eve@example.com", "Eve")
    late.sign_up("li@example.com", "Li")
    assert [bound(each) for each in (early, late, known)] == [False, True, False]
    front.clock.pass_by(timedelta(minutes=1))
    again = walker(front)
    again.open(link)
    again.open("/login")
    again.send("/login", login="bao@example.com", password=PASSWORD)
    assert not bound(again), "known before the link was opened in another browser"


def test_what_the_month_still_leaves_is_said_beside_the_figure(front: Front, mei: Walker) -> None:
    fan, staff = walker(front), staff_walker(front)
    page = mei.open("/products/p-a")
    assert "You earn on each one you sell CN¥8.90" in page.text and f"{LIMIT}CN¥10.00." in page.text
    fan.open(share_link(mei, "p-a"))
    fan.sign_up("bao@example.com", "Bao")
    assert "One person is never" not in fan.open("/").text
    pay(front, staff, order_one(fan, "p-a"))
    page = mei.open("/products/p-a")
    assert "You earn on each one you sell CN¥1.10" in page.text and f"{LIMIT}CN¥1.10." in page.text
    assert f"{LIMIT}CN¥1.10." in mei.open("/me/earnings").text
    pay(front, staff, order_one(fan, "p-a"))
    page = mei.open("/me/earnings")
    assert f"{LIMIT}CN¥0.00." in page.text
    assert "It would have been CN¥8.90; the plan limits what one person is paid in a period." in page.text
