"""What members earn and why, in a real browser: everybody can use these pages, and they fit a phone."""

from pathlib import Path

import pytest

from tests.browser.conftest import Visit
from tests.browser.test_accessibility import COLOURS, faults_here
from tests.browser.test_invitations import come_as
from tests.storefront.conftest import BRAND, Front, buy, pay
from tests.storefront.test_disputes import opened
from tests.storefront.test_told import FORMER, LATER, earning_of, fan_of

pytestmark = pytest.mark.browser


@pytest.fixture(params=COLOURS)
def brand_dir(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A plan in force and one to come, on light paper and on dark."""
    folder = tmp_path / "brand"
    (folder / "plans").mkdir(parents=True)
    (folder / "brand.toml").write_text(BRAND + COLOURS[request.param], encoding="utf-8")
    (folder / "plan.toml").write_text(LATER, encoding="utf-8")
    (folder / "plans" / "2026.toml").write_text(FORMER, encoding="utf-8")
    return folder


def test_pages_about_earnings_are_accessible_and_fit_a_phone(front: Front, phone: Visit) -> None:
    assert faults_of_earnings(front, phone) == []
    assert (phone.troubles, phone.foreign) == ([], [])


def test_pages_about_earnings_are_accessible_at_a_desk(front: Front, desk: Visit) -> None:
    assert faults_of_earnings(front, desk) == []
    assert (desk.troubles, desk.foreign) == ([], [])


def faults_of_earnings(front: Front, visit: Visit) -> list[str]:
    """As the member who earned on a sale that is disputed, and as the owner."""
    front.stock("A")
    sponsor, owner = front.member(), front.staff()
    number = buy(fan_of(front, sponsor), "A")
    pay(front, owner, number)
    opened(owner, number, minor=5_000)
    code = earning_of(sponsor)
    mine = ("/me/earnings", f"/me/earnings/{code}", "/me/statements/2026-03", "/plan")
    theirs = (f"/admin/earnings/{code}", "/admin/plan", "/admin/plan?version=2")
    faults = []
    for who, paths in ((sponsor, mine), (owner, theirs)):
        come_as(visit, who)
        for path in paths:
            faults += faults_of_all(visit, path)
    return faults


def faults_of_all(visit: Visit, path: str) -> list[str]:
    """With everything unfolded that can be."""
    page = visit.open(path)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    faults = faults_here(visit, path)
    if page.locator("h1").count() != 1:
        faults.append(f"{path}: {page.locator('h1').count()} first headings")
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append(f"{path}: wider than the window")
    return faults
