"""What can go wrong on the way to the goods."""

from shared_core.kernel.errors import Away, Conflict, Invalid, NotFound, PlatformError


class OutOfStock(Conflict):
    code = "out_of_stock"
    message = "Only {available} of {sku} are left."


class SaleSoldOut(OutOfStock):
    """What is left at the price of a sale event; at their ordinary price there may be more."""

    code = "sale_sold_out"
    message = "At the price of the sale only {available} of {sku} are left. Look at the price again."


class SaleNotRunning(Conflict):
    code = "sale_not_running"
    message = "{sku} is not sold at the price of the sale {sale} now. Look at the price again."


class SaleLimitReached(Conflict):
    code = "sale_limit_reached"
    message = "One customer gets at most {maximum} of {sku} at the price of the sale, those ordered before counted in."


class UnknownSale(NotFound):
    code = "unknown_sale"
    message = "There is no sale {sale}."


class SaleTaken(Conflict):
    code = "sale_taken"
    message = "There is a sale {sale} already, and it is another one. Give this one a code of its own."


class SaleBegun(Conflict):
    code = "sale_begun"
    message = "The sale {sale} has begun or is over: it is not changed any more. End it, and plan another one."


class SaleChanged(Conflict):
    code = "sale_changed"
    message = "Somebody has changed the sale {sale} meanwhile. Look at it again before you change it."


class BadSale(Invalid):
    """`field` is the name of a part of the sale, `sku` that of one of its goods where it is one."""

    code = "bad_sale"
    message = "{field} of the sale cannot be {value}: {reason}."


class UnknownPicture(NotFound):
    code = "unknown_picture"
    message = "{product} has no picture {digest} that was put there by hand; those of feeds go with their feed."


class UnknownSku(NotFound):
    code = "unknown_sku"
    message = "{sku} is not on offer."


class CountedTwice(Invalid):
    code = "counted_twice"
    message = "A SKU stands twice in what was counted. Send each once."


class UnknownHold(NotFound):
    code = "unknown_hold"
    message = "There is no hold with the reference {reference}."


class UnknownSupplier(NotFound):
    code = "unknown_supplier"
    message = "There is no supplier {supplier}."


class UnknownTier(NotFound):
    code = "unknown_tier"
    message = "There is no price list {tier}. Read one in first: platformctl hub prices {tier} FILE"


class BadTier(Invalid):
    code = "bad_tier"
    message = "{tier!r} cannot be the name of a price list. Use small letters, digits and hyphens."


class UnknownSupplierOrder(NotFound):
    code = "unknown_supplier_order"
    message = "There is no supplier order {number}."


class HoldLimitReached(Invalid):
    """`limit` is the name of a field of `HoldLimits` or `TenantLimits`, `maximum` its value (a count, a duration)."""

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


class ShortTooMuch(Conflict):
    """`reported`: pieces that were reported short already; `to_send`: those that are still to be sent."""

    code = "short_too_much"
    message = (
        "Of {sku} in the supplier order {number}, {reported} pieces are reported short and {to_send} are to be sent; "
        "{wanted} in all cannot be short."
    )


class SupplierTaken(Conflict):
    code = "supplier_taken"
    message = "There is a supplier {supplier} already."


class SupplierStepRefused(Conflict):
    """A supplier was asked to skip a step of coming aboard, or to come back for good."""

    code = "supplier_step_refused"
    message = "The supplier {supplier} is {state}; it cannot become {wanted}."


class NoGoodsYet(Conflict):
    code = "no_goods_yet"
    message = "No goods of the supplier {supplier} have been read yet. Import its feed first."


class BadPromise(Invalid):
    """`field` is the name of a part of the promise."""

    code = "bad_promise"
    message = "{field} cannot be {value}."


class SentTooMuch(Conflict):
    code = "sent_too_much"
    message = "Of {sku} in the supplier order {number}, {to_send} are still to be sent, not {wanted}."


class ParcelReused(Conflict):
    code = "parcel_reused"
    message = "The parcel {tracking_number} of the supplier order {number} was sent with other pieces."


