"""Writing rows of members, many at once, each key once even when several processes bring the same."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from shared_core.kernel.bulk import among, chunks, insert_new
from shared_core.members.models import Member

MEMBERS = cast(Table, Member.__table__)

Key = Literal["visitor_token_hash", "external_key"]


def insert_missing(session: Session, rows: Sequence[dict[str, Any]], *, key: Key) -> dict[str, int]:
    """Insert the members whose `key` is not there yet: key -> new id. All rows have the same columns.

    Where several processes may bring the same keys, each passes them in the order of the keys: then they wait for
    each other and never in a circle.
    """
    made = insert_new(session, MEMBERS, rows, conflict=key, returning=(key, "id"))
    return {getattr(row, key): row.id for row in made}


def ids_by_key(session: Session, keys: Iterable[str], *, key: Key | Literal["code"]) -> dict[str, int]:
    """The members with these keys: key -> id; keys of nobody are left out."""
    column = getattr(Member, key)
    found: dict[str, int] = {}
    for chunk in chunks(sorted(set(keys))):
        rows = session.execute(select(column, Member.id).where(among(session, column, chunk)))
        found.update((text, member_id) for text, member_id in rows)
    return found
