"""Many rows and many keys in one statement, on both databases.

PostgreSQL takes whole columns as arrays, so that a statement is the same text however many rows it writes, and is
planned once. SQLite is fastest with one small statement run row by row.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Column, ColumnElement, Row, Table, any_, bindparam, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session, make_transient_to_detached

from shared_core.kernel.database import Base

ROWS_PER_STATEMENT_MAX = 10_000  # SQLite takes at most 32,766 parameters


def chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """The values in pieces that fit into one statement."""
    size = ROWS_PER_STATEMENT_MAX
    return (values[start : start + size] for start in range(0, len(values), size))


def among(session: Session, column: InstrumentedAttribute[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Whether the column has one of the values."""
    listed = list(values)
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(literal(listed, postgresql.ARRAY(column.type, dimensions=1)))
    return column.in_(listed)


def insert_all(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns."""
    names = tuple(rows[0]) if rows else ()
    connection = session.connection()
    for chunk in chunks(rows):
        if connection.dialect.name == "postgresql":
            connection.execute(_from_arrays(table, names), _arrays(chunk, names))
        else:
            connection.execute(insert(table), chunk)


def add_all(session: Session, rows: Sequence[Base], *, key: str) -> None:
    """Like `session.add_all` and a flush for many new rows of one table, each of which says all it has to say.

    `key`: the column that tells them apart, by which rows that are numbered get their number.
    """
    if session.get_bind().dialect.name != "postgresql":
        session.add_all(rows)
        session.flush()
        return
    for chunk in chunks(rows):
        table = cast(Table, chunk[0].__table__)
        numbered = "id" in table.c
        names = tuple(column.name for column in table.columns if column.name != "id")
        statement = _from_arrays(table, names)
        values = {name: [getattr(row, name) for row in chunk] for name in names}
        if numbered:
            made = session.connection().execute(statement.returning(table.c[key], table.c.id), values)
            numbers: dict[Any, int] = dict(map(tuple, made))
            for row in chunk:
                row.id = numbers[getattr(row, key)]
        else:
            session.connection().execute(statement, values)
        for row in chunk:
            make_transient_to_detached(row)
        session.add_all(chunk)


def insert_new(
    session: Session,
    table: Table,
    rows: Sequence[dict[str, Any]],
    *,
    conflict: str | None = None,
    returning: tuple[str, ...],
) -> list[Row[Any]]:
    """Insert rows unless they are there; `returning` columns of those that were not.

    `conflict`: the column whose partial unique index (where it is set) decides; None: the primary key.
    """
    names = tuple(rows[0]) if rows else ()
    made: list[Row[Any]] = []
    for chunk in chunks(rows):
        if session.get_bind().dialect.name == "postgresql":
            statement = _unless_there(_from_arrays(table, names), table.c[conflict] if conflict else None)
            made += session.execute(statement.returning(*(table.c[name] for name in returning)), _arrays(chunk, names))
        else:
            single = _unless_there(sqlite.insert(table), table.c[conflict] if conflict else None)
            made += session.execute(single.returning(*(table.c[name] for name in returning)), chunk)
    return made


def _unless_there(statement: Any, column: Column[Any] | None) -> Any:
    if column is None:
        return statement.on_conflict_do_nothing()
    return statement.on_conflict_do_nothing(index_elements=[column], index_where=column.is_not(None))


@lru_cache(maxsize=32)
def _from_arrays(table: Table, names: tuple[str, ...]) -> Any:
    arrays = (bindparam(name, type_=postgresql.ARRAY(table.c[name].type, dimensions=1)) for name in names)
    source = func.unnest(*arrays).table_valued(*names).render_derived()
    return postgresql.insert(table).from_select(names, select(*(source.c[name] for name in names)))


def _arrays(rows: Sequence[dict[str, Any]], names: tuple[str, ...]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in names}
