"""What comes back: nothing typed is ever run, kept by a cache, written to a log or queued for others."""

import json

import pytest
from sqlalchemy import select

from shared_core.kernel.outbox import OutboxRow
from tests.security.routes import form_routes
from tests.storefront.conftest import PASSWORD, Front, buy, key, pay, purchase

SCRIPT = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{1327*1009}}"
RUN = ("<script>alert", "<img src=x", "1338943")
PAGE = {"Accept": "text/html"}


def test_what_was_typed_is_shown_as_typed_on_every_page(front: Front) -> None:
    front.stock("A")
    member, staff = front.member(name=SCRIPT[:60]), front.staff()
    address = dict.fromkeys(("name", "street", "city", "region", "district"), SCRIPT[:60]) | {"phone": "1<b>3800"}
    order = purchase("A", total=9900) | {"address": address, "note": SCRIPT}
    number = member.post("/api/v1/orders", json=order, headers=key()).json()["number"]
    pay(front, staff, number)
    assert member.post(f"/orders/{number}/refund-request", data={"reason": SCRIPT}).status_code == 303
    body = {"reason": SCRIPT, "goods_back": False}
    assert staff.post(f"/api/v1/admin/orders/{number}/refunds", json=body, headers=key()).status_code == 201
    seen = 0
    for client in (member, staff):
        for method, path in form_routes(front, number=number, slug="p-a"):
            answer = client.request(method, path, headers=PAGE) if method == "GET" else None
            if answer is not None and "text/html" in answer.headers.get("content-type", ""):
                assert not [text for text in RUN[:2] if text in answer.text], path
                seen += "alert(1)" in answer.text
    assert seen >= 4


def test_what_is_asked_is_shown_as_asked(front: Front) -> None:
    staff = front.staff()
    asked = dict.fromkeys(("q", "next", "done", "product", "category", "brand", "lang", "state", "of"), SCRIPT)
    seen = 0
    for path in (
        "/",
        "/login",
        "/signup",
        "/products",
        "/share",
        "/me",
        "/admin/members",
        "/admin/products",
        "/art.svg",
    ):
        for client in (front.browser(), staff):
            answer = client.get(path, params=asked, headers=PAGE)
            assert not [text for text in RUN if text in answer.text and "alert(1)" in answer.text], path
            seen += "alert(1)" in answer.text
    for path in (f"/{SCRIPT}", f"/products/{SCRIPT}", f"/orders/{SCRIPT}"):
        answer = front.member().get(path, headers=PAGE)
        assert answer.status_code in (404, 422) and not [text for text in RUN[:2] if text in answer.text]
    for path, form in (
        ("/login", {"login": SCRIPT, "password": "x", "next": SCRIPT}),
        ("/signup", {"login": SCRIPT, "password": "x", "name": SCRIPT, "next": SCRIPT}),
    ):
        answer = front.browser().post(path, data=form, headers=PAGE)
        assert "alert(1)" in answer.text and not [text for text in RUN if text in answer.text]
    assert seen >= 4


def test_every_page_forbids_foreign_scripts_and_is_kept_by_nobody(front: Front) -> None:
    staff, seen = front.staff(), 0
    for method, path in form_routes(front):
        if method != "GET" or path.startswith(("/static", "/theme", "/art", "/hero", "/icon", "/s/")):
            continue
        answer = staff.get(path, headers=PAGE)
        policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
        assert answer.headers["cache-control"] == "no-store", path
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert (policy["object-src"], policy["base-uri"], policy["frame-ancestors"]) == ("'none'",) * 3
        assert (policy["default-src"], policy["form-action"]) == ("'self'", "'self'")
        seen += 1
    assert seen > 15


@pytest.mark.parametrize("path", ["/api/v1/session", "/api/v1/me/balance", "/api/v1/orders", "/api/v1/admin/members"])
def test_no_answer_about_a_person_is_kept(front: Front, path: str) -> None:
    assert front.staff().get(path).headers["cache-control"] == "no-store"


def test_nothing_personal_or_secret_reaches_the_log_or_the_outbox(
    front: Front, capfd: pytest.CaptureFixture[str]
) -> None:
    front.stock("A")
    client, staff = front.browser(), front.staff()
    link = staff.post("/api/v1/share-links", json={}).json()["path"]
    client.get(link)
    body = {"login": "private@example.com", "password": PASSWORD, "name": "Secretive"}
    client.post("/api/v1/members", json=body)
    client.post("/api/v1/session", json=body | {"password": "wrong wrong wrong"})
    order = buy(client, "A")
    pay(front, staff, order)
    client.get(f"/products?q={body['login']}", headers={"Authorization": "Bearer sesame-open"})
    with front.shop.database.reading() as session:
        queued = json.dumps(
            [row.payload for row in session.scalars(select(OutboxRow))], default=str, ensure_ascii=False
        )
    logged = "".join(capfd.readouterr())
    assert "request" in logged and len(queued) > 10
    private = [body["login"], PASSWORD, "Secretive", "wrong wrong", "sesame-open", link[3:], client.cookies["session"]]
    for secret in [*private, "王小明", "13800138000", "样例路"]:
        assert secret not in logged, secret
        assert secret not in queued, secret
