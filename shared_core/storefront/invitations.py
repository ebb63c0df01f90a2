"""Invitations as the viewer may give them out: the same for the API and the pages."""

from fastapi import Request
from sqlalchemy.orm import Session

from shared_core import invites
from shared_core.kernel.codes import new_code
from shared_core.plan import Plan
from shared_core.storefront import share_links
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import current, the_shop
from shared_core.storefront.who import Viewer
from shared_core.web import limits

JOIN = "/join/"
NUMBER_LENGTH = 12


def issue(request: Request, session: Session, *, key: str) -> invites.Issued:
    """Give out one of the viewer's codes; the same key again gives the same one.

    Raises TooManyRequests, NoCodesHere, MayNotInvite, QuotaUsedUp.
    """
    shop, viewer, at = the_shop(request), current(request), the_shop(request).clock()
    shop.limiter.spend(limits.INVITE_BY_VIEWER, viewer.scope)
    return invites.issue(
        session,
        shop.plan_at(at),
        viewer.known_id,
        request_key=key,
        number=new_code(NUMBER_LENGTH),
        keys=shop.keys,
        zone=shop.brand.shop.zone,
        at=at,
    )


def link_of(request: Request, code: str) -> str:
    """The address that leads to the sign-up form with this code filled in."""
    return share_links.absolute(request, JOIN + code)


def own_code(session: Session, shop: Shop, viewer: Viewer) -> str:
    """The viewer's own code where it is an invitation by itself, else ""."""
    rules = shop.plan_at(shop.clock())
    if rules.invites.mode != "open" or not invites.may_invite(session, rules, viewer.known_id):
        return ""
    return viewer.code or ""


def concern(rules: Plan) -> bool:
    """Whether a member has anything to do with invitations; a link that binds fans is none."""
    by_code = rules.invites.mode == "code" or (rules.invites.mode == "open" and rules.invites.inviter_is == "code")
    return by_code or rules.join.how != "sign_up"
