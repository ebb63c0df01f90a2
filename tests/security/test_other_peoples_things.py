"""What belongs to somebody else: every route with a name in its path, for every kind of person."""

from collections.abc import Mapping

from fastapi.testclient import TestClient
from sqlalchemy import text

from shared_core.kernel.database import Base
from tests.security.routes import form_routes, operations
from tests.storefront.conftest import Front, buy, key, pay

BODIES: Mapping[str, dict[str, object]] = {
    "cancellation": {},
    "refund-requests": {"reason": "mine"},
    "payment": {"transaction_no": "EVIL", "amount": {"minor": 9900, "currency": "CNY"}},
    "shipment": {"carrier": "Local", "tracking_number": "SF1"},
    "delivery": {},
    "refunds": {"reason": "mine", "goods_back": False},
    "sent": {"evidence": "EVIL"},
    "answer": {"answer": "no"},
    "paid": {"evidence": "EVIL"},
    "failed": {"reason": "no"},
    "price": {"price": None},
    "returns": {"pieces": [{"line": 1, "quantity": 1}], "reason": "damaged"},
    "parcel": {"carrier": "Local", "tracking_number": "SF2"},
    "acceptance": {"refund": "now"},
    "refusal": {"answer": "no"},
    "inspection": {"lines": [{"sku": "A", "sellable": 1}]},
    "replacement": {"carrier": "Local", "tracking_number": "SF3"},
}
"""What would be accepted from whoever may, by the last word of the path."""
FORM = {
    "reason": "x", "evidence": "x", "amount": "99.00", "transaction": "x", "parcel": "x", "key": "ABCD", "what": "all",
    "line": "1", "pieces": "1", "sku": "A", "listed": "no", "received": "1", "text": "x", "reference": "x",
    "why": "damaged", "carrier": "x", "tracking": "1", "product": "p-a", "shown": "yes",
}  # fmt: skip
OWN = ("/cart/lines/", "/products/", "/s/", "/join/", "/static/")
"""Paths whose names are not anybody's, or the viewer's own."""


def test_nobody_reads_or_changes_what_is_not_theirs(front: Front) -> None:
    values = somebodys_things(front)
    nobodys = {name: "7" if name == "device_id" else "AAAA1111" for name in values}
    stranger, visitor, member = front.browser(), front.browser(), front.member()
    assert visitor.post("/api/v1/share-links", json={}).status_code == 201
    before, tried = everything(front), 0
    for client in (stranger, visitor, member):
        both = zip(operations(front, **values), operations(front, **nobodys), strict=True)
        for (method, path), (_, nowhere) in both:
            if not concerns_others(path, values):
                continue
            body = BODIES.get(path.rpartition("/")[2], {}) if method != "GET" else None
            found = client.request(method, path, json=body, headers=key())
            missing = client.request(method, nowhere, json=body, headers=key())
            assert found.status_code in (401, 403, 404), f"{method} {path}: {found.text}"
            assert (found.status_code, found.json()["code"]) == (missing.status_code, missing.json()["code"]), path
            tried += 1
        for method, path in form_routes(front, **values):
            if not concerns_others(path, values):
                continue
            answer = client.request(method, path, data=FORM if method == "POST" else None)
            assert answer.status_code in (401, 403, 404), f"{method} {path}: {answer.text[:200]}"
            tried += 1
    assert tried > 80
    assert everything(front) == before


def test_a_body_cannot_name_what_only_the_shop_decides(front: Front) -> None:
    front.stock("A")
    member = front.member()
    order: dict[str, object] = {
        "lines": [{"sku": "A", "quantity": 1}],
        "address": {"name": "Ming", "phone": "13800138000", "street": "1", "city": "H"},
        "seen_total": {"minor": 9900, "currency": "CNY"},
    }
    extra = ("rank", "balance", "seller_id", "buyer_id", "price", "staff_role", "channel", "claims", "total", "state")
    bodies: list[tuple[str, dict[str, object]]] = [
        ("/api/v1/orders", order),
        ("/api/v1/members", {"login": "new@example.com", "password": "three quiet lamps", "name": "New"}),
        ("/api/v1/session", {"login": "new@example.com", "password": "three quiet lamps"}),
        ("/api/v1/share-links", {"about": "/"}),
        ("/api/v1/me/payouts", {"amount": {"minor": 1, "currency": "CNY"}}),
    ]
    for path, body in bodies:
        for name in extra:
            answer = member.post(path, json=body | {name: "owner"}, headers=key())
            assert answer.status_code == 422, f"{path} {name}"
            assert answer.json()["errors"][0]["where"] == f"body.{name}"
    assert member.post("/api/v1/orders", json=order, headers=key()).status_code == 201


def test_a_form_cannot_name_what_only_the_shop_decides(front: Front) -> None:
    body = {"login": "new@example.com", "password": "three quiet lamps", "name": "New"}
    client = front.browser()
    extra = {"staff_role": "owner", "staff": "owner", "rank": "senior", "joined_at": "2020-01-01", "inviter_id": "1"}
    assert client.post("/signup", data=body | extra).status_code == 303
    assert client.get("/api/v1/session").json()["staff"] is None
    assert client.get("/admin").status_code == 403


def somebodys_things(front: Front) -> dict[str, str]:
    """Names of things that exist and are another member's."""
    front.stock("A")
    owner, staff = front.member(), front.staff()
    number = buy(owner, "A")
    pay(front, staff, number)
    body = {"reason": "broken", "goods_back": False}
    refunded = staff.post(f"/api/v1/admin/orders/{number}/refunds", json=body, headers=key()).json()
    unpaid = buy(owner, "A")
    device = owner.get("/api/v1/devices").json()["devices"][0]["id"]
    refund = refunded["refunds"][0]["number"]
    return {
        "number": unpaid,
        "sku": "A",
        "code": f"{number}-1",
        "refund": refund,
        "device_id": str(device),
        "back": sent_back(front, owner, staff),
    }


def sent_back(front: Front, owner: TestClient, staff: TestClient) -> str:
    """The number of a return that its shop has accepted."""
    number = buy(owner, "A")
    pay(front, staff, number)
    box = {"carrier": "Local", "tracking_number": "SF1"}
    assert staff.post(f"/api/v1/admin/orders/{number}/shipment", json=box, headers=key()).status_code == 200
    line = owner.get(f"/api/v1/orders/{number}").json()["lines"][0]["id"]
    body = {"pieces": [{"line": line, "quantity": 1}], "reason": "damaged"}
    asked = owner.post(f"/api/v1/orders/{number}/returns", json=body, headers=key()).json()
    back = str(asked["returns"][0]["number"])
    assert staff.post(f"/api/v1/admin/returns/{back}/acceptance", json={}, headers=key()).status_code == 200
    front.settle()
    return back


def concerns_others(path: str, values: Mapping[str, str]) -> bool:
    named = any(f"/{value}" in path for value in values.values())
    return (named or path.startswith(("/admin", "/api/v1/admin"))) and not any(each in path for each in OWN)


def everything(front: Front) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the shop."""
    with front.shop.database.reading() as session:
        tables = [table.name for table in Base.metadata.sorted_tables]
        return {name: [tuple(row) for row in session.execute(text(f'SELECT * FROM "{name}"'))] for name in tables}
