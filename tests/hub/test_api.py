"""The interface over HTTP: who may call what, and that nobody sees or changes what is another store's."""

import itertools
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from fastapi.openapi.utils import get_openapi

from shared_core import supply
from shared_core.hub import api
from shared_core.kernel.database import Database
from shared_core.supply import tenancy, wire
from tests.hub.hubs import Served, add, key_of, tenant_gateway
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, lines, stocked

DOCUMENT = get_openapi(title="hub", version="1", routes=[*api.router.routes, *api.unlocked.routes])
PUBLIC = {"/api/v1/media/{digest}"}
"""What shops show to everybody, so that it asks for no key."""
OPERATIONS = [
    (method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods if path not in PUBLIC
]
ADDRESS = {"name": "W", "phone": "1", "street": "S", "city": "H"}
BODIES: dict[str, Any] = {
    "PUT /api/v1/holds/{reference}": {"lines": [{"sku": "A", "quantity": 1}], "customer": "c", "ttl_seconds": 60},
    "POST /api/v1/holds/{reference}/confirmation": {"ship_to": ADDRESS},
    "PUT /api/v1/webhook": {"url": "https://shop.example/nudges"},
    "PUT /api/v1/objections/{number}": {
        "month": "2026-03",
        "kind": "charge",
        "reference": "sold",
        "amount": {"minor": 1, "currency": "CNY"},
        "reason": "never came",
    },
    "PUT /api/v1/holds/{reference}/withdrawals/{withdrawal}": {"lines": None, "restock": True},
    "PUT /api/v1/holds/{reference}/returns/{number}": {
        "lines": [{"sku": "A", "quantity": 1}],
        "reason": "damaged",
        "remedy": "money",
    },
    "PUT /api/v1/holds/{reference}/returns/{number}/parcel": {"carrier": "x", "tracking_number": "1"},
    "PUT /api/v1/holds/{reference}/returns/{number}/cancellation": {},
}
SCOPES = {
    "GET /api/v1/me": None,
    "GET /api/v1/offers": "offers:read",
    "GET /api/v1/sales": "offers:read",
    "GET /api/v1/events": "events:read",
    "GET /api/v1/statements/{month}": "statement:read",
    "GET /api/v1/objections": "statement:read",
    "PUT /api/v1/webhook": "events:read",
    "PUT /api/v1/objections/{number}": "statement:object",
    "PUT /api/v1/holds/{reference}": "orders:write",
    "GET /api/v1/holds/{reference}": "orders:write",
    "POST /api/v1/holds/{reference}/release": "orders:write",
    "POST /api/v1/holds/{reference}/confirmation": "orders:write",
    "PUT /api/v1/holds/{reference}/withdrawals/{withdrawal}": "orders:write",
    "PUT /api/v1/holds/{reference}/returns/{number}": "orders:write",
    "GET /api/v1/holds/{reference}/returns/{number}": "orders:write",
    "PUT /api/v1/holds/{reference}/returns/{number}/parcel": "orders:write",
    "PUT /api/v1/holds/{reference}/returns/{number}/cancellation": "orders:write",
}


@pytest.fixture
def north(database: Database, server: Served) -> Iterator[str]:
    """The key of the store "north" at a served hub with some goods."""
    stocked(database, {"A": 20, "B": 9})
    add(database, "north", credit_limit_minor=100_000)
    server.over(database)
    yield key_of(database, "north")


@pytest.fixture
def web(server: Served) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url) as client:
        yield client


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


def ask(web: httpx2.Client, key: str, method: str, path: str, **names: str) -> httpx2.Response:
    filled = path.format(**{"reference": "o", "withdrawal": "w", "month": "2026-03", "number": "n", **names})
    return web.request(method, filled, json=BODIES.get(f"{method} {path}"), headers=bearer(key))


def test_every_operation_is_known_here() -> None:
    assert {f"{method} {path}" for method, path in OPERATIONS} == set(SCOPES)
    assert set(DOCUMENT["paths"]) >= PUBLIC


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_operation_asks_for_a_valid_key_with_its_scope(
    method: str, path: str, database: Database, north: str, web: httpx2.Client
) -> None:
    for wrong in ("", "nonsense", north + "x"):
        answer = ask(web, wrong, method, path)
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_api_key")
    scope = SCOPES[f"{method} {path}"]
    others = key_of(database, "north", "OTHERS", scopes=[each for each in tenancy.Scope if each != scope])
    only = key_of(database, "north", "ONLY", scopes=[scope] if scope else [])
    if scope:
        answer = ask(web, others, method, path)
        assert (answer.status_code, answer.json()["params"]) == (403, {"scope": scope})
    assert ask(web, only, method, path).status_code not in (401, 403)
    with database.transaction() as session:
        tenancy.revoke_key(session, "north", "ONLY", actor="op", at=NOON)
    assert ask(web, only, method, path).status_code == 401


def told(database: Database, code: str) -> list[object]:
    """Everything a store can know of itself."""
    shop = tenant_gateway(database, supply.Terms(code, "CNY", tenant=True))
    with database.reading() as session:
        owes = tenancy.tenant_owes(session, code, "CNY")
        orders = [each for each in supply.supplier_orders(session) if each.store == code]
    return [shop.view("held"), shop.view("sold"), shop.events(), owes, orders]


