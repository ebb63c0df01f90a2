"""A shop as it runs in production: uvicorn with one or more workers, a background worker, a database on disk."""

import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Literal

from shared_core import migrations, plan
from shared_core.kernel.settings import Settings
from tests import postgres
from tests.bench.processes import cpu_seconds, running
from tests.databases import PostgresDatabases, sqlite_url

Kind = Literal["postgres", "sqlite"]

ROOT = Path(__file__).parents[2]
DISK = "/var/tmp"
"""Where data lies: on a disk, and every commit is waited for."""
HOST = "127.0.0.1"
START_SECONDS_MAX = 60
DURABLE = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
}
"""PostgreSQL as it comes (fsync and synchronous_commit on), with memory, and no checkpoint within a measurement."""
APP = """\
from fastapi import Response

from shared_core.storefront import create_app

app = create_app("brand")


@app.get("/bench/nothing")
async def nothing() -> Response:
    return Response(status_code=204)


app.router.routes.insert(0, app.router.routes.pop())
"""
"""A shop with one more route, the first to be looked at, that asks nobody: what server and middleware cost alone."""
BRAND = """\
[shop]
name = "Lamplight"
locale = "en"
zone = "Asia/Shanghai"
[shipping]
flat = "10.00"
free_over = "200.00"
[payment]
payee = "Lamplight Ltd"
account = "6222 0000"
"""


@dataclass(frozen=True)
class Site:
    """A shop's folder and database, migrated; nothing runs yet. `database_pid`: PostgreSQL, None for SQLite."""

    kind: Kind
    folder: Path
    url: str
    socket_folder: str = ""
    database_pid: int | None = None

    @property
    def settings(self) -> Settings:
        return Settings(
            _env_file=None,
            environment="production",
            database_url=self.url,
            secret_key="x" * 64,
            base_url="http://127.0.0.1",
            worker_inline=False,
            log_json=True,
            rate_limits=False,
        )

    @property
    def environment(self) -> dict[str, str]:
        """Of its processes: `settings`, and the source under test."""
        return os.environ | {
            "PYTHONPATH": str(ROOT),
            "SHOP_ENVIRONMENT": "production",
            "SHOP_DATABASE_URL": self.url,
            "SHOP_SECRET_KEY": "x" * 64,
            "SHOP_BASE_URL": "http://127.0.0.1",
            "SHOP_WORKER_INLINE": "false",
            "SHOP_LOG_JSON": "true",
            "SHOP_RATE_LIMITS": "false",
        }

    @property
    def database_name(self) -> str:
        """PostgreSQL's name of the database."""
        return self.url.partition("?")[0].rpartition("/")[2]


@dataclass(frozen=True)
class Server:
    """A served site. `pids`: role -> the root of its processes."""

    site: Site
    port: int
    workers: int
    pids: dict[str, int] = field(default_factory=dict)

    def cpu(self) -> dict[str, float]:
        """CPU seconds used so far, by role."""
        return {role: cpu_seconds([pid]) for role, pid in self.pids.items()}

    def address(self, path: str) -> str:
        return f"http://{HOST}:{self.port}{path}"


@contextmanager
def site(kind: Kind) -> Iterator[Site]:
    """A new site with the default plan; gone afterwards."""
    with folder_and_database(kind) as (folder, made):
        _write_shop(folder)
        migrations.upgrade(made.url)
        yield Site(kind, folder, made.url, made.socket_folder, made.pid)


@dataclass(frozen=True)
class MadeDatabase:
    """An empty database on disk; `pid`: PostgreSQL's, None for SQLite."""

    url: str
    socket_folder: str = ""
    pid: int | None = None


@contextmanager
def folder_and_database(kind: Kind) -> Iterator[tuple[Path, MadeDatabase]]:
    """A folder of its own and a database, with a server of its own where it needs one; gone afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="platform-bench-", dir=DISK)))
        if kind == "sqlite":
            yield folder, MadeDatabase(sqlite_url(folder / "platform.db"))
            return
        server = postgres.start(DURABLE, parent=DISK)
        stack.callback(server.stop)
        url = stack.enter_context(PostgresDatabases(str(server.folder), "bench").empty())
        yield folder, MadeDatabase(url, str(server.folder), server.process.pid)


@contextmanager
def served(site: Site, *, workers: int, background: bool = True) -> Iterator[Server]:
    """The site under uvicorn as a shop's Dockerfile starts it; `background`: with the worker process beside it."""
    port = free_port()
    python = [sys.executable, "-m"]
    web = [*python, "uvicorn", "app:app", "--host", HOST, "--port", str(port), "--workers", str(workers)]
    web += ["--proxy-headers", "--timeout-graceful-shutdown", "20"]
    with ExitStack() as stack:

        def start(command: list[str], name: str) -> int:
            log = site.folder / f"{name}.log"
            made = running(command, folder=site.folder, environment=site.environment, log=log)
            return stack.enter_context(made).pid

        pids = {"app": start(web, "app")}
        if background:
            pids["worker"] = start([*python, "platformctl", "worker"], "worker")
        if site.database_pid is not None:
            pids["database"] = site.database_pid
        wait_for(port, "/readyz", log=site.folder / "app.log")
        time.sleep(1)  # the other workers
        yield Server(site, port, workers, pids)


def wait_for(port: int, path: str, *, log: Path, seconds_max: float = START_SECONDS_MAX) -> None:
    """Return when `path` answers 200. Raises RuntimeError with the log when it does not."""
    deadline = time.monotonic() + seconds_max
    while time.monotonic() < deadline:
        connection = HTTPConnection(HOST, port, timeout=seconds_max)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.02)
    raise RuntimeError(f"nothing answers at {path}:\n{log.read_text(errors='replace')[-4000:]}")


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind((HOST, 0))
        port: int = opened.getsockname()[1]
        return port


def _write_shop(folder: Path) -> None:
    brand = folder / "brand"
    brand.mkdir()
    (folder / "app.py").write_text(APP, encoding="utf-8")
    (brand / "brand.toml").write_text(BRAND, encoding="utf-8")
    (brand / "plan.toml").write_text(plan.preset("participants"), encoding="utf-8")
