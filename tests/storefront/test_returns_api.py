"""Returns by the JSON API, as whole stories: a customer asks, the shop decides, somebody looks, and it is settled."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from shared_core import orders, supply
from tests.storefront.conftest import Front, buy, key, pay

BOX = {"carrier": "SF", "tracking_number": "SF1234567890123"}
NEW_BOX = {"carrier": "SF", "tracking_number": "SF9234567890123"}
DOCK = {"name": "Returns", "phone": "0571 8800", "street": "9 Dock Road", "city": "Ningbo"}


class Case:
    """A customer with an order of three lamps that has arrived, an owner, and somebody who works there."""

    def __init__(self, front: Front) -> None:
        front.stock("A")
        self.front = front
        self.buyer, self.owner, self.helper = front.member(name="Bao"), front.staff(), front.staff("staff")
        self.order = buy(self.buyer, "A", quantity=3, total=26700)
        pay(front, self.owner, self.order, minor=26700)
        for step, body in (("shipment", BOX), ("delivery", {})):
            self.office(f"orders/{self.order}/{step}", body)
        front.settle()
        self.line = int(self.buyer.get(f"/api/v1/orders/{self.order}").json()["lines"][0]["id"])
        self.back = f"{self.order}-R1"

    def ask(self, count: int = 1, *, says: int = 201, **how: Any) -> Any:
        body = {"pieces": [{"line": self.line, "quantity": count}], "reason": "damaged", "words": "a crack"} | how
        return answered(self.buyer, f"orders/{self.order}/returns", body, says=says)

    def office(self, path: str, body: Any = None, *, says: int = 200, by: TestClient | None = None) -> Any:
        return answered(by or self.owner, f"admin/{path}", body, says=says)

    def decide(self, step: str, body: Any = None, *, says: int = 200, by: TestClient | None = None) -> Any:
        """A step of the back office with the return; what follows a commit is done."""
        answer = self.office(f"returns/{self.back}/{step}", body, says=says, by=by)
        self.front.settle()
        return answer

    def seen(self) -> Any:
        return self.buyer.get(f"/api/v1/returns/{self.back}").json()

    def refunds(self) -> list[tuple[str, int]]:
        shown = self.buyer.get(f"/api/v1/orders/{self.order}").json()["refunds"]
        return [(each["number"], each["amount"]["minor"]) for each in shown]

    def free(self) -> int:
        with self.front.shop.database.reading() as session:
            assert supply.stock_discrepancies(session) == []
            return supply.level(session, sku="A").free


def answered(client: TestClient, path: str, body: Any = None, *, says: int, named: Any = None) -> Any:
    answer = client.post(f"/api/v1/{path}", json=body, headers=named or key())
    assert answer.status_code == says, answer.text
    if says >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()


@pytest.fixture
def case(front: Front) -> Case:
    return Case(front)


def test_a_return_goes_from_the_request_to_the_money(case: Case) -> None:
    assert case.buyer.get(f"/api/v1/orders/{case.order}/returns").json() == {
        "returns": [],
        "returnable": [{"line": case.line, "sku": "A", "most": 3}],
    }
    asked = case.ask(2)
    [mine] = asked["returns"]
    assert (mine["number"], mine["state"], mine["refund"], mine["words"]) == (case.back, "asked", None, "a crack")
    assert asked["returnable"] == [{"line": case.line, "sku": "A", "most": 1}]

    accepted = case.decide("acceptance", {"answer": "We are sorry"})
    assert (accepted["state"], accepted["refund"], accepted["answer"]) == ("accepted", "inspected", "We are sorry")
    assert case.seen()["state"] == "requested" and case.seen()["send_to"] is None
    assert case.decide("authorisation", {"address": DOCK}, by=case.helper)["state"] == "authorised"
    told = case.seen()
    assert told["send_to"] == DOCK | {"region": "", "district": "", "postcode": "", "country": "CN"}
    assert told["send_by"] is not None

    sent = answered(case.buyer, f"returns/{case.back}/parcel", BOX, says=200)
    assert (sent["state"], sent["box"], sent["send_by"]) == ("sent", BOX, None)
    case.front.settle()
    assert case.decide("receipt", by=case.helper)["state"] == "received"
    found = {"lines": [{"sku": "A", "sellable": 1, "refused": 1}], "said": "one was worn"}
    assert case.decide("inspection", found, by=case.helper, says=403)["code"] == "right_missing"
    assert case.refunds() == []
    settled = case.decide("inspection", found)
    assert (settled["state"], settled["bearer"]) == ("settled", "supplier")
    told = case.seen()
    assert (told["inspected"], told["said"]) == ([{"sku": "A", "accepted": 1, "refused": 1}], "one was worn")
    assert case.refunds() == [(case.back, 8900)] and case.free() == 8


def test_an_inspection_shows_in_its_own_answer_what_it_did(case: Case) -> None:
    case.ask()
    case.decide("acceptance", {})
    case.office(f"returns/{case.back}/receipt")
    case.office(f"returns/{case.back}/inspection", {"lines": [{"sku": "A", "unsellable": 1}], "bearer": "store"})
    assert case.refunds() == [(case.back, 8900)], "before anything in the background has run"
    before = case.office(f"returns/{case.back}/inspection", {"lines": [{"sku": "A", "sellable": 1}]}, says=409)
    assert before["code"] == "return_step_refused"
    case.front.settle()
    assert case.refunds() == [(case.back, 8900)] and case.free() == 7
    assert case.owner.get(f"/api/v1/admin/returns/{case.back}").json()["bearer"] == "store"


def test_new_pieces_come_instead_of_money(case: Case) -> None:
    case.ask(remedy="replacement")
    case.decide("acceptance", {"refund": "now"})
    case.decide("receipt")
    case.decide("replacement", NEW_BOX, says=409)
    assert case.decide("inspection", {"lines": [{"sku": "A", "unsellable": 1}]})["replaced"] is True
    assert case.decide("replacement", NEW_BOX, by=case.helper)["new_box"] == NEW_BOX | {"delivered_at": None}
    assert case.decide("replacement/delivery", by=case.helper)["new_box"]["delivered_at"] is not None
    assert case.seen()["new_box"]["delivered_at"] is not None
    assert case.refunds() == [] and case.free() == 6
    assert case.buyer.get(f"/api/v1/orders/{case.order}/returns").json()["returnable"][0]["most"] == 3


def test_what_never_came_is_refunded_at_once_and_settled_without_a_box(case: Case) -> None:
    case.ask(3, reason="missing")
    assert case.decide("acceptance", {"refund": "now"})["refund"] == "now"
    assert case.refunds() == [(case.back, 26700)]
    case.decide("receipt", says=409)
    case.decide("inspection", {"lines": [{"sku": "A", "sellable": 3}]}, says=422)
    assert case.decide("inspection", {"lines": [{"sku": "A", "unsellable": 3}]})["state"] == "settled"
    assert case.refunds() == [(case.back, 26700)]


def test_a_refusal_says_why_and_the_pieces_can_be_asked_back_again(case: Case) -> None:
    case.ask(3)
    case.decide("refusal", {"answer": ""}, says=422)
    case.decide("refusal", {"answer": "It was worn"}, by=case.helper, says=403)
    assert case.decide("refusal", {"answer": "It was worn"})["decided_by"].startswith("staff:")
    told = case.seen()
    assert (told["state"], told["answer"], told["refund"]) == ("refused", "It was worn", None)
    assert "decided_by" not in told and "refusal" not in told and "bearer" not in told
    assert case.decide("acceptance", {}, says=409)["code"] == "return_step_not_allowed"
    assert [each["number"] for each in case.ask(3)["returns"]] == [case.back, f"{case.order}-R2"]


def test_a_customer_calls_off_and_staff_note_a_parcel(case: Case) -> None:
    case.ask()
    assert answered(case.buyer, f"returns/{case.back}/cancellation", says=200)["state"] == "cancelled"
    case.ask()
    case.back = f"{case.order}-R2"
    case.decide("acceptance", {})
    case.decide("parcel", BOX, says=409)
    case.decide("authorisation", {}, says=422)
    case.decide("authorisation", {"address": DOCK})
    case.decide("parcel", {"carrier": "EMS", "tracking_number": "1"}, says=422)
    assert case.decide("parcel", BOX, by=case.helper)["box"] == BOX
    assert case.decide("cancellation", says=409)["code"] == "return_step_not_allowed"


def test_the_same_key_happens_once_and_another_request_under_it_is_refused(case: Case) -> None:
    body = {"pieces": [{"line": case.line, "quantity": 1}], "reason": "damaged"}
    ours, path = key(), f"orders/{case.order}/returns"
    first = answered(case.buyer, path, body, says=201, named=ours)
    again = case.buyer.post(f"/api/v1/{path}", json=body, headers=ours)
    assert (again.status_code, again.json(), again.headers["idempotency-replayed"]) == (201, first, "true")
    other = answered(case.buyer, path, body | {"words": "two cracks"}, says=422, named=ours)
    assert other["code"] == "idempotency_key_reused"
    assert len(case.buyer.get(f"/api/v1/{path}").json()["returns"]) == 1
    assert case.buyer.post(f"/api/v1/{path}", json=body).status_code == 422, "no key"
    case.decide("acceptance", {"refund": "now"})
    found, once = {"lines": [{"sku": "A", "sellable": 1}]}, key()
    case.decide("receipt")
    for _ in range(2):
        answered(case.owner, f"admin/returns/{case.back}/inspection", found, says=200, named=once)
    assert case.refunds() == [(case.back, 8900)] and case.free() == 8


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"pieces": []}, "bad_request"),
        ({"pieces": [{"line": 1, "quantity": 0}]}, "bad_request"),
        ({"pieces": [{"line": 2**40, "quantity": 1}]}, "invalid"),
        ({"reason": "boredom"}, "bad_request"),
        ({"words": "x" * 201}, "bad_request"),
        ({"remedy": "replacement", "reason": "no_reason"}, "return_pointless"),
        ({"refund": "now"}, "bad_request"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_and_nothing_is_written(case: Case, how: Any, code: str) -> None:
    assert case.ask(says=422, **how)["code"] == code
    assert case.buyer.get(f"/api/v1/orders/{case.order}/returns").json()["returns"] == []


def test_a_line_that_the_order_does_not_have_takes_the_others_with_it(case: Case) -> None:
    pieces = [{"line": case.line, "quantity": 1}, {"line": case.line + 100, "quantity": 1}]
    assert case.ask(says=422, pieces=pieces)["code"] == "invalid"
    assert case.ask(says=409, pieces=[{"line": case.line, "quantity": 2}] * 2)["code"] == "nothing_to_return"
    assert case.buyer.get(f"/api/v1/orders/{case.order}/returns").json()["returns"] == []


def test_after_the_window_only_faults_come_back(case: Case) -> None:
    case.front.pass_days(8)
    assert case.ask(says=409, reason="no_reason")["code"] == "return_window_closed"
    case.ask()


def test_staff_read_why_the_supply_side_takes_nothing_and_customers_only_that(case: Case) -> None:
    case.ask(3)
    case.front.shop.desk.gateway.request_return(
        case.order,
        [supply.HoldLine("A", 1)],
        number="elsewhere",
        reason=supply.ReturnReason.DAMAGED,
        remedy=supply.Remedy.MONEY,
        words="",
        at=case.front.clock(),
    )
    case.decide("acceptance", {})
    told = case.buyer.get(f"/api/v1/returns/{case.back}")
    assert (told.json()["state"], told.json()["said"]) == ("declined", "") and "can be sent back" not in told.text
    for language, start in (("en", "Of A 2 can be sent back"), ("zh-CN", "A 还可寄回 2 件")):
        shown = case.owner.get(f"/api/v1/admin/returns/{case.back}", headers={"Accept-Language": language}).json()
        assert shown["refusal"]["code"] == "return_too_much" and shown["refusal"]["detail"].startswith(start)
    assert case.decide("receipt", says=409)["code"] == "return_not_taken_in_here"


def test_what_is_not_accepted_is_not_taken_in(case: Case) -> None:
    case.ask()
    assert case.decide("receipt", says=409)["code"] == "return_not_taken_in_here"
    assert case.office("returns/NONE-R1/receipt", says=404)["code"] == "unknown_order_return"


def test_the_back_office_lists_returns_page_by_page(case: Case) -> None:
    numbers = [case.ask()["returns"][-1]["number"] for _ in range(3)]
    case.decide("refusal", {"answer": "no"})

    def listed(**query: Any) -> list[list[str]]:
        pages, after = [], None
        while True:
            asked = {**query, "limit": 2} | ({"after": after} if after else {})
            page = case.helper.get("/api/v1/admin/returns", params=asked).json()
            pages.append([each["number"] for each in page["returns"]])
            after = page["next"]
            if after is None:
                return pages

    assert listed() == [numbers[1:], []]
    assert listed(which="all") == [[numbers[2], numbers[1]], [numbers[0]]]
    of_order = case.helper.get(f"/api/v1/admin/orders/{case.order}/returns").json()["returns"]
    assert [each["number"] for each in of_order] == numbers
    assert case.helper.get("/api/v1/admin/orders/AAAA1111/returns").status_code == 404


def test_nobody_sees_or_moves_a_return_of_somebody_else(case: Case) -> None:
    case.ask()
    stranger = case.front.member(name="Cai")
    for path in (f"returns/{case.back}", f"orders/{case.order}/returns", "returns/NONE-R1"):
        assert stranger.get(f"/api/v1/{path}").status_code == 404
    for step, body in (("parcel", BOX), ("cancellation", None)):
        refused = answered(stranger, f"returns/{case.back}/{step}", body, says=404)
        nowhere = answered(stranger, f"returns/NONE-R1/{step}", body, says=404)
        assert refused["code"] == nowhere["code"] == "unknown_order_return"
    answered(stranger, f"admin/returns/{case.back}/acceptance", {}, says=403)
    with case.front.shop.database.reading() as session:
        assert orders.the_return(session, case.back).state == "asked"
