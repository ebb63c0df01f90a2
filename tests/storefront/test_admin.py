"""The back office, used by staff over its pages."""

import re

import pytest

from tests.storefront.conftest import Front
from tests.storefront.test_pages import order_one, pay, share_link, token
from tests.storefront.walker import Walker, staff_walker, walker

PAGES = (
    "/admin",
    *(f"/admin/{name}" for name in ("orders", "returns", "receipts", "products", "members", "rooms", "payouts")),
    *("/admin/fund", "/admin/books", "/admin/plan", "/admin/staff"),
)


@pytest.fixture
def staff(front: Front) -> Walker:
    return staff_walker(front)


@pytest.fixture
def buyer(front: Front) -> Walker:
    front.stock("A", units=10)
    shopper = walker(front)
    shopper.sign_up("bao@example.com", "Bao")
    return shopper


@pytest.mark.parametrize("path", PAGES)
def test_the_back_office_is_for_staff_only(front: Front, path: str) -> None:
    stranger, member, staff = walker(front), walker(front), staff_walker(front)
    assert stranger.open(path).headings[0] == "Welcome back"
    member.sign_up("eve@example.com", "Eve")
    assert member.open(path).status == 403
    assert staff.open(path).status == 200


def test_an_order_goes_from_money_to_the_door(front: Front, staff: Walker, buyer: Walker) -> None:
    number = order_one(buyer, "p-a")
    assert "Payments to look for: 1" in staff.open("/admin").text
    pay(front, staff, number)
    page = staff.open(f"/admin/orders/{number}")
    parcel = dict(page.form(f"/admin/orders/{number}/ship").fields)["parcel"]
    page = staff.send(f"/admin/orders/{number}/ship", carrier="Local", tracking="SF-1")
    assert "Marked as shipped." in page.text and parcel in page.text
    page = buyer.open(f"/orders/{number}")
    assert page.headings[0] == "On its way to you" and "SF-1" in page.text
    staff.open(f"/admin/orders/{number}")
    staff.send(f"/admin/orders/{number}/deliver")
    assert buyer.open(f"/orders/{number}").headings[0] == "It has arrived"
    front.pass_days(9)
    assert buyer.open(f"/orders/{number}").headings[0] == "All done"
    page = staff.open("/admin/books")
    assert "The books balance." in page.text


def test_a_wrong_amount_is_refused_and_what_was_typed_stays(front: Front, staff: Walker, buyer: Walker) -> None:
    number = order_one(buyer, "p-a")
    staff.open(f"/admin/orders/{number}")
    page = staff.send(f"/admin/orders/{number}/payment", amount="98.00", transaction="T-1")
    assert page.status == 422
    assert "CN¥99.00 is expected" in page.text and 'value="98.00"' in page.html


def test_one_transaction_number_pays_one_order(front: Front, staff: Walker, buyer: Walker) -> None:
    first, second = order_one(buyer, "p-a"), order_one(buyer, "p-a")
    staff.open(f"/admin/orders/{first}")
    staff.send(f"/admin/orders/{first}/payment", transaction="T-1")
    staff.open(f"/admin/orders/{second}")
    page = staff.send(f"/admin/orders/{second}/payment", transaction="T-1")
    assert page.status == 422 and "already paid for something else" in page.text


def test_part_of_an_order_is_refunded_and_the_money_noted_as_sent(front: Front, staff: Walker, buyer: Walker) -> None:
    buyer.open("/products/p-a")
    buyer.send("/cart", quantity=2)
    buyer.open("/checkout")
    number = buyer.send(
        "/checkout", phone="13800138000", province="CN-ZJ", city="Hangzhou", street="Road 1"
    ).url.rpartition("/")[2]
    pay(front, staff, number)
    page = staff.open(f"/admin/orders/{number}")
    form = page.form(f"/admin/orders/{number}/refund")
    lines = [value for name, value in form.fields if name == "line"]
    page = staff.send(
        f"/admin/orders/{number}/refund",
        button=("what", "chosen"),
        pieces=["1"],
        line=lines,
        reason="one was chipped",
        goods_back="true",
    )
    assert "The refund is booked." in page.text and "CN¥89.00" in page.text
    refund = re.search(rf"/admin/orders/{number}/refunds/([\w-]+)/sent", page.html)
    assert refund
    page = staff.send(f"/admin/orders/{number}/refunds/{refund.group(1)}/sent", evidence="R-1")
    assert "Noted as sent." in page.text
    front.settle()
    mine = buyer.open(f"/orders/{number}").text
    assert "1 given back" in mine and "Refunded −CN¥89.00 After refunds CN¥99.00" in mine, "of 188.00"
    assert "The books balance." in staff.open("/admin/books").text


