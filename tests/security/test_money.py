"""Getting money or goods one has no right to: by price, by oneself in disguise, by doing things twice at once."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from shared_core import audit, plan
from tests.storefront.conftest import PASSWORD, Front, buy, key, pay, purchase

AT_ONCE = 6
SHARE = 890
"""A tenth of 89.00, what the seller earns."""


@pytest.fixture
def brand_dir(brand_dir: Path) -> Path:
    """Everybody earns a tenth of what their links sell."""
    (brand_dir / "plan.toml").write_text(plan.preset("participants"), encoding="utf-8")
    return brand_dir


# --- the buyer in disguise ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["placed", "paid", "available"])
def test_a_second_browser_of_the_buyers_own_earns_them_nothing(front: Front, moment: str) -> None:
    front.stock("A")
    buyer, disguise, staff = front.browser(), front.browser(), front.staff()
    sign_up(buyer, "buyer@example.com")
    buyer.get(share(disguise))
    number = buy(buyer, "A")
    if moment != "placed":
        pay(front, staff, number)
    if moment == "available":
        complete(front, staff, number)
    log_in(disguise, "buyer@example.com")
    if moment == "placed":
        pay(front, staff, number)
    if moment != "available":
        complete(front, staff, number)
    assert money(buyer) == {"pending": 0, "held": 0, "available": 0}
    assert books(front) == []


def test_what_the_disguise_sold_to_others_is_still_earned(front: Front) -> None:
    front.stock("A")
    buyer, disguise, customer, staff = front.browser(), front.browser(), front.member(), front.staff()
    sign_up(buyer, "buyer@example.com")
    link = share(disguise)
    for client in (buyer, customer):
        client.get(link)
        pay(front, staff, buy(client, "A"))
    log_in(disguise, "buyer@example.com")
    assert money(buyer)["pending"] == SHARE
    assert books(front) == []


def test_refunding_a_purchase_whose_share_was_disowned_takes_nothing_twice(front: Front) -> None:
    front.stock("A")
    buyer, disguise, staff = front.browser(), front.browser(), front.staff()
    sign_up(buyer, "buyer@example.com")
    buyer.get(share(disguise))
    number = buy(buyer, "A")
    pay(front, staff, number)
    log_in(disguise, "buyer@example.com")
    body = {"reason": "broken", "goods_back": True}
    assert staff.post(f"/api/v1/admin/orders/{number}/refunds", json=body, headers=key()).status_code == 201
    front.settle()
    assert money(buyer) == {"pending": 0, "held": 0, "available": 0}
    assert books(front) == []


def test_ones_own_link_sells_nothing_to_oneself(front: Front) -> None:
    front.stock("A")
    buyer, staff = front.member(), front.staff()
    buyer.get(share(buyer))
    pay(front, staff, buy(buyer, "A"))
    assert money(buyer)["pending"] == 0


# --- prices and quantities ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seen", [0, 1, 9899, 9901])
def test_the_price_is_the_shops_whatever_was_seen(front: Front, seen: int) -> None:
    front.stock("A")
    member = front.member()
    answer = member.post("/api/v1/orders", json=purchase("A", total=seen), headers=key())
    assert (answer.status_code, answer.json()["code"]) == (409, "price_changed")
    assert member.get("/api/v1/orders").json()["orders"] == []


@pytest.mark.parametrize("quantity", [0, -1, 1_000, 2**63, 1.0, 1.5, "1", True, None])
def test_a_quantity_is_a_small_whole_number(front: Front, quantity: Any) -> None:
    front.stock("A")
    member = front.member()
    body = purchase("A", total=9900) | {"lines": [{"sku": "A", "quantity": quantity}]}
    assert member.post("/api/v1/orders", json=body, headers=key()).status_code == 422
    assert member.put("/api/v1/cart/lines/A", json={"quantity": quantity}).status_code == (
        200 if quantity == 0 else 422
    )
    form = {"key": "a-checkout-key", "seen": "9900", "sku": "A", "quantity": str(quantity), "country": "CN"}
    form |= {"name": "Ming", "phone": "13800138000", "region": "ZJ", "city": "H", "street": "1"}
    if quantity not in ("1", True, 1.0):
        assert member.post("/checkout", data=form).headers.get("location", "/cart") == "/cart"
        assert member.get("/api/v1/orders").json()["orders"] == []


@pytest.mark.parametrize("amount", ["-1.00", "0", "0.00", "1e9", "NaN", "9999999999999.99", "1.001", ""])
def test_a_payout_is_never_more_than_there_is(front: Front, amount: str) -> None:
    earner = rich(front)
    answer = earner.post("/me/payouts", data={"amount": amount, "key": "ABCD1234"})
    assert answer.status_code in (409, 422)
    assert money(earner)["available"] == SHARE * 20


@pytest.mark.parametrize(
    "code", ["", "abc", "A" * 21, "A" * 40, "../orders/A", "A/failed", "abcd1234", "A B C D", "AB\0CD"]
)
def test_the_key_of_a_payout_form_is_one_of_ours(front: Front, code: str) -> None:
    earner = rich(front)
    assert earner.post("/me/payouts", data={"amount": "100.00", "key": code}).status_code == 422
    assert money(earner)["available"] == SHARE * 20


# --- the same thing twice -------------------------------------------------------------------------------------------


def test_one_balance_is_paid_out_once_however_many_ask_at_once(front: Front) -> None:
    earner = rich(front)
    cookies = {"Cookie": f"session={earner.cookies['session']}"}
    body = {"amount": {"minor": SHARE * 20, "currency": "CNY"}}

    async def ask(client: httpx2.AsyncClient) -> int:
        return (await client.post("/api/v1/me/payouts", json=body, headers=key() | cookies)).status_code

    assert at_once(front, ask) == {201: 1, 409: AT_ONCE - 1}
    assert money(earner)["available"] == 0
    assert books(front) == []


def test_one_order_is_refunded_once_however_many_ask_at_once(front: Front) -> None:
    front.stock("A")
    staff = front.staff()
    number = buy(front.member(), "A")
    pay(front, staff, number)
    cookies = {"Cookie": f"session={staff.cookies['session']}"}
    body = {"reason": "broken", "goods_back": False}

    async def ask(client: httpx2.AsyncClient) -> int:
        path = f"/api/v1/admin/orders/{number}/refunds"
        return (await client.post(path, json=body, headers=key() | cookies)).status_code

    assert at_once(front, ask) == {201: 1, 409: AT_ONCE - 1}
    assert books(front) == []


def test_the_last_piece_is_sold_once_however_many_ask_at_once(front: Front) -> None:
    front.stock("A", units=1)
    waiting = [front.member().cookies["session"] for _ in range(AT_ONCE)]

    async def ask(client: httpx2.AsyncClient) -> int:
        headers = key() | {"Cookie": f"session={waiting.pop()}"}
        return (await client.post("/api/v1/orders", json=purchase("A", total=9900), headers=headers)).status_code

    assert at_once(front, ask) == {201: 1, 409: AT_ONCE - 1}


def test_a_key_of_one_person_is_another_key_for_everybody_else(front: Front) -> None:
    front.stock("A")
    mine, theirs, headers = front.member(), front.member(), key()
    body = purchase("A", total=9900)
    first = mine.post("/api/v1/orders", json=body, headers=headers).json()["number"]
    second = theirs.post("/api/v1/orders", json=body, headers=headers).json()["number"]
    assert first != second
    assert mine.post(f"/api/v1/orders/{first}/cancellation", headers=headers).status_code == 200
    assert theirs.post(f"/api/v1/orders/{first}/cancellation", headers=headers).status_code == 404
    assert mine.post(f"/api/v1/orders/{second}/cancellation", headers=headers).status_code == 422


# --- evidence -------------------------------------------------------------------------------------------------------


def test_one_transfer_settles_one_refund(front: Front) -> None:
    front.stock("A")
    staff = front.staff()
    answers = []
    for _ in range(2):
        number = buy(front.member(), "A")
        pay(front, staff, number)
        refund = promise(staff, number)
        path = f"/api/v1/admin/orders/{number}/refunds/{refund}/sent"
        answers += [staff.post(path, json={"evidence": each}, headers=key()) for each in ("WX-1", " WX-1 ")]
    assert [answer.status_code for answer in answers] == [200, 200, 409, 409]
    assert answers[2].json()["code"] == "evidence_used"
    page = staff.post(f"/admin/orders/{number}/refunds/{refund}/sent", data={"evidence": "WX-1"})
    assert page.status_code == 422
    assert staff.post(f"/admin/orders/{number}/refunds/{refund}/sent", data={"evidence": "W" * 81}).status_code == 422
    assert books(front) == []


def test_one_transfer_pays_one_order_and_one_payout(front: Front) -> None:
    earner, staff = rich(front), front.staff()
    numbers = [buy(front.member(), "A") for _ in range(2)]
    body = {"transaction_no": "WX-2", "amount": {"minor": 9900, "currency": "CNY"}}
    paths = [f"/api/v1/admin/orders/{number}/payment" for number in numbers]
    assert [staff.post(path, json=body, headers=key()).status_code for path in paths] == [200, 409]
    codes = []
    for _ in range(2):
        asked = earner.post("/api/v1/me/payouts", json={"amount": {"minor": 2000, "currency": "CNY"}}, headers=key())
        codes.append(asked.json()["code"])
    paths = [f"/api/v1/admin/payouts/{code}/paid" for code in codes]
    assert [staff.post(path, json={"evidence": "WX-3"}, headers=key()).status_code for path in paths] == [200, 409]


def test_an_order_is_paid_by_its_own_amount_in_its_own_currency(front: Front) -> None:
    front.stock("A")
    staff, number = front.staff(), buy(front.member(), "A")
    for minor, currency in ((9899, "CNY"), (9901, "CNY"), (0, "CNY"), (9900, "USD")):
        body = {"transaction_no": "WX-4", "amount": {"minor": minor, "currency": currency}}
        answer = staff.post(f"/api/v1/admin/orders/{number}/payment", json=body, headers=key())
        assert (answer.status_code, answer.json()["code"]) == (409, "amount_differs")


def sign_up(client: TestClient, login: str) -> None:
    answer = client.post("/api/v1/members", json={"login": login, "password": PASSWORD, "name": "Ming"})
    assert answer.status_code == 201, answer.text


def log_in(client: TestClient, login: str) -> None:
    assert client.post("/api/v1/session", json={"login": login, "password": PASSWORD}).status_code == 201


def share(client: TestClient) -> str:
    """The path of a share link of whoever uses this browser."""
    return str(client.post("/api/v1/share-links", json={}).json()["path"])


def money(client: TestClient) -> dict[str, int]:
    balance = client.get("/api/v1/me/balance").json()
    return {name: balance[name]["minor"] for name in ("pending", "held", "available")}


def complete(front: Front, staff: TestClient, number: str) -> None:
    """The goods arrive and the return window closes."""
    path = f"/api/v1/admin/orders/{number}"
    shipped = staff.post(f"{path}/shipment", json={"carrier": "Local", "tracking_number": number}, headers=key())
    assert shipped.status_code == 200, shipped.text
    front.settle()
    assert staff.post(f"{path}/delivery", json={}, headers=key()).status_code == 200
    front.settle()
    front.pass_days(20)


def rich(front: Front) -> TestClient:
    """Somebody whose link sold twenty lamps; what they earned is available."""
    front.stock("A", units=60)
    earner, customer, staff = front.member(), front.member(), front.staff()
    customer.get(share(earner))
    number = buy(customer, "A", quantity=20, total=178_000)
    pay(front, staff, number, minor=178_000)
    complete(front, staff, number)
    assert money(earner)["available"] == SHARE * 20
    return earner


def promise(staff: TestClient, number: str) -> str:
    """The number of a refund of the whole order."""
    body = {"reason": "broken", "goods_back": False}
    answer = staff.post(f"/api/v1/admin/orders/{number}/refunds", json=body, headers=key())
    return str(answer.json()["refunds"][0]["number"])


def at_once(front: Front, ask: Any) -> Counter[int]:
    """How often each status was answered when everybody asks in the same moment."""

    async def everybody() -> list[int]:
        transport = httpx2.ASGITransport(app=front.app)
        headers = {"Origin": "http://shop.example"}
        async with httpx2.AsyncClient(transport=transport, base_url="http://shop.example", headers=headers) as client:
            waiting: list[Coroutine[Any, Any, int]] = [ask(client) for _ in range(AT_ONCE)]
            return await asyncio.gather(*waiting)

    return Counter(asyncio.run(everybody()))


def books(front: Front) -> list[str]:
    """The invariants that do not hold."""
    front.settle()
    with front.shop.database.reading() as session:
        return [f"{each.code}: {each.detail}" for each in audit.check(session, at=front.clock()) if not each.ok]
