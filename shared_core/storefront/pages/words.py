"""What states are called, and the tone in which a page says it (the class of a tag)."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared_core.kernel.i18n import N_
from shared_core.orders import DisputeState, State


@dataclass(frozen=True)
class Said:
    """`label` for a tag, `headline` for the top of a page; both are msgids."""

    label: str
    headline: str
    tone: str


ORDER: Mapping[State, Said] = {
    State.DRAFT: Said(N_("being placed"), N_("Your order is being placed"), ""),
    State.PLACED: Said(N_("to be paid"), N_("Waiting for your payment"), "warn"),
    State.PAID: Said(N_("paid"), N_("Paid. It is being packed"), "live"),
    State.SHIPPED: Said(N_("on its way"), N_("On its way to you"), "live"),
    State.DELIVERED: Said(N_("delivered"), N_("It has arrived"), "good"),
    State.COMPLETED: Said(N_("completed"), N_("All done"), "good"),
    State.CANCELLED: Said(N_("cancelled"), N_("This order was cancelled"), ""),
    State.REFUSED: Said(N_("refused"), N_("These goods could not be had"), "bad"),
    State.REFUNDED: Said(N_("refunded"), N_("Your money goes back to you"), ""),
}

MILESTONES: Mapping[State, str] = {
    State.PLACED: N_("Ordered"),
    State.PAID: N_("Payment"),
    State.SHIPPED: N_("Shipped"),
    State.DELIVERED: N_("Delivered"),
    State.COMPLETED: N_("Completed"),
}
"""The way of an order that goes well."""

REASONS: Mapping[str, str] = {
    "unpaid": N_("not paid in time"),
    "out_of_stock": N_("out of stock"),
    "short_shipped": N_("the supplier could not send it"),
    "abandoned": N_("not finished"),
    "returned": N_("goods came back"),
    "chargeback": N_("the bank took the payment back"),
}
"""Why, where the shop itself decided; what people wrote is shown as they wrote it."""

DISPUTES: Mapping[DisputeState, tuple[str, str]] = {
    DisputeState.OPEN: (N_("being decided"), "warn"),
    DisputeState.WON: (N_("won"), "good"),
    DisputeState.LOST: (N_("lost"), "bad"),
    DisputeState.WITHDRAWN: (N_("withdrawn"), "good"),
    DisputeState.EXPIRED: (N_("expired"), "good"),
}
"""Label and tone."""

EVERY_STATE = N_("all")
