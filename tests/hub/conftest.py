from collections.abc import Iterator
from pathlib import Path

import pytest

from shared_core.kernel.database import Database
from tests.databases import Databases
from tests.hub.consoles import Console, open_console
from tests.hub.far import Far, far_from
from tests.hub.hubs import Served, serving


@pytest.fixture(scope="session")
def server() -> Iterator[Served]:
    """One server for all tests; each brings its own database."""
    with serving() as served:
        yield served


@pytest.fixture
def far(databases: Databases, database: Database, server: Served) -> Iterator[Far]:
    with far_from(database, databases, server) as made:
        yield made


@pytest.fixture
def console(tmp_path: Path, database_url: str) -> Iterator[Console]:
    opened = open_console(tmp_path, database_url)
    yield opened
    opened.database.dispose()
