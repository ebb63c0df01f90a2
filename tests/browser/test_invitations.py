"""Inviting with codes in a real browser: what is shown to whom, and that everybody can use it."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_accessibility import faults_here, faults_of
from tests.storefront.conftest import BRAND, Front
from tests.storefront.test_invitations import PLAN, code_of, promoter, sign_up

pytestmark = pytest.mark.browser


@pytest.fixture
def brand_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "brand"
    folder.mkdir()
    (folder / "brand.toml").write_text(BRAND, encoding="utf-8")
    (folder / "plan.toml").write_text(PLAN.replace("base = 1", "base = 2"), encoding="utf-8")
    return folder


def come_as(visit: Visit, client: TestClient) -> None:
    """Go on in the browser as whoever this client is."""
    visit.page.context.clear_cookies()
    visit.page.context.add_cookies(
        [{"name": each.name, "value": each.value or "", "url": visit.origin} for each in client.cookies.jar]
    )


def test_every_page_about_invitations_is_accessible_and_fits_a_phone(front: Front, phone: Visit) -> None:
    anna, owner, carl = promoter(front), front.staff(), front.member(name="Carl")
    assert sign_up(front.browser(), "ben@example.com", code_of(anna)) == 201
    open_code, public = code_of(anna), anna.get("/api/v1/session").json()["member_code"]
    faults = faults_of(phone, f"/join/{open_code}")
    expect(phone.page.locator("#f-code")).to_have_value(open_code)
    for who, paths in ((anna, ("/me/invites/why", "/me/invites")), (carl, ("/me/invites",))):
        come_as(phone, who)
        faults += [fault for path in paths for fault in faults_of(phone, path)]
        assert not phone.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    come_as(phone, anna)
    page = phone.open("/me/invites")
    page.locator("details summary").first.click()
    expect(page.locator("details .qr svg").first).to_be_visible()
    faults += faults_here(phone, "an open code")
    come_as(phone, owner)
    faults += faults_of(phone, f"/admin/members/{public}")
    assert (faults, phone.troubles, phone.foreign) == ([], [], [])
