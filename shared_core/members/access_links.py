"""One-time links with which somebody sets the log-in of a row they are: people of an import, staff made by an owner.

Only the hash of a link's token is kept. A member has at most one link that still works, and none once they can log in.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, Table, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared_core.kernel.bulk import among, chunks, insert_all
from shared_core.kernel.database import lock
from shared_core.members.accounts import Account, account
from shared_core.members.bindings import BINDING_LOCK
from shared_core.members.errors import AccessLinkDead, CanLogIn, LoginTaken, NobodyCalled, UnknownMember
from shared_core.members.exports import EXTERNAL_PREFIX
from shared_core.members.logins import Login, clean_name
from shared_core.members.member_rows import ids_by_key
from shared_core.members.models import AccessLinkRow, Member
from shared_core.members.passwords import Proven

ACCESS_LINKS = cast(Table, AccessLinkRow.__table__)


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """Somebody an import brought, who cannot log in. `name` is "SOURCE:NAME", as the other platform calls them."""

    member_id: int
    name: str


def give_access_links(
    session: Session, token_hashes: Mapping[int, str], *, by: str, expires_at: datetime, at: datetime
) -> None:
    """Give each of these members (id -> hash of a token) a link; one they had before stops working.

    `by` is who gives it, as histories name people. Raises UnknownMember, CanLogIn.
    """
    for chunk in chunks(sorted(token_hashes)):
        _lock_without_log_in(session, chunk)
        take_back_access_links(session, chunk, at=at)
        rows = [
            {
                "token_hash": token_hashes[each],
                "member_id": each,
                "given_by": by,
                "given_at": at,
                "expires_at": expires_at,
            }
            for each in chunk
        ]
        insert_all(session, ACCESS_LINKS, rows)


def take_back_access_links(session: Session, member_ids: Iterable[int] | None, *, at: datetime) -> int:
    """End the links of these members (None: of everybody) that still work; how many there were."""
    if member_ids is None:
        return _take_back(session, at=at)
    return sum(
        _take_back(session, among(session, AccessLinkRow.member_id, chunk), at=at)
        for chunk in chunks(sorted(member_ids))
    )


def holder_of_access_link(session: Session, token_hash: str, *, at: datetime) -> Account:
    """Whose log-in a link sets; an account without a login chooses one. Raises AccessLinkDead."""
    member_id = session.scalar(select(AccessLinkRow.member_id).where(*_working(token_hash, at)))
    if member_id is None:
        raise AccessLinkDead
    return account(session, member_id)


def use_access_link(
    session: Session, token_hash: str, *, login: Login, name: str, password_hash: str, at: datetime
) -> Proven:
    """Set log-in, name and password by a link, which is worthless afterwards. A login that is there stays.

    The row stays what it is, with bindings, rank and earnings; no other account becomes part of it.
    Raises AccessLinkDead, NameUnusable, LoginTaken.
    """
    lock(session, BINDING_LOCK)  # before any row: whoever logs in afterwards asks for both in this order
    shown = clean_name(name)
    used = update(AccessLinkRow).where(*_working(token_hash, at)).values(used_at=at).returning(AccessLinkRow.member_id)
    member_id = session.scalar(used)
    if member_id is None:
        raise AccessLinkDead
    known = account(session, member_id)
    changes: dict[str, object] = {"name": shown, "password_hash": password_hash}
    if known.login is None:
        changes[login.kind] = login.value
    try:
        with session.begin_nested():
            session.execute(update(Member).where(Member.id == member_id).values(**changes))
    except IntegrityError as taken:
        raise LoginTaken from taken
    return Proven(member_id, password_hash, None)


def unclaimed(session: Session, *, at: datetime) -> Iterator[Unclaimed]:
    """Everybody an import brought who cannot log in and has no link that still works, by ascending id."""
    invited = select(AccessLinkRow.member_id).where(*_unused(), AccessLinkRow.expires_at > at)
    query = (
        select(Member.id, Member.external_key)
        .where(Member.external_key.is_not(None), Member.password_hash.is_(None), Member.id.not_in(invited))
        .order_by(Member.id)
    )
    for row in session.execute(query):
        yield Unclaimed(row.id, row.external_key.removeprefix(EXTERNAL_PREFIX))


def find_members(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """Members by public code, or as "SOURCE:NAME" from an import: key -> id. Raises NobodyCalled."""
    wanted = {key: key if ":" not in key else EXTERNAL_PREFIX + key.removeprefix(EXTERNAL_PREFIX) for key in keys}
    by_name = ids_by_key(session, [each for each in wanted.values() if ":" in each], key="external_key")
    by_code = ids_by_key(session, [each for each in wanted.values() if ":" not in each], key="code")
    found = by_name | by_code
    if missing := [key for key, each in wanted.items() if each not in found]:
        raise NobodyCalled(key=missing[0])
    return {key: found[each] for key, each in wanted.items()}


def _lock_without_log_in(session: Session, member_ids: Iterable[int]) -> None:
    """Hold these rows until the end, so that two links for one member are given one after the other."""
    listed = list(member_ids)
    query = select(Member.id, Member.password_hash, Member.identified_at).where(among(session, Member.id, listed))
    rows = session.execute(query.order_by(Member.id).with_for_update(key_share=True)).all()
    if len(rows) < len(listed) or any(row.identified_at is None for row in rows):
        raise UnknownMember
    if any(row.password_hash is not None for row in rows):
        raise CanLogIn


def _take_back(session: Session, *which: ColumnElement[bool], at: datetime) -> int:
    statement = update(AccessLinkRow).where(*_unused(), *which).values(revoked_at=at)
    return sum(expires_at > at for expires_at in session.scalars(statement.returning(AccessLinkRow.expires_at)))


def _unused() -> tuple[ColumnElement[bool], ...]:
    return AccessLinkRow.used_at.is_(None), AccessLinkRow.revoked_at.is_(None)


def _working(token_hash: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return AccessLinkRow.token_hash == token_hash, AccessLinkRow.expires_at > at, *_unused()
