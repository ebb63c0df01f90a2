"""A hub's console in a real browser: accessible, within its width, without a complaint; a file stays chosen."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from shared_core import supply
from tests.browser.conftest import Visit, served
from tests.browser.test_accessibility import faults_here, faults_of
from tests.hub.consoles import ONE_TIME, PASSWORD, Console, open_console
from tests.hub.hubs import add, tenant_gateway
from tests.hub.test_console_columns import SAID, UNKNOWN
from tests.hub.test_console_money import FEED, objection
from tests.supply.goods import HOME, lines, stocked, yuan
from tests.supply.papers import accepted, hand_in

pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is missing")

pytestmark = pytest.mark.browser

PAGES = (
    *("/console", "/console/books", "/console/tenants", "/console/tenants/north", "/console/suppliers"),
    *(
        "/console/suppliers/acme",
        "/console/documents",
        "/console/documents/terms",
        "/console/orders",
        "/console/orders/north.1001-1",
        "/console/goods",
    ),
    *("/console/goods/of/p-a", "/console/goods/import", "/console/money", "/console/money/objections"),
    *("/console/sales", "/console/sales/new", "/console/sales/of/spring", "/console/sales/of/spring/change"),
    *("/console/money/statement?party=tenant&code=north", "/console/staff", "/account", "/console/nowhere"),
)


@pytest.fixture
def console(tmp_path: Path, database_url: str) -> Iterator[Console]:
    opened = open_console(tmp_path, database_url)
    stocked(opened.database, {"A": 10})
    shop, at = tenant_gateway(opened.database, add(opened.database, "north")), opened.clock()
    shop.hold("1001", lines(A=3), customer="c", ttl=timedelta(minutes=5), at=at)
    shop.confirm("1001", ship_to=HOME, at=at, goods=None)
    with opened.database.transaction() as session:
        box = {"carrier": "SF", "tracking_number": "SF1234567890123"}
        supply.ship(session, number="north.1001-1", lines=lines(A=1), at=at, **box)
    with opened.database.transaction() as session:
        rules = '[[template.rule]]\nregions = ["西藏", "新疆"]\namount = "20"\n[[template.rule]]\namount = "6"\n'
        head = '[[template]]\nsupplier = "acme"\ncode = "all"\nby = "piece"\nstandard = true\n'
        supply.put_freight(session, head + rules)
        day = at.date()
        accepted(session, "acme", until=day, at=at)
        hand_in(session, "acme", supply.vetting.DocumentKind.BRAND_AUTHORISATION, at=at)
        supply.vetting.terms.publish(session, "Of old.", accept_by=day, actor="ann", today=day, at=at)
        supply.vetting.terms.publish(session, "Paid.\n" * 90, accept_by=day, actor="ann", today=day, at=at)
    begins = at + timedelta(days=1)
    goods = (supply.sales.SaleGoodsSpec("A", yuan(3700), yuan(5900), 20, per_customer_max=2),)
    spring = supply.sales.SaleSpec("spring", "Spring", "Loom", "CNY", at, begins, begins + timedelta(days=2), goods)
    with opened.database.transaction() as session:
        supply.sales.add_sale(session, spring, actor="ann", at=at)
    objection(opened)
    opened.let_in("ann", "owner")
    yield opened
    opened.database.dispose()


@pytest.fixture
def origin(console: Console) -> Iterator[str]:
    with served(console.app) as address:
        yield address


def log_in(visit: Visit) -> None:
    page = visit.open("/console")
    page.fill("#f-name", "ann")
    page.fill("#f-password", ONE_TIME)
    page.click("button.wide")
    page.fill("#f-password", ONE_TIME)
    page.fill("#f-new", PASSWORD)
    page.click("button.wide")
    page.wait_for_url("**/console")
    visit.troubles.clear()  # a password that works once is answered with 403, which browsers remark upon


def test_the_console_is_accessible_on_a_phone(console: Console, phone: Visit) -> None:
    assert faults_of_console(phone) == []


def test_the_console_is_accessible_at_a_desk(console: Console, desk: Visit) -> None:
    assert faults_of_console(desk) == []


def test_a_file_that_was_checked_is_taken_in_without_choosing_it_again(
    console: Console, desk: Visit, tmp_path: Path
) -> None:
    file = tmp_path / "feed.csv"
    file.write_bytes(FEED)
    log_in(desk)
    page = desk.open("/console/goods/import")
    page.set_input_files("#file", file)
    page.click("button[value=check]")
    expect(page.get_by_text("Only checked: nothing was changed.")).to_be_visible()
    expect(page.get_by_text("choose the same file once more")).to_be_hidden()
    page.click("button[value=take]")
    expect(page.get_by_text("It is taken in.")).to_be_visible()
    assert desk.troubles == [] and desk.foreign == []


def test_columns_are_chosen_on_a_phone_with_the_file_still_chosen(
    console: Console, phone: Visit, tmp_path: Path
) -> None:
    file = tmp_path / "sheet.csv"
    file.write_bytes(UNKNOWN)
    log_in(phone)
    page = phone.open("/console/goods/import")
    page.set_input_files("#file", file)
    page.click("button[value=check]")
    for ours, theirs in SAID.items():
        page.select_option(f"#c-{ours}", theirs)
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert faults_here(phone, "the columns") == []
    page.click("button[value=map]")
    page.click("button[value=take]")
    page.wait_for_selector("main .note.good")
    with console.database.reading() as session:
        assert supply.level(session, sku="T-1").free == 4
    assert phone.troubles == [] and phone.foreign == []


def faults_of_console(visit: Visit) -> list[str]:
    faults = faults_of(visit, "/login")
    log_in(visit)
    for path in PAGES:
        faults += faults_of(visit, path)
        if visit.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults.append(f"{path} is wider than the window")
    return faults + [each for each in (*visit.troubles, *visit.foreign) if "404" not in each]
