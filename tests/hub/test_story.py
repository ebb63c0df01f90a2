"""A shop with a database of its own over a hub with a database of its own: from the window to the refund."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from shared_core import ledger, supply
from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from shared_core.ledger import accounts
from tests.databases import Databases
from tests.hub.hubs import Served, add, key_of, reaching
from tests.supply.goods import discrepancies, where
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
            return mine, supply.tenant_owes(session, "north", "CNY").minor

    def supplier(self, number: str, *, step: str) -> None:
        at = self.shop.now
        with self.hub.transaction() as session:
            if step == "ship":
                supply.ship(session, number=f"north.{number}-1", carrier="SF", tracking_number="1", at=at)
            elif step == "deliver":
                supply.deliver(session, number=f"north.{number}-1", at=at)
            else:
                supply.cancel(session, number=f"north.{number}-1", at=at)
        self.shop.settle_down()


@pytest.fixture
def far(databases: Databases, database: Database, server: Served) -> Iterator[Far]:
    with databases.fresh() as url:
        listeners = Listeners()
        shop = World(Database(url, listeners), listeners)
        World(database, Listeners(), numbers=iter(range(10_000, 20_000))).stock_up("A")
        add(database, "north", platform_fee_bps=200)
        with reaching(server.over(database), key_of(database, "north")) as gateway:
            for each in (shop, shop.counter, shop.desk):
                object.__setattr__(each, "gateway", gateway)
            shop.show_window()
            yield Far(shop, database)
        shop.database.dispose()


def test_an_order_lives_its_whole_life_over_the_wire(far: Far) -> None:
    number = far.shop.place(far.shop.visitor(), [("A", 2)])
    assert where(far.hub, "A") == (10, 8, 2, 0)
    far.shop.pay(number)
    assert where(far.hub, "A") == (10, 8, 0, 2) and far.owes() == (9_156, 9_156)
    far.supplier(number, step="ship")
    assert far.shop.state(number) == "shipped"
    far.supplier(number, step="deliver")
    assert far.shop.state(number) == "delivered"
    far.shop.refund(number, {"A": 1})
    far.shop.settle_down()
    assert where(far.hub, "A") == (10, 9, 0, 1) and far.owes() == (4_978, 4_978)
    assert not discrepancies(far.hub)


def test_a_supplier_s_refusal_reaches_the_customer_s_money(far: Far) -> None:
    number = far.shop.place(far.shop.visitor(), [("A", 1)])
    far.shop.pay(number)
    far.supplier(number, step="cancel")
    assert far.shop.state(number) == "refunded" and far.owes() == (0, 0)


def test_of_two_shops_one_gets_the_last_piece(far: Far) -> None:
    other = supply.Terms("south", "CNY", tenant=True)
    add(far.hub, "south")
    south = supply.TenantGateway(supply.LocalGateway(far.hub, other), other)
    south.hold("N1", [supply.HoldLine("A", 9)], customer="c", ttl=far.shop.counter.hold_ttl, at=far.shop.now)
    with pytest.raises(supply.OutOfStock, match="Only 1 of A"):
        far.shop.place(far.shop.visitor(), [("A", 2)])
    assert far.shop.place(far.shop.visitor(), [("A", 1)])
