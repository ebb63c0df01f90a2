"""A hub with two suppliers, acme (A…) and bestco (B…), and orders of a store that both have a part in."""

from datetime import datetime, time

from shared_core import supply
from shared_core.supply import LocalGateway, Promise, ReturnReason
from tests.hub.consoles import Console
from tests.storefront.walker import Walker
from tests.supply.goods import HALF_AN_HOUR, HOME, gateway, lines, stocked

PROMISE = Promise(time(16), "Asia/Shanghai", 1, frozenset(range(1, 8)))
BACK = supply.Address(name="Returns desk", phone="0571-1", street="9 Dock Road", city="Ningbo")


class Warehouse:
    """What stores and customers do, at the hub's clock."""

    def __init__(self, console: Console) -> None:
        self.console = console
        stocked(console.database, {"A": 50, "A2": 50, "B": 50})
        self.store: LocalGateway = gateway(console.database)

    @property
    def now(self) -> datetime:
        return self.console.clock()

    def promise(self, supplier: str = "acme") -> None:
        with self.console.database.transaction() as session:
            supply.set_promise(session, supplier=supplier, promise=PROMISE)

    def order(self, reference: str, **quantities: int) -> list[str]:
        """The numbers of its supplier orders: acme's first."""
        self.store.hold(reference, lines(**quantities), customer="c", ttl=HALF_AN_HOUR, at=self.now)
        made = self.store.confirm(reference, ship_to=HOME, at=self.now)
        return [each.number for each in made.supplier_orders]

    def sent_and_delivered(self, number: str, tracking: str = "X1") -> None:
        with self.console.database.transaction() as session:
            supply.ship(session, number=number, carrier="Local", tracking_number=tracking, at=self.now)
            supply.deliver(session, number=number, at=self.now)

    def ask_back(
        self, reference: str, number: str, reason: ReturnReason = ReturnReason.DAMAGED, remedy: str = "money", **of: int
    ) -> None:
        self.store.request_return(
            reference,
            lines(**of),
            number=number,
            reason=reason,
            remedy=supply.Remedy(remedy),
            words="the lid is cracked",
            at=self.now,
        )

    def worker(self, supplier: str = "acme") -> Walker:
        return self.console.person("supplier", f"{supplier}-worker", supplier)

    def seen(self, number: str, supplier: str = "acme") -> supply.OwnOrder:
        with self.console.database.reading() as session:
            return supply.own_order(session, number, supplier=supplier)
