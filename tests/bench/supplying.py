"""A hub at work: holds of one hot SKU, the catalogue of a new shop, and how long news are on their way."""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from shared_core import catalog, migrations, supply
from shared_core.kernel.codes import new_token
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money
from shared_core.supply import tenancy
from shared_core.supply.gateways import wire
from tests.bench import feeds
from tests.bench.browser import Browser
from tests.bench.figures import Figure, Goal, figure
from tests.bench.filling import opened
from tests.bench.processes import cpu_seconds, running
from tests.bench.servers import HOST, ROOT, Kind, folder_and_database, free_port, site, wait_for

KINDS: tuple[Kind, ...] = ("postgres", "sqlite")
CURRENCY = "CNY"
CODES = ("north", "harbour", "garden")
CLIENTS = 16
SKUS = 1_000
UNITS = 1_000_000
SCARCE, WANTING = 20, 200
"""So many units of one SKU, and so many who want one of them at once."""
HOT_GOAL = Goal("at least", 1, of_ratio=True)
SYNC_GOAL = Goal("at most", 30)
LAG_GOAL = Goal("at most", 1)
PARCELS_A_SECOND = 20
POLL_SECONDS = 0.05
"""How often the store asks, as a store that was told to come does."""
HUB = f'[hub]\nname = "Sample hub"\nlocale = "en"\ncurrency = "{CURRENCY}"\nzone = "Asia/Shanghai"\n'
PATIENT = supply.Patience(read=timedelta(minutes=1), total=timedelta(minutes=2))
ADDRESS = supply.Address(name="Sample", phone="13800138000", street="Sample road 1", city="杭州")

_numbers = count(1)


@dataclass(frozen=True)
class Hub:
    """A hub that is served; `keys`: those of the stores in `CODES`; `pids` of its process and its database."""

    url: str
    port: int
    keys: tuple[str, ...]
    pids: tuple[int, ...]


def measure(*, quick: bool) -> Iterator[Figure]:
    """All of it on both databases."""
    for kind in KINDS[:1] if quick else KINDS:
        yield from _holds(kind, holds=48 if quick else 320, repeats=1 if quick else 5)
        yield from _sync(kind, feeds.PRODUCTS_QUICK if quick else feeds.PRODUCTS)
        yield from _lag(kind, parcels=20 if quick else 200, repeats=1 if quick else 3)


@contextmanager
def served(kind: Kind) -> Iterator[Hub]:
    """`platformctl hub serve` over an empty hub with three stores; its worker runs in it."""
    with folder_and_database(kind) as (folder, made):
        (folder / "hub.toml").write_text(HUB, encoding="utf-8")
        migrations.upgrade(made.url)
        with _in(made.url) as database:
            keys = tuple(_store(database, code) for code in CODES)
        port, log = free_port(), folder / "hub.log"
        command = [sys.executable, "-m", "platformctl", "hub", "serve", "--port", str(port), "--host", HOST]
        environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "HUB_DATABASE_URL": made.url,
            "HUB_SECRET_KEY": "x" * 64,
            "HUB_LOG_JSON": "true",
        }
        with running(command, folder=folder, environment=environment, log=log) as process:
            wait_for(port, "/readyz", log=log)
            yield Hub(made.url, port, keys, (process.pid, *([] if made.pid is None else [made.pid])))


