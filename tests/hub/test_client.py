"""Asking a hub that is slow, away, wrong or of another age."""

import json
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from shared_core import supply
from shared_core.supply import wire
from tests.hub.hubs import Served
from tests.hub.test_wire import HOLD
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, lines

QUICK = supply.Patience(pause=timedelta(0), pause_max=timedelta(0), jitter=timedelta(0), total=timedelta(seconds=2))
SPOKEN = {"Supply-Protocol": str(wire.PROTOCOL)}
Answer = httpx2.Response | Exception


class Script:
    """A hub that answers by a script; the last answer is repeated. It keeps what it was asked."""

    def __init__(self, *answers: Answer | Callable[[], Answer]) -> None:
        self.answers: list[Any] = list(answers)
        self.asked: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        answer = answer() if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        return answer


def ok(document: object = HOLD, **headers: str) -> httpx2.Response:
    return httpx2.Response(200, json=document, headers={**SPOKEN, **headers})


def problem(status: int, code: str, headers: dict[str, str] | None = None, **params: object) -> httpx2.Response:
    said = {"code": code, "status": status, "detail": code, "params": params}
    return httpx2.Response(status, json=said, headers=headers or {})


def shop(script: Script, *, patience: supply.Patience = QUICK, ticks: Any = None) -> supply.HubGateway:
    named = {"ticks": ticks} if ticks else {}
    client = supply.HubClient(
        "https://hub.example/", "hub_K1_secret", patience=patience, transport=httpx2.MockTransport(script), **named
    )
    return supply.HubGateway(client)


def hold(gateway: supply.HubGateway) -> supply.HoldView:
    return gateway.hold("10/42", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON)


def test_a_call_carries_the_key_the_protocol_and_no_instant() -> None:
    script = Script(ok())
    hold(shop(script))
    [asked] = script.asked
    assert (asked.method, str(asked.url)) == ("PUT", "https://hub.example/api/v1/holds/10~2F42")
    assert asked.headers["Authorization"] == "Bearer hub_K1_secret"
    assert asked.headers["Supply-Protocol"] == str(wire.PROTOCOL)
    assert json.loads(asked.content) == {
        "lines": [{"sku": "A", "quantity": 2}],
        "customer": "c",
        "ttl_seconds": 1_800,
    }


TRANSIENT: list[Answer] = [
    httpx2.ConnectError("refused"),
    httpx2.ReadTimeout("slow"),
    httpx2.RemoteProtocolError("cut off"),
    httpx2.Response(502),
    httpx2.Response(503, headers={"Retry-After": "0"}),
    httpx2.Response(504),
    httpx2.Response(429, headers={"Retry-After": "soon"}),
]


@pytest.mark.parametrize("failure", TRANSIENT, ids=lambda each: getattr(each, "status_code", type(each).__name__))
def test_what_may_pass_is_asked_again(failure: Answer) -> None:
    script = Script(failure, failure, ok())
    assert hold(shop(script)).state == "held"
    assert len({asked.content for asked in script.asked}) == 1 and len(script.asked) == 3


@pytest.mark.parametrize("failure", TRANSIENT, ids=lambda each: getattr(each, "status_code", type(each).__name__))
def test_what_does_not_pass_is_unavailable(failure: Answer) -> None:
    script = Script(failure)
    with pytest.raises(supply.SupplyUnavailable) as away:
        hold(shop(script))
    assert away.value.params["retry_after"] >= 0 and len(script.asked) == QUICK.attempts_max


@pytest.mark.parametrize("status", [500, 501, 505])
def test_a_hub_that_fails_is_not_pressed(status: int) -> None:
    script = Script(httpx2.Response(status))
    with pytest.raises(supply.SupplyUnavailable):
        hold(shop(script))
    assert len(script.asked) == 1


def test_a_hub_that_asks_for_more_time_than_there_is_is_left_alone() -> None:
    script = Script(httpx2.Response(503, headers={"Retry-After": "30"}))
    with pytest.raises(supply.SupplyUnavailable) as away:
        hold(shop(script))
    assert away.value.params["retry_after"] == 30 and len(script.asked) == 1


def test_there_is_no_waiting_beyond_the_caller_s_patience() -> None:
    now = [0]

    def busy() -> httpx2.Response:
        now[0] += 15 * 10**8
        return httpx2.Response(503, headers={"Retry-After": "1"})

    script = Script(busy)
    with pytest.raises(supply.SupplyUnavailable):
        hold(shop(script, ticks=lambda: now[0]))
    assert len(script.asked) == 1, "after one second only half a second would be left"


def test_a_refusal_is_never_asked_again() -> None:
    script = Script(problem(409, "out_of_stock", sku="A", available=1))
    with pytest.raises(supply.OutOfStock) as refused:
        hold(shop(script))
    assert refused.value.params == {"sku": "A", "available": 1} and len(script.asked) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (problem(401, "bad_api_key"), "bad_api_key"),
        (problem(403, "scope_missing", scope="orders:write"), "scope_missing"),
        (problem(426, "protocol_too_old", oldest=3, found=1), "protocol_too_old"),
        (problem(422, "bad_request"), "bad_request"),
        (problem(409, "new_in_3"), "new_in_3"),
        (httpx2.Response(404, text="<h1>nginx</h1>"), "it is not a hub"),
        (httpx2.Response(302, headers={"Location": "https://else.example"}), "it is not a hub"),
        (httpx2.Response(200, json=HOLD), "not a supply hub"),
        (ok(HOLD, **{"Supply-Protocol": "0"}), "protocol 0"),
        (ok({"reference": "o"}), "cannot be read"),
        (httpx2.Response(200, text="{", headers=SPOKEN), "cannot be read"),
        (httpx2.Response(200, content=b" " * (16 * 2**20 + 1), headers=SPOKEN), "more than"),
    ],
)
def test_a_hub_one_does_not_understand_is_told_from_one_that_is_away(answer: httpx2.Response, reason: str) -> None:
    script = Script(answer)
    with pytest.raises(supply.HubRefused, match=reason):
        hold(shop(script))
    assert len(script.asked) == 1


