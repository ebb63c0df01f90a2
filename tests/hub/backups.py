"""A copy of all rows of a database, put back later: what a restored backup is."""

from typing import Any

from sqlalchemy import delete, insert, select

from shared_core.kernel.database import Base, Database

Backup = dict[str, list[dict[str, Any]]]


def backup(database: Database) -> Backup:
    with database.reading() as session:
        return {
            table.name: [dict(row._mapping) for row in session.execute(select(table))]
            for table in Base.metadata.sorted_tables
        }


def restore(database: Database, kept: Backup) -> None:
    with database.transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
        for table in Base.metadata.sorted_tables:
            if kept[table.name]:
                session.execute(insert(table), kept[table.name])
