"""Suppliers' own systems: who may call what, that a write happens once, and that nobody reaches what is another's."""

import itertools
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from shared_core import supply
from shared_core.hub import supplier_api
from shared_core.hub.gate import READERS, WAITING_MAX
from shared_core.kernel.money import Money
from shared_core.supply import supplier_access, tenancy
from tests.hub.consoles import Console
from tests.hub.hubs import SECRET, add, key_of
from tests.hub.suppliers import BACK, Warehouse
from tests.supply.goods import NOON, lines

DOCUMENT = supplier_api.document()
OPERATIONS = sorted((method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods)
ROOT = "/supplier/v1"
ADDRESS = BACK.as_json()
BODIES: dict[str, Any] = {
    "accept": {},
    "reject": {"reason": "sold out"},
    "short": {"lines": [{"sku": "A", "quantity": 1}], "reason": "broken"},
    "shipments": {"boxes": [{"carrier": "Local", "tracking_number": "Z9"}]},
    "delivered": {},
    "authorise": {"address": ADDRESS, "send_days": 7},
    "decline": {"reason": "worn"},
    "received": {},
    "inspection": {"lines": [{"sku": "A", "sellable": 1}]},
    "replacement": {"carrier": "Local", "tracking_number": "Z8"},
    "counts": {"counts": [{"sku": "A", "quantity": 3}]},
    "deliveries": {"note": "D-1", "lines": [{"sku": "A", "quantity": 3}]},
}


class Api:
    """The API of a hub with a supplier's key; each write has a key of its own unless it is given one."""

    def __init__(self, console: Console, key: str) -> None:
        self.web, self.key = TestClient(console.app), key
        self.turn = itertools.count(1)

    def ask(self, method: str, path: str, body: Any = None, once: str = "") -> Response:
        headers = {"Authorization": f"Bearer {self.key}"}
        if method != "GET":
            headers["Idempotency-Key"] = once or f"test-{self.key[:8]}-{next(self.turn)}"
        return self.web.request(method, ROOT + path, json=body, headers=headers)

    def get(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, once: str = "") -> Any:
        answer = self.ask("POST", path, {} if body is None else body, once)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, path: str, body: Any = None, once: str = "") -> tuple[int, str]:
        answer = self.ask("POST", path, {} if body is None else body, once)
        assert answer.headers["content-type"] == "application/problem+json"
        return answer.status_code, answer.json()["code"]


def supplier_key(console: Console, supplier: str, name: str = "", **wanted: Any) -> str:
    with console.database.transaction() as session:
        return supplier_access.keys.issue(
            session, supplier, name=name or supplier, secret=SECRET, actor="op", at=console.clock(), **wanted
        )


@pytest.fixture
def warehouse(console: Console) -> Warehouse:
    return Warehouse(console)


@pytest.fixture
def acme(console: Console, warehouse: Warehouse) -> Api:
    return Api(console, supplier_key(console, "acme"))


@pytest.fixture
def bestco(console: Console, warehouse: Warehouse) -> Api:
    return Api(console, supplier_key(console, "bestco"))


def test_every_operation_asks_for_a_suppliers_key_with_its_scope(
    console: Console, warehouse: Warehouse, acme: Api
) -> None:
    add(console.database, "north")
    of_store = key_of(console.database, "north")
    reads = Api(console, supplier_key(console, "acme", "READS", scopes=["read"]))
    writes = Api(console, supplier_key(console, "acme", "WRITES", scopes=["write"]))
    [number] = warehouse.order("one", A=1)
    for method, path in OPERATIONS:
        asked = path.removeprefix(ROOT).format(number=number, month="2026-03"), BODIES.get(path.rsplit("/", 1)[1], {})
        for wrong in ("", "nonsense", acme.key + "x", of_store):
            answer = Api(console, wrong).ask(method, *asked)
            assert (answer.status_code, answer.json()["code"]) == (401, "bad_api_key")
        if path.endswith("/me") or ("{number}" in path and "/returns" in path):
            continue
        one, other = (writes, reads) if method == "GET" else (reads, writes)
        answer = one.ask(method, *asked)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), path
        assert other.ask(method, *asked).status_code not in (401, 403)


