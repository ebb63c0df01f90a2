"""Logging in to a hub and out, choosing a password: cookies included.

Passwords are hashed before the transaction's first statement, so that nobody waits for a lock meanwhile. Who has a
password that works once logs in by choosing one of their own: no session ever begins without.
"""

import secrets
from datetime import datetime, timedelta

from fastapi import Request
from sqlalchemy.orm import Session

from shared_core import members
from shared_core.hub import staff
from shared_core.hub.errors import BadStaffName, OneTimePassword, PasswordUnchanged
from shared_core.hub.hub import Hub
from shared_core.hub.rights import Role
from shared_core.hub.viewer import current, the_hub
from shared_core.kernel.codes import hash_token, new_code, new_token
from shared_core.web import cookies, limits
from shared_core.web.devices import browser_name
from shared_core.web.limits import client_address

SESSION_LIFE = timedelta(seconds=cookies.HUB_SESSION_SECONDS)
ONE_TIME_LIFE = timedelta(days=3)
ONE_TIME_LENGTH = 16
"""Signs of five bits each."""


def one_time_password() -> str:
    """To be read out or typed by hand once; made by chance, so that nobody can guess it."""
    return new_code(ONE_TIME_LENGTH)


def log_in(request: Request, *, name: str, password: str, new: str = "") -> staff.Person:
    """Start a session under a new token and give the browser its cookie. `new`: a password of one's own, for who has
    one that works once.

    Raises WrongCredentials (whether or not there is such a name), OneTimePassword, TooManyRequests and what makes
    `new` no password.
    """
    hub, at = the_hub(request), the_hub(request).clock()
    hub.limiter.spend(limits.LOGIN_BY_ADDRESS, _address(request, hub))
    try:
        known = staff.clean_name(name)
    except BadStaffName as error:
        raise members.WrongCredentials from error
    place = hub.devices.count_attempt(request, hub.limiter, known, address=_address(request, hub))
    with hub.database.reading() as glance:
        credentials, once = staff.credentials(glance, known, at=at)
    proven = hub.passwords.verify(credentials, password)
    hub.limiter.forget(limits.LOGIN_BY_ACCOUNT_AND_PLACE, place)
    if once and not new:
        raise OneTimePassword
    own_hash = hashed(hub, new, name=known, old=password) if once else None
    token, before = new_token(), current(request).session_token
    with hub.database.transaction() as session:
        if before:
            staff.log_out(session, hash_token(before), at=at)
        person = staff.log_in(
            session,
            proven,
            token_hash=hash_token(token),
            device=browser_name(request),
            expires_at=at + SESSION_LIFE,
            at=at,
            own_hash=own_hash,
        )
    secure = hub.settings.secure
    cookies.remember(request, cookies.HUB_SESSION, token, seconds=cookies.HUB_SESSION_SECONDS, secure=secure)
    hub.devices.remember(request, known)
    return person


def log_out(request: Request) -> None:
    """End the session on the server, then drop its cookie. Nobody logged in: nothing to do."""
    hub, viewer = the_hub(request), current(request)
    if viewer.session_token:
        with hub.database.transaction() as session:
            staff.log_out(session, hash_token(viewer.session_token), at=hub.clock())
    cookies.forget(request, cookies.HUB_SESSION, secure=hub.settings.secure)


def change_password(request: Request, *, old: str, new: str) -> None:
    """A new password for the viewer, who knows the old one; their other devices are logged out.

    Raises WrongPassword, TooManyRequests and what makes `new` no password.
    """
    hub, viewer, at = the_hub(request), current(request), the_hub(request).clock()
    hub.limiter.spend(limits.PASSWORD_BY_VIEWER, viewer.actor)
    with hub.database.reading() as glance:
        credentials, _ = staff.credentials(glance, viewer.actor, at=at)
    try:
        proven = hub.passwords.verify(credentials, old)
    except members.WrongCredentials as error:
        raise members.WrongPassword from error
    own = hashed(hub, new, name=viewer.actor, old=old)
    kept = hash_token(viewer.session_token)
    with hub.database.transaction() as session:
        staff.change_password(session, proven, password_hash=own, keep_token_hash=kept, at=at)
    hub.limiter.forget(limits.PASSWORD_BY_VIEWER, viewer.actor)


def add(
    session: Session,
    name: str,
    *,
    role: Role,
    password_hash: str,
    actor: str,
    at: datetime,
    supplier: str | None = None,
) -> staff.Person:
    """Somebody new, with a password that works once. Raises what `staff.add` does."""
    return staff.add(
        session,
        name,
        role=role,
        password_hash=password_hash,
        one_time_until=at + ONE_TIME_LIFE,
        actor=actor,
        at=at,
        supplier=supplier,
    )


def give_password(session: Session, name: str, *, password_hash: str, actor: str, at: datetime) -> None:
    """A password that works once, for who forgot theirs or comes back. Raises UnknownStaff."""
    until = at + ONE_TIME_LIFE
    staff.give_password(session, name, password_hash=password_hash, one_time_until=until, actor=actor, at=at)


def hashed(hub: Hub, password: str, *, name: str, old: str) -> str:
    """The hash of a password that somebody chose. Raises PasswordUnchanged and what makes it no password."""
    chosen = members.check_password(password, login=members.Login("email", ""), name=name)
    if secrets.compare_digest(chosen.encode(), old.encode()):
        raise PasswordUnchanged
    return hub.passwords.hash(chosen)


def _address(request: Request, hub: Hub) -> str:
    return client_address(request, trusted_proxies=hub.settings.trusted_proxies)
