"""Money in over the API: what customers say, what a wallet says, and what staff make of the rest."""

from typing import Any

from fastapi.testclient import TestClient

from tests.storefront.conftest import Front, buy, key

AT = "2026-03-02T12:05:00+08:00"


def row(number: str, note: str = "", minor: int = 9900, currency: str = "CNY") -> dict[str, Any]:
    return {
        "transaction_no": number,
        "amount": {"minor": minor, "currency": currency},
        "paid_at": AT,
        "payer": "Bao",
        "note": note,
    }


def send(staff: TestClient, path: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
    answer = staff.post(f"/api/v1/admin/{path}", json=body, headers=headers or key())
    return answer.status_code, answer.json()


def test_what_a_customer_says_is_corrected_and_listed_and_books_nothing(front: Front) -> None:
    front.stock("A")
    buyer, staff = front.member(name="Bao"), front.staff("staff")
    number = buy(buyer, "A")
    assert buyer.post(f"/api/v1/orders/{number}/payment-claim", json={"last4": "1"}).status_code == 422
    for body in ({"payer": "Bao"}, {"payer": "Bao", "last4": "1234", "way": "red_packet"}):
        assert buyer.post(f"/api/v1/orders/{number}/payment-claim", json=body).status_code == 200
    assert front.member().post(f"/api/v1/orders/{number}/payment-claim", json={}).status_code == 404, "not theirs"
    [said] = staff.get("/api/v1/admin/payment-claims").json()["claims"]
    assert (said["number"], said["payer"], said["last4"], said["way"]) == (number, "Bao", "1234", "red_packet")
    assert said["accept_by"].startswith("2026-03-03T04:00")
    assert buyer.get(f"/api/v1/orders/{number}").json()["state"] == "placed"


def test_a_statement_pays_orders_once_and_the_rest_finds_its_order_or_goes_back(front: Front) -> None:
    front.stock("A")
    buyer, owner = front.member(name="Bao"), front.staff()
    first, second = buy(buyer, "A"), buy(buyer, "A")
    rows = {"collector": "till", "rows": [row("W1", first[-6:]), row("W2"), row("W3", minor=5)]}
    status, answer = send(owner, "statements", rows)
    assert status == 200 and answer["settled"] == [{"transaction_no": "W1", "order": first, "late": False}]
    assert answer["unidentified"] == ["W2", "W3"] and answer["refused"] == []
    assert send(owner, "statements", rows)[1]["known"] == ["W1", "W2", "W3"]
    waiting = owner.get("/api/v1/admin/receipts").json()["receipts"]
    ids = {each["transaction_no"]: each["id"] for each in waiting}
    assert set(ids) == {"W2", "W3"}
    assert send(owner, f"receipts/{ids['W3']}/match", {"number": second})[0] == 409, "another amount"
    assert send(owner, f"receipts/{ids['W2']}/match", {"number": second})[1]["outcome"] == "matched"
    helper = front.staff("staff")
    assert send(helper, f"receipts/{ids['W3']}/return", {"evidence": "B1"})[0] == 403
    assert send(owner, f"receipts/{ids['W3']}/return", {"evidence": "B1"})[1]["outcome"] == "returned"
    assert send(owner, f"receipts/{ids['W3']}/return", {"evidence": "B2"})[0] == 404
    [till] = owner.get("/api/v1/admin/collectors").json()["collectors"]
    assert (till["in_hand"]["minor"], till["sent_back"]["minor"], till["payments"]) == (19800, 5, 3)


def test_bad_rows_are_refused_whole_or_by_themselves(front: Front) -> None:
    owner = front.staff()

    def sent(*rows: dict[str, Any], collector: str = "till") -> tuple[int, str]:
        status, answer = send(owner, "statements", {"collector": collector, "rows": list(rows)})
        return status, str(answer.get("code", ""))

    assert sent(row("W1"), collector="nobody") == (404, "unknown_collector")
    assert sent(row("W1", minor=0))[0] == 422
    assert sent(row("W1", currency="USD"))[0] in (409, 422)
    assert sent(row(" "))[0] == 422
    for time in ("yesterday", "0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-10:00"):
        assert sent({**row("W1"), "paid_at": time})[0] == 422
    assert owner.get("/api/v1/admin/receipts").json()["receipts"] == [], "nothing was taken of any of them"
    _, answer = send(owner, "statements", {"collector": "till", "rows": [row("W1"), row("W1", minor=5), row("W2")]})
    assert [each["transaction_no"] for each in answer["refused"]] == ["W1", "W1"]
    assert answer["unidentified"] == ["W2"]
