"""A shop with a database of its own over a hub with a database of its own."""

from dataclasses import dataclass

from shared_core import ledger, supply
from shared_core.kernel.database import Database
from shared_core.ledger import accounts
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
