"""What payments, statements and objections are refused with."""

from shared_core.kernel.errors import Conflict, Invalid, NotFound


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
