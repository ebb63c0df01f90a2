"""The shop window: a mirror of what the supply offers, at this shop's prices."""

from shared_core.catalog.choices import relist, set_price, unlist
from shared_core.catalog.errors import NoSupplyPrice, NotListed, PriceBelowSupply, UnknownProduct
from shared_core.catalog.mirror import SyncReport, cursor, pull, sync
from shared_core.catalog.rules import PriceBasis, PriceRule, Rounding, list_price
from shared_core.catalog.views import ListingState, ListingView, Look, PricedItem, ProductPage, ProductView
from shared_core.catalog.window import brands, categories, for_sale, listing, looks, price, prices, product, products

__all__ = [
    "ListingState",
    "ListingView",
    "Look",
    "NoSupplyPrice",
    "NotListed",
    "PriceBasis",
    "PriceBelowSupply",
    "PriceRule",
    "PricedItem",
    "ProductPage",
    "ProductView",
    "Rounding",
    "SyncReport",
    "UnknownProduct",
    "brands",
    "categories",
    "cursor",
    "for_sale",
    "list_price",
    "listing",
    "looks",
    "price",
    "prices",
    "product",
    "products",
    "pull",
    "relist",
    "set_price",
    "sync",
    "unlist",
]
