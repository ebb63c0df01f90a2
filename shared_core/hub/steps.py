"""How the steps of a supplier order are said, in the console and in the portal."""

from collections.abc import Mapping

from shared_core.kernel.i18n import N_
from shared_core.supply import EventKind

STEPS: Mapping[str, str] = {
    "placed": N_("Ordered"),
    "accepted": N_("Accepted"),
    "moved": N_("Given to another supplier"),
    EventKind.PART_SHIPPED: N_("A box was sent"),
    EventKind.SHIPPED: N_("All sent"),
    EventKind.PART_DELIVERED: N_("A box has arrived"),
    EventKind.DELIVERED: N_("All arrived"),
    EventKind.SHORT: N_("Some pieces never come"),
    EventKind.CANCELLED: N_("Cancelled"),
    EventKind.RETURN_APPROVED: N_("A return was authorised"),
    EventKind.RETURN_DECLINED: N_("A return was declined"),
    EventKind.RETURN_EXPIRED: N_("A return has expired"),
    EventKind.RETURN_RECEIVED: N_("A return has arrived"),
    EventKind.RETURN_SETTLED: N_("A return was inspected"),
    EventKind.RETURN_REPLACED: N_("New pieces were sent"),
    EventKind.RETURN_MADE_GOOD: N_("New pieces have arrived"),
}
