"""Signing up, logging in and out: the same steps for the API and the pages, cookies included.

Passwords are hashed before the transaction's first statement, so that nobody waits for a lock meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request
from sqlalchemy.orm import Session

from shared_core import invites, members
from shared_core.kernel.codes import hash_token, new_code, new_token
from shared_core.storefront import share_links
from shared_core.storefront.viewer import current, the_shop
from shared_core.web import cookies, limits
from shared_core.web.devices import browser_name
from shared_core.web.limits import client_address

SESSION_LIFE = timedelta(seconds=cookies.SESSION_SECONDS)


@dataclass(frozen=True)
class Started:
    """A new log-in session; the token is known only now."""

    member: members.Viewer
    login: members.Login
    token: str


def sign_up(
    request: Request, session: Session, *, login: str, password: str, name: str, invite_code: str = ""
) -> Started:
    """Make the viewer a member of the shop and log them in; what they did as a visitor stays theirs.

    Raises TooManyRequests and whatever `members` (LoginTaken, PasswordTooCommon, …) and `invites` refuse; with an
    invite code that is no good nobody is signed up.
    """
    shop, viewer, at = the_shop(request), current(request), the_shop(request).clock()
    _count_guess(request, invite_code)
    shop.limiter.spend(limits.SIGN_UP_BY_ADDRESS, _address(request))
    known = members.normalise_login(login)
    hashed = shop.passwords.hash(members.check_password(password, login=known, name=name))
    member_id = members.sign_up(
        session,
        login=known,
        password_hash=hashed,
        name=name,
        visitor_id=None if viewer.signed_in else viewer.member_id,
        code=new_code(),
        policy=shop.plan_book.binding_policy(at),
        at=at,
        locale=viewer.locale,
    )
    linked_id = share_links.last_link(request, session)
    invites.signed_up(
        session, shop.plan_at(at), member_id, code=invite_code, keys=shop.keys, linked_id=linked_id, at=at
    )
    if viewer.session_token:
        members.log_out(session, hash_token(viewer.session_token), at=at)
    token = new_token()
    members.start_session(
        session,
        member_id,
        token_hash=hash_token(token),
        device=browser_name(request),
        expires_at=at + SESSION_LIFE,
        at=at,
    )
    return _started(session, known, token, at=at)


def log_in(request: Request, session: Session, *, login: str, password: str) -> Started:
    """Start a session under a new token; the visitor of this device becomes part of the account.

    Raises WrongCredentials (whether or not the account exists) and TooManyRequests.
    """
    shop = the_shop(request)
    shop.limiter.spend(limits.LOGIN_BY_ADDRESS, _address(request))
    try:
        known = members.normalise_login(login)
    except members.LoginUnreadable as error:
        raise members.WrongCredentials from error
    place = shop.devices.count_attempt(request, shop.limiter, known.value, address=_address(request))
    with shop.database.reading() as glance:
        credentials = members.credentials(glance, known)
    proven = shop.passwords.verify(credentials, password)
    shop.limiter.forget(limits.LOGIN_BY_ACCOUNT_AND_PLACE, place)
    return _log_in(request, session, proven, known)


def holder_of_link(request: Request, token: str) -> members.Account:
    """Whose log-in a one-time link sets. Raises AccessLinkDead, TooManyRequests."""
    shop = the_shop(request)
    shop.limiter.spend(limits.ACCESS_LINK_BY_ADDRESS, _address(request))
    with shop.database.reading() as glance:
        return members.holder_of_access_link(glance, hash_token(token), at=shop.clock())


def use_link(request: Request, session: Session, token: str, *, login: str, password: str, name: str) -> Started:
    """Set how the holder of a one-time link logs in, and log them in; a visitor of this device becomes part of them.

    `login` counts where they have none; an empty `name` keeps theirs. Raises AlreadySignedUp for who is logged in,
    AccessLinkDead, TooManyRequests and what `sign_up` refuses.
    """
    shop, viewer, at = the_shop(request), current(request), the_shop(request).clock()
    if viewer.signed_in:
        raise members.AlreadySignedUp
    holder = holder_of_link(request, token)
    known, shown = holder.login or members.normalise_login(login), name or holder.name
    hashed = shop.passwords.hash(members.check_password(password, login=known, name=shown))
    proven = members.use_access_link(session, hash_token(token), login=known, name=shown, password_hash=hashed, at=at)
    started = _log_in(request, session, proven, known)
    invites.signed_up(session, shop.plan_at(at), proven.member_id, code="", keys=shop.keys, linked_id=None, at=at)
    return started


def accept_invite(request: Request, session: Session, code: str) -> bool:
    """Use an invite code for the viewer, who has signed up before; whether it made them a promoter.

    Raises TooManyRequests and what `invites.accept` refuses.
    """
    shop, viewer = the_shop(request), current(request)
    _count_guess(request, code)
    at = shop.clock()
    return invites.accept(session, shop.plan_at(at), viewer.known_id, code, keys=shop.keys, at=at)


def change_password(request: Request, session: Session, *, old: str, new: str) -> None:
    """A new password for the viewer, who knows the old one; their other devices are logged out.

    Raises WrongPassword, TooManyRequests and what makes `new` no password.
    """
    shop, viewer = the_shop(request), current(request)
    shop.limiter.spend(limits.PASSWORD_BY_VIEWER, viewer.scope)
    with shop.database.reading() as glance:
        account = members.account(glance, viewer.known_id)
    assert account.login is not None and viewer.session_token is not None, "who is signed in has a login"
    try:
        proven = shop.passwords.verify(members.Credentials(account.member_id, account.password_hash), old)
    except members.WrongCredentials as error:
        raise members.WrongPassword from error
    hashed = shop.passwords.hash(members.check_password(new, login=account.login, name=account.name))
    kept = hash_token(viewer.session_token)
    members.change_password(session, proven, password_hash=hashed, keep_token_hash=kept, at=shop.clock())
    shop.limiter.forget(limits.PASSWORD_BY_VIEWER, viewer.scope)


def log_out_elsewhere(request: Request, session: Session) -> int:
    """Log the viewer out everywhere but here; how many sessions ended."""
    viewer = current(request)
    kept = hash_token(viewer.session_token or "")
    return members.revoke_all(session, viewer.known_id, at=the_shop(request).clock(), keep_token_hash=kept)


def log_out(request: Request, session: Session) -> None:
    """End the session on the server, then drop its cookie. Nobody logged in: nothing to do."""
    shop, viewer = the_shop(request), current(request)
    if viewer.session_token:
        members.log_out(session, hash_token(viewer.session_token), at=shop.clock())
    cookies.forget(request, cookies.SESSION, secure=shop.secure)


def keep_session(request: Request, started: Started) -> None:
    """Give the browser the cookies of the session and of a known device, and drop the visitor's."""
    shop = the_shop(request)
    cookies.remember(request, cookies.SESSION, started.token, seconds=cookies.SESSION_SECONDS, secure=shop.secure)
    shop.devices.remember(request, started.login.value)
    cookies.forget(request, cookies.VISITOR, secure=shop.secure)


