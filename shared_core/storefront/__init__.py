"""The storefront: one shop as a web application. `create_app("brand")` is all a shop's own app.py needs."""

from shared_core.storefront import publishing
from shared_core.storefront.access import ACCESS_DAYS, ACCESS_DAYS_MAX, AccessLink, Appointed, appoint, give_links
from shared_core.storefront.api.explained import explanation_of
from shared_core.storefront.app import create_app, run_worker
from shared_core.storefront.brand import BrandConfig
from shared_core.storefront.brand import load as load_brand
from shared_core.storefront.brand import review as review_brand
from shared_core.storefront.collecting import standings as collectors_standing
from shared_core.storefront.collecting import take_in as take_in_statement
from shared_core.storefront.hookspecs import Hooks, hookimpl
from shared_core.storefront.shop import Shop, audited
from shared_core.storefront.solvency import offered, sale_terms, told_of
from shared_core.storefront.supplying import (
    EMBEDDED_FEE_BPS,
    HUB_CURSOR,
    HUB_OFFERS,
    SuppliedByHub,
    hub_gateway,
    supply_side,
    under_way_elsewhere,
)
from shared_core.storefront.supplying import review as review_supply
from shared_core.storefront.texts import shop_texts
from shared_core.storefront.worker import Worker

__all__ = [
    "ACCESS_DAYS",
    "ACCESS_DAYS_MAX",
    "EMBEDDED_FEE_BPS",
    "HUB_CURSOR",
    "HUB_OFFERS",
    "AccessLink",
    "Appointed",
    "BrandConfig",
    "Hooks",
    "Shop",
    "SuppliedByHub",
    "Worker",
    "appoint",
    "audited",
    "collectors_standing",
    "create_app",
    "explanation_of",
    "give_links",
    "hookimpl",
    "hub_gateway",
    "load_brand",
    "offered",
    "publishing",
    "review_brand",
    "review_supply",
    "run_worker",
    "sale_terms",
    "shop_texts",
    "supply_side",
    "take_in_statement",
    "told_of",
    "under_way_elsewhere",
]
