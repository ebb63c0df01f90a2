"""Nobody comes in without a key, and nobody takes all the turns there are."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import httpx2
import pytest
from limits import RateLimitItemPerMinute

from shared_core import supply
from shared_core.hub import gate
from shared_core.kernel.database import Database
from shared_core.supply import tenancy
from shared_core.web.limits import Limit, TooManyRequests
from shared_core.web.turns import Turns
from tests.hub.hubs import Served, add, key_of


@pytest.fixture
def keys(database: Database, server: Served) -> Iterator[dict[str, str]]:
    made = {}
    for store in ("north", "south"):
        add(database, store)
        made[store] = key_of(database, store)
    server.over(database)
    yield made


def me(server: Served, key: str) -> int:
    return httpx2.get(f"{server.url}/api/v1/me", headers={"Authorization": f"Bearer {key}"}).status_code


def test_a_wrong_key_is_told_so_before_the_body_is_read(server: Served, keys: dict[str, str]) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    asked = f"PUT /api/v1/holds/o HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100000\r\n\r\n"
    with closing(socket.create_connection((host, int(port)), timeout=5)) as line:
        line.sendall(asked.encode())
        assert b" 401 " in line.recv(100)


def test_a_body_that_dribbles_in_is_given_up(
    server: Served, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "BODY_SECONDS_MAX", 0.2)
    host, port = server.url.removeprefix("http://").split(":")
    asked = (
        f"PUT /api/v1/holds/o HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {keys['north']}\r\n"
        "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    )
    with closing(socket.create_connection((host, int(port)), timeout=5)) as line:
        line.sendall(asked.encode())
        assert b" 408 " in line.recv(100)


def test_who_guesses_keys_is_stopped_and_who_has_one_goes_on(
    server: Served, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "UNKNOWN_KEY_BY_ADDRESS", Limit("unknown key address", RateLimitItemPerMinute(3)))
    assert me(server, keys["north"]) == 200
    guesses = [me(server, f"hub_north_{n:043}") for n in range(4)]
    assert guesses == [401, 401, 429, 429]
    assert me(server, keys["north"]) == 200, "it has been right before"
    assert me(server, keys["south"]) == 429, "it has not: a new process learns of it in a minute"


def test_a_key_that_was_right_and_is_revoked_counts_as_a_guess(
    database: Database, server: Served, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "UNKNOWN_KEY_BY_ADDRESS", Limit("unknown key address", RateLimitItemPerMinute(2)))
    assert me(server, keys["north"]) == 200
    with database.transaction() as session:
        tenancy.revoke_key(session, "north", "north", actor="op", at=server.now[0])
    assert [me(server, keys["north"]) for _ in range(3)] == [401, 401, 429]


def test_one_store_leaves_turns_for_the_others(
    database: Database, server: Served, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every call of north's stands still; south is served all the same, and what is too much is told to come later."""
    monkeypatch.setattr(gate, "WAITING_MAX", 2)
    served = server.over(database)
    going, plain = threading.Event(), supply.TenantGateway.events

    def slow(self: supply.TenantGateway, after: int = 0, limit: int = 1) -> supply.EventPage:
        if self.prefix == "north.":
            assert going.wait(20)
        return plain(self, after, limit)

    monkeypatch.setattr(supply.TenantGateway, "events", slow)
    answers: list[int] = []

    def ask() -> None:
        called = httpx2.get(
            f"{served.url}/api/v1/events", headers={"Authorization": f"Bearer {keys['north']}"}, timeout=30
        )
        answers.append(called.status_code)

    crowd = [threading.Thread(target=ask) for _ in range(gate.READERS // 2 + 2 + 5)]
    for each in crowd:
        each.start()
    try:
        deadline = time.monotonic() + 20
        while len(answers) < 5:
            assert time.monotonic() < deadline, "those beyond the queue are answered at once"
            time.sleep(0.02)
        south = {"Authorization": f"Bearer {keys['south']}"}
        assert httpx2.get(f"{served.url}/api/v1/events", headers=south, timeout=10).status_code == 200
    finally:
        going.set()
        for each in crowd:
            each.join(30)
    assert sorted(answers) == [200] * (gate.READERS // 2 + 2) + [429] * 5


def test_turns_are_given_back_whatever_happens() -> None:
    async def play() -> list[str]:
        turns, told = Turns(1, each=1, waiting_max=0), []
        for _ in range(3):
            try:
                async with turns.take("a"):
                    raise RuntimeError
            except RuntimeError:
                told.append("failed")
        async with turns.take("a"):
            with pytest.raises(TooManyRequests):
                async with turns.take("a"):
                    pass
            waiting = asyncio.create_task(_wait(turns))
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        async with turns.take("b"):
            told.append("b")
        return told

    assert asyncio.run(play()) == ["failed"] * 3 + ["b"]


async def _wait(turns: Turns) -> None:
    async with turns.take("b"):
        raise AssertionError("the only turn is taken")