def _holds(kind: Kind, *, holds: int, repeats: int) -> Iterator[Figure]:
    """PUT /holds by sixteen clients of three stores, of one SKU against a thousand; nothing is ever oversold."""
    many, one = [f"SKU-{number}" for number in range(SKUS)], ["HOT"]
    found: dict[str, list[float]] = {"one": [], "many": []}
    spent: dict[str, list[float]] = {"one": [], "many": []}
    with served(kind) as hub:
        with _in(hub.url) as database:
            _stock(database, [(sku, UNITS) for sku in (*many, *one)] + [("SCARCE", SCARCE)])
        asyncio.run(_hold(hub, many, CLIENTS))
        for turn in range(repeats):
            for name, skus in (("one", one), ("many", many))[:: 1 if turn % 2 else -1]:
                before, started = cpu_seconds(hub.pids), time.perf_counter()
                assert asyncio.run(_hold(hub, skus, holds)) == holds, "there is enough for all"
                found[name].append(holds / (time.perf_counter() - started))
                spent[name].append((cpu_seconds(hub.pids) - before) / holds)
        got = asyncio.run(_hold(hub, ["SCARCE"], WANTING))
        assert got == SCARCE, f"{got} holds of {SCARCE} units"
    of = f"{kind}, {CLIENTS} clients of {len(CODES)} stores"
    note = f"{WANTING} holds of {SCARCE} units: {got} given"
    yield figure(
        f"holds of one hot SKU ({of})",
        found["one"],
        "/s",
        baseline=found["many"],
        to="1,000 SKUs",
        goal=HOT_GOAL,
        note=note,
    )
    yield figure(f"CPU per hold of one hot SKU ({of})", spent["one"], "s", baseline=spent["many"], to="1,000 SKUs")


def _sync(kind: Kind, products: int) -> Iterator[Figure]:
    """A shop that was just connected mirrors the whole catalogue over HTTP, page by page, into its own database."""
    with served(kind) as hub, site(kind) as empty, opened(empty) as shop:
        with _in(hub.url) as database, database.transaction() as session:
            at = datetime.now(UTC)
            supply.create_supplier(session, code="acme", name="Acme", freight=Money(0, CURRENCY), at=at)
            supply.import_products(
                session, supply.feeds.read(feeds.catalogue(products)), supplier="acme", supply_ratio_bps=None, at=at
            )
        gateway = _gateway(hub)
        gateway.offers(limit=1)  # other stores have asked for them before
        started = time.perf_counter()
        catalog.pull(shop.database, gateway, rule=shop.price_rule, at=shop.clock())
        seconds = time.perf_counter() - started
        gateway.close()
        with shop.database.glance() as session:
            listed = catalog.products(session).total
        assert listed == products, f"{listed} of {products} products arrived"
    yield figure(f"catalogue of {products:,} products into a new shop ({kind})", [seconds], "s", goal=SYNC_GOAL)


