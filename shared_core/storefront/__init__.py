"""The storefront: one shop as a web application. `create_app("brand")` is all a shop's own app.py needs."""

from shared_core.storefront.app import create_app, run_worker
from shared_core.storefront.brand import BrandConfig
from shared_core.storefront.brand import load as load_brand
from shared_core.storefront.brand import review as review_brand
from shared_core.storefront.hookspecs import Hooks, hookimpl
from shared_core.storefront.shop import Shop
from shared_core.storefront.wiring import COLLECTOR
from shared_core.storefront.worker import Worker

__all__ = [
    "COLLECTOR",
    "BrandConfig",
    "Hooks",
    "Shop",
    "Worker",
    "create_app",
    "hookimpl",
    "load_brand",
    "review_brand",
    "run_worker",
]
