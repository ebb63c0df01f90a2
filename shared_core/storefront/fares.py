"""What customers pay for delivery, from `[shipping]` of brand.toml."""

from shared_core.kernel.money import parse_money
from shared_core.orders import Fare, FreightRule
from shared_core.storefront.brand import BrandConfig
from shared_core.storefront.shipping import region_called


def freight_rule(brand: BrandConfig) -> FreightRule:
    """The usual fare, those of regions, and where nothing is sent."""
    written, currency = brand.shipping, brand.shop.currency

    def fare(flat: str, free_over: str | None) -> Fare:
        return Fare(parse_money(flat, currency), None if free_over is None else parse_money(free_over, currency))

    regional = {
        region_called(name): fare(each.flat, each.free_over) for each in written.region for name in each.regions
    }
    excluded = frozenset(region_called(name) for name in written.excluded)
    return FreightRule(fare(written.flat, written.free_over), regional, excluded)
