"""The database and the only commit.

SQLite oversells under its driver's default transactions (a SELECT opens none), so the engine is made here: every
transaction starts with BEGIN IMMEDIATE, in WAL mode, with foreign keys on, and waits for its turn.
"""

import select
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, ClassVar, cast

from sqlalchemy import BigInteger, DateTime, Engine, Integer, MetaData, Table, create_engine, event, exc, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, Dialect, make_url
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from shared_core.kernel.listeners import LISTENERS, Listeners

BUSY_TIMEOUT_MS = 10_000
DEADLOCK = "40P01"  # PostgreSQL, appendix A
POOL_SIZE = 16
"""Connections that stay open; to open one costs PostgreSQL as much as all it does for an order."""
POOL_OVERFLOW_MAX = 24  # pool + overflow = the 40 threads that serve requests

BigId = BigInteger().with_variant(Integer, "sqlite")
"""Primary keys: 64 bits everywhere; SQLite numbers rows by itself only for its own INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in, aware UTC datetimes out, on databases with and without time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        assert value.tzinfo is not None, "an instant without a zone is ambiguous"
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables of the core, with constraint names that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: UtcDateTime()}


class Database:
    """One database and the listeners that hear what is announced in its transactions."""

    def __init__(self, url: str, listeners: Listeners | None = None) -> None:
        self.listeners = listeners if listeners is not None else Listeners()
        self.engine = make_engine(url)
        self.dialect = self.engine.dialect.name
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, info={LISTENERS: self.listeners})
        self._readers = sessionmaker(
            self.engine.execution_options(read_only=True), expire_on_commit=False, autoflush=False
        )
        self._glances = self._readers if self.dialect == "sqlite" else _glances(self.engine)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """All or nothing: commits when the block ends well, rolls back when it raises. Nobody else commits."""
        with self._sessions() as session:
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that takes no write lock; whatever it changed is thrown away."""
        with self._readers() as session:
            yield session

    @contextmanager
    def glance(self) -> Iterator[Session]:
        """Like `reading` for a few short queries, at half the price: none of them waits for a transaction to begin.

        Nothing may be written, and rows cannot be streamed (`yield_per`).
        """
        with self._glances() as session:
            yield session

    def dispose(self) -> None:
        self.engine.dispose()


def make_engine(url: str) -> Engine:
    """An engine whose transactions are safe for stock and money, for SQLite and PostgreSQL (psycopg)."""
    target = make_url(url)
    if target.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    return _postgres_engine(target.set(drivername="postgresql+psycopg"))


def _postgres_engine(target: URL) -> Engine:
    engine = create_engine(
        target,
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW_MAX,
        pool_use_lifo=True,  # the connection used last knows the statements best
        pool_pre_ping=not hasattr(select, "poll"),
        hide_parameters=True,  # names, phones and hashes stay out of logs
        connect_args={"options": "-c timezone=UTC"},
    )

    @event.listens_for(engine, "checkout")
    def _look(connection: Any, _record: object, _proxy: object) -> None:
        if _may_be_lost(connection) and not _answers(engine, connection):
            raise exc.InvalidatePoolError

    return engine


def _may_be_lost(connection: Any) -> bool:
    """Whether the server has said something unasked. One that went away has; asking each time would cost a journey."""
    if connection.closed or not hasattr(select, "poll"):
        return bool(connection.closed)
    watch = select.poll()
    watch.register(connection.fileno(), select.POLLIN)
    return bool(watch.poll(0))


def _answers(engine: Engine, connection: Any) -> bool:
    assert engine.dialect.dbapi is not None, "the engine has connected"
    try:
        return engine.dialect.do_ping(connection)
    except engine.dialect.dbapi.Error:
        return False


def _glances(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose every query is by itself; what they would write would stay, so they refuse to."""
    made = sessionmaker(engine.execution_options(isolation_level="AUTOCOMMIT"), expire_on_commit=False, autoflush=False)

    @event.listens_for(made, "do_orm_execute")
    def _only_read(state: ORMExecuteState) -> None:
        assert state.is_select, "a glance cannot write"

    @event.listens_for(made, "before_flush")
    def _never_flush(_session: Session, _context: object, _instances: object) -> None:
        raise AssertionError("a glance cannot write")

    return made


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW_MAX,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")  # an acknowledged order survives a power cut
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def lost_a_deadlock(error: exc.DBAPIError) -> bool:
    """Whether the server ended this transaction so that another could go on; nothing of it is left."""
    return getattr(error.orig, "sqlstate", None) == DEADLOCK


_LOCK = text("SELECT pg_advisory_xact_lock(:key)")


def lock(session: Session, name: str) -> None:
    """Make transactions that name the same thing take turns until they end. SQLite writers already do."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(_LOCK, {"key": zlib.crc32(name.encode())})


def insert_or_ignore(
    session: Session, model: type[Base], values: Mapping[str, Any], *, conflict: Sequence[str]
) -> bool:
    """Insert a row unless one with the same `conflict` columns exists; True when this call inserted it."""
    return insert_new(session, model, values, conflict=conflict) is not None


def insert_new(
    session: Session, model: type[Base], values: Mapping[str, Any], *, conflict: Sequence[str]
) -> int | None:
    """Like `insert_or_ignore`, for tables numbered by `id`: the new row's id, None when the row existed."""
    statement = _insert_unless_there(session.get_bind().dialect.name, model, tuple(conflict))
    session.flush()
    inserted: int | None = session.connection().execute(statement, values).scalar()
    return inserted


@lru_cache(maxsize=256)
def _insert_unless_there(dialect: str, model: type[Base], conflict: tuple[str, ...]) -> Any:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(cast(Table, model.__table__)).on_conflict_do_nothing(index_elements=list(conflict))
    return statement.returning(model.__mapper__.primary_key[0])
