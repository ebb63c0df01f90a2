"""A disputed payment over the pages and the API: noted, kept back from the member who sees why, and decided."""

import re

import pytest
from fastapi.testclient import TestClient

from tests.storefront.conftest import Front, buy, key, pay
from tests.storefront.test_pages import share_link
from tests.storefront.walker import Walker, staff_walker, walker


@pytest.fixture
def sponsor(front: Front) -> Walker:
    """A promoter who earns 15 % of what fans buy."""
    front.stock("A", units=20)
    promoter = walker(front)
    promoter.sign_up("mei@example.com", "Mei")
    link = share_link(promoter, "p-a")
    for number in range(10):
        fan = front.browser()
        fan.get(link)
        front.member(fan, name=f"Fan {number}")
    return promoter


@pytest.fixture
def order(front: Front, sponsor: Walker) -> str:
    """A paid order of a fan; 13.35 of it are the sponsor's."""
    buyer = front.browser()
    buyer.get(share_link(sponsor, "p-a"))
    front.member(buyer, name="Bao")
    number = buy(buyer, "A")
    pay(front, front.staff(), number)
    return number


def claim(minor: int = 9900, reference: str = "DP-1", **changes: object) -> dict[str, object]:
    amount, fee = ({"minor": each, "currency": "CNY"} for each in (minor, 1500))
    return {"amount": amount, "fee": fee, "reason": "not_received", "reference": reference, **changes}


def opened(staff: TestClient, order: str, **changes: object) -> str:
    answer = staff.post(f"/api/v1/admin/orders/{order}/disputes", json=claim(**changes), headers=key())  # type: ignore[arg-type]
    assert answer.status_code == 201, answer.text
    return str(answer.json()["number"])


def test_a_dispute_is_noted_and_decided_in_the_back_office_and_the_member_sees_why(
    front: Front, sponsor: Walker, order: str
) -> None:
    staff = staff_walker(front)
    staff.open(f"/admin/orders/{order}")
    page = staff.send(f"/admin/orders/{order}/disputes", reference="DP-1", fee="15", why="not_received")
    assert "The dispute is noted." in page.text and "being decided" in page.text
    assert "fee CN¥15.00" in page.text and "kept back" in page.text

    assert f"Disputed payment of the order {order}" in staff.open("/admin").text

    mine = sponsor.open("/me/earnings").text
    assert "CN¥13.35 is kept back: the customer's bank disputes the payment (the goods did not arrive)." in mine
    assert "Kept back for a dispute CN¥13.35" in mine
    balance = sponsor.client.get("/api/v1/me/balance").json()
    assert (balance["pending"]["minor"], balance["held"]["minor"]) == (0, 1335)
    assert "The books balance." in staff.open("/admin/books").text

    staff.open(f"/admin/orders/{order}")
    page = staff.send(
        f"/admin/orders/{order}/disputes/{order}-D1/outcome", button=("outcome", "lost"), note="no proof of delivery"
    )
    assert "The outcome of the dispute is noted." in page.text and "no proof of delivery" in page.text
    assert "the bank took the payment back" in page.text
    assert "came to nothing" in sponsor.open("/me/earnings").text
    assert "The books balance." in staff.open("/admin/books").text


def test_what_was_typed_stays_when_a_dispute_is_refused(front: Front, order: str) -> None:
    staff = staff_walker(front)
    staff.open(f"/admin/orders/{order}")
    page = staff.send(f"/admin/orders/{order}/disputes", disputed="99.01", fee="15", why="paid_twice", reference="DP-1")
    assert page.status == 422 and "At most CN¥99.00" in page.text
    assert 'value="99.01"' in page.html and 'value="DP-1"' in page.html
    page = staff.send(f"/admin/orders/{order}/disputes", disputed="ninety", reference="DP-1")
    assert page.status == 422 and "is not an amount" in page.text


def test_the_api_opens_a_dispute_once_and_tells_how_it_stands(front: Front, sponsor: Walker, order: str) -> None:
    staff, path = front.staff(), f"/api/v1/admin/orders/{order}/disputes"
    once = key()
    first = staff.post(path, json=claim(5000), headers=once)
    again = staff.post(path, json=claim(5000), headers=once)
    other_key = staff.post(path, json=claim(5000), headers=key())
    assert first.status_code == 201 and first.json() == again.json() == other_key.json()
    assert first.json()["amount"]["minor"] == 5000 and first.json()["state"] == "open"
    other = staff.post(path, json=claim(4000), headers=key())
    assert (other.status_code, other.json()["code"]) == (409, "reference_reused")
    [earning] = sponsor.client.get("/api/v1/me/earnings").json()["earnings"]
    assert earning["held"]["minor"] == 1335 * 5000 // 8900

    ended = staff.post(f"{path}/{order}-D1/outcome", json={"outcome": "won"}, headers=key())
    assert (ended.status_code, ended.json()["state"]) == (200, "won")
    late = staff.post(f"{path}/{order}-D1/outcome", json={"outcome": "lost"}, headers=key())
    assert (late.status_code, late.json()["code"]) == (409, "dispute_ended")
    assert late.headers["content-type"] == "application/problem+json"
    [told] = staff.get(path).json()["disputes"]
    assert told["state"] == "won" and told["ended_by"].startswith("staff:")
    [earning] = sponsor.client.get("/api/v1/me/earnings").json()["earnings"]
    assert earning["held"]["minor"] == 0


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"minor": 9901}, 409),
        ({"minor": 0}, 422),
        ({"reason": "because"}, 422),
        ({"reference": " "}, 422),
        ({"amount": {"minor": 100, "currency": "USD"}}, 422),
    ],
)
def test_a_claim_that_makes_no_sense_is_refused_and_nothing_is_kept_back(
    front: Front, sponsor: Walker, order: str, changes: dict[str, object], status: int
) -> None:
    answer = front.staff().post(
        f"/api/v1/admin/orders/{order}/disputes",
        json=claim(**changes),  # type: ignore[arg-type]
        headers=key(),
    )
    assert answer.status_code == status and answer.headers["content-type"] == "application/problem+json"
    assert sponsor.client.get("/api/v1/me/balance").json()["held"]["minor"] == 0


def test_a_refund_beside_a_dispute_is_refused_with_the_reason(front: Front, order: str) -> None:
    staff = front.staff()
    opened(staff, order)
    body = {"reason": "changed their mind", "goods_back": False}
    answer = staff.post(f"/api/v1/admin/orders/{order}/refunds", json=body, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (409, "order_disputed")
    assert re.search(r"99\.00.* is disputed; at most 0\.00 CNY can be refunded", answer.json()["detail"])


def test_staff_without_the_right_see_a_dispute_and_cannot_decide_it(front: Front, order: str) -> None:
    opened(front.staff(), order)
    helper = staff_walker(front, "staff")
    page = helper.open(f"/admin/orders/{order}")
    assert "being decided" in page.text
    assert not [form for form in page.forms if "/disputes" in form.action]
