"""Writing rows of members, many at once, each key once even when several processes bring the same."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, cast

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared_core.members.binding_rows import chunks
from shared_core.members.models import Member

MEMBERS = cast(Table, Member.__table__)

Key = Literal["visitor_token_hash", "external_key"]


def insert_missing(session: Session, rows: Sequence[Mapping[str, Any]], *, key: Key) -> dict[str, int]:
    """Insert the members whose `key` is not there yet: key -> new id. All rows have the same columns.

    Where several processes may bring the same keys, each passes them in the order of the keys: then they wait for
    each other and never in a circle.
    """
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    column = MEMBERS.c[key]
    statement = (
        dialect.insert(MEMBERS)
        .on_conflict_do_nothing(index_elements=[column], index_where=column.is_not(None))
        .returning(column, MEMBERS.c.id)
    )
    made: dict[str, int] = {}
    for chunk in chunks(rows):
        made.update((found, member_id) for found, member_id in session.execute(statement, chunk))
    return made


def ids_by_key(session: Session, keys: Iterable[str], *, key: Key | Literal["code"]) -> dict[str, int]:
    """The members with these keys: key -> id; keys of nobody are left out."""
    column = getattr(Member, key)
    found: dict[str, int] = {}
    for chunk in chunks(sorted(set(keys))):
        found.update(
            (text, member_id) for text, member_id in session.execute(select(column, Member.id).where(column.in_(chunk)))
        )
    return found
