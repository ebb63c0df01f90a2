from collections.abc import Iterator
from pathlib import Path

import pytest

from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from tests.databases import Databases
from tests.hub.consoles import Console, open_console
from tests.hub.far import Far
from tests.hub.hubs import Served, add, key_of, reaching, serving
from tests.worlds import World


@pytest.fixture(scope="session")
def server() -> Iterator[Served]:
    """One server for all tests; each brings its own database."""
    with serving() as served:
        yield served


@pytest.fixture
def far(databases: Databases, database: Database, server: Served) -> Iterator[Far]:
    with databases.fresh() as url:
        listeners = Listeners()
        shop = World(Database(url, listeners), listeners)
        goods = World(database, Listeners(), numbers=iter(range(10_000, 20_000)))
        goods.stock_up("A")
        goods.stock_up("B", price=2000, supplied=1000, cost=800, by="bestco")
        goods.stock_up("C", price=5000, supplied=3000, cost=2500, by="carol")
        add(database, "north", platform_fee_bps=200)
        with reaching(server.over(database), key_of(database, "north")) as gateway:
            for each in (shop, shop.counter, shop.desk):
                object.__setattr__(each, "gateway", gateway)
            shop.show_window()
            yield Far(shop, database)
        shop.database.dispose()


@pytest.fixture
def console(tmp_path: Path, database_url: str) -> Iterator[Console]:
    opened = open_console(tmp_path, database_url)
    yield opened
    opened.database.dispose()
