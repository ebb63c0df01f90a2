"""Text nobody would type: every answer is a refusal or a page, never a failure of ours."""

import pytest
from fastapi.testclient import TestClient

from shared_core.web.security import BODY_BYTES_MAX
from tests.storefront.conftest import ADDRESS, Front, buy, key, pay

NASTY = ["\0", "a\0b", "\x7f", "x" * 250, "%00", "../../x", "\u202e", "'; DROP TABLE member; --", "{{7*7}}", "😀" * 40]
LONG_NAME = "a" * 300


@pytest.mark.parametrize("path", ["%00", LONG_NAME, "brand/" + LONG_NAME, "brand/" + "a/" * 3_000, "vendor/%00"])
def test_a_file_that_cannot_have_such_a_name_is_not_there(front: Front, path: str) -> None:
    assert front.browser(raise_server_exceptions=False).get(f"/static/{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "brand/%2e%2e/%2e%2e/brand.toml",
        "brand/..%2f..%2fbrand.toml",
        "/etc/passwd",
        "brand//etc/passwd",
        "%2fetc%2fpasswd",
        "vendor/..%2f..%2fstorefront/shop.py",
        "..%5c..%5cshop.py",
        "",
        "brand",
    ],
)
def test_static_files_end_at_their_folder(front: Front, path: str) -> None:
    assert front.browser().get(f"/static/{path}").status_code == 404


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "null", "shop.example", "http://", "://shop.example"])
def test_an_origin_that_is_none_is_foreign(front: Front, origin: str) -> None:
    client = front.browser(raise_server_exceptions=False)
    assert client.post("/api/v1/share-links", json={}, headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize("text", NASTY)
def test_reading_survives_any_text(front: Front, text: str) -> None:
    front.stock("A")
    staff = front.staff()
    asked = {"q": text, "search": text, "next": text, "done": text, "lang": text, "product": text, "category": text}
    asked |= {"brand": text, "of": text, "about": text}
    for path in ("/", "/products", "/login", "/signup", "/share", "/art.svg", "/me", "/orders", "/api/v1/products"):
        assert staff.get(path, params=asked).status_code < 500, path
    for path in ("/admin/products", "/admin/members", "/api/v1/admin/members", "/api/v1/admin/products"):
        assert staff.get(path, params=asked).status_code < 500, path


@pytest.mark.parametrize("text", NASTY)
def test_forms_survive_any_text(front: Front, text: str) -> None:
    front.stock("A")
    member, staff = front.member(), front.staff()
    number = buy(member, "A")
    pay(front, staff, number)
    names = ("name", "phone", "region", "city", "district", "street", "postcode", "country")
    order = {"key": "a-checkout-key", "seen": "9900", "sku": "A", "quantity": "1"} | dict.fromkeys(names, text)
    sent: list[tuple[TestClient, str, dict[str, str]]] = [
        (member, "/checkout", order),
        (
            member,
            "/checkout",
            order | ADDRESS | {"country": "CN", "province": "CN-ZJ", "key": text, "street": text[:200]},
        ),
        (member, "/cart", {"sku": text, "quantity": "1"}),
        (member, "/cart/lines", {"sku": text, "quantity": "1"}),
        (member, "/share", {"product": text}),
        (member, f"/orders/{number}/refund-request", {"reason": text}),
        (member, "/me/payouts", {"amount": text, "key": text}),
        (front.browser(), "/login", {"login": text, "password": text, "next": text}),
        (front.browser(), "/signup", {"login": "any@example.com", "password": "three quiet lamps", "name": text}),
        (front.browser(), "/signup", {"login": f"{text}@example.com", "password": text, "name": "Any"}),
        (staff, f"/admin/orders/{number}/ship", {"parcel": _parcel(staff, number), "carrier": text, "tracking": text}),
        (staff, f"/admin/orders/{number}/answer", {"text": text}),
        (staff, f"/admin/orders/{number}/payment", {"amount": "99.00", "transaction": text}),
        (staff, "/admin/books/handover", {"amount": "1.00", "reference": text}),
        (staff, "/admin/fund/handouts", {"key": "AKEY", "who": text, "amount": "1", "reason": text}),
        (staff, "/admin/fund/handouts", {"key": text, "who": text, "amount": text, "reason": text}),
        (staff, "/admin/products/price", {"sku": text, "price": text}),
        (staff, "/admin/products/stock", {"sku": "A", "key": text, "received": "1"}),
    ]
    for client, path, form in sent:
        answer = client.post(path, data=form, headers={"Accept": "text/html"})
        assert answer.status_code < 500, f"{path}: {answer.text[:300]}"


@pytest.mark.parametrize("text", NASTY)
def test_bodies_survive_any_text(front: Front, text: str) -> None:
    front.stock("A")
    member, staff = front.member(), front.staff()
    number = buy(member, "A")
    pay(front, staff, number)
    desk = f"/api/v1/admin/orders/{number}"
    order: dict[str, object] = {
        "lines": [{"sku": "A", "quantity": 1}],
        "seen_total": {"minor": 9900, "currency": "CNY"},
    }
    sent: list[tuple[TestClient, str, dict[str, object]]] = [
        (member, "/api/v1/orders", order | {"address": ADDRESS | {"name": text[:80], "street": text[:200]}}),
        (member, "/api/v1/orders", order | {"address": ADDRESS, "note": text}),
        (member, f"/api/v1/orders/{number}/refund-requests", {"reason": text[:200]}),
        (member, "/api/v1/share-links", {"about": text[:120]}),
        (staff, f"{desk}/shipment", {"carrier": text[:60], "tracking_number": text[:80]}),
        (staff, f"{desk}/refund-requests/answer", {"answer": text[:200]}),
        (staff, f"{desk}/payment", {"transaction_no": text[:80], "amount": {"minor": 9900, "currency": "CNY"}}),
        (staff, f"{desk}/refunds", {"reason": text[:200], "goods_back": False}),
    ]
    for client, path, body in sent:
        answer = client.post(path, json=body, headers=key())
        assert answer.status_code < 500, f"{path}: {answer.text[:300]}"
    [refund] = staff.get(desk).json()["refunds"] or [{"number": "none"}]
    answer = staff.post(
        f"/admin/orders/{number}/refunds/{refund['number']}/sent",
        data={"evidence": text},
        headers={"Accept": "text/html"},
    )
    assert answer.status_code < 500


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"about":' + b"9" * 10_000 + b"}", b'{"\\ud800": 1}', b'{"a": "\xff"}']
)
def test_a_body_that_is_no_sensible_json_is_refused(front: Front, body: bytes) -> None:
    client = front.browser(raise_server_exceptions=False)
    answer = client.post("/api/v1/share-links", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)


def test_a_body_has_a_limit_however_it_comes(front: Front) -> None:
    client = front.browser(raise_server_exceptions=False)
    json = {"Content-Type": "application/json"}
    too_much = BODY_BYTES_MAX + 1
    assert client.post("/api/v1/share-links", content=b" " * too_much, headers=json).status_code == 413
    chunks = (b" " * 100_000 for _ in range(too_much // 100_000 + 1))
    assert client.post("/api/v1/share-links", content=chunks, headers=json).status_code == 413
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/login", content=b"login=" + b"x" * too_much, headers=form).status_code in (400, 413)
    assert client.post("/login", data={f"f{number}": "1" for number in range(5_000)}).status_code == 400


def _parcel(staff: TestClient, number: str) -> str:
    """The supplier order of the only parcel, as the back office's form names it."""
    page = staff.get(f"/admin/orders/{number}", headers={"Accept": "text/html"}).text
    return page.partition('name="parcel" value="')[2].partition('"')[0]