def test_what_no_hub_would_read_is_not_sent() -> None:
    script = Script(ok())
    with pytest.raises(supply.HubRefused, match="customer"):
        shop(script).hold("o", lines(A=1), customer="c" * 101, ttl=HALF_AN_HOUR, at=NOON)
    with pytest.raises(supply.HubRefused, match="name"):
        far = supply.Address(name="x" * 501, phone="", street="", city="")
        shop(script).confirm("o", ship_to=far, at=NOON)
    assert script.asked == []


def test_an_address_or_a_key_that_is_none_is_said_so(server: Served) -> None:
    for url, key in [("ftp://hub.example", "k"), (server.url, "k\ney")]:
        gateway = supply.HubGateway(supply.HubClient(url, key, patience=QUICK))
        with pytest.raises(supply.HubRefused, match="address or the key"):
            gateway.offers()
        gateway.close()


def test_no_answer_lasts_longer_than_the_caller_s_patience() -> None:
    now = [0]

    def drip() -> Iterator[bytes]:
        for _ in range(100):
            now[0] += 10**8
            yield b" "

    script = Script(lambda: httpx2.Response(200, content=drip(), headers=SPOKEN))
    with pytest.raises(supply.SupplyUnavailable):
        hold(shop(script, ticks=lambda: now[0]))
    assert now[0] <= 21 * 10**8, "two seconds and the byte that showed it"


def test_a_hub_that_is_down_is_left_alone_and_found_again() -> None:
    now = [0]
    limits = supply.BreakerLimits(failures_max=4, cool_down=timedelta(seconds=10))
    patience = supply.Patience(
        attempts_max=2, pause=timedelta(0), pause_max=timedelta(0), jitter=timedelta(0), breaker=limits
    )
    script = Script(*[httpx2.ConnectError("down")] * 5, ok())
    gateway = shop(script, patience=patience, ticks=lambda: now[0])

    def fails() -> int:
        with pytest.raises(supply.SupplyUnavailable):
            hold(gateway)
        return len(script.asked)

    assert [fails() for _ in range(4)] == [2, 4, 4, 4], "open after four"
    now[0] = 10 * 10**9
    assert fails() == 5, "one probe, which fails, and no second try"
    assert fails() == 5
    now[0] = 20 * 10**9
    assert hold(gateway).state == "held"
    assert hold(gateway).state == "held" and len(script.asked) == 7


def test_a_refusal_is_an_answer_to_the_breaker() -> None:
    limits = supply.BreakerLimits(failures_max=1)
    script = Script(problem(409, "hold_released", reference="o"))
    gateway = shop(script, patience=supply.Patience(breaker=limits))
    for _ in range(3):
        with pytest.raises(supply.HoldReleased):
            gateway.confirm("o", ship_to=HOME, at=NOON)
    assert len(script.asked) == 3


def test_nobody_listening_is_unavailable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        gateway = supply.HubGateway(supply.HubClient(f"http://127.0.0.1:{taken.getsockname()[1]}", "k", patience=QUICK))
        with pytest.raises(supply.SupplyUnavailable, match="Please try again in 5 seconds"):
            gateway.events()
        gateway.close()


def test_a_hub_that_is_too_old_for_sales_is_asked_for_none() -> None:
    me = {
        "store": "north",
        "name": "North",
        "currency": "CNY",
        "state": "active",
        "platform_fee_bps": 0,
        "credit_limit": None,
        "balance": None,
        "scopes": [],
        "protocol": 2,
        "oldest_protocol": 1,
    }
    script = Script(ok(me, **{wire.PROTOCOL_HEADER: "2"}))
    gateway = shop(script)
    assert gateway.sales(at=NOON) == () == gateway.sales(at=NOON)
    assert [asked.url.path for asked in script.asked] == ["/api/v1/me"]


def test_an_older_hub_is_not_told_where_goods_go() -> None:
    script = Script(ok(**{"Supply-Protocol": "3"}), ok(), ok())
    gateway = shop(script)
    hold(gateway)
    for _ in range(2):
        gateway.hold("10/42", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=NOON, region="CN-GD")
    assert [json.loads(asked.content).get("region", "") for asked in script.asked] == ["", "", "CN-GD"]


def test_a_hub_that_was_upgraded_meanwhile_is_asked_for_sales() -> None:
    script = Script(ok(**{"Supply-Protocol": "2"}), ok(), ok({"sales": []}))
    gateway = shop(script)
    hold(gateway)
    assert gateway.sales(at=NOON) == ()
    hold(gateway)
    assert gateway.sales(at=NOON) == ()
    assert [asked.url.path.rpartition("/")[2] for asked in script.asked] == ["10~2F42", "10~2F42", "sales"]
