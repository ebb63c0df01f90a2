"""Who recommended the shop to whom, in words."""

from fastapi import Request
from sqlalchemy.orm import Session

from shared_core import members, plan, rewards
from shared_core.kernel.i18n import N_
from shared_core.storefront.pages.page import show_day, translate
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import current
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
    """What following a share link does in this shop, and for whom."""
    growth = shop.plan_at(shop.clock())
    rules = growth.binding
    if rules.by == "nobody":
        return translate(request, N_("A link counts for the purchase it leads to, and binds nobody."))
    said = [N_("The first link somebody opens decides whose fan they are, for {days} days.")]
    if rules.days is None:
        said = [N_("The first link somebody opens decides whose fan they are.")]
    if rules.whom == "new":
        said.append(N_("This holds for people who were never in the shop before."))
    if rules.from_rank is not None:
        said.append(N_("Only the links of members count for it who have the rank {rank} or a higher one."))
    rank = _rank(request, growth, rules.from_rank or growth.first_rank)
    return " ".join(translate(request, each).format(days=rules.days, rank=rank) for each in said)


def sharing_note(request: Request, session: Session, shop: Shop, viewer: Viewer) -> str:
    """The same for who shares, and that their own links bind nobody where their rank is too low."""
    at, note = shop.clock(), binding_note(request, shop)
    growth = shop.plan_at(at)
    qualified = shop.plan_book.binding_policy(at).qualified
    if growth.binding.by == "nobody" or qualified is None or qualified(session, [viewer.known_id]):
        return note
    text = translate(request, N_("Yours bind nobody yet: you have the rank {rank}."))
    return f"{note} {text.format(rank=_rank(request, growth, rewards.rank_of(session, growth, viewer.known_id)))}"


def _rank(request: Request, growth: plan.Plan, rank: str) -> str:
    return growth.rank(rank).name.in_locale(current(request).locale)


def _name(request: Request, tie: members.Tie) -> str:
    return tie.sponsor_name or translate(request, N_("A friend"))
