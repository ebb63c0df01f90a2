"""The shop window: a mirror of what the supply offers, at this shop's prices."""

from shared_core.catalog.choices import relist, set_price, unlist
from shared_core.catalog.errors import NoSupplyPrice, NotListed, PriceBelowFloor, PriceBelowSupply, UnknownProduct
from shared_core.catalog.mirror import OWN as OWN_OFFERS
from shared_core.catalog.mirror import SyncReport, begin_anew, cursor, pull, skus, sync
from shared_core.catalog.rules import PriceBasis, PriceCheck, PriceRule, Proposed, Rounding, list_price
from shared_core.catalog.views import ListingState, ListingView, Look, PricedItem, ProductPage, ProductView, proposal
from shared_core.catalog.window import (
    brands,
    categories,
    for_sale,
    listing,
    looks,
    newest,
    price,
    prices,
    product,
    products,
    products_by_code,
    products_by_slug,
    proposals,
)

__all__ = [
    "OWN_OFFERS",
    "ListingState",
    "ListingView",
    "Look",
    "NoSupplyPrice",
    "NotListed",
    "PriceBasis",
    "PriceBelowFloor",
    "PriceBelowSupply",
    "PriceCheck",
    "PriceRule",
    "PricedItem",
    "ProductPage",
    "ProductView",
    "Proposed",
    "Rounding",
    "SyncReport",
    "UnknownProduct",
    "begin_anew",
    "brands",
    "categories",
    "cursor",
    "for_sale",
    "list_price",
    "listing",
    "looks",
    "newest",
    "price",
    "prices",
    "product",
    "products",
    "products_by_code",
    "products_by_slug",
    "proposal",
    "proposals",
    "pull",
    "relist",
    "set_price",
    "skus",
    "sync",
    "unlist",
]
