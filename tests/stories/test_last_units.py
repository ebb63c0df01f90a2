"""More buyers than goods, and one intention sent many times, against a server of two processes."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier
from typing import Any

import pytest

from tests.stories.conftest import Workshop
from tests.stories.driver import Server, StoryShop, served, until
from tests.stories.judging import beancount_agrees, books_balance, sold
from tests.stories.people import Person, Staff, new_key, parcel, payment_of

BUYERS = 40
UNITS = 10
REPEATS = 100
LAMPS = 40


@pytest.fixture(scope="module")
def busy(workshop: Workshop) -> Iterator[tuple[StoryShop, Server]]:
    """A shop behind two processes, each with a background worker of its own."""
    with workshop.shop() as shop, served(shop, workers=2) as server:
        yield shop, server


@pytest.fixture
def staff(busy: tuple[StoryShop, Server]) -> Iterator[Staff]:
    with Staff.of(busy[1], busy[0]) as logged_in:
        yield logged_in


def test_of_forty_buyers_exactly_ten_get_one_of_ten_units(busy: tuple[StoryShop, Server], staff: Staff) -> None:
    shop, server = busy
    with ExitStack() as browsers, ThreadPoolExecutor(BUYERS) as threads:
        buyers = list(threads.map(lambda _: browsers.enter_context(Person(server)).sign_up(), range(BUYERS)))
        bodies = list(threads.map(lambda each: each.order_body({"CUP": 1}), buyers))
        together = Barrier(BUYERS)

        def buy_and_be_confirmed(buyer: Person, body: Any) -> str:
            together.wait()
            answer = buyer.send("POST", "/orders", body, key=new_key())
            if answer.status_code != 201:
                return f"{answer.status_code} {answer.json()['code']}"
            return str(staff.confirm(answer.json())["state"])

        ends = Counter(threads.map(buy_and_be_confirmed, buyers, bodies))

    assert ends == {"paid": UNITS, "409 out_of_stock": BUYERS - UNITS}
    assert len(staff.orders("paid")) == UNITS
    until(lambda: staff.get("/products/cup")["sold_out"], "the window never showed that the cups are gone")
    assert sum(int(each["quantity"]) for each in sold(shop, "CUP")) == UNITS
    books_balance(shop)


def test_unpaid_goods_come_back_and_money_that_is_too_late_goes_back(
    busy: tuple[StoryShop, Server], staff: Staff
) -> None:
    shop, server = busy
    with Person(server) as slow, Person(server) as quick:
        held = slow.sign_up().buy({"BOWL": 1})
        body = quick.sign_up().order_body({"BOWL": 1})
        gone = quick.send("POST", "/orders", body, key=new_key())
        assert (gone.status_code, gone.json()["code"]) == (409, "out_of_stock")

        slow.ask("POST", f"/orders/{held['number']}/cancellation", key=new_key())
        again = new_key()
        until(
            lambda: quick.send("POST", "/orders", body, key=again).status_code == 201,
            "what was given up never came back",
        )
        [bought] = quick.get("/orders")["orders"]
        staff.confirm(bought)
        staff.confirm(held)
        until(lambda: slow.order(held["number"])["state"] == "refunded", "late money was kept")
        [back] = slow.order(held["number"])["refunds"]
        assert (back["amount"], back["reason"]) == (held["total"], "out_of_stock")
        staff.write(f"/orders/{held['number']}/refunds/{back['number']}/sent", {"evidence": "back-1"})
    assert [each["quantity"] for each in sold(shop, "BOWL") if each["state"] != "refunded"] == ["1"]
    books_balance(shop)


def test_a_hundred_posts_with_one_key_are_one_order_and_one_payment(
    busy: tuple[StoryShop, Server], staff: Staff
) -> None:
    shop, server = busy
    with Person(server) as buyer:
        body, key = buyer.sign_up().order_body({"LAMP": 2}), new_key()
        answers = at_once(lambda: buyer.send("POST", "/orders", body, key=key))
        assert Counter(each.status_code for each in answers) == {201: REPEATS}
        [number] = {each.json()["number"] for each in answers}
        assert [each["number"] for each in buyer.get("/orders")["orders"]] == [number]
        for changed in (body | {"lines": [{"sku": "LAMP", "quantity": 3}]}, body | {"note": "ring twice"}):
            refused = buyer.send("POST", "/orders", changed, key=key)
            assert (refused.status_code, refused.json()["code"]) == (422, "checkout_key_reused")

        order = buyer.order(number)
        paying, path = new_key(), f"/admin/orders/{number}/payment"
        seen = payment_of(order)
        answers = at_once(lambda: staff.send("POST", path, seen, key=paying))
        assert Counter(each.status_code for each in answers) == {200: REPEATS}
        until(lambda: buyer.order(number)["parcels"], "the suppliers were never told")
        assert buyer.states(number) == ["placed", "paid"]

        other = buyer.buy({"LAMP": 1})
        reused = staff.send("POST", f"/admin/orders/{other['number']}/payment", seen, key=paying)
        assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
        used = staff.send(
            "POST",
            f"/admin/orders/{other['number']}/payment",
            payment_of(other, transaction=seen["transaction_no"]),
            key=new_key(),
        )
        assert (used.status_code, used.json()["code"]) == (409, "evidence_used")

        rest = LAMPS - 2 - 1
        assert buyer.send("POST", "/orders", buyer.order_body({"LAMP": rest + 1}), key=new_key()).status_code == 409
        assert buyer.buy({"LAMP": rest})["state"] == "placed"
    books_balance(shop)


def test_the_same_money_confirmed_from_two_desks_at_once_pays_once(
    busy: tuple[StoryShop, Server], staff: Staff
) -> None:
    """Every desk sends a key of its own; the transaction number says that it is the same money."""
    shop, server = busy
    with Person(server) as buyer:
        order = buyer.sign_up().buy({"TEA": 5})
        seen, path = payment_of(order), f"/admin/orders/{order['number']}/payment"
        answers = at_once(lambda: staff.send("POST", path, seen, key=new_key()))
        assert Counter(each.status_code for each in answers) == {200: REPEATS}
        until(lambda: buyer.order(order["number"])["parcels"], "the suppliers were never told")
        assert buyer.states(order["number"]) == ["placed", "paid"]
        [earlier] = at_once(
            lambda: staff.send("POST", f"/admin/orders/{order['number']}/shipment", parcel(), key="one-parcel-one-key"),
            times=1,
        )
        assert earlier.status_code == 200
    books_balance(shop)
    beancount_agrees(shop)


def at_once(send: Any, *, times: int = REPEATS) -> list[Any]:
    """What is answered to the same thing sent many times at the same moment."""
    together = Barrier(times)

    def one(_: int) -> Any:
        together.wait()
        return send()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(one, range(times)))
