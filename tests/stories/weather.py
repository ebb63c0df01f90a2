"""Databases that go away while a shop is open, and come back."""

import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy.engine import make_url

from tests import postgres

SAFE = {"synchronous_commit": "on", "full_page_writes": "on"}
"""What was acknowledged is there after a crash of the server (the machine itself does not crash here)."""
NAME = "postgres"


class Weather(Protocol):
    """The database of one shop. `url` is where it is; a `sudden` outage ends what is being done, and all reading."""

    url: str
    sudden: bool

    def worsen(self) -> None:
        """From now on the database does not serve."""
        ...

    def clear(self) -> None:
        """It serves again."""
        ...


class LockedSqlite:
    """An SQLite file that another program keeps locked for longer than anybody waits, as a careless backup does."""

    sudden = False

    def __init__(self, url: str) -> None:
        self.url = url
        self._other: sqlite3.Connection | None = None

    def worsen(self) -> None:
        self._other = sqlite3.connect(str(make_url(self.url).database), isolation_level=None, timeout=30)
        self._other.execute("BEGIN IMMEDIATE")

    def clear(self) -> None:
        if self._other is not None:
            self._other.execute("ROLLBACK")
            self._other.close()
            self._other = None


class CrashingPostgres:
    """A PostgreSQL server that is stopped without a goodbye, and started again on what it left."""

    sudden = True

    def __init__(self) -> None:
        first = postgres.start()
        self.url = first.url(NAME)
        self.folder = first.folder
        self._process = first.process
        self.worsen()
        self.clear()

    def worsen(self) -> None:
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(postgres.START_SECONDS_MAX)

    def clear(self) -> None:
        settings = postgres.SETTINGS | SAFE
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(postgres.binaries() / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder)]
        account = postgres.server_account()
        identity: dict[str, Any] = {}
        if account:
            identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*postgres.dying_with_parent(), *command, *options], stdout=log, stderr=log, cwd="/", **identity
            )
        postgres.wait_until_ready(postgres.Server(self._process, self.folder))

    def take_over(self, url: str) -> None:
        """Copy another server's database here."""
        source = make_url(url)
        here = {"PGUSER": "tests", "PGHOST": str(self.folder), "PGDATABASE": NAME}
        there = {"PGUSER": "tests", "PGHOST": str(source.query["host"]), "PGDATABASE": str(source.database)}
        dump = subprocess.run(
            [postgres.binaries() / "pg_dump"], env=os.environ | there, capture_output=True, check=True
        )
        psql = [str(postgres.binaries() / "psql"), "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull]
        subprocess.run(psql, env=os.environ | here, input=dump.stdout, check=True)

    def end(self) -> None:
        postgres.Server(self._process, self.folder).stop()


@contextmanager
def bad_weather(url: str) -> Iterator[Weather]:
    """The weather over a shop whose database is at `url`, of the kind that can happen to such a database."""
    if make_url(url).get_backend_name() == "sqlite":
        locked = LockedSqlite(url)
        try:
            yield locked
        finally:
            locked.clear()
        return
    crashing = CrashingPostgres()
    try:
        crashing.take_over(url)
        yield crashing
    finally:
        crashing.end()
