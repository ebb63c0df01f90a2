"""A shop with a database of its own over a hub with a database of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from shared_core import ledger, supply
from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from shared_core.ledger import accounts
from shared_core.supply import tenancy
from tests.databases import Databases
from tests.hub.hubs import Served, add, key_of, reaching
from tests.worlds import World


@dataclass
class Far:
    """A shop, and what it reaches over HTTP."""

    shop: World
    hub: Database

    def owes(self) -> tuple[int, int]:
        """What the shop says it owes, and what the hub says."""
        with self.shop.database.reading() as session:
            mine = sum(
                ledger.owed(session, account, "CNY").minor
                for account in (accounts.due_hub_supply(), accounts.due_hub_payable())
            )
        with self.hub.reading() as session:
            return mine, tenancy.tenant_owes(session, "north", "CNY").minor

    def hub_book(self) -> dict[str, int]:
        """What is not nought in the hub's book."""
        with self.hub.reading() as session:
            return {each: minor for (each, _), minor in ledger.trial_balance(session, book=ledger.HUB).items() if minor}

    def supplier(self, number: str, *, step: str) -> None:
        at = self.shop.now
        with self.hub.transaction() as session:
            if step == "ship":
                supply.ship(session, number=f"north.{number}-1", carrier="Local", tracking_number="1", at=at)
            elif step == "deliver":
                supply.deliver(session, number=f"north.{number}-1", at=at)
            else:
                supply.cancel(session, number=f"north.{number}-1", at=at)
        self.shop.settle_down()


@contextmanager
def far_from(hub: Database, databases: Databases, server: Served) -> Iterator[Far]:
    """A shop called north with three goods of three suppliers on offer, over this hub."""
    with databases.fresh() as url:
        listeners = Listeners()
        shop = World(Database(url, listeners), listeners)
        goods = World(hub, Listeners(), numbers=iter(range(10_000, 20_000)))
        goods.stock_up("A")
        goods.stock_up("B", price=2000, supplied=1000, cost=800, by="bestco")
        goods.stock_up("C", price=5000, supplied=3000, cost=2500, by="carol")
        add(hub, "north", platform_fee_bps=200)
        with reaching(server.over(hub), key_of(hub, "north")) as gateway:
            for each in (shop, shop.counter, shop.desk):
                object.__setattr__(each, "gateway", gateway)
            shop.show_window()
            yield Far(shop, hub)
        shop.database.dispose()
