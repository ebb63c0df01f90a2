"""Who works at a hub: accounts by name, what was decided about them, and where they are logged in.

Tokens and passwords come in hashed. Nobody is ever removed: histories name people by the name they log in with.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from shared_core import members, supply
from shared_core.hub.errors import BadStaffName, LastHubOwner, StaffTaken, SupplierUnnamed, UnknownStaff
from shared_core.hub.rights import Role
from shared_core.hub.staff_models import NAME_LENGTH_MAX, StaffChange, StaffRow, StaffSession
from shared_core.kernel.database import lock
from shared_core.kernel.errors import NotFound

CHANGES_SHOWN_MAX = 50
SESSIONS_SHOWN_MAX = 50

_NAME = re.compile(r"\w[\w.\-]+")


@dataclass(frozen=True, slots=True)
class Person:
    """`one_time_until`: they have not chosen a password of their own yet."""

    id: int
    name: str
    role: Role
    supplier: str | None
    one_time_until: datetime | None
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Decision:
    name: str
    what: str
    actor: str
    details: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A device on which somebody is logged in; `token_hash` tells which one is the reader's own."""

    id: int
    device: str
    started_at: datetime
    expires_at: datetime
    token_hash: str


def clean_name(text: str) -> str:
    """The one form in which a name is kept and compared. Raises BadStaffName."""
    name = unicodedata.normalize("NFKC", text).strip().casefold()
    if len(name) > NAME_LENGTH_MAX or not _NAME.fullmatch(name):
        raise BadStaffName(length_max=NAME_LENGTH_MAX)
    return name


def add(
    session: Session,
    name: str,
    *,
    role: Role,
    password_hash: str,
    one_time_until: datetime | None,
    actor: str,
    at: datetime,
    supplier: str | None = None,
) -> Person:
    """Somebody new. Raises BadStaffName, StaffTaken, SupplierUnnamed, UnknownSupplier."""
    known = clean_name(name)
    _check_supplier(session, role, supplier)
    lock(session, "hub-staff")
    if session.scalar(select(StaffRow.id).where(StaffRow.name == known)):
        raise StaffTaken(name=known)
    row = StaffRow(
        name=known,
        role=role,
        supplier=supplier,
        password_hash=password_hash,
        one_time_until=one_time_until,
        created_at=at,
    )
    session.add(row)
    session.flush()
    _note(session, row, "added", actor=actor, at=at, details={"role": role, "supplier": supplier})
    return _person(row)


def set_role(
    session: Session, name: str, role: Role, *, actor: str, at: datetime, supplier: str | None = None
) -> Person:
    """Raises UnknownStaff, LastHubOwner, SupplierUnnamed, UnknownSupplier."""
    _check_supplier(session, role, supplier)
    row = _locked(session, name)
    if (row.role, row.supplier) == (role, supplier):
        return _person(row)
    if role is not Role.OWNER:
        _keep_an_owner(session, row, at=at)
    details = {"role": [row.role, role], "supplier": [row.supplier, supplier]}
    row.role, row.supplier = role, supplier
    _note(session, row, "role", actor=actor, at=at, details=details)
    return _person(row)


def give_password(
    session: Session, name: str, *, password_hash: str, one_time_until: datetime, actor: str, at: datetime
) -> None:
    """A password that works once, for who forgot theirs or comes back; they are logged out. Raises UnknownStaff."""
    row = _locked(session, name)
    row.password_hash, row.one_time_until, row.ended_at = password_hash, one_time_until, None
    end_sessions(session, row.id, at=at)
    _note(session, row, "password", actor=actor, at=at, details={})


def leave(session: Session, name: str, *, actor: str, at: datetime) -> None:
    """They cannot log in any more and are logged out. Raises UnknownStaff, LastHubOwner."""
    row = _locked(session, name)
    if row.ended_at is None:
        _keep_an_owner(session, row, at=at)
        row.ended_at = at
        end_sessions(session, row.id, at=at)
        _note(session, row, "left", actor=actor, at=at, details={})


def everybody(session: Session) -> list[Person]:
    """Who is there first, then who has left; by name."""
    query = select(StaffRow).order_by(StaffRow.ended_at.is_not(None), StaffRow.name)
    return [_person(row) for row in session.scalars(query)]


def decisions(session: Session) -> list[Decision]:
    """What was decided about anybody, the newest first."""
    query = select(StaffChange, StaffRow.name).join(StaffRow).order_by(StaffChange.id.desc()).limit(CHANGES_SHOWN_MAX)
    return [Decision(name, row.what, row.actor, row.details, row.at) for row, name in session.execute(query)]


# --- logging in -----------------------------------------------------------------------------------------------------


def credentials(session: Session, name: str, *, at: datetime) -> tuple[members.Credentials, bool]:
    """What is known about a name, and whether the password works once; nothing for who may not log in."""
    row = session.scalars(select(StaffRow).where(StaffRow.name == name, StaffRow.ended_at.is_(None))).one_or_none()
    if row is None or (row.one_time_until is not None and row.one_time_until <= at):
        return members.Credentials(None, None), False
    return members.Credentials(row.id, row.password_hash), row.one_time_until is not None