def _log_in(request: Request, session: Session, proven: members.Proven, login: members.Login) -> Started:
    """A session of its own for who proved who they are, in place of the one this device had."""
    shop, viewer, token = the_shop(request), current(request), new_token()
    at = shop.clock()
    if viewer.session_token:
        members.log_out(session, hash_token(viewer.session_token), at=at)
    members.log_in(
        session,
        proven,
        visitor_id=None if viewer.signed_in else viewer.member_id,
        token_hash=hash_token(token),
        device=browser_name(request),
        expires_at=at + SESSION_LIFE,
        at=at,
        only_new=shop.plan_book.binding_policy(at).only_new,
    )
    return _started(session, login, token, at=at)


def _started(session: Session, login: members.Login, token: str, *, at: datetime) -> Started:
    member = members.viewer(session, hash_token(token), at=at)
    assert member is not None, "the session was started just now"
    return Started(member, login, token)


def _count_guess(request: Request, invite_code: str) -> None:
    """Count a try at an invite code, by whom and from where. Raises TooManyRequests."""
    if not invite_code:
        return
    shop, viewer = the_shop(request), current(request)
    shop.limiter.spend(limits.INVITE_CODE_BY_ADDRESS, _address(request))
    if viewer.scope:
        shop.limiter.spend(limits.INVITE_CODE_BY_VIEWER, viewer.scope)


def _address(request: Request) -> str:
    return client_address(request, trusted_proxies=the_shop(request).settings.trusted_proxies)
