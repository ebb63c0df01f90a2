"""Visitors: member rows known by a cookie only. Every visitor can share from the first view on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from shared_core.kernel.errors import Conflict
from shared_core.members.member_rows import ids_by_key, insert_missing


@dataclass(frozen=True, slots=True)
class NewVisitor:
    """A cookie and the public code that its row gets if it has none yet."""

    token_hash: str
    code: str
    at: datetime
    locale: str | None = None


def create_visitor(session: Session, *, token_hash: str, code: str, at: datetime, locale: str | None = None) -> int:
    """The visitor with this cookie; made now, with public code `code`, when there is none."""
    ids, _ = ensure_visitors(session, [NewVisitor(token_hash, code, at, locale)])
    return ids[token_hash]


def ensure_visitors(session: Session, visitors: Sequence[NewVisitor]) -> tuple[dict[str, int], set[int]]:
    """The rows of all these cookies (token hash -> id), and which of them were made in this transaction.

    Raises Conflict when a cookie was retired at this very moment (its visitor signed up or logged in elsewhere).
    """
    ids = ids_by_key(session, [each.token_hash for each in visitors], key="visitor_token_hash")
    new = {each.token_hash: each for each in visitors if each.token_hash not in ids}
    if not new:
        return ids, set()
    made = insert_missing(session, [_row(new[token_hash]) for token_hash in sorted(new)], key="visitor_token_hash")
    ids |= made
    if late := new.keys() - made.keys():  # another process was quicker; its row is committed by now
        ids |= ids_by_key(session, late, key="visitor_token_hash")
    if len(ids) < len({each.token_hash for each in visitors}):
        raise Conflict
    return ids, set(made.values())


def _row(visitor: NewVisitor) -> dict[str, object]:
    return {
        "code": visitor.code,
        "name": "",
        "visitor_token_hash": visitor.token_hash,
        "locale": visitor.locale,
        "created_at": visitor.at,
    }
