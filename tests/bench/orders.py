"""From the shop window to a paid order whose goods are bought: CPU seconds per order, orders per second."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from statistics import median

from shared_core.kernel import outbox
from tests.bench.figures import Figure, Goal, figure, short
from tests.bench.filling import Filled, analyse, fill, opened
from tests.bench.servers import Kind, Server, served, site
from tests.bench.shopping import (
    Purse,
    Way,
    checkout_only,
    customer_by_api,
    customer_by_pages,
    newcomer_by_api,
)

CUSTOMERS = 1_000
CLIENTS = (1, 4, 16)
DRAINED_SECONDS_MAX = 60
CPU_GOAL = Goal("at most", 0.06)
CPU_STRETCH = Goal("at most", 0.03, stretch=True)
SERVERS: tuple[tuple[Kind, int], ...] = (("postgres", 2), ("postgres", 1), ("sqlite", 1))
"""The first one is shown call by call."""
WAYS: dict[str, Way] = {
    "customer, API": customer_by_api,
    "customer, pages": customer_by_pages,
    "newcomer with link and sign-up, API": newcomer_by_api,
}


@dataclass(frozen=True)
class Run:
    """`orders` went through in `seconds`; the CPU includes what the background worker did for them."""

    orders: int
    seconds: float
    cpu: dict[str, float]
    spent: dict[str, list[float]] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        return self.orders / self.seconds

    @property
    def cpu_each(self) -> float:
        return sum(self.cpu.values()) / self.orders


_shoppers = count(1)


def measure(*, quick: bool) -> Iterator[Figure]:
    """Paid orders on both databases, by every way, at several numbers of clients at once."""
    orders, repeats = (12, 1) if quick else (40, 3)
    for kind, workers in SERVERS[:1] if quick else SERVERS:
        of = f"{kind}, {workers} worker{'s' if workers > 1 else ''}"
        with site(kind) as made:
            filled = fill(made, customers=CUSTOMERS)
            with served(made, workers=workers) as server:
                runs = _alternate(server, filled, orders, repeats)
                idle = _idle(server)
        yield from _figures(of, runs)
        yield figure(f"CPU of the idle shop ({of})", [idle], "s per s")
        if (kind, workers) == SERVERS[0]:
            yield from _calls(of, runs)


def measure_hot(*, quick: bool) -> Iterator[Figure]:
    """Checkouts of one SKU against checkouts of a thousand."""
    orders, repeats, clients = (32, 1, 16) if quick else (160, 5, 16)
    for kind, workers in SERVERS[:1] if quick else (SERVERS[0], SERVERS[2]):
        with site(kind) as made:
            filled = fill(made, customers=CUSTOMERS)
            hot = replace(filled, skus=filled.skus[:1], slugs=filled.slugs[:1])
            found: dict[str, list[Run]] = defaultdict(list)
            with served(made, workers=workers, background=False) as server:
                run(server, filled, checkout_only, orders=clients, clients=clients)
                analyse(made)
                for _ in range(repeats):
                    found["one"].append(run(server, hot, checkout_only, orders=orders, clients=clients))
                    found["many"].append(run(server, filled, checkout_only, orders=orders, clients=clients))
        of = f"{kind}, {workers} worker{'s' if workers > 1 else ''}, {clients} clients"
        one, many = ([each.per_second for each in found[name]] for name in ("one", "many"))
        goal = Goal("at least", 1, of_ratio=True, stretch=True)
        yield figure(f"checkouts of one hot SKU ({of})", one, "/s", baseline=many, to="1,000 SKUs", goal=goal)
        for name, title in (("one", "of one hot SKU"), ("many", "of 1,000 SKUs")):
            yield figure(f"CPU per checkout {title} ({of})", [each.cpu_each for each in found[name]], "s")


def run(server: Server, filled: Filled, way: Way, *, orders: int, clients: int) -> Run:
    """Send `clients` shoppers through the shop at once until `orders` are through and settled."""
    before, started = server.cpu(), time.perf_counter()
    spent = asyncio.run(_shop(server, filled, way, orders=orders, clients=clients))
    seconds = time.perf_counter() - started
    if "worker" in server.pids:
        _drain(server)
    after = server.cpu()
    return Run(orders, seconds, {role: after[role] - before[role] for role in after}, spent)


async def _shop(server: Server, filled: Filled, way: Way, *, orders: int, clients: int) -> dict[str, list[float]]:
    spent: dict[str, list[float]] = {}
    numbers = iter([next(_shoppers) for _ in range(orders)])

    async def one_client() -> None:
        for number in numbers:
            await way(Purse(filled, server.port, number, spent))

    await asyncio.gather(*(one_client() for _ in range(clients)))
    return spent


def _drain(server: Server) -> None:
    """Wait until the worker has bought every paid order's goods."""
    deadline = time.monotonic() + DRAINED_SECONDS_MAX
    with opened(server.site) as shop:
        while time.monotonic() < deadline:
            with shop.database.reading() as session:
                if not outbox.backlog(session):
                    return
            time.sleep(0.2)
    raise RuntimeError("the background work does not come to an end")


def _idle(server: Server, seconds: float = 5) -> float:
    """What the shop uses while nobody is there; the worker looks for work all the time."""
    before = sum(server.cpu().values())
    time.sleep(seconds)
    return (sum(server.cpu().values()) - before) / seconds


def _alternate(server: Server, filled: Filled, orders: int, repeats: int) -> dict[tuple[str, int], list[Run]]:
    """Every way at every number of clients, once per round."""
    found: dict[tuple[str, int], list[Run]] = defaultdict(list)
    for way in WAYS.values():
        run(server, filled, way, orders=8, clients=4)  # warm
    analyse(server.site)
    for _ in range(repeats):
        for name, way in WAYS.items():
            for clients in CLIENTS if way is customer_by_api else (4,):
                found[name, clients].append(run(server, filled, way, orders=orders, clients=clients))
    return found


def _figures(of: str, runs: dict[tuple[str, int], list[Run]]) -> Iterator[Figure]:
    for (name, clients), found in runs.items():
        title = f"{name} ({of}, {clients} client{'s' if clients > 1 else ''})"
        each = [one.cpu_each for one in found]
        parts = {role: median(one.cpu[role] / one.orders for one in found) for role in found[0].cpu}
        note = ", ".join(f"{role} {short(part)}" for role, part in parts.items())
        yield figure(f"CPU per paid order: {title}", each, "s", goal=CPU_GOAL, note=note)
        if clients == CLIENTS[1]:
            yield figure(f"CPU per paid order: {title}", each, "s", goal=CPU_STRETCH)
        yield figure(f"paid orders: {title}", [one.per_second for one in found], "/s")


def _calls(of: str, runs: dict[tuple[str, int], list[Run]]) -> Iterator[Figure]:
    """The calls of each way, as a client sees them."""
    for (name, clients), found in runs.items():
        if clients == min(number for way, number in runs if way == name):
            for call in found[0].spent:
                times = [median(one.spent[call]) * 1000 for one in found]
                yield figure(f"{name}: {call} ({of}, {clients} client{'s' if clients > 1 else ''})", times, "ms")
