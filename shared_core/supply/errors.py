"""What can go wrong on the way to the goods."""

from shared_core.kernel.errors import Away, Conflict, Forbidden, Invalid, NotFound, PlatformError


class OutOfStock(Conflict):
    code = "out_of_stock"
    message = "Only {available} of {sku} are left."


class UnknownGoods(NotFound):
    code = "unknown_goods"
    message = "There is no product {product} in the supply. Its code is needed, not its title."


class UnknownPicture(NotFound):
    code = "unknown_picture"
    message = "{product} has no picture {digest} that was put there by hand; those of feeds go with their feed."


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


class BadReference(Invalid):
    """As a store may send it to a hub."""

    code = "bad_reference"
    message = "A reference has 1 to {maximum} characters, none of them invisible."


class TenantSuspended(Conflict):
    code = "tenant_suspended"
    message = "This shop cannot order goods at the moment."


class CreditUsedUp(Conflict):
    """What the store owes and what it keeps unpaid have reached its credit limit."""

    code = "credit_used_up"
    message = "This shop cannot order more goods at the moment: its credit with the supply side is used up."


class UnknownTenant(NotFound):
    code = "unknown_tenant"
    message = "The hub supplies no store {tenant}."


class TenantTaken(Conflict):
    code = "tenant_taken"
    message = "The hub supplies a store {tenant} already, on other terms."


class BadTenantCode(Invalid):
    code = "bad_tenant_code"
    message = "{tenant!r} cannot be a store's code; use small letters, digits and hyphens."


class BadTerms(Invalid):
    """`field` is the name of a term."""

    code = "bad_terms"
    message = "{field} cannot be {value}."


class UnknownScope(Invalid):
    code = "unknown_scope"
    message = "{scope!r} is no scope of an API key; there are {known}."


class UnknownApiKey(NotFound):
    code = "unknown_api_key"
    message = "The store {tenant} has no API key {key}."


class BadApiKey(PlatformError):
    """One answer for a key that is wrong, unknown, revoked or expired: whoever guesses learns nothing."""

    code = "bad_api_key"
    status = 401
    message = "This API key is not valid here. Send one as: Authorization: Bearer KEY."


class OtherStore(Conflict):
    """A key was mixed up with that of another store."""

    code = "other_store"
    message = "This API key is not that of the store {store}."


class ScopeMissing(Forbidden):
    code = "scope_missing"
    message = "This API key may not do that; it lacks the scope {scope}."


class ProtocolTooOld(PlatformError):
    code = "protocol_too_old"
    status = 426
    message = "This hub serves protocol {oldest} and later, not {found}. Upgrade the shop."


class BadTransactionNumber(Invalid):
    code = "bad_transaction_number"
    message = "A transaction number has 1 to {maximum} characters, none of them invisible, no blank at either end."


class BadPayment(Invalid):
    code = "bad_payment"
    message = "{amount} cannot be paid; it must be more than nothing, and in {currency}."


class PaymentTaken(Conflict):
    code = "payment_taken"
    message = "The transaction number {number} already stands for another payment. Look at it, or take it back first."


class UnknownPayment(NotFound):
    code = "unknown_payment"
    message = "There is no payment with the transaction number {number}."


class TextTooLong(Invalid):
    code = "text_too_long"
    message = "What you write here has at most {maximum} characters."


class NoStatement(NotFound):
    code = "no_statement"
    message = (
        "There is no statement for {month}. A month is written 2026-11, has begun, and begins after the first booking."
    )


class UnknownLine(NotFound):
    code = "unknown_line"
    message = "The statement for {month} has no line {kind} {reference}."


class UnknownObjection(NotFound):
    code = "unknown_objection"
    message = "There is no objection {number}."


class BadObjection(Invalid):
    code = "bad_objection"
    message = "{amount} is none of 0 to {left}: what is left of it that was not objected to or credited already."


class ObjectionTaken(Conflict):
    code = "objection_taken"
    message = "The objection {number} is to something else already. Give this one another number."


class ObjectionEnded(Conflict):
    code = "objection_ended"
    message = "The objection {number} is {state}; it ends once."


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
