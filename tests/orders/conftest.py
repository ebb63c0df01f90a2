from collections.abc import Iterator

import pytest

from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from tests.worlds import World


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A small shop with ten units of A (89.00) from one supplier and ten of B (20.00) from another."""
    listeners = Listeners()
    database = Database(database_url, listeners)
    made = World(database, listeners)
    made.stock_up("A")
    made.stock_up("B", price=2000, cost=800, supplied=1000, by="bestco")
    yield made
    database.dispose()
