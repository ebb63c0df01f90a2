"""Why goods come back, what is wanted for them, who bears them, and how far a return is: words of the gateway."""

from enum import StrEnum


class ReturnReason(StrEnum):
    NO_REASON = "no_reason"
    DAMAGED = "damaged"
    WRONG = "wrong"
    """Something else was in the box."""
    MISSING = "missing"
    """The box came without it."""
    NEVER_ARRIVED = "never_arrived"

    @property
    def comes_back(self) -> bool:
        """Whether there is something to send back."""
        return self not in (ReturnReason.MISSING, ReturnReason.NEVER_ARRIVED)

    @property
    def at_fault(self) -> "Bearer":
        """Who pays for sending it back and, unless it was decided otherwise, bears what cannot be sold again."""
        return Bearer.STORE if self is ReturnReason.NO_REASON else Bearer.SUPPLIER


class Bearer(StrEnum):
    SUPPLIER = "supplier"
    STORE = "store"


class Remedy(StrEnum):
    MONEY = "money"
    """The store owes less."""
    REPLACEMENT = "replacement"
    """The supplier sends new pieces for nothing; money, where there are none."""


class ReturnState(StrEnum):
    REQUESTED = "requested"
    AUTHORISED = "authorised"
    SENT = "sent"
    RECEIVED = "received"
    SETTLED = "settled"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    """By the store."""
    EXPIRED = "expired"
    """Nothing was sent in time."""
