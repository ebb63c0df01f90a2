"""Who works in the shop, and one-time links to set a log-in: the same for pages, API and command line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from shared_core import members
from shared_core.kernel.codes import hash_token, new_code, new_token
from shared_core.kernel.i18n import N_
from shared_core.storefront.shop import Shop

STAFF_SHOWN_MAX = 100
ACCESS_DAYS = 14
STAFF_ACCESS_DAYS = 3
ACCESS_DAYS_MAX = 90
WELCOME = "/welcome/"
ROLES = {"owner": N_("owner"), "staff": N_("staff")}


@dataclass(frozen=True)
class AccessLink:
    """A link that works once, until `expires_at`. Its path is known only now."""

    path: str
    expires_at: datetime


@dataclass(frozen=True)
class Appointed:
    """Who got a role. `link`: for somebody who has no password yet."""

    member_id: int
    created: bool
    link: AccessLink | None


def give_links(
    session: Session, member_ids: Iterable[int], *, by: str, at: datetime, days: int = ACCESS_DAYS
) -> dict[int, AccessLink]:
    """A link for each of these members who cannot log in: id -> link. Raises UnknownMember, CanLogIn."""
    expires_at = at + timedelta(days=days)
    tokens = {member_id: new_token() for member_id in member_ids}
    hashes = {member_id: hash_token(token) for member_id, token in tokens.items()}
    members.give_access_links(session, hashes, by=by, expires_at=expires_at, at=at)
    return {member_id: AccessLink(WELCOME + token, expires_at) for member_id, token in tokens.items()}


def appoint(session: Session, shop: Shop, login: str, *, role: members.StaffRole, by: str) -> Appointed:
    """Give the account with this login a role; make it, without a password, when there is none.

    Raises LoginUnreadable, LastOwner.
    """
    at, known = shop.clock(), members.normalise_login(login)
    found = members.credentials(session, known)
    member_id = found.member_id
    if member_id is None:
        member_id = members.sign_up(
            session,
            login=known,
            password_hash=None,
            name=shop.theme.translate(shop.brand.shop.locale)(ROLES[role]).capitalize(),
            visitor_id=None,
            code=new_code(),
            policy=shop.plan_book.binding_policy(at),
            at=at,
        )
    members.set_staff_role(session, member_id, role=role)
    link = None
    if found.password_hash is None:
        link = give_links(session, [member_id], by=by, at=at, days=STAFF_ACCESS_DAYS)[member_id]
    return Appointed(member_id, found.member_id is None, link)
