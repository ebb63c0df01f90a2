"""Who recommended the shop to whom, in words."""

from fastapi import Request
from sqlalchemy.orm import Session

from shared_core import members
from shared_core.kernel.i18n import N_
from shared_core.storefront.pages.page import show_day, translate
from shared_core.storefront.shop import Shop
from shared_core.storefront.who import Viewer


def recommender(request: Request, session: Session, shop: Shop, viewer: Viewer) -> str:
    """Who earns when the viewer buys: their shortened name, "" when nobody is bound to them or the plan is silent."""
    at = shop.clock()
    if viewer.member_id is None or not shop.plan_at(at).binding.notice:
        return ""
    tie = members.tie_of(session, viewer.member_id, at=at)
    return _name(request, tie) if tie else ""


def bound_to(request: Request, session: Session, shop: Shop, viewer: Viewer) -> str:
    """The viewer's own notice: to whom they are bound and until when; "" when to nobody."""
    tie = None if viewer.member_id is None else members.tie_of(session, viewer.member_id, at=shop.clock())
    if tie is None:
        return ""
    name = _name(request, tie)
    if tie.ends_at is None:
        return translate(request, N_("{name} brought you here. This stays so until you leave.")).format(name=name)
    text = translate(request, N_("{name} brought you here. This lasts until {day}."))
    return text.format(name=name, day=show_day(request, tie.ends_at))


def pays(shop: Shop) -> bool:
    """Whether recommending can earn anything here; a page promises nothing where it cannot."""
    return bool(shop.plan_at(shop.clock()).shares)


def binding_note(request: Request, shop: Shop) -> str:
    """What following a share link does in this shop."""
    rules = shop.plan_at(shop.clock()).binding
    if rules.by == "nobody":
        return translate(request, N_("A link counts for the purchase it leads to, and binds nobody."))
    if rules.days is None:
        return translate(request, N_("The first link somebody opens decides whose fan they are."))
    text = translate(request, N_("The first link somebody opens decides whose fan they are, for {days} days."))
    return text.format(days=rules.days)


def _name(request: Request, tie: members.Tie) -> str:
    return tie.sponsor_name or translate(request, N_("A friend"))
