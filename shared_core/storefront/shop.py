"""One running shop: everything its routes need, wired once. This is the only composition root of a storefront."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from shared_core import audit, catalog, media, members, orders, plan, supply
from shared_core.kernel.database import Database
from shared_core.kernel.findings import ConfigError
from shared_core.kernel.listeners import Listeners
from shared_core.kernel.settings import Settings, refuse_unfit
from shared_core.storefront import brand as brands
from shared_core.storefront import publishing, solvency, supplying, wiring
from shared_core.storefront.brand import BrandConfig
from shared_core.storefront.clicks import ClickBatcher
from shared_core.storefront.hookspecs import Hooks
from shared_core.storefront.nudges import Asking
from shared_core.storefront.solvency import Solvency
from shared_core.storefront.supplying import SupplySide
from shared_core.storefront.theme import Theme
from shared_core.storefront.trial import TrialWatch
from shared_core.storefront.wiring import PlanBook
from shared_core.web.devices import Devices
from shared_core.web.limits import Limiter
from shared_core.web.loops import PerLoop
from shared_core.web.schema import Schema

WRITERS_MAX = {"sqlite": 4, "postgresql": 16}
"""Write requests that one process works on at once; more wait in order, without a thread or a connection.

Must stay well below the 40 threads that serve requests: a request that holds a lock needs a thread to go on, and must
find one although others, in threads of their own, wait for that lock.
"""
CHECKOUTS_MAX = 8
"""Requests of a shop with a hub that one process places orders for at once: while they wait for a slow hub, other
writes go on. With writers and readers they stay below the threads and the database's connections.
"""
READERS_MAX = 16
"""Requests that one process reads for at once. With the writers it stays below the database's connections."""


@dataclass(frozen=True)
class Shop:
    """What a request needs to know. `keys` sign links and forms: the first signs, all of them verify."""

    brand: BrandConfig
    brand_dir: Path
    plans: tuple[plan.Plan, ...]
    settings: Settings
    database: Database
    supply_side: SupplySide
    plan_book: PlanBook
    solvency: Solvency
    price_rule: catalog.PriceRule
    counter: orders.Counter
    desk: orders.SupplyDesk
    theme: Theme
    hooks: Hooks
    keys: tuple[str, ...]
    pictures: media.PictureStore
    fetch: media.Fetch
    passwords: members.Passwords
    clock: Callable[[], datetime]
    schema: Schema
    limiter: Limiter
    clicks: PerLoop[ClickBatcher]
    trial: TrialWatch
    turns: PerLoop[asyncio.Semaphore]
    """A write request takes its turn here before it takes a thread, see `WRITERS_MAX`."""
    checkouts: PerLoop[asyncio.Semaphore]
    """The same for requests that place an order where that waits for a hub, see `CHECKOUTS_MAX`."""
    readers: PerLoop[asyncio.Semaphore]
    """The same for requests that read, see `READERS_MAX`."""
    asking_events: Asking = field(default_factory=partial(Asking, timedelta(seconds=1)))
    asking_offers: Asking = field(default_factory=partial(Asking, timedelta(seconds=10)))

    @classmethod
    def open(
        cls,
        brand_dir: Path,
        settings: Settings,
        *,
        clock: Callable[[], datetime] | None = None,
        passwords: members.Passwords | None = None,
    ) -> "Shop":
        """Read the brand folder and connect everything. Raises ConfigError with every fault found.

        `clock` and `passwords` (a cheaper hash) are for tests.
        """
        refuse_unfit(settings)
        brand = brands.load(brand_dir)
        currency = brand.shop.currency
        now = clock if clock is not None else utc_now
        plans, today = plan.load_versions(brand_dir, currency=currency), now().astimezone(brand.zone).date()
        publishing.require_begun(plans, today)
        publishing.require_built(plan.not_past(plans, today))
        book, hooks = wiring.PlanBook(plans, brand), Hooks.load(brand_dir)
        database = Database(settings.database_url, heard := Listeners())
        try:
            side = supplying.supply_side(database, brand, brand_dir, settings)
        except ConfigError:
            database.dispose()
            raise
        costs = solvency.sale_terms(brand, platform_fee_bps=side.platform_fee_bps)
        proof = solvency.Solvency(plan.not_past(plans, today), costs, strict=brand.pricing.unsound == "unlist")
        gate = publishing.trial_gate(settings, zone=brand.shop.zone)
        wiring.listen(heard, book, hooks, terms=costs, on_trial=gate)
        desk = orders.SupplyDesk(database, side.gateway, clock=now, zone=brand.shop.zone, feeds=side.feeds)
        desk.subscribe(heard)
        wiring.join_by_purchase(database, book)
        return cls(
            brand=brand,
            brand_dir=brand_dir,
            plans=plans,
            settings=settings,
            database=database,
            supply_side=side,
            plan_book=book,
            solvency=proof,
            price_rule=wiring.price_rule(brand, proof),
            counter=wiring.counter(database, side.gateway, book),
            desk=desk,
            theme=Theme.open(brand_dir, brand, reload=settings.environment == "development"),
            hooks=hooks,
            keys=settings.keys,
            pictures=media.PictureStore(settings.media_folder),
            fetch=supplying.picture_fetch(brand, settings),
            passwords=passwords if passwords is not None else members.Passwords(),
            clock=now,
            schema=Schema(settings.database_url, brand_dir),
            limiter=Limiter(enabled=settings.rate_limits),
            clicks=PerLoop(partial(ClickBatcher, database)),
            trial=TrialWatch(database, book.at, gate),
            turns=PerLoop(partial(asyncio.Semaphore, WRITERS_MAX[database.dialect])),
            checkouts=PerLoop(partial(asyncio.Semaphore, CHECKOUTS_MAX)),
            readers=PerLoop(partial(asyncio.Semaphore, READERS_MAX)),
        )

    @property
    def secure(self) -> bool:
        """Whether browsers reach the shop over TLS: cookies are then bound to the host and never sent in the clear."""
        return self.settings.secure

    @property
    def devices(self) -> Devices:
        """Those that have logged in before."""
        return Devices(self.keys, self.secure)

    @property
    def gateway(self) -> supply.SupplyGateway:
        return self.supply_side.gateway

    def refresh_window(self, *, at: datetime) -> catalog.SyncReport:
        """Show what is on offer now."""
        feed, lists = self.supply_side.offers, self.brand.pricing.listing == "all"
        report = catalog.pull(self.database, self.gateway, rule=self.price_rule, at=at, feed=feed, lists=lists)
        catalog.pull_sales(self.database, self.gateway, rule=self.price_rule, charged=orders.lowest_charged, at=at)
        return report

    def close(self) -> None:
        """Give back what is open to the outside."""
        self.supply_side.close()
        self.database.dispose()

    @property
    def freight(self) -> orders.FreightRule:
        """What delivery costs."""
        return self.counter.freight

    @property
    def currency(self) -> str:
        return self.brand.shop.currency

    def plan_at(self, at: datetime) -> plan.Plan:
        """The plan version that is in force at `at`."""
        return self.plan_book.at(at)


def audited(shop: Shop, session: Session) -> list[audit.InvariantResult]:
    """Every invariant of the shop's database, its hub asked for its side."""
    hub = shop.supply_side.hub
    ask = None if hub is None else partial(supplying.due_to_hub, hub)
    return audit.check(session, at=shop.clock(), hub=ask)


def utc_now() -> datetime:
    return datetime.now(UTC)