def _lag(kind: Kind, *, parcels: int, repeats: int) -> Iterator[Figure]:
    """From the supplier's commit until the store has read of it, while eight clients hold goods all the time."""
    lags: list[float] = []
    rates: list[float] = []
    with served(kind) as hub, _in(hub.url) as database:
        _stock(database, [(f"SKU-{number}", UNITS) for number in range(SKUS)])
        for _ in range(repeats):
            orders = _bought(database, parcels)
            sent, busy = _Sending(database, orders), _Busy(hub)
            seen = _followed(hub, sent, busy)
            waits = sorted(seen[number] - sent.at[number] for number in orders)
            lags.append(waits[-(-95 * len(waits) // 100) - 1])
            rates.append(busy.held / busy.seconds)
    note = f"{PARCELS_A_SECOND} parcels/s beside {sum(rates) / len(rates):.0f} holds/s"
    yield figure(f"an event until the store has it ({kind}), p95", lags, "s", goal=LAG_GOAL, note=note)


class _Sending(threading.Thread):
    """Sends one parcel after another; `at`: when each was committed, by supplier order."""

    def __init__(self, database: Database, orders: Sequence[str]) -> None:
        super().__init__(daemon=True)
        self.database, self.orders = database, orders
        self.at: dict[str, float] = {}

    def run(self) -> None:
        began = time.monotonic()
        for place, number in enumerate(self.orders):
            time.sleep(max(0.0, began + place / PARCELS_A_SECOND - time.monotonic()))
            with self.database.transaction() as session:
                supply.ship(
                    session,
                    number=number,
                    carrier="sf",
                    tracking_number=f"SF{next(_numbers):012d}",
                    at=datetime.now(UTC),
                )
            self.at[number] = time.monotonic()


class _Busy(threading.Thread):
    """Keeps the hub busy with holds until it is told to stop."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(daemon=True)
        self.hub, self.over = hub, threading.Event()
        self.held, self.seconds = 0, 0.0

    def run(self) -> None:
        began = time.monotonic()
        while not self.over.is_set():
            self.held += asyncio.run(_hold(self.hub, [f"SKU-{number}" for number in range(SKUS)], 24, clients=8))
        self.seconds = time.monotonic() - began


def _followed(hub: Hub, sent: _Sending, busy: _Busy) -> dict[str, float]:
    """When the store had read of each supplier order's parcel."""
    gateway, seen = _gateway(hub), dict[str, float]()
    after = gateway.events().cursor
    while page := gateway.events(after).events:  # of former rounds
        after = page[-1].id
    busy.start()
    sent.start()
    while len(seen) < len(sent.orders):
        for event in gateway.events(after).events:
            after = event.id
            seen.setdefault(f"{CODES[0]}.{event.supplier_order}", time.monotonic())
        time.sleep(POLL_SECONDS)
    busy.over.set()
    busy.join()
    sent.join()
    gateway.close()
    return seen


async def _hold(hub: Hub, skus: Sequence[str], holds: int, *, clients: int = CLIENTS) -> int:
    """So many holds of one unit each, by clients of all stores; how many were given. Others must be out of stock."""
    numbers = iter([next(_numbers) for _ in range(holds)])

    async def one_client(key: str) -> int:
        browser, given = Browser(hub.port, bearer=key), 0
        for number in numbers:
            body = {
                "lines": [{"sku": skus[number * 7 % len(skus)], "quantity": 1}],
                "customer": f"c{number}",
                "ttl_seconds": 1_800,
            }
            answer = await browser.send_json("PUT", f"{wire.PATH}/holds/B{number}", body)
            assert answer.status in (200, 409), f"{answer.status} {answer.body[:300]!r}"
            given += answer.status == 200
        browser.close()
        return given

    return sum(await asyncio.gather(*(one_client(hub.keys[number % len(hub.keys)]) for number in range(clients))))


def _bought(database: Database, orders: int) -> list[str]:
    """Supplier orders of the first store that wait to be sent."""
    gateway, at = supply.LocalGateway(database, supply.Terms(CODES[0], CURRENCY)), datetime.now(UTC)
    made = []
    for _ in range(orders):
        reference = f"{CODES[0]}.L{next(_numbers)}"
        gateway.hold(reference, [supply.HoldLine("SKU-1", 1)], customer=reference, ttl=timedelta(hours=1), at=at)
        made += [each.number for each in gateway.confirm(reference, ship_to=ADDRESS, at=at).supplier_orders]
    return made


def _stock(database: Database, goods: Sequence[tuple[str, int]]) -> None:
    at, cost = datetime.now(UTC), Money(4_000, CURRENCY)
    with database.transaction() as session:
        supply.create_supplier(session, code="acme", name="Acme", freight=Money(0, CURRENCY), at=at)
        for sku, units in goods:
            variant = supply.VariantSpec(sku=sku, options=(), cost=cost, suggested=Money(9_900, CURRENCY))
            product = supply.ProductSpec(code=sku.lower(), title=f"Sample {sku}", variants=(variant,))
            supply.put_product(session, product, supplier="acme", at=at)
            supply.receive_stock(session, sku=sku, quantity=units, reference=f"in-{sku}", at=at)


def _store(database: Database, code: str) -> str:
    """One more tenant; its key."""
    wide = tenancy.TenantTerms(
        store_limits=supply.TenantLimits(open_holds_max=UNITS, unpaid_units_per_sku_max=UNITS),
    )
    at = datetime.now(UTC)
    with database.transaction() as session:
        tenancy.add_tenant(session, code, name=code, currency=CURRENCY, terms=wide, actor="bench", at=at)
        return tenancy.issue_key(session, code, name=f"key{code}", secret=new_token(), actor="bench", at=at)


def _gateway(hub: Hub) -> supply.HubGateway:
    return supply.HubGateway(supply.HubClient(f"http://{HOST}:{hub.port}", hub.keys[0], patience=PATIENT))


@contextmanager
def _in(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.dispose()
