"""Alive, ready, and what happens when the database is not there."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

from shared_core import migrations
from shared_core.kernel.findings import ConfigError
from shared_core.kernel.settings import Settings
from tests.databases import Databases
from tests.storefront.conftest import Clock, Front, buy, close_front, open_front

Outage = Callable[[Front], AbstractContextManager[None]]


@contextmanager
def no_file(url: URL, front: Front) -> Iterator[None]:
    """The file of an SQLite database lies somewhere else for a while."""
    path = Path(str(url.database))
    elsewhere = path.with_suffix(".elsewhere")
    front.shop.database.dispose()
    path.rename(elsewhere)
    path.mkdir()
    try:
        yield
    finally:
        path.rmdir()
        elsewhere.rename(path)


@contextmanager
def no_connections(url: URL) -> Iterator[None]:
    """PostgreSQL throws everybody out of the database and lets nobody in for a while."""
    admin = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        name = str(url.database)
        connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')  # type: ignore[arg-type]
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')  # type: ignore[arg-type]


@contextmanager
def outage(front: Front) -> Iterator[None]:
    url = make_url(front.shop.settings.database_url)
    with no_file(url, front) if url.get_backend_name() == "sqlite" else no_connections(url):
        yield


def test_a_shop_is_ready_when_every_migration_has_run(brand_dir: Path, databases: Databases, clock: Clock) -> None:
    with databases.empty() as url:
        front = open_front(brand_dir, Settings(database_url=url, worker_inline=False, _env_file=None), clock)
        behind = front.browser().get("/readyz")
        assert (behind.status_code, behind.json()["database"]) == (503, "behind")
        assert behind.headers["retry-after"]
        migrations.upgrade(url)
        ready = front.browser().get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"status": "ok", "database": "ok"})
        close_front(front)


def test_a_database_that_is_down_at_start_is_told_without_its_password(brand_dir: Path, clock: Clock) -> None:
    url = "postgresql://shop:hunter2@127.0.0.1:1/shop"
    with pytest.raises(ConfigError) as caught:
        open_front(brand_dir, Settings(database_url=url, _env_file=None), clock)
    [finding] = caught.value.findings
    assert finding.code == "database_unreachable"
    assert "127.0.0.1:1" in finding.text(str)
    assert "hunter2" not in finding.text(str)
    assert "SHOP_DATABASE_URL" in finding.text(str)


def test_a_folder_that_does_not_exist_is_told_too(brand_dir: Path, clock: Clock) -> None:
    with pytest.raises(ConfigError) as caught:
        open_front(brand_dir, Settings(database_url="sqlite:////nowhere/at/all.db", _env_file=None), clock)
    assert [finding.code for finding in caught.value.findings] == ["database_unreachable"]


def test_a_brand_folder_that_is_not_there_is_told(tmp_path: Path, settings: Settings, clock: Clock) -> None:
    with pytest.raises(ConfigError) as caught:
        open_front(tmp_path / "none", settings, clock)
    assert [finding.code for finding in caught.value.findings] == ["unreadable"]


def test_a_database_that_goes_away_is_told_and_everything_recovers(
    front: Front, caplog: pytest.LogCaptureFixture
) -> None:
    front.stock("A")
    client = front.member()
    with outage(front), caplog.at_level(logging.CRITICAL):
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").json() == {"status": "unavailable", "database": "unreachable"}
        for answer in (
            client.get("/api/v1/products"),
            client.get("/api/v1/orders"),
            client.put("/api/v1/cart/lines/A", json={"quantity": 1}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            assert int(answer.headers["retry-after"]) > 0
        page = client.get("/nothing", headers={"Accept": "text/html"})
        assert page.status_code == 404
    assert client.get("/api/v1/products").status_code == 200
    buy(client, "A")