def test_a_suppliers_key_opens_nothing_of_the_stores(console: Console, acme: Api) -> None:
    for path in ("/me", "/offers", "/events", "/holds/o"):
        answer = acme.web.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {acme.key}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_api_key")


def test_a_key_is_changed_over_revoked_and_ends(console: Console, acme: Api) -> None:
    newer = Api(console, supplier_key(console, "acme", "NEWER"))
    assert acme.get("/me")["key"] == "acme" and newer.get("/me")["key"] == "NEWER"
    with console.database.transaction() as session:
        for _ in range(2):
            supplier_access.keys.revoke(session, "acme", "acme", actor="op", at=console.clock())
        with pytest.raises(tenancy.errors.UnknownSupplierKey):
            supplier_access.keys.revoke(session, "bestco", "NEWER", actor="op", at=console.clock())
    assert acme.ask("GET", "/me").status_code == 401
    assert newer.get("/me") == {"supplier": "acme", "state": "live", "key": "NEWER", "scopes": ["read", "write"]}
    with console.database.reading() as session:
        known = {each.name: each for each in supplier_access.keys.keys(session, "acme")}
    assert known["NEWER"].last_used_at == console.clock() and known["acme"].revoked_at == console.clock()
    short_lived = Api(console, supplier_key(console, "acme", "SHORT", expires_at=console.clock()))
    assert short_lived.ask("GET", "/me").status_code == 401


def everything(api: Api) -> list[Any]:
    """All that a supplier can know."""
    orders = api.get("/orders")["orders"]
    returns = api.get("/returns")["returns"]
    return [orders, returns, api.get("/goods"), api.get("/statements/2026-03")]


def test_no_call_of_one_supplier_sees_or_changes_anything_of_another(
    console: Console, warehouse: Warehouse, acme: Api, bestco: Api
) -> None:
    [sold, _] = warehouse.order("sold", A=2, B=1)
    [sent, _] = warehouse.order("sent", A=2, B=1)
    warehouse.sent_and_delivered(sent)
    warehouse.ask_back("sent", "R1", A=1)
    before = everything(acme)
    assert len(before[0]) == 2 and len(before[1]) == 1
    tried = 0
    for method, path in OPERATIONS:
        for number in (sold, sent, "R1", "sold", "..%2Forders", "%00", "-1"):
            body = BODIES.get(path.removesuffix("/delivered").rsplit("/", 1)[1], {}) if method == "POST" else None
            body = {} if path.endswith("/delivered") else body
            answer = bestco.ask(method, path.removeprefix(ROOT).format(number=number, month="2026-03"), body)
            assert answer.status_code < 500
            if "{number}" in path or method == "POST":
                tried += 1
                assert answer.status_code in (404, 405, 422), f"{method} {path} of {number}"
            assert not any(f'"{mine}"' in answer.text for mine in ('A"', 'A2"')), f"{method} {path}"
        assert everything(acme) == before, f"after {method} {path}"
    assert tried > 100
    unknown, others = (bestco.ask("GET", f"/orders/{number}").json() for number in ("sold-9", sold))
    assert unknown["code"] == others["code"] == "unknown_supplier_order"


def test_nothing_tells_which_store_it_is_or_what_it_pays(warehouse: Warehouse, acme: Api) -> None:
    [number, _] = warehouse.order("store-reference", A=2, B=1)
    warehouse.sent_and_delivered(number)
    warehouse.ask_back("store-reference", "R1", A=1)
    for seen in (acme.get(f"/orders/{number}"), acme.get("/returns/R1")):
        assert not {"store", "reference", "supply", "freight", "fee", "cost"} & set(seen)


