"""The background work of a shop."""

from shared_core.kernel.errors import Away
from shared_core.storefront.chores import CHORES
from shared_core.storefront.shop import Shop
from shared_core.supply import HubRefused
from shared_core.web import worker


class Worker(worker.Worker[Shop]):
    """Does the shop's chores."""

    expected = (Away, HubRefused)

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop, CHORES, clock=shop.clock, shop=shop.brand.shop.name)
