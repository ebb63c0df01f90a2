"""Orders entered for people in a chat group, from the seller's bag to the buyer's payment, over pages and the API."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from shared_core import audit, members, orders
from shared_core.kernel.settings import Settings
from tests.storefront.conftest import ADDRESS, Clock, Front, buy, close_front, key, open_front, pay, purchase
from tests.storefront.walker import staff_walker, walker

BUYER = {**ADDRESS, "name": "Mei", "phone": "139 0000 1111"}


@pytest.fixture
def seller(front: Front) -> TestClient:
    front.stock("A", units=10)
    return front.member(name="Lin")


def body(**changes: Any) -> dict[str, Any]:
    return {"lines": [{"sku": "A", "quantity": 1}], "address": BUYER, "group": "Stairs 3"} | changes


def enter(client: TestClient, **changes: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/me/group-orders", json=body(**changes), headers=key())
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def refused(client: TestClient, **changes: Any) -> tuple[int, str]:
    answer = client.post("/api/v1/me/group-orders", json=body(**changes), headers=key())
    return answer.status_code, answer.json()["code"]


def path(entered: dict[str, Any]) -> str:
    return urlsplit(entered["link"]).path


def row(front: Front, number: str) -> orders.Order:
    with front.shop.database.reading() as session:
        found = orders.get(session, number)
        session.expunge(found)
        return found


def me(front: Front, client: TestClient) -> int:
    code = client.get("/api/v1/session").json()["member_code"]
    with front.shop.database.reading() as session:
        found = members.member_by_code(session, code)
    assert found is not None
    return found


def test_an_order_for_somebody_in_a_group_is_the_sellers_sale_in_the_channel_group(
    front: Front, seller: TestClient
) -> None:
    entered = enter(seller)
    placed = row(front, entered["order"]["number"])
    assert (placed.channel, placed.seller_id, placed.claim) == ("group", me(front, seller), "link")
    assert placed.buyer_id != placed.seller_id
    assert entered["buyer"] == "Mei" and entered["order"]["payment"]["amount"]["minor"] == 9900
    assert seller.get("/api/v1/orders").json()["orders"] == [], "it is not an order of the seller's own"


def test_the_buyer_needs_no_account_to_see_the_order_and_say_that_it_is_paid(front: Front, seller: TestClient) -> None:
    entered = enter(seller)
    buyer = walker(front)
    page = buyer.open(path(entered))
    assert page.headings[0] == "Waiting for your payment" and "CN¥99.00" in page.text and "Mei" in page.text
    page = buyer.send(f"{path(entered)}/claim", payer="Mei", last4="1")
    assert page.status == 422 and "last four characters" in page.text
    page = buyer.send(f"{path(entered)}/claim", payer="Mei", last4="1234")
    assert "We look for your money first." in page.text
    number = entered["order"]["number"]
    assert seller.get(f"/api/v1/me/group-orders/{number}").json()["claimed"] is True
    staff = staff_walker(front, "staff")
    assert "Mei · to till" in staff.open("/admin/receipts").text and "Mei" in staff.open("/admin/orders").text
    assert "Lin · Stairs 3" in staff.open(f"/admin/orders/{number}").text
    pay(front, staff.client, number)
    front.settle()
    assert buyer.open(path(entered)).headings[0] == "Paid. It is being packed"
    page = buyer.send(f"{path(entered)}/refund-request", reason="too late")
    assert "You asked for your money back." in page.text


def test_a_link_shows_one_order_and_a_changed_one_none(front: Front, seller: TestClient) -> None:
    entered = enter(seller)
    stranger = front.browser()
    shown = stranger.get(path(entered))
    assert (shown.status_code, shown.headers["x-robots-tag"]) == (200, "noindex")
    assert stranger.get(path(entered)[:-2] + "xx").status_code == 404
    assert stranger.get(f"/orders/{entered['order']['number']}").status_code in (303, 401)
    front.pass_days(181)
    assert stranger.get(path(entered)).status_code == 410


def test_the_buyer_gives_the_order_up_by_the_link(front: Front, seller: TestClient) -> None:
    entered = enter(seller)
    buyer = walker(front)
    buyer.open(path(entered))
    page = buyer.send(f"{path(entered)}/cancel")
    assert "The order is cancelled." in page.text
    assert seller.get("/api/v1/me/groups").json()["groups"][0]["given_up"] == 1


def test_the_same_key_is_the_same_order_and_another_buyer_is_refused(front: Front, seller: TestClient) -> None:
    headers = key()
    first, again = (seller.post("/api/v1/me/group-orders", json=body(), headers=headers) for _ in range(2))
    assert first.json()["order"]["number"] == again.json()["order"]["number"]
    other = body(address={**BUYER, "phone": "13900002222"})
    answer = seller.post("/api/v1/me/group-orders", json=other, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "checkout_key_reused")
    assert len(seller.get("/api/v1/me/group-orders").json()["orders"]) == 1


def test_one_number_is_one_buyer_whoever_enters_the_order(front: Front, seller: TestClient) -> None:
    other = front.member(name="Zoe")
    first, second = enter(seller), enter(other, address={**BUYER, "phone": "+86 139-0000-1111"})
    third = enter(seller, address={**BUYER, "phone": "13900002222"})
    one, two, three = (row(front, each["order"]["number"]).buyer_id for each in (first, second, third))
    assert one == two != three
    hidden = other.get(f"/api/v1/me/group-orders/{first['order']['number']}")
    assert hidden.status_code == 404, "who entered it sees it, nobody else"


def sign_up_with_the_buyers_number(front: Front, sponsor: TestClient | None = None) -> TestClient:
    """Nobody asks whether the number is theirs."""
    squatter = front.browser()
    if sponsor is not None:
        squatter.get(sponsor.post("/api/v1/share-links", json={"about": "/"}).json()["path"])
    account = {"login": "13900001111", "password": "three quiet lamps", "name": "Eve"}
    assert squatter.post("/api/v1/members", json=account).status_code == 201
    return squatter


@pytest.mark.parametrize("first", ["the account", "the order"])
def test_who_signed_up_with_the_buyers_number_sees_nothing_and_changes_nothing(
    front: Front, seller: TestClient, first: str
) -> None:
    squatter = sign_up_with_the_buyers_number(front) if first == "the account" else None
    number = enter(seller)["order"]["number"]
    squatter = squatter or sign_up_with_the_buyers_number(front)
    assert squatter.get("/api/v1/orders").json()["orders"] == []
    assert squatter.get(f"/orders/{number}").status_code == 404
    assert squatter.get(f"/api/v1/orders/{number}").status_code == 404
    assert squatter.post(f"/api/v1/orders/{number}/cancellation", headers=key()).status_code == 404
    assert squatter.post(f"/api/v1/orders/{number}/payment-claim", json={"payer": "Eve"}).status_code == 404
    pay(front, front.staff(), number)
    asked = squatter.post(f"/api/v1/orders/{number}/refund-requests", json={"reason": "to me"})
    assert asked.status_code == 404
    assert row(front, number).buyer_id != me(front, squatter)


def test_nobody_enters_orders_for_themselves(front: Front, seller: TestClient) -> None:
    buy(seller, "A")
    assert refused(seller, address=ADDRESS) == (422, "own_order"), "a number that their own goods went to"
    by_phone = sign_up_with_the_buyers_number(front)
    assert refused(by_phone) == (422, "own_order"), "their log-in"
    assert row(front, enter(by_phone, address=ADDRESS)["order"]["number"]).seller_id == me(front, by_phone)


WRITTEN = [
    "13900001111",
    "8613900001111",
    "+86 (0)139 0000 1111",
    "0086 139-0000-1111",
    "0139 0000 1111",
    "１３９００００１１１１",
]


@pytest.mark.parametrize("phone", [*WRITTEN, "+86 86 139 0000 1111", "+1 390 000 1111"])
def test_ones_own_number_is_known_however_it_is_written(front: Front, seller: TestClient, phone: str) -> None:
    by_phone = sign_up_with_the_buyers_number(front)
    assert refused(by_phone, address={**BUYER, "phone": phone}) == (422, "own_order")


@pytest.mark.parametrize(
    "phone", ["13900001111-1", "139 0000 1111 (0)", "+86 13900001111 1", "86 1390000111", "1390000111"]
)
def test_a_mobile_number_with_digits_missing_or_to_spare_is_none(front: Front, seller: TestClient, phone: str) -> None:
    assert refused(seller, address={**BUYER, "phone": phone}) == (422, "phone_unreadable")


@pytest.mark.parametrize("written", ["8613900001111", "13900001111-1", "＋８６ 139 0000 1111 ext. 1"])
def test_a_number_that_own_goods_went_to_is_known_whatever_is_written_around_it(
    front: Front, seller: TestClient, written: str
) -> None:
    mine = purchase("A", total=9900) | {"address": {**ADDRESS, "phone": written}}
    assert seller.post("/api/v1/orders", json=mine, headers=key()).status_code == 201
    assert refused(seller) == (422, "own_order")


def test_however_a_number_is_written_it_is_one_buyer(front: Front, seller: TestClient) -> None:
    numbers = [enter(seller, address={**BUYER, "phone": phone})["order"]["number"] for phone in WRITTEN]
    assert len({row(front, number).buyer_id for number in numbers}) == 1


@pytest.mark.parametrize("phone", ["010-1234 5678", "0571 1234 5678", "+44 20 7946 0958", "+852 5123 4567"])
def test_numbers_at_desks_and_abroad_are_taken(front: Front, seller: TestClient, phone: str) -> None:
    assert enter(seller, address={**BUYER, "phone": phone})["buyer"] == "Mei"


def test_bad_input_is_refused_and_leaves_nothing(front: Front, seller: TestClient) -> None:
    assert refused(seller, address={**BUYER, "phone": "123"}) == (422, "phone_unreadable")
    assert refused(seller, address={**BUYER, "phone": "mei@example.com"}) == (422, "phone_unreadable")
    assert refused(seller, group="  ") == (422, "invalid")
    assert refused(seller, seen_total={"minor": 1, "currency": "CNY"}) == (409, "price_changed")
    assert refused(seller, lines=[{"sku": "A", "quantity": 11}]) == (409, "out_of_stock")
    assert front.browser().post("/api/v1/me/group-orders", json=body(), headers=key()).status_code == 401
    assert seller.get("/api/v1/me/group-orders").json()["orders"] == []


def test_a_seller_holds_goods_for_so_many_unpaid_orders_only(
    front: Front, seller: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders.entries, "UNPAID_MAX", 1)
    entered = enter(seller)
    assert refused(seller) == (409, "too_many_unpaid")
    number = entered["order"]["number"]
    gone = seller.post(f"/api/v1/me/group-orders/{number}/cancellation", headers=key())
    assert gone.json()["order"]["state"] == "cancelled"
    assert enter(seller)["order"]["state"] == "placed"


def test_whom_a_stranger_enters_orders_for_can_still_buy(front: Front, seller: TestClient) -> None:
    front.stock("B", units=30)
    buyer = sign_up_with_the_buyers_number(front)
    for _ in range(orders.entries.UNPAID_MAX):
        enter(seller, lines=[{"sku": "B", "quantity": 1}])
    assert refused(seller, lines=[{"sku": "B", "quantity": 1}]) == (409, "too_many_unpaid")
    assert row(front, buy(buyer, "B")).state == "placed"
    assert row(front, buy(seller, "B")).state == "placed", "their own purchases are counted apart"


def test_the_goods_are_kept_for_a_day(front: Front, seller: TestClient) -> None:
    entered = enter(seller)
    placed = row(front, entered["order"]["number"])
    assert placed.due_at is not None and placed.placed_at is not None
    assert (placed.due_at - placed.placed_at).total_seconds() == 24 * 3600


def test_a_seller_enters_one_order_after_another_from_one_bag(front: Front) -> None:
    front.stock("A", units=10)
    seller = walker(front)
    seller.sign_up("lin@example.com", "Lin")
    assert "into your bag first" in seller.open("/me/group/new").text
    seller.open("/products/p-a")
    seller.send("/cart", quantity=1)
    assert "/me/group/new" in seller.open("/cart").links and "/me/group" in seller.open("/me").links
    home = {"street": "1 Sample Road", "city": "Hangzhou", "region": "Zhejiang", "country": "CN"}
    for name, phone, pieces in (("Mei", "13900001111", 2), ("Bao", "13900002222", 1)):
        seller.open("/me/group/new")
        page = seller.send("/me/group", group="Stairs 3", name=name, phone=phone, quantity=pieces, **home)
        assert page.status == 200 and page.headings[0] == f"For {name}", page.text
        assert "/o/" in page.text and "The order is entered." in page.text
    page = seller.open("/me/group")
    assert "Mei" in page.text and "Bao" in page.text and "CN¥287.00" in page.text, "188.00 and 99.00 to be paid"
    seller.open("/me/group/new")
    page = seller.send("/me/group", group="", name="", phone="1", quantity=0)
    assert page.status == 422 and "Which group?" in page.text and "Who shall receive it?" in page.text
    page = seller.send("/me/group", group="Stairs 3", name="Mei", phone="13900001111", quantity=0, **home)
    assert page.status == 422, "an order of nothing"


PLAN = """\
name = "groups"
[[ranks]]
id = "member"
name = "Member"
[[shares]]
id = "shop"
payee = "seller"
rate = "10%"
[[shares]]
id = "group"
payee = "seller"
rate = "20%"
channels = ["group"]
"""


LOCK_FIRST = (
    PLAN
    + """
