"""What can go wrong in the shop window."""

from shared_core.kernel.errors import Invalid, NotFound


class NotListed(NotFound):
    code = "not_listed"
    message = "{sku} is not for sale here."


class UnknownProduct(NotFound):
    code = "unknown_product"
    message = "There is no product {slug}."


class PriceBelowSupply(Invalid):
    code = "price_below_supply"
    message = "{sku} costs the shop {supply_price}; it cannot be sold for {price}."


class NoSupplyPrice(Invalid):
    code = "no_supply_price"
    message = "{sku} has no supply price, so it cannot be sold."
