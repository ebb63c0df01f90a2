"""From a cookie to a person: visitors, sign-up, log-in, staff.

A visitor is a member row without credentials. Signing up keeps the row, with its fans, its code and its cart.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Select, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared_core.kernel.database import lock
from shared_core.kernel.events import announce
from shared_core.members.binding_rows import read_bindings
from shared_core.members.bindings import BINDING_LOCK, bind_first_link
from shared_core.members.errors import (
    AlreadySignedUp,
    LastOwner,
    LoginTaken,
    NotIdentified,
    UnknownMember,
    WrongCredentials,
    WrongPassword,
)
from shared_core.members.events import MemberIdentified
from shared_core.members.heads import Head, count_heads
from shared_core.members.logins import Login, clean_name
from shared_core.members.merging import Merged, merge_visitor
from shared_core.members.models import Member
from shared_core.members.passwords import Credentials, Proven
from shared_core.members.rules import BindingPolicy
from shared_core.members.sessions import revoke_all, start_session

StaffRole = Literal["owner", "staff"]

STAFF_LOCK = "staff"


@dataclass(frozen=True, slots=True)
class Account:
    """What a member logs in with; `login` and `password_hash` are None while they cannot."""

    member_id: int
    name: str
    login: Login | None
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Who logged in, and what came along from the visitor of that device (None: there was no visitor)."""

    member_id: int
    merged: Merged | None


def sign_up(
    session: Session,
    *,
    login: Login,
    password_hash: str | None,
    name: str,
    visitor_id: int | None,
    code: str,
    policy: BindingPolicy,
    at: datetime,
    locale: str | None = None,
) -> int:
    """Make the visitor a person we know, or make a new member with public code `code` when there is no visitor.

    Without a password they cannot log in until an access link sets one. Announces MemberIdentified. If the policy
    binds at sign-up, the first link they followed binds now. Their visitor cookie stops working: from here on a
    log-in session says who they are (`start_session`).
    Raises NameUnusable, LoginTaken, UnknownMember, AlreadySignedUp (the "visitor" is an account or part of one).
    """
    shown = clean_name(name)
    if session.scalar(_by_login(login)) is not None:
        raise LoginTaken
    lock(session, BINDING_LOCK)
    if visitor_id is None:
        visitor_id = _insert_member(session, code=code, at=at)
    _check_anonymous(session, visitor_id)
    changes: dict[str, object] = {
        "name": shown,
        login.kind: login.value,
        "password_hash": password_hash,
        "identified_at": at,
        "visitor_token_hash": None,
    }
    if locale is not None:
        changes["locale"] = locale
    try:
        with session.begin_nested():
            session.execute(update(Member).where(Member.id == visitor_id).values(**changes))
    except IntegrityError as taken:
        raise LoginTaken from taken
    _identify(session, visitor_id, policy=policy, at=at)
    return visitor_id


def credentials(session: Session, login: Login) -> Credentials:
    """What to verify a password against (see `Passwords.verify`); unknown logins are answered alike."""
    row = session.execute(_by_login(login).add_columns(Member.password_hash)).one_or_none()
    return Credentials(row.id, row.password_hash) if row else Credentials(None, None)


def account(session: Session, member_id: int) -> Account:
    """A member's own log-in. Raises UnknownMember."""
    columns = (Member.name, Member.phone, Member.email, Member.password_hash)
    row = session.execute(select(*columns).where(Member.id == member_id)).one_or_none()
    if row is None:
        raise UnknownMember
    login = Login("phone", row.phone) if row.phone else Login("email", row.email) if row.email else None
    return Account(member_id, row.name, login, row.password_hash)


def log_in(
    session: Session,
    proven: Proven,
    *,
    visitor_id: int | None,
    token_hash: str,
    device: str,
    expires_at: datetime,
    at: datetime,
    only_new: bool = False,
) -> LoggedIn:
    """Start a session under a new token for somebody who proved who they are.

    A visitor of the device becomes part of the account (see `merge_visitor`, also for `only_new`); one that is no
    visitor any more is left alone. Raises WrongCredentials when the password was changed since it was verified.
    """
    if visitor_id is not None:
        lock(session, BINDING_LOCK)
    account = select(Member.password_hash).where(Member.id == proven.member_id)
    known = session.scalar(account.with_for_update(key_share=True))
    if known != proven.password_hash:
        raise WrongCredentials
    merged = None
    if visitor_id is not None and visitor_id != proven.member_id and _is_visitor(session, visitor_id):
        merged = merge_visitor(session, visitor_id=visitor_id, member_id=proven.member_id, at=at, only_new=only_new)
    if proven.stronger_hash is not None:
        session.execute(update(Member).where(Member.id == proven.member_id).values(password_hash=proven.stronger_hash))
    start_session(session, proven.member_id, token_hash=token_hash, device=device, expires_at=expires_at, at=at)
    return LoggedIn(proven.member_id, merged)


def change_password(
    session: Session, proven: Proven, *, password_hash: str, keep_token_hash: str | None, at: datetime
) -> None:
    """Set a new password and log the member out everywhere but where they did it.

    Raises WrongPassword when the old one was changed since it was verified.
    """
    known = (Member.id == proven.member_id, Member.password_hash == proven.password_hash)
    if not session.execute(update(Member).where(*known).values(password_hash=password_hash).returning(Member.id)).all():
        raise WrongPassword
    revoke_all(session, proven.member_id, at=at, keep_token_hash=keep_token_hash)


def set_staff_role(session: Session, member_id: int, *, role: StaffRole | None) -> None:
    """Let a member into the back office, or out of it; an owner who can log in always stays.

    Raises UnknownMember, NotIdentified, LastOwner.
    """
    lock(session, STAFF_LOCK)
    columns = (Member.staff_role, Member.identified_at)
    row = session.execute(select(*columns).where(Member.id == member_id)).one_or_none()
    if row is None:
        raise UnknownMember
    if row.identified_at is None:
        raise NotIdentified
    if row.staff_role == "owner" and role != "owner":
        others = (Member.staff_role == "owner", Member.id != member_id, Member.password_hash.is_not(None))
        if session.scalar(select(Member.id).where(*others).limit(1)) is None:
            raise LastOwner
    session.execute(update(Member).where(Member.id == member_id).values(staff_role=role))


def _identify(session: Session, member_id: int, *, policy: BindingPolicy, at: datetime) -> None:
    """The news, a head for their sponsor, the binding that waited for this moment."""
    announce(session, MemberIdentified(member_id, at))
    binding = read_bindings(session, [member_id]).get(member_id)
    if binding is not None and binding.outlives(at):
        count_heads(session, [Head(binding.sponsor_id, member_id, at)])
    bind_first_link(session, member_id, moment="sign_up", policy=policy, at=at)


def _by_login(login: Login) -> Select[int]:
    column = Member.phone if login.kind == "phone" else Member.email
    return select(Member.id).where(column == login.value)


def _insert_member(session: Session, *, code: str, at: datetime) -> int:
    row = Member(code=code, created_at=at)
    session.add(row)
    session.flush()
    return row.id


def _check_anonymous(session: Session, visitor_id: int) -> None:
    if not _is_visitor(session, visitor_id):
        raise AlreadySignedUp


def _is_visitor(session: Session, member_id: int) -> bool:
    columns = (Member.identified_at, Member.merged_into_id)
    row = session.execute(select(*columns).where(Member.id == member_id)).one_or_none()
    if row is None:
        raise UnknownMember
    return row.identified_at is None and row.merged_into_id is None
