"""How states, steps and reasons are said in the portal."""

from collections.abc import Mapping

from shared_core import supply
from shared_core.kernel.i18n import N_
from shared_core.supply import ReturnReason, ReturnState, Tab, settlement

TABS: Mapping[Tab, str] = {
    Tab.NEW: N_("New"),
    Tab.TO_SEND: N_("To send"),
    Tab.SENT: N_("All sent"),
    Tab.PROBLEMS: N_("Problems"),
}
ORDER_STATES: Mapping[str, tuple[str, str]] = {
    "placed": (N_("new order"), "accent"),
    "accepted": (N_("to send"), "warn"),
    "shipped": (N_("all sent"), "plain"),
    "delivered": (N_("delivered"), "good"),
    "cancelled": (N_("cancelled"), "bad"),
}
"""In a word, and in what colour."""
RETURN_TABS: Mapping[str, tuple[str, frozenset[ReturnState]]] = {
    "decide": (N_("To decide"), frozenset({ReturnState.REQUESTED})),
    "coming": (N_("On the way"), frozenset({ReturnState.AUTHORISED, ReturnState.SENT})),
    "here": (N_("To inspect"), frozenset({ReturnState.RECEIVED})),
    "ended": (
        N_("Ended"),
        frozenset({ReturnState.SETTLED, ReturnState.DECLINED, ReturnState.CANCELLED, ReturnState.EXPIRED}),
    ),
}
RETURN_STATES: Mapping[ReturnState, tuple[str, str]] = {
    ReturnState.REQUESTED: (N_("asked for"), "accent"),
    ReturnState.AUTHORISED: (N_("may be sent"), "plain"),
    ReturnState.SENT: (N_("on the way"), "plain"),
    ReturnState.RECEIVED: (N_("here"), "warn"),
    ReturnState.SETTLED: (N_("inspected"), "good"),
    ReturnState.DECLINED: (N_("declined"), "bad"),
    ReturnState.CANCELLED: (N_("taken back"), ""),
    ReturnState.EXPIRED: (N_("expired"), ""),
}
REASONS: Mapping[ReturnReason, str] = {
    ReturnReason.NO_REASON: N_("changed their mind"),
    ReturnReason.DAMAGED: N_("it is damaged"),
    ReturnReason.WRONG: N_("something else was in the box"),
    ReturnReason.MISSING: N_("it was missing in the box"),
    ReturnReason.NEVER_ARRIVED: N_("the box never arrived"),
}
LINES: Mapping[str, str] = {
    "opening": N_("Carried over"),
    settlement.LineKind.CHARGE: N_("Goods"),
    settlement.LineKind.WITHDRAWAL: N_("Goods given back"),
    settlement.LineKind.MOVED: N_("Goods that another supplier sends"),
    settlement.LineKind.PAYMENT: N_("Payment"),
    settlement.LineKind.REVERSAL: N_("Payment taken back"),
    settlement.LineKind.CREDIT: N_("Credit"),
    settlement.LineKind.OTHER: N_("Other"),
    "closing": N_("Owed to you"),
}


def options_text(options: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in options)


def address_lines(address: supply.Address) -> list[str]:
    """As it is written on a parcel; Chinese addresses from the large to the small."""
    if address.country == "CN":
        place = (f"{address.region}{address.city}{address.district}", address.street, address.postcode)
    else:
        town = " ".join(part for part in (address.postcode, address.city) if part)
        place = (address.street, " ".join(part for part in (address.district, town) if part), address.region)
    country = "" if address.country == "CN" else address.country
    return [part for part in (address.name, address.phone, *place, country) if part]