class NotTakenAlone(Invalid):
    """Another row of the same order is wrong."""

    code = "not_taken_alone"
    message = "Nothing of the order {order} was taken, because of line {line}."


class ShortBeyondRow(Invalid):
    code = "short_beyond_row"
    message = "Of {quantity} pieces {short} cannot be short."


class UnknownParcel(NotFound):
    code = "unknown_parcel"
    message = "The supplier order {number} has no parcel {tracking_number}."


class BadTrackingNumber(Invalid):
    code = "bad_tracking_number"
    message = "{number} cannot be a tracking number of {carrier}: {reason}."


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


class BadRegion(Invalid):
    code = "bad_region"
    message = (
        "{region} is no region. Use an ISO 3166-2 code of a province of China, or an ISO 3166-1 code of a country."
    )


class UnknownFreightTemplate(NotFound):
    code = "unknown_freight_template"
    message = "{supplier} has no freight template {template}."


class NotDelivered(Invalid):
    code = "not_delivered"
    message = "{skus}: this cannot be sent to where you want it. Choose another address, or take it out of the bag."


class BadReference(Invalid):
    """As a store may send it to a hub."""

    code = "bad_reference"
    message = "A reference has 1 to {maximum} characters, none of them invisible."


class TenantSuspended(Conflict):
    code = "tenant_suspended"
    message = "This shop cannot order goods at the moment."


class CreditUsedUp(Conflict):
    """What the store owes and what it keeps unpaid have reached its credit limit. Customers read the sentence: why is
    said by the code alone.
    """

    code = "credit_used_up"
    message = "This shop cannot order goods at the moment."


class UnknownProduct(NotFound):
    code = "unknown_product"
    message = "There is no product {product} in the supply. Its code is needed, not its title."


class ProtocolTooOld(PlatformError):
    code = "protocol_too_old"
    status = 426
    message = "This hub serves protocol {oldest} and later, not {found}. Upgrade the shop."


class TextTooLong(Invalid):
    code = "text_too_long"
    message = "What you write here has at most {maximum} characters."


class SupplyUnavailable(Away):
    """Nobody knows whether the hub has done what it was asked; the same call again finds out."""

    code = "supply_unavailable"
    message = "The supply side does not answer at the moment. Please try again in {retry_after} seconds."


class HubRefused(Away):
    """The hub and this shop do not understand each other; somebody who runs one of them has to look.

    Until then nothing is given up: a key may be revoked by mistake, a proxy may answer in the hub's place.
    """

    code = "hub_refused"
    status = 502
    message = "The supply hub and this shop do not work together: {reason}"


class UnknownReturn(NotFound):
    code = "unknown_return"
    message = "There is no return {number}."


class OneSupplierOnly(Invalid):
    code = "one_supplier_only"
    message = "A return is of pieces that one supplier has sent. Ask for one return for each supplier."


class ReturnTooMuch(Conflict):
    code = "return_too_much"
    message = "Of {sku} {left} can be sent back: only what has left, and is in no other return."


class ReturnPointless(Invalid):
    """New pieces in place of good ones would be a sale."""

    code = "return_pointless"
    message = "New pieces come only in place of damaged, wrong, missing or lost ones; otherwise money goes back."


class ReturnStepRefused(Conflict):
    code = "return_step_refused"
    message = "The return {number} is {state}; it cannot become {wanted}."


class NoReturnAddress(Invalid):
    code = "no_return_address"
    message = "It is not known where {supplier} takes goods back. Say to which address, or set the supplier's terms."


class BadReturnTerms(Invalid):
    code = "bad_return_terms"
    message = "Goods come back within 1 to {maximum} days, without a reason up to {maximum} days after they arrived."


class BadInspection(Invalid):
    code = "bad_inspection"
    message = "Of {sku} {pieces} pieces are in the return; say of each whether it is sellable, unsellable or refused."


class NothingCameBack(Invalid):
    code = "nothing_came_back"
    message = "Nothing comes back of pieces that were missing or never arrived; none of {sku} can be sold again."


class FreightNotDue(Invalid):
    code = "freight_not_due"
    message = "What it cost to send the pieces back is given only where the supplier is at fault, and in {currency}."
