"""How failures are answered."""

from pathlib import Path

import pytest
import structlog

from shared_core import supply
from shared_core.kernel.settings import Settings
from shared_core.web.security import BODY_BYTES_MAX
from tests.storefront.conftest import Clock, Front, close_front, key, open_front, purchase
from tests.storefront.test_pages import HOME_ADDRESS
from tests.storefront.walker import walker

BROKEN_ROUTE = """\
from shared_core.storefront import hookimpl

@hookimpl
def routes(router):
    @router.get("/broken")
    def broken():
        raise RuntimeError("the password is hunter2")
"""
TWICE = """\
from shared_core.storefront import hookimpl
from shared_core.storefront.models import IdempotencyRow
from shared_core.storefront.viewer import SessionDep, ShopDep

@hookimpl
def routes(router):
    @router.post("/twice")
    def twice(session: SessionDep, shop: ShopDep):
        for number in range(2):
            session.add(IdempotencyRow(scope="s", key="k", request_hash="h", written_at=shop.clock()))
        return {"done": True}
"""
PAGE = {"Accept": "text/html"}


def test_a_failure_is_a_problem_with_a_stable_code(front: Front) -> None:
    answer = front.browser().get("/api/v1/products/none")
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem.pop("request_id") == answer.headers["x-request-id"]
    assert problem == {
        "type": "urn:platform:problem:unknown_product",
        "code": "unknown_product",
        "title": "Not found",
        "status": 404,
        "detail": "There is no product none.",
        "params": {"slug": "none"},
        "errors": [],
    }


def test_a_failure_is_told_in_the_readers_language(front: Front) -> None:
    client = front.browser()
    chinese = client.get("/api/v1/orders", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).json()
    english = client.get("/api/v1/orders", headers={"Accept-Language": "en"}).json()
    assert chinese["code"] == english["code"] == "login_required"
    assert chinese["detail"] != english["detail"]


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        (True, "int_type"),
        ("2", "int_type"),
        (1.5, "int_type"),
        (-1, "greater_than_equal"),
        (10**9, "less_than_equal"),
        (None, "int_type"),
    ],
)
def test_a_number_is_a_number_within_its_limits(front: Front, quantity: object, code: str) -> None:
    answer = front.browser().put("/api/v1/cart/lines/A", json={"quantity": quantity})
    assert answer.status_code == 422
    assert [(each["where"], each["code"]) for each in answer.json()["errors"]] == [("body.quantity", code)]


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"quantity": NaN}', b"\xff\xfe", b""])
def test_nonsense_is_refused_and_not_a_crash(front: Front, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = front.browser().put("/api/v1/cart/lines/A", content=body, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_absurd_orders_are_refused(front: Front) -> None:
    front.stock("A")
    client = front.member()
    good = purchase("A", total=9900)
    for wrong in (
        {"lines": []},
        {"lines": [{"sku": "A", "quantity": 0}]},
        {"lines": [{"sku": "A", "quantity": -1}]},
        {"lines": [{"sku": "A", "quantity": 1}] * 2},
        {"lines": [{"sku": "A", "quantity": 1, "unit_price": 1}]},
        {"seen_total": {"minor": 9900, "currency": "JPY"}},
        {"seen_total": {"minor": 10**18, "currency": "CNY"}},
    ):
        answer = client.post("/api/v1/orders", json=good | wrong, headers=key())
        assert answer.status_code in (409, 422), wrong
    assert client.get("/api/v1/orders").json()["orders"] == []


def test_a_method_that_does_not_exist_says_so(front: Front) -> None:
    answer = front.browser().patch("/api/v1/cart", json={})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in answer.headers["allow"]


def test_too_large_a_body_is_refused_before_it_is_read(front: Front) -> None:
    answer = front.browser().put("/api/v1/cart/lines/A", content=b"x" * (BODY_BYTES_MAX + 1))
    assert answer.status_code == 413


def test_a_fault_of_ours_says_nothing_about_itself(brand_dir: Path, settings: Settings, clock: Clock) -> None:
    (brand_dir / "hooks.py").write_text(BROKEN_ROUTE)
    front = open_front(brand_dir, settings, clock)
    answer = front.browser(raise_server_exceptions=False).get("/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "hunter2" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    close_front(front)


def test_nobody_is_told_that_something_is_done_before_it_is_committed(
    brand_dir: Path, settings: Settings, clock: Clock
) -> None:
    """The rows are written at the commit, which the database refuses after the route has answered."""
    (brand_dir / "hooks.py").write_text(TWICE)
    front = open_front(brand_dir, settings, clock)
    answer = front.browser(raise_server_exceptions=False).post("/twice", json={})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    close_front(front)


def test_a_person_gets_a_page_and_a_program_gets_a_problem(front: Front) -> None:
    page = front.browser().get("/nothing", headers=PAGE)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "Lamplight" in page.text
    assert front.browser().get("/nothing").json()["code"] == "not_found"
    assert front.browser().get("/api/v1/nothing", headers=PAGE).json()["code"] == "not_found"


class Refuses:
    """A hub that does not know the shop's key any more."""

    def hold(self, *_asked: object, **_how: object) -> None:
        raise supply.HubRefused(reason="status 401, key sk-1 of the store north was revoked")


def test_what_is_wrong_between_the_shop_and_its_hub_is_in_the_log_and_no_customer_reads_it(front: Front) -> None:
    front.stock("A")
    buyer = walker(front)
    buyer.sign_up("bao@example.com", "Bao")
    buyer.open("/products/p-a")
    buyer.send("/cart", quantity=1)
    object.__setattr__(front.shop.counter, "gateway", Refuses())
    buyer.open("/checkout")
    ordered = buyer.send("/checkout", **HOME_ADDRESS)
    buyer.open("/me/group/new")
    with structlog.testing.capture_logs() as logged:
        entered = buyer.send("/me/group", group="Stairs 3", quantity=1, **HOME_ADDRESS | {"phone": "13900001111"})
    for page in (ordered, entered):
        assert page.status == 503 and "This cannot be done at the moment." in page.text
        assert "hub" not in page.text and "sk-1" not in page.html
    [said] = [each for each in logged if each["event"] == "somebody does not answer"]
    assert "key sk-1 of the store north was revoked" in said["reason"]
    answer = buyer.client.post("/api/v1/orders", json=purchase("A", total=9900), headers=key())
    assert (answer.status_code, answer.json()["code"]) == (503, "away") and "sk-1" not in answer.text
