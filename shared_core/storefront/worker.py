"""The background work of a shop."""

from shared_core.storefront.chores import CHORES
from shared_core.storefront.shop import Shop
from shared_core.web import worker


class Worker(worker.Worker[Shop]):
    """Does the shop's chores."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop, CHORES, clock=shop.clock, shop=shop.brand.shop.name)
