"""A network that loses, repeats, delays and reorders: once a store has its answers, all is as on a good day."""

import itertools
import ssl
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import timedelta
from typing import Any

import httpx2
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from tests.databases import Databases, PostgresDatabases
from tests.hub.histories import CALLS, Outcome, Step, one, play, steps
from tests.hub.hubs import Served, add, key_of, reaching, tenant_gateway
from tests.hub.test_contract import happened, owed
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, discrepancies, lines, stocked, where

FAULTS = ("none", "request lost", "answer lost", "sent twice", "delayed", "busy")
ONCE = supply.Patience(attempts_max=1, breaker=supply.BreakerLimits(failures_max=10**9))


class FaultyNetwork(httpx2.BaseTransport):
    """Does to each request what comes next; a delayed one arrives after the request that follows it."""

    def __init__(self) -> None:
        self.net = httpx2.HTTPTransport(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))  # no certificates to load
        self.faults: deque[str] = deque()
        self.delayed: deque[httpx2.Request] = deque()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        fault = self.faults.popleft() if self.faults else "none"
        if fault == "delayed":
            self.delayed.append(request)
            raise httpx2.ReadTimeout("delayed")
        if fault == "request lost":
            raise httpx2.ConnectError("lost")
        answer = self.send(request)
        if fault == "sent twice":
            answer = self.send(request)
        while self.delayed:
            self.send(self.delayed.popleft())
        if fault == "answer lost":
            raise httpx2.ReadTimeout("lost")
        return httpx2.Response(503) if fault == "busy" else answer

    def send(self, request: httpx2.Request) -> httpx2.Response:
        answer = self.net.handle_request(request)
        answer.read()
        return answer

    def close(self) -> None:
        self.net.close()


def until_answered(ask: Callable[[], Outcome], *, tries_max: int = 20) -> Outcome:
    """Ask until there is an answer, as the outbox does."""
    for _ in range(tries_max):
        with suppress(supply.SupplyUnavailable):
            return ask()
    raise AssertionError("no answer after so many tries")


def test_any_history_over_a_faulty_network_ends_as_over_a_good_one(server: Served, databases: Databases) -> None:
    @settings(max_examples=4 if isinstance(databases, PostgresDatabases) else 12)
    @given(steps(CALLS), st.lists(st.sampled_from(FAULTS), max_size=20))
    def law(history: list[Step], faults: list[str]) -> None:
        with ExitStack() as stack:
            good, bad = (opened(stack, databases) for _ in range(2))
            expected = play(tenant_gateway(good, add(good, "north")), good, history)
            terms = add(bad, "north")
            network = FaultyNetwork()
            network.faults.extend(faults)
            far = stack.enter_context(
                reaching(server.over(bad), key_of(bad, "north"), transport=network, patience=ONCE)
            )
            found = [retried(far, bad, step, minute=10 * turn) for turn, step in enumerate(history)]
            assert found == expected
            assert owed(bad, "north") == owed(good, "north")
            assert [where(bad, sku) for sku in "AB"] == [where(good, sku) for sku in "AB"]
            near = tenant_gateway(bad, terms)
            assert happened(near) == happened(tenant_gateway(good, terms)) and not discrepancies(bad)

    law()


def retried(gateway: Any, database: Database, step: Step, *, minute: int) -> Outcome:
    def ask() -> Outcome:
        outcome = one(gateway, database, step, minute=minute)
        if isinstance(outcome, tuple) and outcome[0] is supply.SupplyUnavailable:
            raise supply.SupplyUnavailable(retry_after=1)
        return outcome

    return until_answered(ask)


def opened(stack: ExitStack, databases: Databases) -> Database:
    database = Database(stack.enter_context(databases.fresh()))
    stack.callback(database.dispose)
    stocked(database, {"A": 4, "B": 999})
    return database


# --- five calls, in every order, lost and repeated in every way -----------------------------------------------------

Call = Callable[[], object]


def five_calls(shop: supply.SupplyGateway) -> list[Call]:
    """An order is held, sold and given back in two parts; another one, held before, is given up."""
    return [
        lambda: shop.hold("o", lines(A=2, B=1), customer="c", ttl=HALF_AN_HOUR, at=NOON).lines,
        lambda: shop.confirm("o", ship_to=HOME, at=NOON),
        lambda: shop.withdraw("o", lines(A=1), withdrawal="w1", restock=True, at=NOON),
        lambda: shop.withdraw("o", lines(B=1), withdrawal="w2", restock=False, at=NOON),
        lambda: shop.release("p", at=NOON),
    ]