def test_what_changed_is_told_once_and_nothing_is_missed(warehouse: Warehouse, acme: Api) -> None:
    numbers = [warehouse.order(f"o{each}", A=1, B=1)[0] for each in range(3)]
    first = acme.get("/orders?limit=2")
    rest = acme.get(f"/orders?after={first['cursor']}")
    assert [each["number"] for each in first["orders"] + rest["orders"]] == numbers
    assert first["more"] and not rest["more"]
    cursor = rest["cursor"]
    assert acme.get(f"/orders?after={cursor}") == {"orders": [], "cursor": cursor, "more": False}
    acme.post(f"/orders/{numbers[1]}/accept")
    warehouse.store.withdraw("o0", lines(A=1), withdrawal="w", restock=True, at=warehouse.now)
    told = acme.get(f"/orders?after={cursor}")
    assert {each["number"]: each["state"] for each in told["orders"]} == {
        numbers[0]: "cancelled",
        numbers[1]: "accepted",
    }
    assert [each["number"] for each in acme.get("/orders?state=placed")["orders"]] == [numbers[2]]
    both = acme.get("/orders?state=placed&state=accepted")["orders"]
    assert {each["number"] for each in both} == {numbers[1], numbers[2]}


def test_an_order_leaves_in_boxes_and_arrives(warehouse: Warehouse, acme: Api) -> None:
    [number] = warehouse.order("o", A=2, A2=1)
    boxes = [
        {"carrier": "Local", "tracking_number": "X1", "lines": [{"sku": "A", "quantity": 2}]},
        {"carrier": "Local", "tracking_number": "X2"},
    ]
    shipped = acme.post(f"/orders/{number}/shipments", {"boxes": boxes})
    assert (shipped["state"], [each["tracking_number"] for each in shipped["boxes"]]) == ("shipped", ["X1", "X2"])
    assert [each["lines"] for each in shipped["boxes"]] == [
        [{"sku": "A", "quantity": 2}],
        [{"sku": "A2", "quantity": 1}],
    ]
    assert acme.post(f"/orders/{number}/delivered", {"tracking_number": "X1"})["state"] == "shipped"
    assert acme.post(f"/orders/{number}/delivered")["state"] == "delivered"
    seen = warehouse.seen(number)
    assert {each.actor for each in seen.steps if each.what != "placed"} == {"key acme"}


def test_all_boxes_are_taken_or_none(warehouse: Warehouse, acme: Api) -> None:
    [number] = warehouse.order("o", A=2)
    one = {"carrier": "Local", "tracking_number": "X1", "lines": [{"sku": "A", "quantity": 1}]}
    assert acme.refused(f"/orders/{number}/shipments", {"boxes": [one, {**one, "carrier": "sf"}]}) == (
        422,
        "bad_tracking_number",
    )
    assert acme.get(f"/orders/{number}")["boxes"] == []
    too_much = {**one, "tracking_number": "X2", "lines": [{"sku": "A", "quantity": 2}]}
    assert acme.refused(f"/orders/{number}/shipments", {"boxes": [one, too_much]})[0] == 409
    assert acme.get(f"/orders/{number}")["boxes"] == []


def test_pieces_that_never_come_and_orders_that_are_rejected_say_why(warehouse: Warehouse, acme: Api) -> None:
    [number] = warehouse.order("o", A=3)
    short = {"lines": [{"sku": "A", "quantity": 1}], "reason": " "}
    assert acme.refused(f"/orders/{number}/short", short) == (422, "hub_reason_missing")
    told = acme.post(f"/orders/{number}/short", {**short, "reason": "one broke"})
    assert [(each["sku"], each["coming"]) for each in told["lines"]] == [("A", 2)]
    assert acme.refused(f"/orders/{number}/reject", {"reason": ""}) == (422, "hub_reason_missing")
    acme.post(f"/orders/{number}/reject", {"reason": "all broke"})
    assert warehouse.seen(number).steps[-1].reason == "all broke"


