"""Red packets: at most 200.00 in one, back after 24 hours; into the shop and out to members."""

from datetime import timedelta

import pytest

from shared_core.kernel.money import Money
from shared_core.orders import fits_red_packet
from tests.storefront.conftest import Front, buy, pay
from tests.storefront.test_disputes import order, sponsor
from tests.storefront.test_four_eyes import act, asked
from tests.storefront.test_pages import order_one, share_link
from tests.storefront.walker import Walker, staff_walker, walker

__all__ = ["order", "sponsor"]  # fixtures


@pytest.mark.parametrize(
    ("minor", "currency", "fits"), [(1, "CNY", True), (20000, "CNY", True), (20001, "CNY", False), (1, "USD", False)]
)
def test_one_red_packet_carries_200_yuan(minor: int, currency: str, fits: bool) -> None:
    assert fits_red_packet(Money(minor, currency)) is fits


def test_staff_see_until_when_a_customers_red_packet_can_be_accepted(front: Front) -> None:
    front.stock("A")
    buyer, staff = walker(front), staff_walker(front, "staff")
    buyer.sign_up("bao@example.com", "Bao")
    number = order_one(buyer, "p-a")
    assert "A single red packet will do" in buyer.open(f"/orders/{number}").text
    buyer.send(f"/orders/{number}/claim", payer="Bao", way="red_packet")
    assert "Red packet: accept it before" in staff.open("/admin/receipts").text
    front.clock.pass_by(timedelta(hours=24))
    assert "The red packet went back, unless it was accepted." in staff.open("/admin/receipts").text


def test_an_order_above_the_cap_is_paid_by_transfer(front: Front) -> None:
    front.stock("B", price=30000)
    buyer = walker(front)
    buyer.sign_up("bao@example.com", "Bao")
    number = order_one(buyer, "p-b")
    page = buyer.open(f"/orders/{number}")
    assert "a red packet carries at most CN¥200.00" in page.text and "It is a red packet" not in page.text
    page = buyer.send(f"/orders/{number}/claim", payer="Bao", way="red_packet")
    assert page.status == 422 and "A red packet carries at most CN¥200.00, and this is CN¥300.00." in page.text


def test_a_payout_by_red_packet_is_paid_when_accepted(front: Front, sponsor: Walker, order: str) -> None:
    code, staff = asked(front, sponsor, order, "10.00"), staff_walker(front)
    owner = front.staff()
    staff.open("/admin/payouts")
    page = staff.send(f"/admin/payouts/{code}/red-packet")
    assert "sent as a red packet by Staff" in page.text and "The red packet can be accepted until" in page.text
    assert "Accept it before" in sponsor.open("/me/payouts").text
    assert act(owner, code, "red-packet") == (200, code), "the same again changes nothing"
    assert act(owner, code, "paid", evidence="W1") == (200, code)
    assert "Accept it before" not in sponsor.open("/me/payouts").text
    assert act(owner, code, "red-packet") == (409, "payout_settled")


def test_a_red_packet_that_can_still_be_accepted_is_not_given_back(front: Front, sponsor: Walker, order: str) -> None:
    """Given back early and accepted afterwards, it would be paid twice."""
    code, staff = asked(front, sponsor, order, "10.00"), staff_walker(front)
    owner = front.staff()
    assert act(owner, code, "red-packet") == (200, code)
    front.clock.pass_by(timedelta(hours=23, minutes=59))
    assert act(owner, code, "failed", reason="went back") == (409, "red_packet_open")
    front.clock.pass_by(timedelta(minutes=1))
    assert act(owner, code, "red-packet") == (409, "red_packet_over")
    assert "Look whether it was accepted or went back" in staff.open("/admin/payouts").text
    staff.send(f"/admin/payouts/{code}/failed")
    assert "The red packet went back." in sponsor.open("/me/payouts").text
    assert sponsor.client.get("/api/v1/me/balance").json()["available"]["minor"] == 1335


def test_a_payout_above_the_cap_is_sent_by_transfer(front: Front, sponsor: Walker) -> None:
    """20 × 89.00 by a fan: 267.00 at 15 % are above what one red packet carries."""
    buyer, owner = front.browser(), front.staff()
    buyer.get(share_link(sponsor, "p-a"))
    front.member(buyer, name="Bao")
    number = buy(buyer, "A", quantity=20, total=178000)
    pay(front, owner, number, minor=178000)
    code = asked(front, sponsor, number, "267.00")
    assert "Sent as a red packet" not in staff_walker(front).open("/admin/payouts").text
    assert act(owner, code, "red-packet") == (422, "red_packet_too_large")
    assert act(owner, code, "paid", evidence="W2") == (200, code)
