"""What a shop does when its surroundings fail: a taken port, a database that is down, goes away, comes back; a stop."""

import dataclasses
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Barrier, Event
from typing import Any

import pytest

from tests.conftest import database_kind
from tests.stories.conftest import Workshop
from tests.stories.driver import GRACE_SECONDS, HOST, PATIENCE_SECONDS, Server, StoryShop, free_port, served, until
from tests.stories.judging import beancount_agrees, books_balance, table
from tests.stories.people import Person, Staff, new_key
from tests.stories.weather import bad_weather

BUYERS = 4
ORDERS_EACH = 5
IN_FLIGHT = 5
NOWHERE = {
    "sqlite": "sqlite:////no/such/folder/shop.db",
    "postgres": "postgresql+psycopg://shop@127.0.0.1:1/shop?connect_timeout=2",
}


# --- before the start -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bare(workshop: Workshop) -> Iterator[StoryShop]:
    """A shop whose database is empty."""
    with workshop.bare() as shop:
        yield shop


def test_a_port_in_use_is_told_before_anything_happens(bare: StoryShop) -> None:
    with socket.socket() as busy:
        busy.bind((HOST, 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        done = bare.command("dev", "--no-reload", "--port", port)
    assert done.returncode == 4
    assert port in done.stderr and "--port" in done.stderr
    assert "Traceback" not in done.stderr
    behind = bare.command("books")
    assert (behind.returncode, "platformctl migrate" in behind.stderr) == (4, True), "it migrated all the same"


@pytest.mark.parametrize("command", ["dev", "migrate", "worker", "books"])
def test_a_database_that_is_down_at_the_start_is_told_in_a_sentence(bare: StoryShop, command: str) -> None:
    options = ("--no-reload", "--port", str(free_port())) if command == "dev" else ()
    done = dataclasses.replace(bare, url=NOWHERE[database_kind()]).command(command, *options)
    assert done.returncode == 4
    assert "database" in done.stderr and "Traceback" not in done.stderr


def test_a_server_process_does_not_start_without_its_database(bare: StoryShop) -> None:
    lost = dataclasses.replace(bare, url=NOWHERE[database_kind()])
    command = [sys.executable, "-m", "uvicorn", "app:app", "--port", "0"]
    done = subprocess.run(command, cwd=lost.folder, env=lost.environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    told = done.stderr.strip().splitlines()[-1]
    assert "SHOP_DATABASE_URL" in told and "cannot be reached" in told


# --- while it runs --------------------------------------------------------------------------------------------------


def test_a_database_that_goes_away_and_comes_back_loses_nothing_that_was_answered(shop: StoryShop) -> None:
    """Shoppers go on ordering through it, each order under one key."""
    with ExitStack() as open_things:
        weather = open_things.enter_context(bad_weather(shop.url))
        shop = dataclasses.replace(shop, url=weather.url)
        server = open_things.enter_context(served(shop))
        buyers = [open_things.enter_context(Person(server)).sign_up() for _ in range(BUYERS)]
        bodies = [each.order_body({"TEA": 1}) for each in buyers]
        threads = open_things.enter_context(ThreadPoolExecutor(BUYERS))
        begun, go_on = Barrier(BUYERS + 1), Event()
        shopping = [threads.submit(keep_buying, *each, begun, go_on) for each in zip(buyers, bodies, strict=True)]
        begun.wait(PATIENCE_SECONDS)

        if weather.sudden:
            go_on.set()
        weather.worsen()
        closed_but_polite(open_things.enter_context(Person(server)), sudden=weather.sudden)
        go_on.set()
        weather.clear()

        answered = [number for each in shopping for number in each.result()]
        assert len(set(answered)) == len(answered) == BUYERS * ORDERS_EACH
        server.wait_until_ready()
        staff = open_things.enter_context(Staff.of(server, shop))
        for order in staff.orders("placed")[:BUYERS]:
            staff.confirm(order)
        until(lambda: all(each["parcels"] for each in paid_orders(staff)), "the worker never recovered")
        assert {row["order_id"] for row in table(shop, "orders")} == set(answered)
        books_balance(shop)
        beancount_agrees(shop)


def keep_buying(buyer: Person, body: Any, begun: Barrier, go_on: Event) -> list[str]:
    """One order while all is well, then the others; their numbers."""
    answered = []
    for turn in range(ORDERS_EACH):
        answered.append(str(buyer.insist("POST", "/orders", body, key=new_key(), says=201)["number"]))
        if turn == 0:
            begun.wait(PATIENCE_SECONDS)
            go_on.wait(PATIENCE_SECONDS)
    return answered


def closed_but_polite(person: Person, *, sudden: bool) -> None:
    """The process lives; what needs the database is refused for the moment, saying when to come back."""
    assert person.browser.get("/healthz").status_code == 200
    refused = [person.send("PUT", "/cart/lines/TEA", {"quantity": 1})]
    if sudden:
        refused += [person.send("GET", "/products"), person.browser.get("/readyz")]
        page = person.page("/")
        assert page.headers["content-type"].startswith("text/html") and "Traceback" not in page.text
        refused.append(page)
    else:
        assert person.get("/products")["total"] > 0
    for answer in refused:
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["Retry-After"]) > 0
    assert refused[0].json()["code"] == "unavailable"


def paid_orders(staff: Staff) -> list[Any]:
    return [staff.get(f"/admin/orders/{each['number']}") for each in staff.orders("paid")]


# --- the end --------------------------------------------------------------------------------------------------------


def test_a_stop_answers_what_is_in_flight_and_takes_nothing_more(shop: StoryShop) -> None:
    with served(shop) as server, Person(server) as buyer:
        body = json.dumps(buyer.sign_up().order_body({"TEA": 1})).encode()
        cookie = "; ".join(f"{name}={value}" for name, value in buyer.browser.cookies.items())
        with ExitStack() as sockets:
            waiting = [sockets.enter_context(half_sent(server, body, cookie)) for _ in range(IN_FLIGHT)]
            server.process.send_signal(signal.SIGTERM)
            until(lambda: not listens(server), "it went on listening")
            assert server.process.poll() is None, "it did not wait for those who were being served"
            for each in waiting:
                each.sendall(body[len(body) // 2 :])
            statuses = [answer_of(each) for each in waiting]
        assert statuses == ["HTTP/1.1 201 Created"] * IN_FLIGHT
        assert server.process.wait(GRACE_SECONDS) in (0, -signal.SIGTERM)
        assert "Traceback" not in server.said()
    assert [row["state"] for row in table(shop, "orders")] == ["placed"] * IN_FLIGHT


@contextmanager
def half_sent(server: Server, body: bytes, cookie: str) -> Iterator[socket.socket]:
    """A connection on which an order is being sent, slowly."""
    head = [
        "POST /api/v1/orders HTTP/1.1",
        f"Host: {HOST}:{server.port}",
        f"Origin: {server.url}",
        f"Cookie: {cookie}",
        f"Idempotency-Key: {new_key()}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Expect: 100-continue",
    ]
    with socket.create_connection((HOST, server.port), timeout=GRACE_SECONDS) as connection:
        connection.sendall("\r\n".join([*head, "", ""]).encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 100"), "the request is being worked on"
        connection.sendall(body[: len(body) // 2])
        yield connection


def answer_of(connection: socket.socket) -> str:
    """The status line of the answer."""
    received = b""
    while b"\r\n\r\n" not in received and (more := connection.recv(4096)):
        received += more
    return received.partition(b"\r\n")[0].decode()


def listens(server: Server) -> bool:
    try:
        socket.create_connection((HOST, server.port), timeout=1).close()
    except OSError:
        return False
    return True
