"""No page breaks a rule of WCAG 2.2 AA that a machine can check, in the shop and in the back office."""

from pathlib import Path

import pytest

from shared_core import members, plan
from tests.browser.conftest import Visit
from tests.browser.test_shopping import sign_up
from tests.storefront.conftest import BRAND, Front

axe_playwright = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is missing")

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OPEN_TO_ALL = ("/", "/products", "/products/p-a", "/cart", "/login", "/signup", "/about", "/share", "/gone")
OWN = ("/checkout", "/share?product=p-a", "/me", "/me/log-ins", "/me/earnings", "/me/payouts", "/me/fans", "/orders")
OFFICE = (
    "/admin",
    "/admin/orders",
    "/admin/products",
    "/admin/members",
    "/admin/payouts",
    "/admin/books",
    "/admin/staff",
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


def test_the_shop_is_accessible(front: Front, phone: Visit) -> None:
    front.stock("A")
    faults = [fault for path in OPEN_TO_ALL for fault in faults_of(phone, path)]
    page = sign_up(phone)
    phone.open("/products/p-a")
    page.click("button[form=buy]")
    faults += [fault for path in OWN for fault in faults_of(phone, path)]
    assert faults == []


def test_the_back_office_is_accessible(front: Front, desk: Visit) -> None:
    front.stock("A")
    sign_up(desk)
    with front.shop.database.transaction() as session:
        found = members.people(session, at=front.clock(), search="Bao")
        members.set_staff_role(session, found.people[0].member_id, role="owner")
    assert [fault for path in OFFICE for fault in faults_of(desk, path)] == []


def faults_of(visit: Visit, path: str) -> list[str]:
    page = visit.open(path)
    found = axe_playwright.Axe().run(page, options=RULES)
    return [
        f"{path}: {each['id']} ({each['impact']}): {each['nodes'][0]['html'][:120]}"
        for each in found.response["violations"]
    ]