def test_the_same_refund_form_sent_twice_is_one_refund(front: Front, staff: Walker, buyer: Walker) -> None:
    number = order_one(buyer, "p-a")
    pay(front, staff, number)
    page = staff.open(f"/admin/orders/{number}")
    for _ in range(2):
        staff.page = page
        done = staff.send(f"/admin/orders/{number}/refund", button=("what", "all"), reason="changed their mind")
    assert len(re.findall(rf"/admin/orders/{number}/refunds/[\w-]+/sent", done.html)) == 1
    assert buyer.open(f"/orders/{number}").headings[0] == "Your money goes back to you"


def test_a_customers_request_is_seen_and_answered(front: Front, staff: Walker, buyer: Walker) -> None:
    number = order_one(buyer, "p-a")
    pay(front, staff, number)
    buyer.open(f"/orders/{number}")
    page = buyer.send(f"/orders/{number}/refund-request", reason="It is blue, not green")
    assert "We will answer here." in page.text
    page = staff.open(f"/admin/orders/{number}")
    assert "It is blue, not green" in page.text
    page = staff.send(f"/admin/orders/{number}/answer", text="Send it back, please")
    assert "It is blue, not green" not in page.text


def test_a_price_below_what_the_goods_cost_is_refused(front: Front, staff: Walker) -> None:
    front.stock("A", price=8900, supplied=4000)
    staff.open("/admin/products")
    page = staff.send("/admin/products/price", having={"sku": "A"}, price="39.99")
    assert page.status == 422 and "cannot be sold for CN¥39.99" in page.text
    page = staff.send("/admin/products/price", having={"sku": "A"}, price="79.00")
    assert "Saved." in page.text
    assert "CN¥79.00" in walker(front).open("/products/p-a").text


def test_goods_leave_the_shelf_and_come_back(front: Front, staff: Walker) -> None:
    front.stock("A")
    visitor = walker(front)
    staff.open("/admin/products")
    staff.send("/admin/products/shelf", having={"sku": "A"}, button=("listed", "no"))
    assert visitor.open("/products/p-a").status == 404
    assert "CN¥40.00" in staff.open("/admin/products?show=resting").text, "with what it costs, before it is listed"
    there = staff.send("/admin/products/shelf", having={"sku": "A"}, button=("listed", "yes"))
    assert "Everything the supply offers is in the window." in there.text
    assert visitor.open("/products/p-a").status == 200


def test_received_goods_are_counted_once_however_often_the_form_is_sent(front: Front, staff: Walker) -> None:
    front.stock("A", units=2)
    page = staff.open("/admin/products")
    for _ in range(2):
        staff.page = page
        staff.send("/admin/products/stock", having={"sku": "A"}, received=3)
    assert "Only 5 left" in walker(front).open("/products/p-a").text


def test_members_are_found_by_name_and_their_logins_are_shortened(front: Front, staff: Walker, buyer: Walker) -> None:
    other = walker(front)
    other.open(share_link(buyer, "p-a"))
    other.sign_up("mei.lin@example.com", "Mei Lin")
    page = staff.open("/admin/members?q=Mei")
    assert "Mei Lin" in page.text and "Bao" in page.text, "Bao is whose fan she is"
    assert "mei.lin@example.com" not in page.html


def test_a_member_cannot_act_for_staff(front: Front, buyer: Walker) -> None:
    number = order_one(buyer, "p-a")
    body = {"amount": "99.00", "transaction": "T-1", "csrf_token": token(buyer)}
    assert buyer.client.post(f"/admin/orders/{number}/payment", data=body).status_code == 403


def test_a_payout_is_asked_for_and_paid_with_evidence(front: Front, staff: Walker, buyer: Walker) -> None:
    sponsor = walker(front)
    sponsor.sign_up("mei@example.com", "Mei")
    link = share_link(sponsor, "p-a")
    for number in range(10):
        fan = front.browser()
        fan.get(link)
        front.member(fan, name=f"Fan {number}")
    buyer.open(link)
    pay(front, staff, order := order_one(buyer, "p-a"))
    staff.open(f"/admin/orders/{order}")
    staff.send(f"/admin/orders/{order}/ship", carrier="Local", tracking="SF-1")
    staff.send(f"/admin/orders/{order}/deliver")
    front.pass_days(9)
    sponsor.open("/me/payouts")
    page = sponsor.send("/me/payouts", amount="13.35")
    assert "Your payout is on its way to us." in page.text and "being paid" in page.text
    page = staff.open("/admin/payouts")
    assert "Mei · CN¥13.35" in page.text
    paid = next(form.action for form in page.forms if form.action.endswith("/paid"))
    assert "The payout is noted as paid." in staff.send(paid, evidence="WX-1").text
    assert "paid out" in sponsor.open("/me/payouts").text
    assert "The books balance." in staff.open("/admin/books").text
