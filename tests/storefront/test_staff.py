"""Owners say who works in the shop, on a page and over the API."""

import re

from shared_core import members
from tests.storefront.conftest import PASSWORD, Front
from tests.storefront.walker import Page, Walker, staff_walker, walker

SHOWN = re.compile(r'value="http://shop\.example(/welcome/[\w-]+)"')


def shown_link(page: Page) -> str:
    found = SHOWN.search(page.html)
    assert found, page.text
    return found.group(1)


def role_form(page: Page, name: str) -> str:
    """Where the form posts that sets the role of somebody."""
    at = page.html.index(name)
    found = re.search(r'action="(/admin/staff/\w+/role)"', page.html[at:])
    assert found
    return found.group(1)


def role_of(who: Walker) -> object:
    return who.client.get("/api/v1/session").json()["staff"]


def test_an_owner_makes_somebody_staff_who_sets_a_password_by_the_link(front: Front) -> None:
    owner, carl = staff_walker(front), walker(front)
    assert "/admin/staff" in owner.open("/admin").links
    owner.open("/admin/staff")
    page = owner.send("/admin/staff", login="carl@example.com", role="staff")
    assert "has no password yet" in page.text
    link = shown_link(page)
    assert not SHOWN.search(owner.open("/admin/staff").html), "it is shown once"

    page = carl.open(link)
    assert 'value="carl@example.com"' in page.html
    page = carl.send(link, name="Carl", password="short")
    assert page.status == 422 and "at least 10 characters" in page.text
    assert "Welcome." in carl.send(link, name="Carl", password=PASSWORD).text

    assert role_of(carl) == "staff"
    assert "/admin/staff" not in carl.open("/admin").links
    assert carl.open("/admin/staff").status == 403


def test_somebody_with_an_account_gets_the_role_at_once_and_loses_it_again(front: Front) -> None:
    owner, eve = staff_walker(front), walker(front)
    eve.sign_up("eve@example.com", "Eve")
    owner.open("/admin/staff")
    page = owner.send("/admin/staff", login="EVE@example.com", role="owner")
    assert "Saved." in page.text and not SHOWN.search(page.html)
    assert role_of(eve) == "owner"
    owner.send(role_form(page, "Eve"), role="none")
    assert role_of(eve) is None


def test_the_last_owner_stays(front: Front) -> None:
    owner = staff_walker(front)
    page = owner.open("/admin/staff")
    page = owner.send(role_form(page, "Staff</p>"), role="staff")
    assert page.status == 409 and "at least one owner who can log in" in page.text
    assert role_of(owner) == "owner"


def test_what_is_no_login_is_refused_and_stays_in_the_form(front: Front) -> None:
    owner = staff_walker(front)
    owner.open("/admin/staff")
    page = owner.send("/admin/staff", login="carl at home", role="staff")
    assert page.status == 422 and 'value="carl at home"' in page.html


def test_the_api_does_the_same(front: Front) -> None:
    owner, carl = front.staff(), front.browser()
    made = owner.post("/api/v1/admin/staff", json={"login": "carl@example.com", "role": "staff"}).json()
    assert made["created"] and made["link"]["url"].startswith("http://shop.example/welcome/")
    token = made["link"]["url"].rpartition("/")[2]
    used = carl.post("/api/v1/access-links/used", json={"token": token, "password": PASSWORD, "name": "Carl"})
    assert used.status_code == 201
    code = used.json()["member_code"]
    assert carl.get("/api/v1/admin/orders").status_code == 200
    assert carl.get("/api/v1/admin/staff").json()["code"] == "right_missing"

    assert owner.put(f"/api/v1/admin/staff/{code}", json={"role": "owner"}).status_code == 200
    listed = {each["name"]: each for each in carl.get("/api/v1/admin/staff").json()["staff"]}
    assert (listed["Carl"]["role"], listed["Carl"]["can_log_in"]) == ("owner", True)
    assert owner.delete(f"/api/v1/admin/staff/{code}").status_code == 200
    assert carl.get("/api/v1/admin/orders").status_code == 403
    alone = owner.get("/api/v1/session").json()["member_code"]
    assert owner.delete(f"/api/v1/admin/staff/{alone}").json()["code"] == "last_owner"
    assert owner.delete("/api/v1/admin/staff/NOBODY").json()["code"] == "unknown_member"


def test_staff_are_named_as_the_role_until_they_say_otherwise(front: Front) -> None:
    front.staff().post("/api/v1/admin/staff", json={"login": "carl@example.com", "role": "owner"})
    with front.shop.database.reading() as session:
        found = members.people(session, at=front.clock(), only="staff").people
    assert [each.name for each in found] == ["Owner", "Staff"]
