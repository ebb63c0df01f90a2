"""What the viewer would earn, beside a price: by the function that later pays."""

from collections.abc import Sequence
from datetime import datetime

from fastapi import Request
from sqlalchemy.orm import Session

from shared_core import catalog, plan, rewards
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.kernel.reader import Reader
from shared_core.storefront.shop import Shop
from shared_core.storefront.who import Viewer

Goods = Sequence[tuple[catalog.ProductView, catalog.ListingView]]


def per_piece(
    session: Session, shop: Shop, viewer: Viewer, goods: Goods, *, host_id: int | None = None
) -> dict[str, Money]:
    """What selling one piece would bring the viewer, by SKU; in the room of `host_id`, what their part there would.

    No more than the limit of a period leaves them now. Empty for those who are no promoters, where the shop does not
    show it, and for SKUs that would bring nothing.
    """
    if not (shop.brand.features.you_earn and viewer.promoter and viewer.signed_in and goods):
        return {}
    at = shop.clock()
    rules = shop.plan_at(at)
    channel: plan.Channel = "shop" if host_id is None else "live"
    facts = [_facts(product, listing, channel=channel) for product, listing in goods]
    room = rewards.period_room(session, rules, viewer.known_id, zone=shop.brand.shop.zone, at=at)
    if host_id is None:
        quotes = rewards.quotes(session, rules, facts, viewer_id=viewer.known_id, at=at, room=room)
    else:
        who = _in_room(session, rules, viewer.known_id, host_id, at=at)
        quotes = plan.quotes(rules, facts, who, viewer.known_id, room=room)
    return {line.sku: quote.amount for line, quote in zip(facts, quotes, strict=True) if quote.amount}


def period_note(request: Request, session: Session, shop: Shop, viewer: Viewer) -> str:
    """The plan's limit of what one person is paid in a period, and what it leaves a promoter now; "" without one."""
    at = shop.clock()
    rules, zone = shop.plan_at(at), shop.brand.shop.zone
    cap = rules.caps.period
    if cap is None or not (shop.brand.features.you_earn and viewer.promoter and viewer.signed_in):
        return ""
    reader = Reader(viewer.locale, shop.theme.translate(viewer.locale), zone)
    limit = plan.period_in_words(cap, rules.currency, reader)
    left = rewards.period_room(session, rules, viewer.known_id, zone=zone, at=at)
    return reader.say(N_("{limit} You can still be paid {left}."), limit=limit, left=left)


def _in_room(session: Session, rules: plan.Plan, viewer_id: int, host_id: int, *, at: datetime) -> plan.Parties:
    """The viewer as the host, who also sells where nothing goes before the room; else as who brings the buyer."""
    if viewer_id == host_id:
        sells = rules.claims.seller[:1] == ("room",)
        seller_id = host_id if sells else None
        return rewards.parties(session, rules, seller_id=seller_id, host_id=host_id, buyer_id=None, at=at)
    return rewards.parties(session, rules, seller_id=None, host_id=host_id, referrer_id=viewer_id, buyer_id=None, at=at)


def _facts(product: catalog.ProductView, listing: catalog.ListingView, *, channel: plan.Channel) -> plan.LineFacts:
    assert listing.price is not None and listing.supply_price is not None, f"{listing.sku} is not for sale"
    return plan.LineFacts(
        goods_net=listing.price,
        margin=listing.price - listing.supply_price,
        channel=channel,
        brand=product.brand,
        category=product.category,
        product=product.code,
        sku=listing.sku,
    )