[binding]
by = "click"
[claims]
seller = ["lock", "link"]
"""
)


@pytest.fixture
def paying(brand_dir: Path, settings: Settings, clock: Clock) -> Iterator[Front]:
    """A shop whose sellers have more of what they sell in groups."""
    (brand_dir / "plan.toml").write_text(PLAN, "utf-8")
    front = open_front(brand_dir, settings, clock)
    front.stock("A", units=10)
    yield front
    close_front(front)


@pytest.fixture
def fans_first(brand_dir: Path, settings: Settings, clock: Clock) -> Iterator[Front]:
    """A shop that asks first whose fan a buyer is."""
    (brand_dir / "plan.toml").write_text(LOCK_FIRST, "utf-8")
    front = open_front(brand_dir, settings, clock)
    front.stock("A", units=10)
    yield front
    close_front(front)


def test_whose_fan_an_account_with_the_buyers_number_is_gives_nobody_a_share(fans_first: Front) -> None:
    ada, seller = fans_first.member(name="Ada"), fans_first.member(name="Lin")
    squatter = sign_up_with_the_buyers_number(fans_first, ada)
    number = enter(seller)["order"]["number"]
    placed = row(fans_first, number)
    assert (placed.seller_id, placed.claims) == (me(fans_first, seller), {"link": me(fans_first, seller)})
    pay(fans_first, fans_first.staff(), number)
    assert ada.get("/api/v1/me/earnings").json()["earnings"] == []
    assert [each["amount"]["minor"] for each in seller.get("/api/v1/me/earnings").json()["earnings"]] == [1780]
    assert row(fans_first, buy(squatter, "A")).claim == "lock", "the account itself is Ada's fan"


def test_what_was_entered_earns_the_rate_of_the_channel_and_a_refund_takes_it_back(paying: Front) -> None:
    """89.00 of goods: 17.80 at 20 %. 99.00 come in; all of it goes back, so the group keeps nothing."""
    seller, owner = paying.member(name="Lin"), paying.staff()
    number = enter(seller)["order"]["number"]
    pay(paying, owner, number)
    [earned] = seller.get("/api/v1/me/earnings").json()["earnings"]
    assert earned["amount"]["minor"] == 1780
    told = seller.get(f"/me/earnings/{earned['code']}").text
    assert "entered for the buyer from a chat group" in told
    assert standings(seller) == [("Stairs 3", 1, 1, 9900, 0)]
    money_back = {"reason": "asked", "goods_back": True}
    answer = owner.post(f"/api/v1/admin/orders/{number}/refunds", json=money_back, headers=key())
    assert answer.status_code in (200, 201), answer.text
    paying.settle()
    assert seller.get("/api/v1/me/earnings").json()["earnings"][0]["state"] == "void"
    assert standings(seller) == [("Stairs 3", 1, 1, 9900, 9900)]
    with paying.shop.database.reading() as session:
        assert [each.code for each in audit.check(session, at=paying.clock()) if not each.ok] == []


def standings(client: TestClient) -> list[tuple[str, int, int, int, int]]:
    groups = client.get("/api/v1/me/groups").json()["groups"]
    return [
        (each["group"], each["orders"], each["paid"], each["taken"]["minor"], each["refunded"]["minor"])
        for each in groups
    ]


def test_staff_see_each_group_and_each_collector_and_take_the_tables_away(front: Front, seller: TestClient) -> None:
    """One of four orders is paid: 99.00 came in, 297.00 are to come."""
    staff = staff_walker(front, "staff")
    first, _ = enter(seller), enter(seller, address={**BUYER, "phone": "13900002222"})
    enter(seller, group="=HYPERLINK(1)", address={**BUYER, "phone": "13900003333"})
    enter(seller, group="＋1", address={**BUYER, "phone": "13900004444"})
    pay(front, staff.client, first["order"]["number"])
    assert "/admin/groups" in staff.open("/admin/receipts").links
    page = staff.open("/admin/groups")
    assert page.headings[0] == "Chat groups · March 2026" and "Stairs 3" in page.text and "Lin" in page.text
    table = staff.client.get("/admin/groups/2026-03.csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert table.text.splitlines()[1:] == [
        "2026-03,Lin,Stairs 3,2,1,0,0,1,99.00,99.00,0.00,99.00,CNY",
        "2026-03,Lin,'=HYPERLINK(1),1,1,0,0,0,99.00,0.00,0.00,0.00,CNY",
        "2026-03,Lin,'＋1,1,1,0,0,0,99.00,0.00,0.00,0.00,CNY",
    ]
    assert staff.client.get("/admin/groups/2026-02.csv").text.count("\n") == 1, "nothing was entered then"
    assert "Nobody entered an order" in staff.open("/admin/groups/2026-02").text
    hands = staff.client.get("/admin/receipts/collectors.csv").text.splitlines()
    assert hands[1] == "till,1,99.00,0.00,99.00,99.00,0.00,0.00,0.00,0,0.00,0,297.00,3,0,CNY"
