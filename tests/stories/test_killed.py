"""The app is killed (SIGKILL) at every commit of every write that moves money or stock, and of the work that follows.

Whoever was not answered asks again with the same key. Nothing is lost, doubled or stuck.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from tests.stories.conftest import Workshop
from tests.stories.driver import Stage, StoryShop, staged, until
from tests.stories.judging import beancount_agrees, books_balance, table
from tests.stories.people import Person, Staff, money, new_key, parcel, payment_of

LEASE = timedelta(seconds=61)
"""After so long what a killed worker had claimed may be taken up by another."""
CHECKOUT_LIFE = timedelta(minutes=31)
WINDOW = timedelta(days=9)
COMMITS_OF_CHECKOUT = 3
COMMITS_OF_PAYMENT = 1
COMMITS_OF_BUYING_GOODS = 3
COMMITS_MAX = 20
CUPS = 10

Arrived = Callable[[], bool]
"""Whether what was begun has come to its end."""


@dataclass
class Scene:
    """A shop that can be killed, with Mei, who earns on what Bao buys."""

    shop: StoryShop
    stage: Stage
    mei: Person
    bao: Person
    staff: Staff
    tea: dict[str, Any]
    """The body of an order of one packet of tea."""

    def place(self) -> Any:
        """Bao orders a packet of tea, insisting on an answer."""
        return self.bao.insist("POST", "/orders", self.tea, key=new_key(), says=201)

    def pay(self, order: Any) -> None:
        self.insist(f"/orders/{order['number']}/payment", payment_of(order))

    def insist(self, path: str, body: Any, *, says: int = 200) -> Any:
        return self.staff.insist("POST", f"/admin{path}", body, key=new_key(), says=says)

    def until_state(self, number: str, state: str) -> None:
        until(lambda: self.answer(number)["state"] == state, f"the order {number} never was {state}")

    def until_bought(self, number: str) -> None:
        until(lambda: self.answer(number)["parcels"], f"the suppliers were never told of {number}")

    def answer(self, number: str) -> Any:
        return self.bao.insist("GET", f"/orders/{number}", None, key="")


@pytest.fixture(scope="module")
def scene(workshop: Workshop) -> Iterator[Scene]:
    with ExitStack() as open_things:
        shop = open_things.enter_context(workshop.shop())
        stage = open_things.enter_context(staged(shop))
        staff = open_things.enter_context(Staff.of(stage, shop))
        mei, bao = (open_things.enter_context(Person(stage)) for _ in range(2))
        bao.follow(mei.sign_up("Mei").share()).sign_up("Bao")
        yield Scene(shop, stage, mei, bao, staff, tea=bao.order_body({"TEA": 1}))


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_commit_of_checkout_and_payment_leaves_one_order_and_one_payment(scene: Scene, when: str) -> None:
    known = numbers(scene)
    paid: list[str] = []

    def buy() -> Arrived:
        order = scene.place()
        scene.pay(order)
        paid.append(order["number"])
        return lambda: True

    kills = until_unharmed(scene, buy, when=when, by="request")

    assert kills == COMMITS_OF_CHECKOUT + COMMITS_OF_PAYMENT
    assert numbers(scene) - known == set(paid)
    assert len(set(paid)) == len(paid) == kills + 1
    for number in paid:
        scene.until_bought(number)
        assert scene.bao.states(number) == ["placed", "paid"]
        assert len(scene.answer(number)["parcels"]) == 1
    nothing_is_missing(scene)


def test_a_kill_at_any_commit_of_the_background_work_stops_no_order(scene: Scene) -> None:
    bought: list[str] = []

    def buy() -> Arrived:
        order = scene.place()
        scene.pay(order)
        bought.append(order["number"])
        return lambda: bool(scene.answer(order["number"])["parcels"])

    assert until_unharmed(scene, buy, when="after", by="worker") >= COMMITS_OF_BUYING_GOODS
    for step, body, state in (("shipment", parcel(), "shipped"), ("delivery", {}, "delivered")):
        waiting = iter(bought)

        def move_on() -> Arrived:
            number = next(waiting)  # noqa: B023 - used within this turn only
            scene.insist(f"/orders/{number}/{step}", body)  # noqa: B023
            return lambda: scene.answer(number)["state"] == state  # noqa: B023

        assert until_unharmed(scene, move_on, when="after", by="request") == 1
        for number in waiting:
            scene.insist(f"/orders/{number}/{step}", body)
        for number in bought:
            scene.until_state(number, state)

    scene.stage.kill_at(1, when="after", by="worker")
    scene.stage.let_pass(WINDOW)
    until(scene.stage.was_killed, "no sweep was committed")
    scene.stage.disarm()
    for number in bought:
        scene.until_state(number, "completed")
        assert scene.bao.states(number) == ["placed", "paid", "shipped", "delivered", "completed"]
        assert len(scene.answer(number)["parcels"]) == 1
    nothing_is_missing(scene)


def test_a_kill_around_any_other_commit_of_money_or_stock_changes_nothing(scene: Scene) -> None:
    order = scene.place()
    number = order["number"]
    scene.pay(order)
    scene.until_bought(number)
    killed_around(scene, f"/orders/{number}/shipment", parcel())
    scene.until_state(number, "shipped")
    killed_around(scene, f"/orders/{number}/delivery", {})
    scene.until_state(number, "delivered")
    pending, available = scene.mei.balance()
    back = {"items": [], "reason": "asked", "goods_back": True}
    [refund] = killed_around(scene, f"/orders/{number}/refunds", back, says=201)["refunds"]
    sent = killed_around(scene, f"/orders/{number}/refunds/{refund['number']}/sent", {"evidence": "back-1"})
    assert (sent["state"], sent["refunded"]) == ("refunded", sent["total"])
    assert scene.mei.balance() == (pending - 333, available)

    earn(scene, pieces=10)
    available = scene.mei.balance()[1]
    body = {"amount": money(1000)}
    asked = killed_around(scene, "/me/payouts", body, by=scene.mei, says=201)
    assert scene.mei.balance()[1] == available - 1000
    paid = killed_around(scene, f"/payouts/{asked['code']}/paid", {"evidence": "out-1"})
    assert paid["state"] == "paid"
    assert [each["state"] for each in scene.mei.get("/me/payouts")["payouts"]] == ["paid"]
    nothing_is_missing(scene)
    beancount_agrees(scene.shop)


def test_goods_of_a_checkout_that_nobody_came_back_for_are_free_again(scene: Scene) -> None:
    body = scene.bao.order_body({"CUP": CUPS})
    for commit in range(1, COMMITS_OF_CHECKOUT):
        killed_while(scene, lambda: scene.bao.send("POST", "/orders", body, key=new_key()), commit=commit, when="after")
    taken = scene.bao.send("POST", "/orders", body, key=new_key())
    assert (taken.status_code, taken.json()["code"]) == (409, "out_of_stock")
    scene.stage.let_pass(CHECKOUT_LIFE)
    scene.stage.sweep()
    again = scene.bao.ask("POST", "/orders", body, key=new_key(), says=201)
    assert again["state"] == "placed"
    nothing_is_missing(scene)
    exported = {row["order_id"]: row["state"] for row in table(scene.shop, "orders")}
    assert {number for number, state in exported.items() if state != "refused"} == numbers(scene)


def until_unharmed(scene: Scene, live: Callable[[], Arrived], *, when: str, by: str) -> int:
    """Live through it again and again, killed one commit later each time, until that commit never comes; the kills."""
    for commit in range(1, COMMITS_MAX):
        scene.stage.kill_at(commit, when=when, by=by)
        arrived = live()
        until(lambda: scene.stage.was_killed() or arrived(), "it is stuck")  # noqa: B023 - used within this turn only
        harmed = scene.stage.was_killed()
        scene.stage.disarm()
        if not harmed:
            return commit - 1
        scene.stage.let_pass(LEASE)
        until(arrived, "it is stuck after a kill")
    pytest.fail("there is no end to it")


def killed_around(scene: Scene, path: str, body: Any, *, by: Person | None = None, says: int = 200) -> Any:
    """Ask with one key, killed just before and just after the commit; what is answered in the end."""
    whose, full, key = (by, path, new_key()) if by else (scene.staff, f"/admin{path}", new_key())
    killed_while(scene, lambda: whose.send("POST", full, body, key=key), commit=1, when="before")
    scene.stage.kill_at(1, when="after", by="request")
    answer = whose.insist("POST", full, body, key=key, says=says)
    assert scene.stage.was_killed(), f"{path} committed nothing"
    scene.stage.disarm()
    return answer


def killed_while(scene: Scene, send: Callable[[], httpx2.Response], *, commit: int, when: str) -> None:
    """Something is sent and never answered; another process has taken over since."""
    scene.stage.kill_at(commit, when=when, by="request")
    try:
        answer = send()
    except httpx2.TransportError:
        pass
    else:
        pytest.fail(f"it lived on and answered {answer.status_code} {answer.text}\n{scene.stage.said()}")
    until(scene.stage.was_killed, "it lived on")
    scene.stage.disarm()
    scene.stage.wait_until_ready()


def earn(scene: Scene, pieces: int) -> None:
    """Bao buys tea, and time passes until Mei can take out what it earned her."""
    before = scene.mei.balance()[1]
    order = scene.bao.buy({"TEA": pieces})
    scene.pay(order)
    scene.until_bought(order["number"])
    for step, body, state in (("shipment", parcel(), "shipped"), ("delivery", {}, "delivered")):
        scene.insist(f"/orders/{order['number']}/{step}", body)
        scene.until_state(order["number"], state)
    scene.stage.let_pass(WINDOW)
    until(lambda: scene.mei.balance()[1] == before + 333 * pieces, "it never became available")


def numbers(scene: Scene) -> set[str]:
    """The orders Bao sees."""
    return {each["number"] for each in scene.bao.insist("GET", "/orders?limit=100", None, key="")["orders"]}


def nothing_is_missing(scene: Scene) -> None:
    """Everything due is done, nothing is on its way, and the books balance."""
    scene.stage.sweep()
    books_balance(scene.shop)
