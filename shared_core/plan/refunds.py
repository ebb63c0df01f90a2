"""How much of a share goes back when goods of its line are refunded."""

import numpy as np

from shared_core.plan.table import Numbers


def reversal_target(allocated_minor: int, refunded_minor: int, goods_net_minor: int) -> int:
    """All that must have been taken back once `refunded_minor` of the line's goods are refunded, over all refunds.

    Cumulative floor: post this less what was reversed before. It never exceeds the share, never shrinks as refunds
    grow, and is exactly the share at a full refund; the store keeps the fraction of a minor unit until then.
    """
    assert 0 <= refunded_minor <= goods_net_minor, "no more is refunded than was paid"
    if refunded_minor == goods_net_minor:
        return allocated_minor
    return allocated_minor * refunded_minor // goods_net_minor


def reversal_targets(allocated: Numbers, refunded: Numbers, goods_net: Numbers) -> Numbers:
    """The same for many lines at once."""
    return np.where(refunded == goods_net, allocated, allocated * refunded // np.maximum(goods_net, 1))
