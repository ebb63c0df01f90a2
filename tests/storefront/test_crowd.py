"""Many people at once in one process: everybody is served, nobody waits for a thread that waits for them."""

import asyncio
from collections import Counter

import httpx2

from tests.storefront.conftest import Front, key, purchase

CROWD = 80


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
