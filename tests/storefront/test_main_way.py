"""The main way through the shop, over the API alone: from a share link to money in the pocket."""

from fastapi.testclient import TestClient

from shared_core import supply
from tests.storefront.conftest import Front, buy, key, pay, purchase


def test_a_link_becomes_a_fan_a_customer_a_sale_and_a_payout(front: Front) -> None:
    front.stock("A", units=10)
    staff = front.staff()
    sponsor = front.member(name="Mei")
    for number in range(10):
        front.member(follow(front, share(sponsor)), name=f"Fan {number}")
    assert sponsor.get("/api/v1/me/rank").json()["rank"] == "shopkeeper"

    fan = front.member(follow(front, share(sponsor, "/products/p-a")), name="Bao")
    assert fan.get("/api/v1/me/tie").json()["tie"]["sponsor_name"].startswith("M")

    cart = fan.put("/api/v1/cart/lines/A", json={"quantity": 1}).json()
    assert (cart["goods"]["minor"], cart["freight"]["minor"], cart["total"]["amount"]) == (8900, 1000, "99.00")
    order = buy(fan, "A")
    shown = fan.get(f"/api/v1/orders/{order}").json()
    assert shown["state"] == "placed"
    assert (shown["payment"]["amount"]["minor"], shown["payment"]["payee"]) == (9900, "Lamplight Ltd")
    assert fan.get("/api/v1/cart").json()["lines"] == []

    pay(front, staff, order)
    assert sponsor.get("/api/v1/me/balance").json()["pending"]["minor"] == 8900 * 15 // 100

    parcel = {"carrier": "Local", "tracking_number": "SF-1"}
    assert staff.post(f"/api/v1/admin/orders/{order}/shipment", json=parcel, headers=key()).status_code == 200
    front.settle()
    assert fan.get(f"/api/v1/orders/{order}").json()["parcels"][0]["tracking_number"] == "SF-1"
    assert staff.post(f"/api/v1/admin/orders/{order}/delivery", json={}, headers=key()).status_code == 200
    front.settle()
    front.pass_days(9)
    assert fan.get(f"/api/v1/orders/{order}").json()["state"] == "completed"

    [earning] = sponsor.get("/api/v1/me/earnings").json()["earnings"]
    assert (earning["state"], earning["amount"]["minor"]) == ("available", 1335)
    explained = sponsor.get(f"/api/v1/me/earnings/{earning['code']}").json()
    assert (explained["rule"], explained["rate_bps"], explained["base"]["minor"]) == ("seller-shopkeeper", 1500, 8900)
    assert sum(each["amount"]["minor"] for each in explained["bookings"]) == 2 * 1335

    asked = sponsor.post("/api/v1/me/payouts", json=amount(1335), headers=key())
    assert asked.status_code == 201
    code = asked.json()["code"]
    paid = staff.post(f"/api/v1/admin/payouts/{code}/paid", json={"evidence": "WX-1"}, headers=key())
    assert paid.json()["state"] == "paid"
    assert sponsor.get("/api/v1/me/balance").json()["available"]["minor"] == 0


def test_the_answer_to_a_shipment_and_a_delivery_shows_the_order_as_it_is_then(front: Front) -> None:
    front.stock("A")
    staff, fan = front.staff(), front.member()
    order = buy(fan, "A")
    pay(front, staff, order)
    [waiting] = fan.get(f"/api/v1/orders/{order}").json()["parcels"]
    named = {"supplier_order": waiting["supplier_order"]}

    parcel = {"carrier": "Local", "tracking_number": "SF-1"} | named
    sent = staff.post(f"/api/v1/admin/orders/{order}/shipment", json=parcel, headers=key()).json()
    come = staff.post(f"/api/v1/admin/orders/{order}/delivery", json=named, headers=key()).json()

    assert (sent["state"], sent["parcels"][0]["tracking_number"]) == ("shipped", "SF-1")
    assert (come["state"], come["parcels"][0]["supplier_order"]) == ("delivered", waiting["supplier_order"])
    front.settle()
    told = fan.get(f"/api/v1/orders/{order}").json()
    assert [step["state"] for step in told["history"]] == ["placed", "paid", "shipped", "delivered"]


def test_size_and_colour_stay_as_they_were_bought(front: Front) -> None:
    front.stock("A", options=(("Size", "M"), ("Colour", "Red")))
    staff, fan = front.staff(), front.member()
    order = buy(fan, "A")
    with front.shop.database.transaction() as session:
        renamed = supply.VariantSpec(sku="A", options=(("Size", "XXL"), ("Colour", "Green")))
        product = supply.ProductSpec(code="p-a", title="Lamp A", variants=(renamed,))
        supply.put_product(session, product, supplier="acme", at=front.clock())
    front.settle()
    pay(front, staff, order)

    bought = [{"name": "Size", "value": "M"}, {"name": "Colour", "value": "Red"}]
    assert fan.get(f"/api/v1/orders/{order}").json()["lines"][0]["options"] == bought
    assert staff.get(f"/api/v1/admin/orders/{order}").json()["lines"][0]["options"] == bought
    assert "M / Red" in fan.get(f"/orders/{order}").text
    assert "Lamp A · M / Red × 1" in staff.get(f"/admin/orders/{order}").text
    with front.shop.database.reading() as session:
        [packed] = supply.supplier_orders(session, references=[order])[0].lines
    assert packed.options == (("Size", "M"), ("Colour", "Red"))