def unheard(call: Call) -> None:
    """The hub does it or refuses; the store does not hear which."""
    with suppress(PlatformError):
        call()


def orders_of_arrival() -> Iterator[Sequence[int]]:
    """Everything arrives in some order, and no answer comes back."""
    return itertools.permutations(range(5))


def ways_to_be_lost() -> Iterator[Sequence[int]]:
    """Each call reaches the hub never or twice before its answer is heard."""
    for times in itertools.product((0, 2), repeat=5):
        yield [call for call, count in enumerate(times) for _ in range(count)]


def last(database: Database, shop: supply.SupplyGateway, code: str) -> list[object]:
    return [shop.view("o"), shop.view("p").state, owed(database, code), happened(shop)]


def test_five_calls_in_any_order_and_number_end_the_same_once_answered(database: Database) -> None:
    stocked(database, {"A": 5_000, "B": 5_000})

    def lived(code: str, before: Sequence[int]) -> list[object]:
        shop = tenant_gateway(database, add(database, code))
        shop.hold("p", lines(A=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
        calls = five_calls(shop)
        for place in before:
            unheard(calls[place])
        answers = [call() for call in calls]
        return [answers, last(database, shop, code)]

    expected = lived("good", [])
    cases = [*orders_of_arrival(), *ways_to_be_lost()]
    every = 6 if database.dialect == "postgresql" else 1  # the logic is the same; each costs more there
    for number, before in enumerate(cases[::every]):
        assert lived(f"s{number}", before) == expected, f"the hub first got {before}"
    assert not discrepancies(database)


def test_a_hold_that_arrives_after_it_was_given_up_lapses_by_itself(database: Database) -> None:
    stocked(database, {"A": 5})
    shop = tenant_gateway(database, add(database, "north"))
    shop.release("o", at=NOON)
    shop.hold("o", lines(A=5), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    with database.transaction() as session:
        supply.expire_holds(session, at=NOON + HALF_AN_HOUR + timedelta(seconds=1))
    assert where(database, "A") == (5, 5, 0, 0)


def five_steps_back(shop: supply.SupplyGateway) -> list[Call]:
    """Of five pieces that were sent one is asked back and sent, one asked back and kept, one withdrawn."""
    how = {"reason": supply.ReturnReason.DAMAGED, "remedy": supply.Remedy.MONEY, "words": "a crack", "at": NOON}
    return [
        lambda: shop.request_return("o", lines(A=1), number="r1", **how),  # type: ignore[arg-type]
        lambda: shop.ship_return("o", number="r1", carrier="SF", tracking_number="SF1234567890123", at=NOON),
        lambda: shop.request_return("o", lines(A=1), number="r2", **how),  # type: ignore[arg-type]
        lambda: shop.cancel_return("o", number="r2", at=NOON),
        lambda: shop.withdraw("o", lines(A=1), withdrawal="w", restock=True, at=NOON),
    ]


def test_five_steps_back_in_any_order_and_number_end_the_same_once_answered(database: Database) -> None:
    stocked(database, {"A": 5_000})
    with database.transaction() as session:
        supply.returns.set_terms(session, supplier="acme", terms=supply.returns.ReturnTerms(HOME))

    def lived(code: str, before: Sequence[int]) -> list[object]:
        shop = tenant_gateway(database, add(database, code))
        shop.hold("o", lines(A=5), customer="c", ttl=HALF_AN_HOUR, at=NOON)
        shop.confirm("o", ship_to=HOME, at=NOON)
        with database.transaction() as session:
            supply.ship(session, number=f"{code}.o-1", carrier="Local", tracking_number="1", at=NOON)
        calls = five_steps_back(shop)
        for place in before:
            unheard(calls[place])
        for call in calls:
            call()
        seen = [shop.view_return("o", number=number) for number in ("r1", "r2", "w:1")]
        return [seen, owed(database, code), sorted(happened(shop))]

    expected = lived("good", [])
    cases = [*orders_of_arrival(), *ways_to_be_lost()]
    every = 6 if database.dialect == "postgresql" else 3
    for number, before in enumerate(cases[::every]):
        assert lived(f"s{number}", before) == expected, f"the hub first got {before}"
    assert not discrepancies(database)
