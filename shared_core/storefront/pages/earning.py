"""What the viewer would earn, beside a price: by the function that later pays."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from shared_core import catalog, plan, rewards
from shared_core.kernel.money import Money
from shared_core.storefront.shop import Shop
from shared_core.storefront.who import Viewer

Goods = Sequence[tuple[catalog.ProductView, catalog.ListingView]]


def per_piece(session: Session, shop: Shop, viewer: Viewer, goods: Goods) -> dict[str, Money]:
    """What selling one piece would bring the viewer, by SKU.

    Empty for those who are no promoters, where the shop does not show it, and for SKUs that would bring nothing.
    """
    if not (shop.brand.features.you_earn and viewer.promoter and viewer.signed_in and goods):
        return {}
    at = shop.clock()
    facts = [_facts(product, listing) for product, listing in goods]
    quotes = rewards.quotes(session, shop.plan_at(at), facts, viewer_id=viewer.known_id, at=at)
    return {line.sku: quote.amount for line, quote in zip(facts, quotes, strict=True) if quote.amount}


def _facts(product: catalog.ProductView, listing: catalog.ListingView) -> plan.LineFacts:
    assert listing.price is not None and listing.supply_price is not None, f"{listing.sku} is not for sale"
    return plan.LineFacts(
        goods_net=listing.price,
        margin=listing.price - listing.supply_price,
        brand=product.brand,
        category=product.category,
        product=product.code,
        sku=listing.sku,
    )
