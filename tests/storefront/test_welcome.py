"""People of an import become who they are here: by a link that works once, and with everything they have."""

import re
from datetime import timedelta

from shared_core import members
from shared_core.kernel.codes import new_code
from shared_core.web import limits
from tests.storefront.conftest import PASSWORD, Front
from tests.storefront.test_pages import order_one, pay, share_link
from tests.storefront.test_staff import shown_link
from tests.storefront.walker import Walker, staff_walker, walker


def imported(front: Front, *names: str) -> None:
    """People whom another platform knows by these names; the first is the sponsor of all others."""
    rows = [members.ReferralRow(2, names[0], each, front.clock()) for each in names[1:]]
    with front.shop.database.transaction() as session:
        policy = front.shop.plan_book.binding_policy(front.clock())
        members.import_referrals(session, rows, source="old", policy=policy, new_code=new_code, at=front.clock())


def link_of(front: Front, owner: Walker, name: str) -> str:
    """A link given in the back office."""
    page = owner.open("/admin/members?only=without_log_in")
    found = re.search(r'action="(/admin/members/\w+/link)"', page.html[page.html.index(f"<td>{name}<br>") :])
    assert found
    return shown_link(owner.send(found.group(1)))


def test_who_came_by_an_import_claims_the_row_and_its_fans(front: Front) -> None:
    imported(front, "u-1", "u-2", "u-3")
    owner, ann = staff_walker(front), walker(front)
    link = link_of(front, owner, "u-1")
    assert "a link works until" in owner.open("/admin/members?only=without_log_in").text
    assert ann.open(link).headings[0] == "Nice to see you"
    assert "Welcome." in ann.send(link, name="Ann", login="ann@example.com", password=PASSWORD).text
    assert ann.client.get("/api/v1/me/fans").json()["total"] == 2
    assert "<td>Ann<br>" not in owner.open("/admin/members?only=without_log_in").html
    assert "<td>Ann<br>" in owner.open("/admin/members").html
    again = walker(front)
    again.open("/login")
    assert again.send("/login", login="ann@example.com", password=PASSWORD).status == 200
    late = walker(front).open(link)
    assert late.status == 410 and "Ask the shop for a new one." in late.text


def test_what_was_earned_before_the_claim_is_paid_out_after_it(front: Front) -> None:
    front.stock("A")
    imported(front, *(f"u-{number}" for number in range(1, 13)))
    owner, ann, ben = staff_walker(front), walker(front), walker(front)
    ben.open(link_of(front, owner, "u-2"))
    assert ben.page is not None
    ben.send(ben.page.url.removeprefix("http://shop.example"), name="Ben", login="ben@example.com", password=PASSWORD)
    number = order_one(ben, "p-a")
    pay(front, owner, number)
    owner.open(f"/admin/orders/{number}")
    owner.send(f"/admin/orders/{number}/ship", carrier="Local", tracking="SF-1")
    owner.send(f"/admin/orders/{number}/deliver")
    front.pass_days(9)

    link = link_of(front, owner, "u-1")
    ann.open(link)
    ann.send(link, name="Ann", login="ann@example.com", password=PASSWORD)

    balance = ann.client.get("/api/v1/me/balance").json()
    assert balance["available"]["minor"] > 0
    ann.open("/me/payouts")
    assert "Your payout is on its way to us." in ann.send("/me/payouts").text
    assert "The books balance." in owner.open("/admin/books").text


def test_looking_at_the_link_uses_nothing_up(front: Front) -> None:
    imported(front, "u-1", "u-2")
    link = link_of(front, staff_walker(front), "u-1")
    for _ in range(3):
        assert walker(front).open(link).status == 200


def test_what_one_did_as_a_visitor_comes_along(front: Front) -> None:
    front.stock("A")
    imported(front, "u-1", "u-2")
    link = link_of(front, staff_walker(front), "u-1")
    ann = walker(front)
    ann.open("/products/p-a")
    ann.send("/cart", quantity=2)
    ann.open(link)
    ann.send(link, name="Ann", login="ann@example.com", password=PASSWORD)
    assert ann.client.get("/api/v1/cart").json()["lines"][0]["quantity"] == 2


def test_an_account_that_is_there_is_never_merged(front: Front) -> None:
    imported(front, "u-1", "u-2")
    link = link_of(front, staff_walker(front), "u-1")
    ann = walker(front)
    ann.sign_up("ann@example.com", "Ann")
    mine = ann.client.get("/api/v1/session").json()["member_code"]
    page = ann.open(link)
    assert "You are logged in as Ann on this device." in page.text
    assert not [form for form in page.forms if form.action == link]
    token = link.rpartition("/")[2]
    body = {"token": token, "password": PASSWORD, "login": "other@example.com"}
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert ann.client.post("/api/v1/access-links/used", json=body, headers=headers).status_code == 409
    ann.send("/logout")
    ann.open(link)
    page = ann.send(link, name="Ann", login="ann@example.com", password=PASSWORD)
    assert page.status == 409 and "There is already an account" in page.text
    assert "Welcome." in ann.send(link, name="Ann", login="ann@elsewhere.example", password=PASSWORD).text
    assert ann.client.get("/api/v1/session").json()["member_code"] != mine


def test_a_link_ends_by_itself_and_when_it_is_taken_back(front: Front) -> None:
    imported(front, "u-1", "u-2")
    owner = staff_walker(front)
    first = link_of(front, owner, "u-1")
    second = link_of(front, owner, "u-1")
    assert walker(front).open(first).status == 410, "the second took its place"
    page = owner.open("/admin/members?only=without_log_in")
    end = next(form.action for form in page.forms if form.action.endswith("/link/end"))
    assert "The link is taken back." in owner.send(end).text
    assert walker(front).open(second).status == 410
    third = link_of(front, owner, "u-1")
    front.clock.pass_by(timedelta(days=14))
    assert walker(front).open(third).status == 410


def test_only_owners_give_links_and_nobody_gets_one_who_can_log_in(front: Front) -> None:
    imported(front, "u-1", "u-2")
    owner, staff, eve = staff_walker(front), staff_walker(front, "staff"), walker(front)
    eve.sign_up("eve@example.com", "Eve")
    page = staff.open("/admin/members?only=without_log_in")
    assert "u-1" in page.text and not [form for form in page.forms if "/link" in form.action]
    code = eve.client.get("/api/v1/session").json()["member_code"]
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert owner.client.post(f"/admin/members/{code}/link", headers=headers).status_code == 409
    assert staff.client.post(f"/admin/members/{code}/link", headers=headers).status_code == 403


def test_guessing_links_is_stopped(front: Front) -> None:
    client = walker(front).client
    most = limits.ACCESS_LINK_BY_ADDRESS.item.amount
    tried = [client.get(f"/welcome/guess-{number}").status_code for number in range(most + 1)]
    assert tried == [410] * most + [429]
    body = {"token": "guess", "password": PASSWORD}
    assert front.browser().post("/api/v1/access-links/used", json=body).status_code == 429


def test_where_signing_up_makes_promoters_a_claim_does_too(front: Front) -> None:
    imported(front, "u-1", "u-2")
    link = link_of(front, staff_walker(front), "u-2")
    ben = walker(front)
    ben.open(link)
    ben.send(link, name="Ben", login="ben@example.com", password=PASSWORD)
    assert ben.client.get("/api/v1/session").json()["promoter"] is True
    front.stock("A")
    assert share_link(ben, "p-a").startswith("/s/")