def log_in(
    session: Session,
    proven: members.Proven,
    *,
    token_hash: str,
    device: str,
    expires_at: datetime,
    at: datetime,
    own_hash: str | None = None,
) -> Person:
    """Start a session for who proved the password; `own_hash` replaces one that works once.

    Raises WrongCredentials when the password was changed meanwhile.
    """
    row = session.get_one(StaffRow, proven.member_id, with_for_update=True, populate_existing=True)
    if row.ended_at is not None or row.password_hash != proven.password_hash:
        raise members.WrongCredentials
    row.password_hash = own_hash or proven.stronger_hash or row.password_hash
    if own_hash:
        row.one_time_until = None
        _note(session, row, "own_password", actor=row.name, at=at, details={})
    session.add(
        StaffSession(token_hash=token_hash, staff_id=row.id, device=device, started_at=at, expires_at=expires_at)
    )
    session.flush()
    return _person(row)


def change_password(
    session: Session, proven: members.Proven, *, password_hash: str, keep_token_hash: str, at: datetime
) -> None:
    """Their other devices are logged out. Raises WrongCredentials when it was changed meanwhile."""
    row = session.get_one(StaffRow, proven.member_id, with_for_update=True, populate_existing=True)
    if row.password_hash != proven.password_hash:
        raise members.WrongCredentials
    row.password_hash = password_hash
    end_sessions(session, row.id, at=at, keep_token_hash=keep_token_hash)
    _note(session, row, "own_password", actor=row.name, at=at, details={})


def logged_in(session: Session, token_hash: str, *, at: datetime) -> Person | None:
    """Whose session this is; None when it is unknown, expired or ended, or they have left."""
    query = (
        select(StaffRow)
        .join(StaffSession)
        .where(StaffSession.token_hash == token_hash, StaffSession.expires_at > at)
        .where(StaffSession.revoked_at.is_(None), StaffRow.ended_at.is_(None))
    )
    row = session.scalars(query).one_or_none()
    return None if row is None else _person(row)


def sessions_of(session: Session, staff_id: int, *, at: datetime) -> list[LoggedIn]:
    """Where somebody is logged in, newest first."""
    query = (
        select(StaffSession)
        .where(StaffSession.staff_id == staff_id, StaffSession.expires_at > at, StaffSession.revoked_at.is_(None))
        .order_by(StaffSession.id.desc())
        .limit(SESSIONS_SHOWN_MAX)
    )
    return [
        LoggedIn(row.id, row.device, row.started_at, row.expires_at, row.token_hash) for row in session.scalars(query)
    ]


def end_session(session: Session, staff_id: int, session_id: int, *, at: datetime) -> None:
    """Raises NotFound when it is not one of theirs."""
    mine = (StaffSession.id == session_id, StaffSession.staff_id == staff_id)
    ended = session.execute(update(StaffSession).where(*mine).values(revoked_at=at).returning(StaffSession.id))
    if ended.one_or_none() is None:
        raise NotFound(what="The device")


def log_out(session: Session, token_hash: str, *, at: datetime) -> None:
    """End the session with this token, if there is one."""
    live = (StaffSession.token_hash == token_hash, StaffSession.revoked_at.is_(None))
    session.execute(update(StaffSession).where(*live).values(revoked_at=at))


def end_sessions(session: Session, staff_id: int, *, at: datetime, keep_token_hash: str = "") -> None:
    """Log somebody out everywhere, but for the session that asks."""
    live = (StaffSession.staff_id == staff_id, StaffSession.revoked_at.is_(None))
    others = StaffSession.token_hash != keep_token_hash
    session.execute(update(StaffSession).where(*live, others).values(revoked_at=at))


def _check_supplier(session: Session, role: Role, supplier: str | None) -> None:
    if (role is Role.SUPPLIER) != (supplier is not None):
        raise SupplierUnnamed
    if supplier is not None:
        supply.supplier_state(session, supplier=supplier)


def _locked(session: Session, name: str) -> StaffRow:
    """Who decides about staff takes turns, so that no two take away the last two owners. Raises UnknownStaff."""
    lock(session, "hub-staff")
    query = select(StaffRow).where(StaffRow.name == name).execution_options(populate_existing=True)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise UnknownStaff(name=name[:NAME_LENGTH_MAX])
    return row


def _keep_an_owner(session: Session, row: StaffRow, *, at: datetime) -> None:
    """Raises LastHubOwner unless another owner can log in."""
    if row.role != Role.OWNER or row.ended_at is not None:
        return
    usable = or_(StaffRow.one_time_until.is_(None), StaffRow.one_time_until > at)
    others = (StaffRow.role == Role.OWNER, StaffRow.id != row.id, StaffRow.ended_at.is_(None), usable)
    if not session.scalar(select(func.count()).select_from(StaffRow).where(*others)):
        raise LastHubOwner


def _note(
    session: Session, row: StaffRow, what: str, *, actor: str, at: datetime, details: Mapping[str, object]
) -> None:
    session.add(StaffChange(staff_id=row.id, what=what, actor=actor, details=dict(details), at=at))
    session.flush()


def _person(row: StaffRow) -> Person:
    return Person(row.id, row.name, Role(row.role), row.supplier, row.one_time_until, row.created_at, row.ended_at)
