"""What a return is to a shop and its customer; decided without a database."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from shared_core.supply import Bearer, Inspected, ReturnReason


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


def new_pieces(found: Sequence[Inspected], *, replaced: bool, bearer: Bearer) -> Mapping[str, int]:
    """Per SKU, how many pieces come anew: the supplier replaces what is on sale again, and what it bears itself."""
    if not replaced:
        return {each.sku: 0 for each in found}
    return {each.sku: each.sellable + (each.unsellable if bearer is Bearer.SUPPLIER else 0) for each in found}


def refunded_pieces(found: Sequence[Inspected], *, replaced: bool, bearer: Bearer) -> Mapping[str, int]:
    """Per SKU, for how many the customer is paid back: what was accepted, whoever bears it, and does not come anew."""
    new = new_pieces(found, replaced=replaced, bearer=bearer)
    return {each.sku: each.sellable + each.unsellable - new[each.sku] for each in found}


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
