"""One memory of compiled statements for all databases of a test run.

Every test opens databases of its own, and each would compile the same statements again: SQLAlchemy remembers what it
compiled per engine, and per dialect object. Here dialects of one kind count as one, and all engines share a memory.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

_compiled: dict[Any, Any] = {}


class _OfOneKind:
    """Equal to every dialect of its class: all of them are configured alike."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=_compiled)


class SqliteOfTests(_OfOneKind, SQLiteDialect_pysqlite):
    supports_statement_cache = True  # SQLAlchemy asks each class by itself


class PostgresOfTests(_OfOneKind, PGDialect_psycopg):
    supports_statement_cache = True


def share_compiled_statements() -> None:
    """For every engine of this process that is made from now on."""
    registry.register("sqlite", __name__, SqliteOfTests.__name__)
    registry.register("postgresql.psycopg", __name__, PostgresOfTests.__name__)
