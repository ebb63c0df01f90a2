"""No page breaks a rule of WCAG 2.2 AA that a machine can check, in the shop and in the back office."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from shared_core import members, plan, supply
from tests.browser.conftest import Visit
from tests.browser.test_shopping import fill_address, sign_up
from tests.storefront.conftest import BRAND, Front, buy, pay
from tests.storefront.test_admin import PAGES as OFFICE
from tests.storefront.test_sales import plan_sale

axe_playwright = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is missing")

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OPEN_TO_ALL = (
    *("/", "/products", "/products?q=nothing-like-it", "/products/p-a", "/products/p-out", "/cart"),
    *("/login", "/signup", "/about", "/plan", "/share", "/s/no-such-link", "/gone"),
)
OWN = (
    *("/checkout", "/share?product=p-a", "/me", "/me/log-ins", "/me/earnings", "/me/payouts", "/me/fans", "/orders"),
    *("/me/group", "/me/group/new", "/me/invites", "/me/invites/why", "/me/statements"),
)

COLOURS = {
    "core": "",
    "dark": '[colours]\nprimary = "#d9b36c"\naccent = "#e58b6f"\npaper = "#15171a"\nink = "#f1ece2"\n',
}


@pytest.fixture(params=COLOURS)
def brand_dir(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A brand on light paper and one on dark."""
    folder = tmp_path / "brand"
    folder.mkdir()
    (folder / "brand.toml").write_text(BRAND + COLOURS[request.param], encoding="utf-8")
    (folder / "plan.toml").write_text(plan.preset("fan-lock"), encoding="utf-8")
    return folder


def test_the_shop_is_accessible_on_a_phone(front: Front, phone: Visit) -> None:
    assert faults_of_shop(front, phone) == []


def test_the_shop_is_accessible_at_a_desk(front: Front, desk: Visit) -> None:
    assert faults_of_shop(front, desk) == []


def test_a_sale_is_accessible_on_a_phone_and_counts_down(front: Front, phone: Visit) -> None:
    front.stock("A")
    pay(front, front.staff(), buy(front.member(), "A"))
    front.clock.pass_by(timedelta(hours=1))
    plan_sale(front, "A", per_customer_max=2)
    assert [fault for path in ("/", "/sales/spring", "/products/p-a") for fault in faults_of(phone, path)] == []
    expect(phone.page.locator("[data-countdown]")).to_have_text(re.compile(r"^0[12]:\d\d:\d\d$"))
    expect(phone.page.locator(".product s.was")).to_be_visible()


def test_forms_with_faults_are_accessible(front: Front, phone: Visit) -> None:
    faults = []
    for path in ("/login", "/signup"):
        page = phone.open(path)
        page.fill("#f-login", "??")
        page.fill("#f-password", "short")
        page.locator(f"form[action='{path}']").evaluate("form => { form.noValidate = true; form.requestSubmit() }")
        page.wait_for_selector("[role=alert]")
        faults += faults_here(phone, path)
    expect(page.locator("[aria-invalid=true]")).to_have_count(3)
    assert faults == []


def test_the_banner_of_a_trial_is_accessible(front: Front, phone: Visit) -> None:
    front.shop.trial.gate = lambda session, growth, at: True
    assert faults_of(phone, "/") == []
    assert phone.page.locator("body > aside.note").is_visible()


def test_the_back_office_is_accessible_at_a_desk(front: Front, desk: Visit) -> None:
    assert faults_of_office(front, desk) == []


def test_the_back_office_is_accessible_on_a_phone(front: Front, phone: Visit) -> None:
    assert faults_of_office(front, phone) == []
    cell = phone.open("/admin/products").locator("td[data-label]").nth(2)
    assert "供货价" in cell.evaluate("cell => getComputedStyle(cell, '::before').content"), "its head is out of sight"


def test_a_printed_order_is_dark_on_white_and_names_the_shop(front: Front, desk: Visit) -> None:
    front.stock("A")
    page = desk.open(order_one(desk))
    page.emulate_media(media="print")
    assert page.locator(".facts .sum.num").evaluate("each => getComputedStyle(each).color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expect(page.locator(".brand")).to_be_visible()
    expect(page.locator(".actions")).to_be_hidden()


def faults_of_shop(front: Front, visit: Visit) -> list[str]:
    """Everything a customer and a member can see."""
    front.stock("A")
    front.stock("OUT")
    empty_the_shelf(front, "OUT")
    faults = [fault for path in OPEN_TO_ALL for fault in faults_of(visit, path)]
    order = order_one(visit)
    faults += faults_here(visit, order)
    visit.open("/products/p-a").click("button[form=buy]")
    return faults + [fault for path in OWN for fault in faults_of(visit, path)]


def faults_of_office(front: Front, visit: Visit) -> list[str]:
    front.stock("A")
    order = order_one(visit)
    with front.shop.database.transaction() as session:
        found = members.people(session, at=front.clock(), search="Bao")
        members.set_staff_role(session, found.people[0].member_id, role="owner")
    return [fault for path in (*OFFICE, f"/admin{order}") for fault in faults_of(visit, path)]


def empty_the_shelf(front: Front, sku: str) -> None:
    with front.shop.database.transaction() as session:
        supply.adjust_stock(session, sku=sku, quantity=-10, reference="count-1", at=front.clock())
    front.settle()


def order_one(visit: Visit) -> str:
    """Sign up and buy; the path of the order."""
    visit.open("/products/p-a").click("button[form=buy]")
    page = sign_up(visit, after="/checkout")
    fill_address(page)
    page.click("form[action='/checkout'] button.wide")
    page.wait_for_url("**/orders/*")
    return page.url.removeprefix(visit.origin)


def faults_of(visit: Visit, path: str) -> list[str]:
    visit.open(path)
    return faults_here(visit, path)


def faults_here(visit: Visit, path: str) -> list[str]:
    found = axe_playwright.Axe().run(visit.page, options=RULES)
    return [
        f"{path}: {each['id']} ({each['impact']}): {each['nodes'][0]['html'][:120]}"
        for each in found.response["violations"]
    ]