def test_the_same_request_again_answers_the_same_and_another_is_refused(warehouse: Warehouse, acme: Api) -> None:
    [number, other] = warehouse.order("o", A=2)[0], warehouse.order("p", A=1)[0]
    path, body = f"/orders/{number}/shipments", {"boxes": [{"carrier": "Local", "tracking_number": "X1"}]}
    first = acme.post(path, body, once="intention-1")
    acme.post(f"/orders/{number}/delivered")
    assert acme.post(path, body, once="intention-1") == first, "as it was answered then"
    changed = {"boxes": [{"carrier": "Local", "tracking_number": "X2"}]}
    for where, what in ((path, changed), (f"/orders/{other}/shipments", body)):
        assert acme.refused(where, what, once="intention-1") == (409, "idempotency_key_reused")
    assert acme.get(f"/orders/{other}")["state"] == "placed"


def test_what_was_refused_may_be_sent_again_under_its_key(warehouse: Warehouse, acme: Api) -> None:
    [number] = warehouse.order("o", A=1)
    assert acme.refused(f"/orders/{number}/delivered", once="intention-1") == (409, "supply_step_refused")
    acme.post(f"/orders/{number}/shipments", BODIES["shipments"])
    assert acme.post(f"/orders/{number}/delivered", once="intention-1")["state"] == "delivered"


def test_two_suppliers_may_use_the_same_key(warehouse: Warehouse, acme: Api, bestco: Api) -> None:
    for api, sku in ((acme, "A"), (bestco, "B")):
        came = api.post("/goods/deliveries", {"note": "1", "lines": [{"sku": sku, "quantity": 1}]}, once="the-same-1")
        assert [each["sku"] for each in came["goods"]] == [sku]


def test_a_write_without_a_key_is_refused(warehouse: Warehouse, acme: Api) -> None:
    [number] = warehouse.order("o", A=1)
    headers = {"Authorization": f"Bearer {acme.key}"}
    answer = acme.web.post(f"{ROOT}/orders/{number}/accept", json={}, headers=headers)
    assert answer.status_code == 422 and "Idempotency-Key" in answer.text
    assert acme.get(f"/orders/{number}")["state"] == "placed"


def test_a_return_is_authorised_received_inspected_and_replaced(warehouse: Warehouse, acme: Api) -> None:
    [number] = warehouse.order("o", A=2)
    warehouse.sent_and_delivered(number)
    warehouse.ask_back("o", "R1", remedy="replacement", A=1)
    assert [each["number"] for each in acme.get("/returns?state=requested")["returns"]] == ["R1"]
    assert acme.refused("/returns/R1/authorise") == (422, "no_return_address")
    may = acme.post("/returns/R1/authorise", BODIES["authorise"])
    assert (may["state"], may["address"]["city"], may["words"]) == ("authorised", "Ningbo", "the lid is cracked")
    assert acme.post("/returns/R1/received")["state"] == "received"
    wrong = {"lines": [{"sku": "A", "sellable": 2}]}
    assert acme.refused("/returns/R1/inspection", wrong) == (422, "bad_inspection")
    found = acme.post("/returns/R1/inspection", {"lines": [{"sku": "A", "unsellable": 1}], "said": "cracked"})
    assert (found["state"], found["replaced"], found["found"][0]["unsellable"]) == ("settled", True, 1)
    box = acme.post("/returns/R1/replacement", BODIES["replacement"])["new_box"]
    assert (box["tracking_number"], box["delivered_at"]) == ("Z8", None)
    assert acme.post("/returns/R1/replacement/delivered")["new_box"]["delivered_at"]


def test_a_return_is_declined_with_a_reason_and_older_ones_follow(warehouse: Warehouse, acme: Api) -> None:
    [number] = warehouse.order("o", A=3)
    warehouse.sent_and_delivered(number)
    for each in ("R1", "R2"):
        warehouse.ask_back("o", each, A=1)
    assert acme.refused("/returns/R2/decline", {"reason": ""}) == (422, "hub_reason_missing")
    assert acme.post("/returns/R2/decline", {"reason": "worn"})["said"] == "worn"
    assert [each["number"] for each in acme.get("/returns")["returns"]] == ["R2", "R1"]
    assert [each["number"] for each in acme.get("/returns?before=R2")["returns"]] == ["R1"]
    assert acme.ask("GET", "/returns?before=R9").status_code == 404