def test_a_refund_takes_its_part_of_the_earning_back(front: Front) -> None:
    front.stock("A", units=10)
    staff, sponsor = front.staff(), front.member()
    for _ in range(10):
        front.member(follow(front, share(sponsor)))
    fan = front.member(follow(front, share(sponsor)))
    order = buy(fan, "A", quantity=2, total=18800)
    pay(front, staff, order, minor=18800)
    line = fan.get(f"/api/v1/orders/{order}").json()["lines"][0]["id"]
    body = {"items": [{"line_id": line, "pieces": 1}], "reason": "broken", "goods_back": True}
    refunded = staff.post(f"/api/v1/admin/orders/{order}/refunds", json=body, headers=key())
    assert refunded.status_code == 201
    assert refunded.json()["refunded"]["minor"] == 8900
    front.settle()
    assert sponsor.get("/api/v1/me/balance").json()["pending"]["minor"] == 1335

    number = refunded.json()["refunds"][0]["number"]
    sent = staff.post(f"/api/v1/admin/orders/{order}/refunds/{number}/sent", json={"evidence": "R-1"}, headers=key())
    assert sent.json()["refunds"][0]["sent_at"]


def test_a_customer_may_give_an_unpaid_order_up_and_the_goods_are_free_again(front: Front) -> None:
    front.stock("A", units=1)
    first, second = front.member(), front.member()
    order = buy(first, "A")
    refused = second.post("/api/v1/orders", json=purchase("A", total=9900), headers=key())
    assert (refused.status_code, refused.json()["code"]) == (409, "out_of_stock")
    assert first.post(f"/api/v1/orders/{order}/cancellation", headers=key()).json()["state"] == "cancelled"
    front.settle()
    buy(second, "A")


def test_an_unpaid_order_lapses_when_its_hold_runs_out(front: Front) -> None:
    front.stock("A", units=1)
    client = front.member()
    order = buy(client, "A")
    front.pass_days(1)
    assert client.get(f"/api/v1/orders/{order}").json()["state"] == "cancelled"


def test_a_changed_price_is_told_and_never_charged(front: Front) -> None:
    front.stock("A")
    client, staff = front.member(), front.staff()
    new = {"price": {"minor": 9500, "currency": "CNY"}}
    assert staff.put("/api/v1/admin/listings/A/price", json=new).json()["price"]["minor"] == 9500
    refused = client.post("/api/v1/orders", json=purchase("A", total=9900), headers=key())
    assert (refused.status_code, refused.json()["code"]) == (409, "price_changed")
    assert refused.json()["params"]["now"] == {"minor": 10500, "currency": "CNY"}


def test_goods_can_be_taken_out_of_the_window_and_put_back(front: Front) -> None:
    front.stock("A")
    client, staff = front.browser(), front.staff()
    assert staff.put("/api/v1/admin/listings/A/unlisted").json()["state"] == "unlisted"
    assert client.get("/api/v1/products").json()["total"] == 0
    assert client.get("/api/v1/products/p-a").status_code == 404
    assert staff.get("/api/v1/admin/products").json()["total"] == 1
    assert staff.delete("/api/v1/admin/listings/A/unlisted").json()["state"] == "listed"
    assert client.get("/api/v1/products", params={"search": "lamp"}).json()["total"] == 1


def test_staff_see_who_is_whose_fan(front: Front) -> None:
    staff, sponsor = front.staff("staff"), front.member(name="Mei")
    front.member(follow(front, share(sponsor)), name="Bao")
    people = {each["name"]: each for each in staff.get("/api/v1/admin/members").json()["members"]}
    assert (people["Bao"]["sponsor_name"], people["Mei"]["fans"], people["Staff"]["staff"]) == ("Mei", 1, "staff")
    assert (people["Bao"]["rank"], people["Bao"]["joined_at"] is not None) == ("fan", True)
    assert [each["name"] for each in staff.get("/api/v1/admin/members?search=Mei").json()["members"]] == ["Mei"]


def test_a_payout_that_failed_is_the_members_again(front: Front) -> None:
    front.stock("A")
    staff, sponsor = front.staff(), front.member()
    for _ in range(10):
        front.member(follow(front, share(sponsor)))
    fan = front.member(follow(front, share(sponsor)))
    order = buy(fan, "A")
    pay(front, staff, order)
    parcel = {"carrier": "Local", "tracking_number": "SF-1"}
    staff.post(f"/api/v1/admin/orders/{order}/shipment", json=parcel, headers=key())
    staff.post(f"/api/v1/admin/orders/{order}/delivery", json={}, headers=key())
    front.settle()
    front.pass_days(9)
    code = sponsor.post("/api/v1/me/payouts", json=amount(1000), headers=key()).json()["code"]
    assert sponsor.get("/api/v1/me/balance").json()["available"]["minor"] == 335
    failed = staff.post(f"/api/v1/admin/payouts/{code}/failed", json={"reason": "wrong account"}, headers=key())
    assert failed.json()["state"] == "failed"
    assert sponsor.get("/api/v1/me/balance").json()["available"]["minor"] == 1335
    assert [each["member_name"] for each in staff.get("/api/v1/admin/payouts").json()["payouts"]] == ["Ming"]


def share(client: TestClient, about: str = "/") -> str:
    return str(client.post("/api/v1/share-links", json={"about": about}).json()["path"])


def follow(front: Front, path: str) -> TestClient:
    """Another browser that opened the link."""
    client = front.browser()
    assert client.get(path).status_code == 303
    return client


def amount(minor: int) -> dict[str, object]:
    return {"amount": {"minor": minor, "currency": "CNY"}}