def test_no_call_of_one_store_sees_or_changes_anything_of_another(
    database: Database, north: str, web: httpx2.Client
) -> None:
    other = tenant_gateway(database, add(database, "south"))
    for reference in ("held", "sold"):
        other.hold(reference, lines(A=1, B=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    other.confirm("sold", ship_to=HOME, at=NOON)
    other.withdraw("sold", lines(B=1), withdrawal="back", restock=True, at=NOON)
    before = told(database, "south")
    names = ["held", "sold", "south.held", "south.sold", "../south.sold", "back", "south.back", "sold-1"]
    reading_first = sorted(OPERATIONS)
    for turn, (method, path) in enumerate(reading_first * 2):
        for reference, withdrawal in itertools.product(names, ["back", "south.back"]):
            named = {"reference": wire.segment(reference), "withdrawal": wire.segment(withdrawal)}
            answer = ask(web, north, method, path, **named)
            assert answer.status_code < 500
            if "{reference}" in path and method == "GET" and turn < len(OPERATIONS):
                assert answer.status_code == 404, "north has not used any number yet"
            if path.endswith("/events"):
                assert answer.json()["events"] == []
            if "/statements/" in path and turn < len(OPERATIONS):
                assert answer.json()["lines"] == [], "north owes nothing yet"
        assert told(database, "south") == before, f"after {method} {path}"


def test_me_says_who_one_is(database: Database, north: str, web: httpx2.Client) -> None:
    shop = tenant_gateway(database, supply.Terms("north", "CNY", tenant=True))
    shop.hold("o", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm("o", ship_to=HOME, at=NOON)
    answer = web.get("/api/v1/me", headers=bearer(north))
    assert answer.headers["Supply-Protocol"] == str(wire.PROTOCOL) and answer.headers["Cache-Control"] == "no-store"
    assert answer.json() == {
        "store": "north",
        "name": "North",
        "currency": "CNY",
        "state": "active",
        "platform_fee_bps": 0,
        "credit_limit": {"minor": 100_000, "currency": "CNY"},
        "balance": {"minor": 4_800, "currency": "CNY"},
        "scopes": ["events:read", "offers:read", "orders:write", "statement:object", "statement:read"],
        "protocol": wire.PROTOCOL,
        "oldest_protocol": wire.OLDEST_SHOP,
        "received": {"minor": 0, "currency": "CNY"},
        "credited": {"minor": 0, "currency": "CNY"},
        "timelines": [],
    }
    blind = key_of(database, "north", "BLIND", scopes=["offers:read"])
    assert web.get("/api/v1/me", headers=bearer(blind)).json()["balance"] is None


def test_a_suspended_store_is_told_so(database: Database, north: str, web: httpx2.Client) -> None:
    with database.transaction() as session:
        tenancy.suspend(session, "north", actor="op", reason="", at=NOON)
    answer = ask(web, north, "PUT", "/api/v1/holds/{reference}")
    assert (answer.status_code, answer.json()["code"]) == (409, "tenant_suspended")
    assert web.get("/api/v1/me", headers=bearer(north)).json()["state"] == "suspended"
    assert ask(web, north, "GET", "/api/v1/offers").status_code == 200


@pytest.mark.parametrize("spoken", ["0", "-1", "x"])
def test_a_shop_that_is_too_old_is_told_to_upgrade(north: str, web: httpx2.Client, spoken: str) -> None:
    answer = web.get("/api/v1/me", headers={**bearer(north), "Supply-Protocol": spoken})
    assert (answer.status_code, answer.json()["code"]) == (426, "protocol_too_old")


HOLD = BODIES["PUT /api/v1/holds/{reference}"]


@pytest.mark.parametrize(
    "body",
    [
        {**HOLD, "price": 1},
        {**HOLD, "ttl_seconds": "60"},
        {**HOLD, "ttl_seconds": 0},
        {**HOLD, "customer": "c" * 101},
        {**HOLD, "customer": "\x00"},
        {**HOLD, "lines": [{"sku": "A", "quantity": 1.0}]},
        {**HOLD, "lines": [{"sku": "A", "quantity": True}]},
        {**HOLD, "lines": [{"sku": "A", "quantity": 10**30}]},
        {**HOLD, "lines": [{"sku": "A", "quantity": 1}] * 1_001},
        {},
        [],
    ],
)
def test_what_the_hub_does_not_understand_it_refuses(north: str, web: httpx2.Client, body: Any) -> None:
    assert web.put("/api/v1/holds/o", json=body, headers=bearer(north)).status_code == 422


@pytest.mark.parametrize("name", ["~", "~G0", "~FF", "a.b", "~00", "~0A", "x" * 101])
def test_a_name_that_is_none_is_refused(north: str, web: httpx2.Client, name: str) -> None:
    answer = web.put(f"/api/v1/holds/{name}", json=HOLD, headers=bearer(north))
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_reference")