def test_stock_is_counted_and_taken_in_by_sku(warehouse: Warehouse, acme: Api) -> None:
    warehouse.order("o", A=5)
    counts = {"counts": [{"sku": "A", "quantity": 30}, {"sku": "A2", "quantity": 0}]}
    told = {each["sku"]: (each["free"], each["sold"]) for each in acme.post("/goods/counts", counts)["goods"]}
    assert told == {"A": (30, 5), "A2": (0, 0)}
    came = {"note": "D-7", "lines": [{"sku": "A", "quantity": 4}]}
    assert acme.post("/goods/deliveries", came)["goods"][0]["free"] == 34
    assert acme.post("/goods/deliveries", came)["goods"][0]["free"] == 34, "a note counts once"
    other = {"note": "D-7", "lines": [{"sku": "A", "quantity": 5}]}
    assert acme.refused("/goods/deliveries", other) == (409, "reference_reused")
    with warehouse.console.database.reading() as session:
        assert supply.stock_discrepancies(session) == []


@pytest.mark.parametrize(
    ("path", "body", "refused"),
    [
        ("counts", {"counts": [{"sku": "A", "quantity": 1}, {"sku": "B", "quantity": 1}]}, (404, "unknown_sku")),
        ("counts", {"counts": [{"sku": "A", "quantity": 1}] * 2}, (422, "counted_twice")),
        ("counts", {"counts": [{"sku": "A", "quantity": -1}]}, (422, "bad_request")),
        ("deliveries", {"note": "1", "lines": [{"sku": "B", "quantity": 1}]}, (404, "unknown_sku")),
        ("deliveries", {"note": "1", "lines": [{"sku": "A", "quantity": 0}]}, (422, "bad_quantity")),
    ],
)
def test_a_batch_with_a_fault_changes_nothing(
    warehouse: Warehouse, acme: Api, path: str, body: Any, refused: tuple[int, str]
) -> None:
    before = acme.get("/goods")
    assert acme.refused(f"/goods/{path}", body) == refused
    assert acme.get("/goods") == before


def test_a_month_is_told_as_json_and_as_csv(warehouse: Warehouse, acme: Api) -> None:
    warehouse.order("o", A=2)
    [month] = acme.get("/statements")["months"]
    told = acme.get(f"/statements/{month}")
    assert told["closing"]["minor"] == sum(each["amount"]["minor"] for each in told["lines"]) > 0
    sheet = acme.ask("GET", f"/statements/{month}.csv")
    assert sheet.headers["content-type"].startswith("text/csv")
    assert len(sheet.text.strip().splitlines()) == len(told["lines"]) + 3
    assert acme.ask("GET", "/statements/2031-01").status_code == 404


def test_what_is_not_understood_is_refused(warehouse: Warehouse, acme: Api) -> None:
    [number] = warehouse.order("o", A=1)
    for body in ({"why": "x"}, [], None, {"reason": 1}, {"reason": "\x00"}, {"reason": "x" * 501}):
        assert acme.ask("POST", f"/orders/{number}/reject", body).status_code == 422
    assert acme.get(f"/orders/{number}")["state"] == "placed"


def test_the_document_asks_for_no_key_and_tells_all(acme: Api) -> None:
    told = acme.web.get(f"{ROOT}/openapi.json").json()
    assert told["paths"].keys() == DOCUMENT["paths"].keys() and len(OPERATIONS) == 22


