"""Too often, from one place or by one person; and who decides what a place is."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient

from shared_core import members
from shared_core.web import limits
from shared_core.web.limits import Limit
from tests.storefront.conftest import PASSWORD, Front, key, purchase

HERE = "testclient"
"""The address all browsers of a test share."""
READY_SECONDS = 60
TEMPLATE = Path(__file__).parents[2] / "template"
SERVE = "import sys; from platformctl.serving import serve; serve('127.0.0.1', int(sys.argv[1]))"


def used_up(front: Front, limit: Limit, who: str) -> None:
    """Somebody did this as often as they may."""
    for _ in range(limit.item.amount):
        front.shop.limiter.spend(limit, who)


def stopped(client: TestClient, method: str, path: str, json: object = None) -> bool:
    answer = client.request(method, path, json=json, headers=key())
    return answer.status_code == 429 and int(answer.headers["retry-after"]) > 0


def test_guests_who_leave_traces_are_counted_by_address(front: Front) -> None:
    front.stock("A")
    known = front.browser()
    assert known.put("/api/v1/cart/lines/A", json={"quantity": 1}).status_code == 200
    used_up(front, limits.NEW_VISITOR_BY_ADDRESS, "another address")
    assert front.browser().put("/api/v1/cart/lines/A", json={"quantity": 1}).status_code == 200
    for _ in range(limits.NEW_VISITOR_BY_ADDRESS.item.amount - 2):
        front.shop.limiter.spend(limits.NEW_VISITOR_BY_ADDRESS, HERE)
    assert stopped(front.browser(), "PUT", "/api/v1/cart/lines/A", {"quantity": 1})
    assert front.browser().post("/cart", data={"sku": "A"}).status_code == 429
    assert known.put("/api/v1/cart/lines/A", json={"quantity": 2}).status_code == 200


def test_sharing_and_following_are_counted_by_address(front: Front) -> None:
    path = front.browser().post("/api/v1/share-links", json={}).json()["path"]
    for _ in range(limits.SHARE_LINK_BY_ADDRESS.item.amount - 1):
        front.shop.limiter.spend(limits.SHARE_LINK_BY_ADDRESS, HERE)
    assert stopped(front.browser(), "GET", path)
    assert stopped(front.browser(), "POST", "/api/v1/share-links", {})
    assert front.browser().post("/share").status_code == 429


def test_signing_up_is_counted_by_address(front: Front) -> None:
    used_up(front, limits.SIGN_UP_BY_ADDRESS, HERE)
    body = {"login": "ada@example.com", "password": PASSWORD, "name": "Ada"}
    assert stopped(front.browser(), "POST", "/api/v1/members", body)
    assert front.browser().post("/signup", data=body).status_code == 429


def test_ordering_and_taking_money_out_are_counted_by_person(front: Front) -> None:
    front.stock("A")
    member, other = front.member(), front.member()
    code = member.get("/api/v1/session").json()["member_code"]
    with front.shop.database.reading() as session:
        who = f"member:{members.member_by_code(session, code)}"
    for limit in (limits.CHECKOUT_BY_VIEWER, limits.PAYOUT_BY_VIEWER):
        used_up(front, limit, who)
    assert stopped(member, "POST", "/api/v1/orders", purchase("A", total=9900))
    assert stopped(member, "POST", "/api/v1/me/payouts", {"amount": {"minor": 100, "currency": "CNY"}})
    assert member.post("/me/payouts", data={"amount": "1.00", "key": "ABCD1234"}).status_code == 429
    assert other.post("/api/v1/orders", json=purchase("A", total=9900), headers=key()).status_code == 201


def test_one_person_cannot_hold_all_goods(front: Front) -> None:
    front.stock("A", units=60)
    hog = front.member()
    answers = [hog.post("/api/v1/orders", json=purchase("A", total=9900), headers=key()) for _ in range(25)]
    assert {answer.json().get("code") for answer in answers if answer.status_code != 201} == {"hold_limit_reached"}
    assert front.member().post("/api/v1/orders", json=purchase("A", total=9900), headers=key()).status_code == 201


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
def test_a_served_shop_takes_no_callers_word_for_its_address(
    brand_dir: Path, database_url: str, tmp_path: Path, header: str
) -> None:
    (tmp_path / "app.py").write_text("from shared_core.storefront import create_app\napp = create_app('brand')\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"SHOP_DATABASE_URL": database_url, "SHOP_WORKER_INLINE": "false"}
    command = [sys.executable, "-c", SERVE, str(port)]
    with (
        httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client,
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log) as server,
    ):
        try:
            wait_until_ready(client)
            body = {"login": "not a login", "password": "wrong wrong wrong"}
            times = limits.LOGIN_BY_ADDRESS.item.amount + 1
            seen = [
                client.post("/api/v1/session", json=body, headers={header: f"for=10.0.0.{number}, 10.0.0.{number}"})
                for number in range(times)
            ]
            assert [answer.status_code for answer in seen] == [401] * (times - 1) + [429]
        finally:
            server.terminate()


def test_no_server_of_a_generated_shop_believes_headers_before_the_shop_does() -> None:
    started = [file.read_text() for file in (TEMPLATE / "Dockerfile", *TEMPLATE.glob("deploy/*.service.jinja"))]
    serving = [text for text in started if "uvicorn" in text]
    assert len(serving) == 2
    assert all("--no-proxy-headers" in text for text in serving)


def wait_until_ready(client: httpx2.Client) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    pytest.fail("the shop never got ready")
