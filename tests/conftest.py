"""What every test may ask for: a database of the kind under test, a session, a fixed moment, real data.

TEST_DATABASE chooses the kind: `sqlite` (default) or `postgres`. The same suite runs on both.
"""

import gc
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy.orm import Session

from shared_core.kernel.database import Database
from tests import dialects, postgres
from tests.databases import Databases, PostgresDatabases, SqliteDatabases, undone

SERVER = pytest.StashKey[postgres.Server]()
KINDS = ("sqlite", "postgres")
YOUNG_OBJECTS_MAX = 20_000
SLOW_FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

hypothesis_settings.register_profile(
    "ci", deadline=None, derandomize=True, max_examples=40, suppress_health_check=SLOW_FIXTURES, database=None
)
hypothesis_settings.register_profile("again", hypothesis_settings.get_profile("ci"), max_examples=15)
hypothesis_settings.register_profile("deep", deadline=None, max_examples=1000, suppress_health_check=SLOW_FIXTURES)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

dialects.share_compiled_statements()


def database_kind() -> str:
    """The kind of database under test."""
    kind = os.environ.get("TEST_DATABASE", "sqlite")
    if kind not in KINDS:
        raise pytest.UsageError(f"TEST_DATABASE is {kind!r}; it must be one of {', '.join(KINDS)}.")
    return kind


# --- one server per run, started by the controlling process --------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once, before any worker."""
    asked_to_run = not (config.option.collectonly or config.option.help)
    if database_kind() == "postgres" and asked_to_run and not hasattr(config, "workerinput"):
        try:
            config.stash[SERVER] = postgres.start()
        except postgres.PostgresMissing as missing:
            pytest.exit(str(missing), returncode=4)


def pytest_configure_node(node: object) -> None:
    """pytest-xdist: tell a worker where the server is."""
    server = node.config.stash.get(SERVER, None)  # type: ignore[attr-defined]
    node.workerinput["postgres"] = str(server.folder) if server else ""  # type: ignore[attr-defined]


pytest_configure_node = pytest.hookimpl(optionalhook=True)(pytest_configure_node)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that this process started."""
    server = config.stash.get(SERVER, None)
    if server:
        server.stop()


# --- what is run, and how --------------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what knows a database: the rest cannot end otherwise on another kind."""
    for item in items:
        if "databases" in getattr(item, "fixturenames", ()):
            item.add_marker("database")


def pytest_collection_finish() -> None:
    """What was imported stays: do not look through it for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS_MAX, 20, 20)


# --- databases ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """The source of fresh databases of the kind under test; for tests that need several. In memory where it can be."""
    if database_kind() == "sqlite":
        with tempfile.TemporaryDirectory(prefix="platform-tests-", dir=postgres.memory_folder()) as folder:
            yield SqliteDatabases(Path(folder))
        return
    worker_input = getattr(request.config, "workerinput", None)
    if worker_input:
        yield PostgresDatabases(worker_input["postgres"], worker_input["workerid"])
    else:
        yield PostgresDatabases(str(request.config.stash[SERVER].folder), "main")


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """Address of an empty database with every table."""
    with databases.fresh() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database with every table."""
    opened = Database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session inside one transaction that is rolled back at the end of the test."""
    with undone(database) as opened:
        yield opened


# --- the world ------------------------------------------------------------------------------------------------------


@pytest.fixture
def at() -> datetime:
    """A fixed moment: Monday 2 March 2026, noon UTC."""
    return datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def sample_data() -> Path:
    """The folder with real feeds, orders and referrals; its tests are skipped where there is none."""
    named = os.environ.get("PLATFORM_SAMPLE_DATA", "")
    if not named:
        pytest.skip("PLATFORM_SAMPLE_DATA is not set: no real sample data on this machine")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"PLATFORM_SAMPLE_DATA names {folder}, which is not a folder")
    return folder