def test_each_supplier_has_turns_of_its_own() -> None:
    callers = [
        supplier_access.keys.SupplierCaller("acme", frozenset(), "K", note_use=False),
        supplier_access.keys.SupplierCaller("bestco", frozenset(), "L", note_use=False),
        tenancy.Caller(supply.Terms("acme", "CNY"), frozenset(), "M", note_use=False),
    ]
    assert len({each.queue for each in callers}) == 3 and READERS < WAITING_MAX


def test_old_requests_are_forgotten(warehouse: Warehouse, acme: Api, console: Console) -> None:
    acme.post("/goods/counts", BODIES["counts"], once="intention-1")
    with console.database.transaction() as session:
        assert supplier_access.requests.forget(session, at=NOON) == 0
        later = console.clock() + supplier_access.requests.KEPT_FOR * 2
        assert supplier_access.requests.forget(session, at=later) == 1


def test_an_owner_gives_a_supplier_keys_and_takes_them_back(console: Console, warehouse: Warehouse) -> None:
    owner, operator = console.person("owner"), console.person("operator")
    home = "/console/suppliers/acme"
    owner.open(home)
    found = re.search(r'value="(sup_[^"]+)"', owner.send(f"{home}/keys").html)
    assert found is not None
    assert Api(console, found[1]).get("/me")["scopes"] == ["read", "write"]
    assert found[1] not in owner.open(home).html, "it is shown once"
    read = re.search(r'value="(sup_[^"]+)"', owner.send(f"{home}/keys", scope="read").html)
    assert read is not None and Api(console, read[1]).get("/me")["scopes"] == ["read"]
    assert owner.send(f"{home}/keys", scope="all").status == 422
    assert not [form.action for form in operator.open(home).forms if "/keys" in form.action]
    name = found[1].split("_")[1]
    owner.open(home)
    assert owner.send(f"{home}/keys/{name}/revoke").status == 200
    assert Api(console, found[1]).ask("GET", "/me").status_code == 401


def test_the_same_request_sent_at_once_is_answered_alike_and_done_once(warehouse: Warehouse, acme: Api) -> None:
    [number] = warehouse.order("o", A=3)
    box = {"carrier": "Local", "tracking_number": "X1", "lines": [{"sku": "A", "quantity": 1}]}

    def send(_: int) -> Any:
        return acme.post(f"/orders/{number}/shipments", {"boxes": [box]}, once="intention-1")

    with ThreadPoolExecutor(4) as crowd:
        answers = list(crowd.map(send, range(8)))
    assert all(each == answers[0] for each in answers)
    assert len(acme.get(f"/orders/{number}")["boxes"]) == 1


def test_stock_is_counted_by_warehouse_also_of_what_a_supplier_sends_for_another(
    warehouse: Warehouse, acme: Api
) -> None:
    with warehouse.console.database.transaction() as session:
        supply.sourcing.put_warehouse(session, supply.sourcing.Place("gz"), supplier="acme", at=NOON)
        supply.sourcing.put_source(session, "B", supplier="acme", cost=Money(3000, "CNY"), at=NOON)
    counts = {"warehouse": "gz", "counts": [{"sku": "A", "quantity": 2}, {"sku": "B", "quantity": 7}]}
    told = acme.post("/goods/counts", counts)["goods"]
    assert [(each["sku"], each["warehouse"], each["free"]) for each in told] == [("A", "gz", 2), ("B", "gz", 7)]
    came = {"warehouse": "gz", "note": "D-9", "lines": [{"sku": "B", "quantity": 1}]}
    assert [each["free"] for each in acme.post("/goods/deliveries", came)["goods"]] == [8]
    listed = {(each["sku"], each["warehouse"]) for each in acme.get("/goods")["goods"]}
    assert {("A", ""), ("A", "gz"), ("B", "gz")} <= listed and ("B", "") not in listed
    assert acme.refused("/goods/counts", counts | {"warehouse": "no"}) == (404, "unknown_warehouse")
    elsewhere = {"counts": [{"sku": "B", "quantity": 1}]}
    assert acme.refused("/goods/counts", elsewhere) == (404, "unknown_sku"), "what is another's lies in a warehouse"
