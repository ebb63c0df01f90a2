"""A write that moves money or stock may be sent any number of times and happens once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.storefront.conftest import Front, buy, key, pay, purchase

BUYERS = 40
UNITS = 10
REPEATS = 40


def seen(number: str, minor: int = 9900, transaction: str = "") -> dict[str, Any]:
    amount = {"minor": minor, "currency": "CNY"}
    return {"transaction_no": transaction or f"T-{number}", "amount": amount}


def test_the_same_key_gets_the_same_answer_and_does_nothing(front: Front) -> None:
    front.stock("A")
    client, staff = front.member(), front.staff()
    order = buy(client, "A")
    headers = key()
    path = f"/api/v1/admin/orders/{order}/payment"
    first = staff.post(path, json=seen(order), headers=headers)
    front.settle()
    again = staff.post(path, json=seen(order), headers=headers)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"


def test_the_same_key_for_another_request_is_refused(front: Front) -> None:
    front.stock("A")
    client, staff = front.member(), front.staff()
    order, other = buy(client, "A"), buy(client, "A")
    headers = key()
    path = "/api/v1/admin/orders/{}/payment"
    assert staff.post(path.format(order), json=seen(order), headers=headers).status_code == 200
    for number, body in ((order, seen(order, transaction="T-9")), (other, seen(order))):
        answer = staff.post(path.format(number), json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_one_viewers_key_is_not_anothers(front: Front) -> None:
    front.stock("A")
    headers = key()
    numbers = set()
    for client in (front.member(), front.member()):
        answer = client.post("/api/v1/orders", json=purchase("A", total=9900), headers=headers)
        numbers.add(answer.json()["number"])
    assert len(numbers) == 2


def test_a_refused_write_leaves_its_key_free(front: Front) -> None:
    front.stock("A")
    client, staff = front.member(), front.staff()
    order = buy(client, "A")
    headers = key()
    path = f"/api/v1/admin/orders/{order}/payment"
    assert staff.post(path, json=seen(order, minor=1), headers=headers).json()["code"] == "amount_differs"
    assert staff.post(path, json=seen(order), headers=headers).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "short"}, {"Idempotency-Key": "x" * 200}])
def test_a_write_that_moves_money_or_stock_needs_a_key(front: Front, headers: dict[str, str]) -> None:
    front.stock("A")
    answer = front.member().post("/api/v1/orders", json=purchase("A", total=9900), headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "header.Idempotency-Key"


def test_an_order_placed_again_is_the_same_order(front: Front) -> None:
    front.stock("A")
    client, headers = front.member(), key()
    first = client.post("/api/v1/orders", json=purchase("A", total=9900), headers=headers)
    again = client.post("/api/v1/orders", json=purchase("A", total=9900), headers=headers)
    assert first.json()["number"] == again.json()["number"]
    other = client.post("/api/v1/orders", json=purchase("A", quantity=2, total=18800), headers=headers)
    assert other.status_code == 422


def test_parallel_repetitions_are_one_order(front: Front) -> None:
    front.stock("A", units=REPEATS)
    client, headers = front.member(), key()
    body = purchase("A", total=9900)

    def send(_: int) -> tuple[int, str]:
        answer = twin(front, client).post("/api/v1/orders", json=body, headers=headers)
        return answer.status_code, answer.json().get("number", "")

    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(send, range(REPEATS)))
    assert {status for status, _ in answers} == {201}
    assert len({number for _, number in answers}) == 1
    assert len(client.get("/api/v1/orders").json()["orders"]) == 1
    assert client.get("/api/v1/products/p-a").json()["variants"][0]["available"] <= REPEATS


def test_parallel_repetitions_are_one_payment(front: Front) -> None:
    front.stock("A")
    client, staff, headers = front.member(), front.staff(), key()
    order = buy(client, "A")

    def send(_: int) -> int:
        path = f"/api/v1/admin/orders/{order}/payment"
        return twin(front, staff).post(path, json=seen(order), headers=headers).status_code

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(send, range(REPEATS))) == {200}
    history = [each["state"] for each in client.get(f"/api/v1/orders/{order}").json()["history"]]
    assert history.count("paid") == 1


def test_of_many_buyers_exactly_as_many_as_there_are_units_get_one(front: Front) -> None:
    front.stock("A", units=UNITS)
    buyers = [front.member() for _ in range(BUYERS)]

    def send(client: TestClient) -> tuple[int, str]:
        answer = client.post("/api/v1/orders", json=purchase("A", total=9900), headers=key())
        return answer.status_code, answer.json().get("code", "")

    with ThreadPoolExecutor(BUYERS) as pool:
        answers = list(pool.map(send, buyers))
    assert answers.count((201, "")) == UNITS
    assert answers.count((409, "out_of_stock")) == BUYERS - UNITS
    staff = front.staff()
    for order in staff.get("/api/v1/admin/orders", params={"limit": 100}).json()["orders"]:
        pay(front, staff, order["number"])
    paid = staff.get("/api/v1/admin/orders", params={"state": "paid"}).json()["orders"]
    assert len(paid) == UNITS


def twin(front: Front, client: TestClient) -> TestClient:
    """Another connection of the same browser."""
    other = front.browser()
    other.cookies = client.cookies
    return other
