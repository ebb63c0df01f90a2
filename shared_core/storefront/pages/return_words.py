"""What returns are called on pages, and the tone in which a page says it."""

from collections.abc import Mapping

from shared_core.kernel.i18n import N_
from shared_core.orders import ReturnState
from shared_core.supply import Remedy, ReturnReason

STATES: Mapping[ReturnState, tuple[str, str]] = {
    ReturnState.ASKED: (N_("asked for"), "warn"),
    ReturnState.REFUSED: (N_("not accepted"), "bad"),
    ReturnState.ACCEPTED: (N_("accepted"), "live"),
    ReturnState.REQUESTED: (N_("accepted"), "live"),
    ReturnState.AUTHORISED: (N_("to be sent back"), "warn"),
    ReturnState.SENT: (N_("on its way back"), "live"),
    ReturnState.RECEIVED: (N_("being looked at"), "live"),
    ReturnState.SETTLED: (N_("settled"), "good"),
    ReturnState.DECLINED: (N_("declined by the supplier"), "bad"),
    ReturnState.CANCELLED: (N_("called off"), ""),
    ReturnState.EXPIRED: (N_("not sent in time"), "bad"),
}
"""Label and tone."""

REASONS: Mapping[ReturnReason, str] = {
    ReturnReason.NO_REASON: N_("I do not want to keep it"),
    ReturnReason.DAMAGED: N_("It is damaged"),
    ReturnReason.WRONG: N_("It is not what I ordered"),
    ReturnReason.MISSING: N_("It was not in the box"),
    ReturnReason.NEVER_ARRIVED: N_("The box never came"),
}

REMEDIES: Mapping[Remedy, str] = {
    Remedy.MONEY: N_("my money back"),
    Remedy.REPLACEMENT: N_("a new one"),
}
