"""What a return is to a shop and its customer; decided without a database."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from shared_core.supply import Inspected, ReturnReason


class ReturnState(StrEnum):
    """The first three are the shop's own, the others those of `supply.ReturnState`."""

    ASKED = "asked"
    """The customer asks; the shop has not decided."""
    REFUSED = "refused"
    """By the shop."""
    ACCEPTED = "accepted"
    """By the shop; the supply side has not heard of it yet."""
    REQUESTED = "requested"
    AUTHORISED = "authorised"
    SENT = "sent"
    RECEIVED = "received"
    SETTLED = "settled"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class RefundWhen(StrEnum):
    NOW = "now"
    """When the shop accepts the return: it bears the risk that the supply side does not."""
    INSPECTED = "inspected"
    """For the pieces that were accepted, once they are."""
    APART = "apart"
    """By itself: the money went back before, or new pieces are to come."""


FAULT_TIME = timedelta(days=30)
S = ReturnState
ENDED = (S.REFUSED, S.SETTLED, S.DECLINED, S.CANCELLED, S.EXPIRED)
VOID = (S.REFUSED, S.DECLINED, S.CANCELLED, S.EXPIRED)
"""What ended so that the pieces are as if nobody had asked."""
OPEN = tuple(each for each in ReturnState if each not in ENDED)
MAY_SEND = (S.AUTHORISED,)
MAY_CALL_OFF = (S.ASKED, S.REQUESTED, S.AUTHORISED)


def accepted_pieces(found: Sequence[Inspected]) -> Mapping[str, int]:
    """Per SKU, for how many pieces the customer gets their money, whoever bears those that cannot be sold again."""
    return {each.sku: each.sellable + each.unsellable for each in found}


def within_window(
    reason: ReturnReason, *, delivered_at: datetime | None, closes_at: datetime | None, return_days: int, at: datetime
) -> bool:
    """Whether a customer may still ask: without a reason until the return window closes, which opens with delivery;
    for a fault `FAULT_TIME` longer. `closes_at` is None before delivery, and once the window has closed.
    """
    if delivered_at is None:
        return True
    if reason is ReturnReason.NO_REASON:
        return closes_at is not None and at <= closes_at
    return at <= delivered_at + timedelta(days=return_days) + FAULT_TIME
