"""Who is logged in on which device. Tokens come in hashed; a session ends when it expires or is revoked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from shared_core.kernel.errors import NotFound
from shared_core.members.models import DEVICE_LENGTH, LoginSessionRow, Member

DEVICES_SHOWN_MAX = 100


@dataclass(frozen=True, slots=True)
class Viewer:
    """What a request needs to know about who is looking."""

    member_id: int
    code: str
    name: str
    staff_role: str | None
    locale: str | None
    identified: bool
    joined: bool


@dataclass(frozen=True, slots=True)
class Device:
    """A place where a member is logged in. `token_hash` tells which one is the reader's own."""

    id: int
    device: str
    started_at: datetime
    expires_at: datetime
    token_hash: str


_VIEWER = (
    Member.id, Member.code, Member.name, Member.staff_role, Member.locale, Member.identified_at, Member.joined_at
)  # fmt: skip


_LIVE = (
    select(*_VIEWER)
    .join(LoginSessionRow, LoginSessionRow.member_id == Member.id)
    .where(
        LoginSessionRow.token_hash == bindparam("token_hash"),
        LoginSessionRow.expires_at > bindparam("at"),
        LoginSessionRow.revoked_at.is_(None),
    )
)
_VISITOR = select(*_VIEWER).where(Member.visitor_token_hash == bindparam("token_hash"))
"""Every request asks one of these, so they are put together once."""


def start_session(
    session: Session, member_id: int, *, token_hash: str, device: str, expires_at: datetime, at: datetime
) -> None:
    """Log a member in on a device, under a new token. The expiry stays where it is, however often it is used."""
    row = LoginSessionRow(
        token_hash=token_hash,
        member_id=member_id,
        device=device[:DEVICE_LENGTH],
        started_at=at,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()


def viewer(session: Session, token_hash: str, *, at: datetime) -> Viewer | None:
    """Whose log-in session this is, in one query; None when it is unknown, expired or revoked."""
    row = session.execute(_LIVE, {"token_hash": token_hash, "at": at}).one_or_none()
    return _viewer(*row) if row else None


def visitor(session: Session, token_hash: str) -> Viewer | None:
    """Whose visitor cookie this is, in one query. A cookie alone never leads to an identified member."""
    row = session.execute(_VISITOR, {"token_hash": token_hash}).one_or_none()
    return _viewer(*row) if row else None


def devices(session: Session, member_id: int, *, at: datetime) -> list[Device]:
    """Where a member is logged in, newest first."""
    query = (
        select(LoginSessionRow)
        .where(LoginSessionRow.member_id == member_id)
        .where(LoginSessionRow.expires_at > at, LoginSessionRow.revoked_at.is_(None))
        .order_by(LoginSessionRow.id.desc())
        .limit(DEVICES_SHOWN_MAX)
    )
    return [
        Device(row.id, row.device, row.started_at, row.expires_at, row.token_hash) for row in session.scalars(query)
    ]


def log_out(session: Session, token_hash: str, *, at: datetime) -> None:
    """End the session with this token, if there is one."""
    live = LoginSessionRow.revoked_at.is_(None)
    session.execute(update(LoginSessionRow).where(LoginSessionRow.token_hash == token_hash, live).values(revoked_at=at))


def revoke_device(session: Session, member_id: int, *, device_id: int, at: datetime) -> None:
    """Log a member out on one device. Raises NotFound when it is not one of theirs."""
    mine = (LoginSessionRow.id == device_id, LoginSessionRow.member_id == member_id)
    ended = session.execute(
        update(LoginSessionRow).where(*mine).values(revoked_at=at).returning(LoginSessionRow.id)
    ).one_or_none()
    if ended is None:
        raise NotFound(what="The device")


def revoke_all(session: Session, member_id: int, *, at: datetime, keep_token_hash: str | None = None) -> int:
    """Log a member out everywhere, but for the session that asks; how many sessions ended."""
    statement = update(LoginSessionRow).where(
        LoginSessionRow.member_id == member_id, LoginSessionRow.revoked_at.is_(None), LoginSessionRow.expires_at > at
    )
    if keep_token_hash is not None:
        statement = statement.where(LoginSessionRow.token_hash != keep_token_hash)
    return len(session.execute(statement.values(revoked_at=at).returning(LoginSessionRow.id)).all())


def _viewer(
    member_id: int,
    code: str,
    name: str,
    staff_role: str | None,
    locale: str | None,
    identified_at: datetime | None,
    joined_at: datetime | None,
) -> Viewer:
    return Viewer(member_id, code, name, staff_role, locale, identified_at is not None, joined_at is not None)
