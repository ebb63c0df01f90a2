"""A fresh database with all tables for each test, cheaply: made once as a template, copied per test."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql
from sqlalchemy.orm import Session

from shared_core import migrations
from shared_core.kernel.database import Database


class _Undone(Exception):
    """Leaves a transaction without a commit."""


@contextmanager
def undone(database: Database) -> Iterator[Session]:
    """A transaction of its own that is thrown away in the end."""
    with suppress(_Undone), database.transaction() as session:
        yield session
        raise _Undone


class Databases(Protocol):
    """Where a test's databases come from."""

    def fresh(self) -> AbstractContextManager[str]:
        """The address of a database with all tables and no rows; gone afterwards."""
        ...

    def empty(self) -> AbstractContextManager[str]:
        """The address of a database without any table; gone afterwards."""
        ...


class SqliteDatabases:
    """Copies of one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / "template.sqlite3"
        self.numbers = itertools.count()
        migrations.upgrade(sqlite_url(self.template))

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """Copy the template file; the copy is removed afterwards."""
        with self.empty() as url:
            shutil.copyfile(self.template, self.folder / url.rpartition("/")[2])
            yield url

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The name of a file that does not exist yet; it is removed afterwards."""
        path = self.folder / f"test-{next(self.numbers)}.sqlite3"
        try:
            yield sqlite_url(path)
        finally:
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)


class PostgresDatabases:
    """Copies of one template database in a server that is already running.

    `address` is the server's socket folder; `worker` keeps parallel test workers apart.
    """

    def __init__(self, address: str, worker: str) -> None:
        self.address = address
        self.template = f"template_{worker}"
        self.prefix = f"test_{worker}"
        self.numbers = itertools.count()
        self.create(self.template, "template0")
        migrations.upgrade(postgres_url(address, self.template))

    def fresh(self) -> AbstractContextManager[str]:
        """Copy the template database; the copy is dropped afterwards, open connections or not."""
        return self.copy(self.template)

    def empty(self) -> AbstractContextManager[str]:
        """Copy PostgreSQL's own empty database."""
        return self.copy("template0")

    @contextmanager
    def copy(self, template: str) -> Iterator[str]:
        """A copy of a database under the next name."""
        name = f"{self.prefix}_{next(self.numbers)}"
        self.create(name, template)
        try:
            yield postgres_url(self.address, name)
        finally:
            self.run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def create(self, name: str, template: str) -> None:
        """Create a database as a copy of another one that nobody is connected to."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self.run(statement.format(sql.Identifier(name), sql.Identifier(template)))

    def run(self, statement: sql.Composed) -> None:
        """Run one statement that may not stand in a transaction."""
        with psycopg.connect(host=self.address, user="tests", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)


def sqlite_url(path: Path) -> str:
    """SQLAlchemy address of a file."""
    return f"sqlite:///{path}"


def postgres_url(folder: str, name: str) -> str:
    """SQLAlchemy address of a database behind the socket in `folder`."""
    return f"postgresql+psycopg://tests@/{name}?host={folder}"
