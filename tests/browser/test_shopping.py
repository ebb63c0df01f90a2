"""The main way in a real browser: on a phone, at a desk, without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visit
from tests.storefront.conftest import PASSWORD, Front

pytestmark = pytest.mark.browser

TARGET_PX = 44
NARROW = {"width": 320, "height": 640}
TOO_SMALL = """least => [...document.querySelectorAll('a, button, summary, select, input:not([type=hidden])')]
    .filter(e => e.checkVisibility() && !e.closest('.skip, .prose, .kicker, .note, address, h3, .line > a, .only-wide'))
    .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
    .filter(([, box]) => box.height < least - 0.5 || box.width < 24)
    .map(([html, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${html}`)"""
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"


def sign_up(visit: Visit, name: str = "Bao", after: str = "") -> Page:
    page = visit.open("/signup" + (f"?next={after}" if after else ""))
    page.fill("#f-name", name)
    page.fill("#f-login", f"{name.lower()}@example.com")
    page.fill("#f-password", PASSWORD)
    page.click("form[action='/signup'] button")
    page.wait_for_url("**/checkout" if after else "**/me?done=welcome")
    return page


def fill_address(page: Page) -> None:
    for name, value in {"phone": "13800138000", "city": "Hangzhou", "street": "Sample Road 1"}.items():
        page.fill(f"#f-{name}", value)
    page.select_option("#f-province", "CN-ZJ")


def test_on_a_phone_in_chinese_from_the_first_page_to_the_payment(front: Front, phone: Visit) -> None:
    front.stock("A")
    page = phone.open("/")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.click(".card h3 a")
    page.click("[data-step=up]")
    page.click("button[form=buy]")
    expect(page.get_by_role("status")).to_contain_text("已加入购物车")
    page.click("text=去结算")
    page.wait_for_url("**/login?next=*")
    page = sign_up(phone, after="/checkout")
    fill_address(page)
    page.click("form[action='/checkout'] button.wide")
    page.wait_for_url("**/orders/*")
    expect(page.locator("h1")).to_have_text("等待付款")
    expect(page.locator(".pay .amount")).to_contain_text("188.00")
    assert (phone.troubles, phone.foreign) == ([], [])


def test_without_scripts_everything_still_works(front: Front, plain: Visit) -> None:
    front.stock("A")
    page = plain.open("/products/p-a")
    page.click("button[form=buy]")
    page.fill("input[name=quantity]", "3")
    page.click("text=Update")
    expect(page.locator(".facts .sum.num")).to_contain_text("267.00")
    page = sign_up(plain, after="/checkout")
    fill_address(page)
    page.click("form[action='/checkout'] button.wide")
    expect(page.locator("h1")).to_have_text("Waiting for your payment")
    assert plain.troubles == []


def test_tapping_twice_orders_once(front: Front, phone: Visit) -> None:
    front.stock("A")
    page = phone.open("/products/p-a")
    page.click("button[form=buy]")
    page = sign_up(phone, after="/checkout")
    fill_address(page)
    page.dblclick("form[action='/checkout'] button.wide")
    page.wait_for_url("**/orders/*")
    phone.open("/orders")
    expect(page.locator("li.panel")).to_have_count(1)


def test_the_share_sheet_copies_the_link(front: Front, desk: Visit) -> None:
    front.stock("A")
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = desk.open("/products/p-a")
    page.locator(".buybar button[form=share]").click()
    page.wait_for_url("**/share?product=p-a")
    page.click("[data-copy=link]")
    expect(page.locator("[data-copy=link]")).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(rf"{desk.origin}/s/\S+", copied)
    expect(page.locator(".qr svg")).to_be_visible()
    assert (desk.troubles, desk.foreign) == ([], [])


def test_no_page_is_wider_than_a_small_phone_and_all_targets_can_be_hit(front: Front, phone: Visit) -> None:
    front.stock("A")
    page = sign_up(phone)
    phone.open("/products/p-a")
    page.click("button[form=buy]")
    page.set_viewport_size(NARROW)
    paths = (
        "/ /products /products/p-a /cart /checkout /share /me /me/earnings /me/payouts /me/fans /orders /about /gone"
    )
    wide, small = {}, {}
    for path in paths.split():
        phone.open(path)
        if (beyond := page.evaluate(OVERFLOW)) > 0:
            wide[path] = beyond
        if found := page.evaluate(TOO_SMALL, TARGET_PX):
            small[path] = found
    assert (wide, small) == ({}, {})


def test_on_a_phone_the_way_to_buy_is_always_at_hand_and_hides_nothing(front: Front, phone: Visit) -> None:
    front.stock("A")
    height = PHONE["height"]
    page = phone.open("/products/p-a")
    assert bottom(page, "button[form=buy]") <= height
    expect(page.locator(".tabs")).to_be_hidden()
    assert foot_at_the_end(page) <= top(page, ".buybar")
    page.click("button[form=buy]")
    page.wait_for_url("**/cart?done=added")
    assert bottom(page, ".buybar") <= top(page, ".tabs") + 1, "the sum stands on the menu, not over it"
    assert foot_at_the_end(page) <= top(page, ".buybar")
    page = sign_up(phone, after="/checkout")
    assert bottom(page, "form[action='/checkout'] button.wide") <= height
    assert foot_at_the_end(page) <= top(page, ".buybar")


def top(page: Page, what: str) -> float:
    """How far the upper edge is below the window's."""
    return float(page.locator(what).evaluate("each => each.getBoundingClientRect().top"))


def bottom(page: Page, what: str) -> float:
    return float(page.locator(what).evaluate("each => each.getBoundingClientRect().bottom"))


def foot_at_the_end(page: Page) -> float:
    """Where the page's last words end after scrolling down all the way."""
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    return bottom(page, ".foot address")


def test_the_keyboard_finds_the_content_and_shows_where_it_is(front: Front, desk: Visit) -> None:
    front.stock("A")
    page = desk.open("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    page.keyboard.press("Tab")
    ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert ring == "solid"
