"""What can go wrong in the shop window."""

from shared_core.kernel.errors import Conflict, Invalid, NotFound


class SuppliedFromElsewhere(Conflict):
    code = "supplied_from_elsewhere"
    message = "The shop window shows the goods of another supply by now; restart what still asks this one."


class NotListed(NotFound):
    code = "not_listed"
    message = "{sku} is not for sale here."


class UnknownProduct(NotFound):
    code = "unknown_product"
    message = "There is no product {slug}."


class PriceBelowSupply(Invalid):
    code = "price_below_supply"
    message = "{sku} costs the shop {supply_price}; it cannot be sold for {price}."


class PriceBelowFloor(Invalid):
    code = "price_below_floor"
    message = "{sku} may not be sold for less than {floor}; {price} is below that. Ask {floor} or more."


class NoSupplyPrice(Invalid):
    code = "no_supply_price"
    message = "{sku} has no supply price, so it cannot be sold."
