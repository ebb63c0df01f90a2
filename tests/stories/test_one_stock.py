"""Three shops, one hub, one stock: two hundred buyers at once, and a hub that is killed while they buy."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Barrier
from typing import Any

import httpx2
import pytest

from tests.stories.conftest import Workshop
from tests.stories.driver import Server, StoryShop, served, until
from tests.stories.hubs import StoryHub, all_books_balance, connect, customers, hub_of, paid_orders, rooms_of
from tests.stories.people import ADDRESS, Person, Staff, new_key

BUYERS = 200
UNITS = 20
KILLS = 3
INSIST_SECONDS = 90
CODES = ("north", "harbour", "garden")


@dataclass(frozen=True)
class Front:
    shop: StoryShop
    server: Server
    staff: Staff
    tokens: list[str]


@pytest.fixture(scope="module")
def hub(workshop: Workshop) -> Iterator[StoryHub]:
    with hub_of(workshop.databases, workshop.place()) as made:
        made.stock_up("TRAY", UNITS)
        made.stock_up("VASE", UNITS)
        yield made


@pytest.fixture(scope="module")
def fronts(workshop: Workshop, hub: StoryHub) -> Iterator[list[Front]]:
    """Three shops that were connected while the hub was there."""
    with ExitStack() as open_:
        shops = [open_.enter_context(workshop.shop()) for _ in CODES]
        with hub.served():
            for shop, code in zip(shops, CODES, strict=True):
                connect(shop, hub, code)
        tokens = [customers(shop, -(-BUYERS // len(shops))) for shop in shops]
        servers = [open_.enter_context(served(shop)) for shop in shops]
        staff = [open_.enter_context(Staff.of(*each)) for each in zip(servers, shops, strict=True)]
        yield [Front(*each) for each in zip(shops, servers, staff, tokens, strict=True)]


def test_of_two_hundred_buyers_at_three_shops_exactly_twenty_get_one_of_twenty_units(
    hub: StoryHub, fronts: list[Front]
) -> None:
    with hub.served():
        assert _rush(fronts, "TRAY") == {"paid": UNITS, "409 out_of_stock": BUYERS - UNITS}
        _all_agree(hub, fronts, "TRAY")


def test_the_same_while_the_hub_is_killed_three_times(hub: StoryHub, fronts: list[Front]) -> None:
    """Buyers whose shop cannot reach the hub are told so, and send the same order again."""
    with ThreadPoolExecutor(1) as beside, ExitStack() as last:
        first = last.enter_context(ExitStack())
        server = first.enter_context(hub.served())
        rush = beside.submit(_rush, fronts, "VASE")
        for _ in range(KILLS):
            time.sleep(1.5)
            server.process.kill()
            first.close()
            first = last.enter_context(ExitStack())
            server = first.enter_context(hub.served())
        assert rush.result() == {"paid": UNITS, "409 out_of_stock": BUYERS - UNITS}
        _all_agree(hub, fronts, "VASE")


def _rush(fronts: list[Front], sku: str) -> Counter[str]:
    """Everybody wants one at the same moment; who gets an order pays at once. How it ended, for all of them."""
    together = Barrier(BUYERS)
    wanted = [(front, token) for front in fronts for token in front.tokens][:BUYERS]

    def buy(front: Front, token: str) -> str:
        with Person(front.server) as buyer:
            buyer.browser.headers["Authorization"] = f"Bearer {token}"
            shown = buyer.get(f"/products/{sku.lower()}")["variants"][0]["price"]
            total = {"minor": shown["minor"] + 1_000, "currency": shown["currency"]}
            body = {"lines": [{"sku": sku, "quantity": 1}], "address": ADDRESS, "seen_total": total}
            together.wait()
            answer = _insist(buyer, body)
            if answer.status_code != 201:
                return f"{answer.status_code} {answer.json()['code']}"
            return str(front.staff.confirm(answer.json())["state"])

    with ThreadPoolExecutor(BUYERS) as threads:
        return Counter(threads.map(lambda each: buy(*each), wanted))


def _insist(buyer: Person, body: Any) -> httpx2.Response:
    key, deadline = new_key(), time.monotonic() + INSIST_SECONDS
    while True:
        answer = buyer.send("POST", "/orders", body, key=key)
        if answer.status_code != 503 or time.monotonic() > deadline:
            return answer
        assert answer.json()["code"] in ("supply_unavailable", "unavailable")
        time.sleep(1)


def _all_agree(hub: StoryHub, fronts: list[Front], sku: str) -> None:
    """Once everything has arrived: twenty supplier orders, each of an order that was paid, in four balanced books."""
    until(lambda: len(hub.supplier_orders(sku)) == UNITS, f"the hub never got {UNITS} orders of {sku}")
    with ExitStack() as open_:
        shops = [open_.enter_context(rooms_of(front.shop)) for front in fronts]
        paid = {
            f"{code}.{number}" for shop, code in zip(shops, CODES, strict=True) for number in paid_orders(shop, sku)
        }
        assert {each.reference for each in hub.supplier_orders(sku)} == paid
        all_books_balance(hub, shops)
