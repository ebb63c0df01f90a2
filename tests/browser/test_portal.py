"""The portal of suppliers on a phone and at a desk: accessible, nothing wider than the screen, nothing that fails."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from shared_core import supply
from tests.browser.conftest import Visit
from tests.browser.test_accessibility import faults_here
from tests.hub.conftest import console
from tests.hub.consoles import ONE_TIME, PASSWORD, Console
from tests.hub.suppliers import BACK, Warehouse
from tests.supply.papers import accepted, hand_in

__all__ = ["console"]

pytestmark = pytest.mark.browser

PAGES = (
    *("/portal", "/portal?tab=problems", "/portal/orders/new-1", "/portal/orders/half-1", "/portal/orders/half-1/slip"),
    *("/portal/sheet", "/portal/returns", "/portal/returns/R1", "/portal/returns/R2", "/portal/returns/R3"),
    *("/portal/goods", "/portal/statements", "/portal/documents", "/portal/terms"),
)
OUT_OF_PLACE = """all => all.filter(each => {
  const own = each.getBoundingClientRect(), form = each.form.getBoundingClientRect();
  return own.height && (own.width < 40 || own.top < form.top || own.bottom > form.bottom);
}).length"""


@pytest.fixture
def front(console: Console) -> Console:
    """A hub with orders and returns in every state that has forms of its own, and somebody to look at them."""
    warehouse = Warehouse(console)
    warehouse.promise()
    warehouse.order("new", A=3, A2=1)
    [half], [sent] = warehouse.order("half", A=3, A2=2), warehouse.order("sent", A=5)
    warehouse.sent_and_delivered(sent)
    for number in ("R1", "R2", "R3"):
        warehouse.ask_back("sent", number, remedy="replacement", A=1)
    with console.database.transaction() as session:
        box = [supply.HoldLine("A", 1)]
        supply.ship(
            session, number=half, carrier="Local", tracking_number="T1", lines=box, at=warehouse.now, actor="wang"
        )
        supply.short_ship(session, number=half, missing=[supply.HoldLine("A", 1)], reason="broken", at=warehouse.now)
        until, day = warehouse.now.date() + timedelta(days=9), warehouse.now.date()
        document = hand_in(session, "acme", until=until, at=warehouse.now)
        supply.vetting.documents.refuse(session, "acme", document, reason="blurred", actor="ann", at=warehouse.now)
        accepted(session, "acme", supply.vetting.DocumentKind.FOOD_PERMIT, until=until, at=warehouse.now)
        text = "Paid within 30 days.\n" * 40
        supply.vetting.terms.publish(session, text, accept_by=until, actor="ann", today=day, at=warehouse.now)
        supply.returns.set_terms(session, supplier="acme", terms=supply.returns.ReturnTerms(BACK))
        for number in ("R2", "R3"):
            supply.returns.receive(session, number, actor="wang", at=warehouse.now)
        supply.returns.inspect(session, "R3", [supply.Inspected("A", 1, 0, 0)], actor="wang", at=warehouse.now)
    console.let_in("wang", "supplier", "acme")
    return console


def test_the_portal_works_on_a_phone(phone: Visit) -> None:
    assert faults_of_portal(phone) == []


def test_the_portal_works_at_a_desk(desk: Visit) -> None:
    assert faults_of_portal(desk) == []


def faults_of_portal(visit: Visit) -> list[str]:
    page = visit.open("/login")
    page.fill("#f-name", "wang")
    page.fill("#f-password", ONE_TIME)
    page.click("main .button")
    page.fill("#f-password", ONE_TIME)
    page.fill("#f-new", PASSWORD)
    page.click("main .button")
    page.wait_for_url("**/portal")
    visit.troubles.clear()  # the browser tells of the one-time password that was refused
    faults = []
    for path in PAGES:
        visit.open(path)
        faults += faults_here(visit, path) + shape(visit.page, path)
    return [*faults, *visit.troubles, *visit.foreign]


def shape(page: Page, path: str) -> list[str]:
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    hidden = page.locator("main form input[type=number]").evaluate_all(OUT_OF_PLACE)
    faults = [f"{path}: {wider} pixels too wide"] if wider > 0 else []
    faults += [f"{path}: {hidden} fields are not where their form is"] if hidden else []
    return faults if page.locator("h1").count() == 1 else [*faults, f"{path}: not one h1"]
