"""What can go wrong between a cart and a settled order."""

from shared_core.kernel.errors import Conflict, Invalid, NotFound


class UnknownOrder(NotFound):
    code = "unknown_order"
    message = "There is no order {number}."


class CartEmpty(Invalid):
    code = "cart_empty"
    message = "The cart is empty."


class BadQuantity(Invalid):
    code = "bad_order_quantity"
    message = "A quantity of {sku} is between 1 and {maximum}."


class TooManyLines(Invalid):
    code = "too_many_lines"
    message = "An order has at most {maximum} lines."


class PriceChanged(Conflict):
    code = "price_changed"
    message = "The total is now {now}, not {seen}. Please look at the cart again."


class FareDiffers(PriceChanged):
    """The usual fare was seen, and another one is charged where the order goes."""

    message = "Delivery to where you want it costs {freight}, so the total is {now}. Order again if that is all right."


class CheckoutKeyReused(Conflict):
    code = "checkout_key_reused"
    status = 422
    message = "This checkout was already sent with another content."


class CheckoutLapsed(Conflict):
    code = "checkout_lapsed"
    message = "This checkout is too old. Please start again from the cart."


class StepNotAllowed(Conflict):
    code = "step_not_allowed"
    message = "The order {number} is {state}; it cannot become {wanted}."


class EvidenceUsed(Conflict):
    code = "evidence_used"
    message = "The transaction {transaction} already paid for something else."


class AmountDiffers(Conflict):
    code = "amount_differs"
    message = "{expected} is expected for the order {number}, not {found}."


class RefundTooMuch(Conflict):
    code = "refund_too_much"
    message = "At most {quantity} pieces or {amount} of {sku} can still be refunded."


class NothingToRefund(Invalid):
    code = "nothing_to_refund"
    message = "There is nothing to refund in the order {number}."


class UnknownRefund(NotFound):
    code = "unknown_refund"
    message = "There is no refund {number}."


class OrderDisputed(Conflict):
    """A refund beside an open dispute would pay the customer twice."""

    code = "order_disputed"
    message = "{disputed} of the order {number} is disputed; at most {left} can be refunded until that is decided."


class NotDisputable(Conflict):
    code = "not_disputable"
    message = "The order {number} is {state}; only a payment that was received can be disputed."


class DisputeTooMuch(Conflict):
    code = "dispute_too_much"
    message = "At most {left} of the payment for the order {number} can still be disputed."


class DisputeEnded(Conflict):
    code = "dispute_ended"
    message = "The dispute {dispute} is already {state}; what the bank takes up again is a new one."


class UnknownDispute(NotFound):
    code = "unknown_dispute"
    message = "There is no dispute {dispute}."


class UnknownParcel(NotFound):
    code = "unknown_parcel"
    message = "No order has a parcel {number}."


class SupplyNotSettled(Conflict):
    """The goods of a refund can only be withdrawn once their order has reached the supply side; tried again later."""

    code = "supply_not_settled"
    message = "The supply of the order {number} is not settled yet."


class TooManyUnpaid(Conflict):
    code = "too_many_unpaid"
    message = "{most} orders that you entered wait to be paid. Cancel some, or wait until the money has come."


class UnknownReceipt(NotFound):
    code = "unknown_receipt"
    message = "There is no receipt {number} that waits for an answer."


class UnknownCollector(NotFound):
    code = "unknown_collector"
    message = "Nobody called {name!r} collects money here; there are: {known}."


class OtherCollector(Conflict):
    code = "other_collector"
    message = "The order {number} is to be paid to {wanted}, this money came to {found}; send it back and ask again."


class UnknownReturn(NotFound):
    code = "unknown_order_return"
    message = "There is no return {number}."


class NothingToReturn(Conflict):
    code = "nothing_to_return"
    message = "Of {sku} {left} can be given back: what has left, is in no other return and is not refunded."


class ReturnWindowClosed(Conflict):
    code = "return_window_closed"
    message = "The time to return goods of the order {number} is over."


class ReturnStepNotAllowed(Conflict):
    code = "return_step_not_allowed"
    message = "The return {number} is {state}; it cannot become {wanted}."


class RefusalUnexplained(Invalid):
    code = "refusal_unexplained"
    message = "Please say why it cannot be given back; the customer reads it."
