"""Who may do what: every operation of the back office, and other people's things."""

from typing import Any

import pytest

from tests.storefront.conftest import Front, buy, key

EXAMPLES = {"number": "AAAA1111", "sku": "A", "code": "AAAA1111", "refund": "R1", "slug": "x", "device_id": "1"}


def operations(front: Front) -> list[tuple[str, str, dict[str, Any]]]:
    """(method, path with examples, operation) of everything the API describes."""
    document = front.browser().get("/api/v1/openapi.json").json()
    found = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for name, value in EXAMPLES.items():
                path = path.replace(f"{{{name}}}", value)
            found.append((method.upper(), path, operation))
    return found


def test_the_back_office_is_closed_to_strangers_and_to_members(front: Front) -> None:
    stranger, member = front.browser(), front.member()
    closed = [each for each in operations(front) if "/admin/" in each[1]]
    assert len(closed) >= 10
    for method, path, _ in closed:
        assert stranger.request(method, path, json={}, headers=key()).status_code == 401, path
        assert member.request(method, path, json={}, headers=key()).status_code == 403, path
    for method, path, _ in closed:
        if method == "GET":
            assert member.get(path).status_code == 403, path


def test_what_needs_a_log_in_says_so_in_its_description(front: Front) -> None:
    stranger = front.browser()
    for method, path, operation in operations(front):
        refused = stranger.request(method, path, json={}, headers=key()).status_code == 401
        credentials_are_the_point = (method, path) == ("POST", "/api/v1/session")
        assert refused == ("security" in operation) or credentials_are_the_point, path


@pytest.mark.parametrize("suffix", ["", "/cancellation", "/refund-requests"])
def test_somebody_elses_order_does_not_exist(front: Front, suffix: str) -> None:
    front.stock("A")
    order = buy(front.member(), "A")
    thief = front.member()
    answers = []
    for number in (order, "AAAA1111"):
        path = f"/api/v1/orders/{number}{suffix}"
        body = {"reason": "mine"} if "refund" in suffix else None
        answers.append(thief.post(path, json=body, headers=key()) if suffix else thief.get(path))
    assert [answer.status_code for answer in answers] == [404, 404]
    assert {answer.json()["code"] for answer in answers} == {"unknown_order"}


def test_every_operation_is_described(front: Front) -> None:
    names = []
    for method, path, operation in operations(front):
        names.append(operation["operationId"])
        assert operation["description"], path
        assert operation["tags"], path
        errors = {status: answer for status, answer in operation["responses"].items() if int(status) >= 400}
        assert errors, path
        for answer in errors.values():
            assert list(answer["content"]) == ["application/problem+json"], path
        moves = method == "POST" and any(
            part in path for part in ("payment", "shipment", "delivery", "/refunds", "payouts", "cancellation")
        )
        moves &= not path.endswith("payment-claim")  # books nothing; the last word counts
        if moves or (method, path) == ("POST", "/api/v1/orders"):
            headers = {each["name"]: each["required"] for each in operation.get("parameters", [])}
            assert headers.get("Idempotency-Key") is True, path
    assert len(names) == len(set(names))


def test_the_description_refers_to_nothing_that_is_missing(front: Front) -> None:
    document = front.browser().get("/api/v1/openapi.json").json()
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(_references(document)) <= known
    assert set(document["components"]["securitySchemes"]) == {"session", "token"}


def _references(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for each in value.values() for found in _references(each)]
    return [found for each in value for found in _references(each)] if isinstance(value, list) else []
