"""Many people at once in one process: everybody is served, nobody waits for a thread that waits for them."""

import asyncio
import threading
from collections import Counter
from typing import Any

import httpx2

from shared_core.storefront.shop import CHECKOUTS_MAX
from tests.storefront.conftest import Front, key, purchase

CROWD = 80
SLOW = CHECKOUTS_MAX + 4


def test_more_writers_than_threads_are_all_served(front: Front) -> None:
    front.stock("A", units=CROWD)
    buyers = [dict(front.member().cookies) for _ in range(4)]

    async def crowd() -> list[httpx2.Response]:
        transport = httpx2.ASGITransport(app=front.app)
        address = "http://shop.example"
        async with httpx2.AsyncClient(transport=transport, base_url=address) as client:

            async def fill_cart(number: int) -> httpx2.Response:
                cookies = {"Cookie": f"session={buyers[number % 4]['session']}"}
                return await client.put("/api/v1/cart/lines/A", json={"quantity": 1}, headers=cookies)

            async def order(number: int) -> httpx2.Response:
                headers = key() | {"Cookie": f"session={buyers[number % 4]['session']}"}
                body = purchase("A", total=9900)
                return await client.post("/api/v1/orders", json=body, headers=headers)

            sent = [task(number) for number in range(CROWD // 2) for task in (fill_cart, order)]
            return await asyncio.gather(*sent)

    answers = asyncio.run(crowd())
    refused = {answer.json()["code"] for answer in answers if answer.status_code >= 400}
    assert refused <= {"hold_limit_reached"}
    assert Counter(answer.status_code for answer in answers)[200] == CROWD // 2


def test_while_a_hub_answers_slowly_everything_but_placing_orders_goes_on(
    front: Front,
) -> None:
    front.stock("A", units=CROWD)
    buyer = {"Cookie": f"session={front.member().cookies['session']}"}
    slow = _SlowToHold(front.shop.gateway)
    object.__setattr__(front.shop.counter, "gateway", slow)
    object.__setattr__(front.shop.supply_side, "hub", object())

    async def crowd() -> tuple[httpx2.Response, list[httpx2.Response]]:
        transport = httpx2.ASGITransport(app=front.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://shop.example") as client:
            body = purchase("A", total=9900)
            waiting = [
                asyncio.create_task(client.post("/api/v1/orders", json=body, headers=key() | buyer))
                for _ in range(SLOW)
            ]
            while slow.waiting < CHECKOUTS_MAX:
                await asyncio.sleep(0.01)
            filled = await asyncio.wait_for(
                client.put("/api/v1/cart/lines/A", json={"quantity": 1}, headers=buyer), timeout=10
            )
            slow.go_on.set()
            return filled, await asyncio.gather(*waiting)

    filled, placed = asyncio.run(crowd())
    object.__setattr__(front.shop.supply_side, "hub", None)
    assert filled.status_code == 200
    assert Counter(each.status_code for each in placed) == {201: SLOW}
    assert slow.most == CHECKOUTS_MAX


class _SlowToHold:
    """A gateway that keeps whoever holds goods waiting until it may go on."""

    def __init__(self, gateway: Any) -> None:
        self.gateway, self.go_on = gateway, threading.Event()
        self.waiting, self.most, self._lock = 0, 0, threading.Lock()

    def hold(self, *args: Any, **named: Any) -> Any:
        with self._lock:
            self.waiting += 1
            self.most = max(self.most, self.waiting)
        assert self.go_on.wait(30), "nobody let it go on"
        with self._lock:
            self.waiting -= 1
        return self.gateway.hold(*args, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.gateway, name)
