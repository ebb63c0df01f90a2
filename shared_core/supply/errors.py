"""What can go wrong on the way to the goods."""

from shared_core.kernel.errors import Conflict, Invalid, NotFound


class OutOfStock(Conflict):
    code = "out_of_stock"
    message = "Only {available} of {sku} are left."


class UnknownSku(NotFound):
    code = "unknown_sku"
    message = "{sku} is not on offer."


class UnknownHold(NotFound):
    code = "unknown_hold"
    message = "There is no hold with the reference {reference}."


class UnknownSupplier(NotFound):
    code = "unknown_supplier"
    message = "There is no supplier {supplier}."


class UnknownSupplierOrder(NotFound):
    code = "unknown_supplier_order"
    message = "There is no supplier order {number}."


class HoldLimitReached(Invalid):
    """`limit` is the name of a field of `HoldLimits`, `maximum` its value (a count, or a duration)."""

    code = "hold_limit_reached"
    message = "The limit {limit} is {maximum}."


class BadQuantity(Invalid):
    code = "bad_quantity"
    message = "The quantity of {sku} must be a whole number, 1 or more."


class NothingToHold(Invalid):
    code = "nothing_to_hold"
    message = "There is nothing to hold."


class HoldReleased(Conflict):
    code = "hold_released"
    message = "The hold {reference} was released; its goods may be gone."


class HoldConfirmed(Conflict):
    code = "hold_confirmed"
    message = "The hold {reference} is confirmed; its goods can only be withdrawn."


class HoldNotConfirmed(Conflict):
    code = "hold_not_confirmed"
    message = "The hold {reference} is not confirmed; there is nothing to withdraw."


class WithdrawnTooMuch(Conflict):
    code = "withdrawn_too_much"
    message = "Only {left} of {sku} can still be withdrawn."


class StepRefused(Conflict):
    """A supplier order was asked to skip or repeat a step of its life."""

    code = "supply_step_refused"
    message = "The supplier order {number} is {state}; it cannot become {wanted}."


class StockTooLow(Conflict):
    code = "stock_too_low"
    message = "{sku} has {free} free units; {quantity} cannot be taken away."


class BadSupplierCode(Invalid):
    code = "bad_supplier_code"
    message = "{supplier!r} cannot be a supplier's code; use small letters, digits and hyphens."


class SupplierChanged(Conflict):
    code = "supplier_changed"
    message = "The supplier {supplier} exists with other terms."


class ProductTaken(Conflict):
    code = "product_taken"
    message = "The product {product} belongs to the supplier {supplier}. Give yours another code."


class SkuTaken(Conflict):
    code = "sku_taken"
    message = "{sku} already belongs to the product {product}."


class SlugTaken(Conflict):
    code = "slug_taken"
    message = "The address {slug} already belongs to the product {product}."


class WrongCurrency(Invalid):
    code = "wrong_currency"
    message = "{sku} is priced in {found}, but the supplier {supplier} is paid in {expected}."


class BadCost(Invalid):
    code = "bad_cost"
    message = "{sku}: prices are not negative, and the supply price is not below the cost."
