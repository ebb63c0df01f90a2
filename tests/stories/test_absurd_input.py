"""Quantities and amounts that no shopper means are refused in a sentence, and nothing is half done."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.stories.conftest import Workshop
from tests.stories.driver import Server, StoryShop, served, until
from tests.stories.judging import books_balance
from tests.stories.people import Person, Staff, money, new_key, parcel

ABSURD: list[Any] = [-1, 0, 1000, 2**31, 2**63, 10**30, 1.5, "2", True, None, [1], {"n": 1}]
PROBLEM = "application/problem+json"
CUPS = 10


@pytest.fixture(scope="module")
def open_shop(workshop: Workshop) -> Iterator[tuple[StoryShop, Server]]:
    with workshop.shop() as shop, served(shop) as server:
        yield shop, server


@pytest.fixture
def buyer(open_shop: tuple[StoryShop, Server]) -> Iterator[Person]:
    with Person(open_shop[1]) as person:
        yield person.sign_up()


def test_no_order_has_an_absurd_quantity(buyer: Person) -> None:
    body = buyer.order_body({"CUP": 1})
    for quantity in ABSURD:
        refused(buyer, "POST", "/orders", body | {"lines": [{"sku": "CUP", "quantity": quantity}]})
    for lines in ([], [{"sku": "CUP", "quantity": 1}] * 2, [{"sku": f"S{n}", "quantity": 1} for n in range(51)]):
        refused(buyer, "POST", "/orders", body | {"lines": lines})
    refused(buyer, "POST", "/orders", body | {"lines": [{"sku": "NO-SUCH", "quantity": 1}]}, status=404)
    refused(buyer, "POST", "/orders", body | {"lines": [{"sku": "CUP", "quantity": CUPS + 1}]}, status=409)
    assert buyer.get("/orders")["orders"] == []


def test_no_total_but_the_one_that_is_charged_is_accepted(buyer: Person) -> None:
    body = buyer.order_body({"CUP": 1})
    for minor in (-1, 2**63, 10**30, 1.5, "2990", None):
        refused(buyer, "POST", "/orders", body | {"seen_total": {"minor": minor, "currency": "CNY"}})
    for seen in (money(0), money(1), money(2990, "JPY"), money(2990, "USD")):
        answer = refused(buyer, "POST", "/orders", body | {"seen_total": seen}, status=409)
        assert answer["code"] == "price_changed"
    assert buyer.get("/orders")["orders"] == []


def test_no_cart_holds_an_absurd_quantity(buyer: Person) -> None:
    for quantity in ABSURD:
        if quantity != 0:
            refused(buyer, "PUT", "/cart/lines/CUP", {"quantity": quantity})
    for raw in (b'{"quantity": NaN}', b'{"quantity": 1e400}', b'{"quantity": ' + b"9" * 5_000 + b"}", b"{", b"\xff"):
        answer = buyer.browser.put("/api/v1/cart/lines/CUP", content=raw, headers={"Content-Type": "application/json"})
        assert 400 <= answer.status_code < 500, raw[:40]
        assert answer.headers["content-type"] == PROBLEM
    for quantity in ("-1", "0", "1000", "1" * 40, "1.5", "two", ""):
        for path in ("/cart", "/cart/lines"):
            answer = buyer.browser.post(
                path, data={"sku": "CUP", "quantity": quantity}, headers={"Accept": "text/html"}
            )
            assert answer.status_code < 500, f"{path} {quantity}: {answer.text}"
            assert answer.status_code < 400 or 'href="/"' in answer.text
    lines = buyer.get("/cart")["lines"]
    assert all(1 <= each["quantity"] <= 999 for each in lines), lines


def test_no_refund_and_no_payout_is_absurd(open_shop: tuple[StoryShop, Server], buyer: Person) -> None:
    shop, server = open_shop
    with Staff.of(server, shop) as staff:
        order = buyer.buy({"CUP": 2})
        staff.confirm(order)
        number, line = order["number"], order["lines"][0]["id"]
        until(lambda: buyer.order(number)["parcels"], "the suppliers were never told")
        path = f"/admin/orders/{number}/refunds"
        for item in (
            *({"line_id": line, "pieces": pieces} for pieces in (-1, 3, 10**30, 1.5, "1")),
            *({"line_id": line, "amount": money(minor)} for minor in (-1, 0, 3981, 10**30)),
            {"line_id": line, "amount": money(100, "JPY")},
            {"line_id": line + 1_000, "pieces": 1},
        ):
            body = {"items": [item], "reason": "asked", "goods_back": True}
            refused(staff, "POST", path, body, status=range(404, 423))
        refused(staff, "POST", f"/admin/orders/{number}/delivery", {}, status=409)
        refused(staff, "POST", f"/admin/orders/{number}/shipment", parcel() | {"supplier_order": "NONE-1"}, status=404)
        for minor in (-1, 0, 999, 10**12, 10**30, 1.5):
            refused(buyer, "POST", "/me/payouts", {"amount": money(minor)}, status=range(409, 423))  # type: ignore[arg-type]
        known = buyer.order(number)
        assert (known["refunded"]["minor"], known["refunds"], known["state"]) == (0, [], "paid")
    books_balance(shop)


def refused(person: Person, method: str, path: str, body: Any, *, status: int | range = 422) -> Any:
    """It is refused as a problem with a code and a sentence."""
    answer = person.send(method, path, body, key=new_key())
    allowed = status if isinstance(status, range) else (status,)
    assert answer.status_code in allowed, f"{body}: {answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == PROBLEM
    problem = answer.json()
    assert problem["code"] and problem["detail"]
    return problem
