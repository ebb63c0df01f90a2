"""What becomes of a disputed payment, decided without a database. Journal templates E16 and E17 of the study."""

from collections.abc import Sequence
from enum import StrEnum

from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money, allocate
from shared_core.ledger import Posting, accounts, entry


class DisputeState(StrEnum):
    OPEN = "open"
    """The customer's bank has taken the money back; what members earned on it is kept back."""
    WON = "won"
    LOST = "lost"
    """The money is gone, as if it had been refunded."""
    WITHDRAWN = "withdrawn"
    """The customer gave it up."""
    EXPIRED = "expired"
    """Nobody pursued it in time."""


DISPUTE_ENDS: dict[DisputeState, frozenset[DisputeState]] = {
    DisputeState.OPEN: frozenset(DisputeState) - {DisputeState.OPEN},
    DisputeState.WON: frozenset(),
    DisputeState.LOST: frozenset(),
    DisputeState.WITHDRAWN: frozenset(),
    DisputeState.EXPIRED: frozenset(),
}
"""A dispute ends once. What a bank takes up again is a new one with a reference of its own."""
TAKEN = (DisputeState.OPEN, DisputeState.LOST)
"""In these states the money is with the customer's bank."""

DISPUTE_REASONS: dict[str, str] = {
    "not_received": N_("the goods did not arrive"),
    "not_as_described": N_("the goods are not as described"),
    "unknown_payment": N_("the customer does not know the payment"),
    "paid_twice": N_("it was paid twice"),
    "refund_missing": N_("a refund was not received"),
    "other": N_("another reason"),
}
"""Why, as banks sort it; kept as the key, so that it can be told to members in their language."""


def may_end(state: DisputeState, outcome: DisputeState) -> bool:
    return outcome in DISPUTE_ENDS[state]


def spread(disputed: Money, left_minor: Sequence[int]) -> list[int]:
    """The part of each line in a disputed amount: in proportion to what is left of its price.

    Goods go first: freight and whatever was refunded as well are disputed only with what exceeds all lines.
    """
    goods = Money(min(disputed.minor, sum(left_minor)), disputed.currency)
    return [part.minor for part in allocate(goods, left_minor)] if goods else [0] * len(left_minor)


def opening_postings(collector: str, amount: Money, fee: Money) -> list[Posting]:
    """E16: the rail has taken the amount and its fee out of what it holds for us."""
    clearing = accounts.clearing(collector)
    return [
        entry(debit=accounts.dispute_receivable(), credit=clearing, amount=amount),
        entry(debit=accounts.dispute_fee(), credit=clearing, amount=fee),
    ]


def restoring_postings(collector: str, amount: Money) -> list[Posting]:
    """E17, not lost: the rail has given the amount back; the fee stays with it."""
    return [entry(debit=accounts.clearing(collector), credit=accounts.dispute_receivable(), amount=amount)]


def losing_postings(amount: Money, charged: Money, tail: Money, *, delivered: bool) -> list[Posting]:
    """E17, lost. `charged` is what the order still had; before delivery the deposit bears it. The rest is our loss.

    `tail` is the part of `charged` that was never paid; it is no discount any more.
    """
    of_deposit = Money(0, amount.currency) if delivered else charged - tail
    receivable = accounts.dispute_receivable()
    return [
        entry(debit=accounts.customer_deposit(), credit=receivable, amount=of_deposit),
        entry(debit=accounts.chargeback_loss(), credit=receivable, amount=amount - of_deposit),
        entry(
            debit=accounts.chargeback_loss() if delivered else accounts.customer_deposit(),
            credit=accounts.discounts(),
            amount=tail,
        ),
    ]
