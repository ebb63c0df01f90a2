"""What becomes of a share, decided without a database. Each function here has a planted fault that tests must kill."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple

from shared_core.kernel.money import Money
from shared_core.ledger import Posting, accounts, entry
from shared_core.plan import reversal_target


class EarningState(StrEnum):
    QUOTED = "quoted"
    """The order is placed: rule, rank and rate are frozen; nothing is booked."""
    PENDING = "pending"
    """The order is paid; the money waits for the return window to close."""
    AVAILABLE = "available"
    """The member can take it out."""
    VOID = "void"
    """Nothing is left of it: the order was never paid, or all of it was refunded."""


class PayoutState(StrEnum):
    REQUESTED = "requested"
    PAID = "paid"
    FAILED = "failed"


class HandoutState(StrEnum):
    PROPOSED = "proposed"
    """It waits for the second person whom a large one needs."""
    GIVEN = "given"
    DROPPED = "dropped"


class Purse(NamedTuple):
    """The accounts of all that the shop owes a payee."""

    pending: str
    held: str
    available: str


def purse(member_id: int | None) -> Purse:
    """A member's accounts, or those of the team fund (None)."""
    if member_id is None:
        return Purse(accounts.fund_pending(), accounts.fund_held(), accounts.fund_available())
    return Purse(
        accounts.member_pending(member_id), accounts.member_held(member_id), accounts.member_available(member_id)
    )


def owed_in(state: EarningState, member_id: int | None) -> str:
    """The account in which the shop owes an earning: it follows the state."""
    own = purse(member_id)
    return own.available if state == EarningState.AVAILABLE else own.pending


def to_reverse(amount_minor: int, reversed_minor: int, refunded_minor: int, goods_net_minor: int) -> int:
    """What a refund takes back of one earning, on top of what earlier refunds of its line took."""
    return max(reversal_target(amount_minor, refunded_minor, goods_net_minor) - reversed_minor, 0)


def to_hold(amount_minor: int, reversed_minor: int, claimed_minor: int, goods_net_minor: int) -> int:
    """What is kept back of an earning while `claimed_minor` of its line are refunded or disputed, taken together.

    The same cumulative floor: what a lost dispute takes back is exactly what was kept back for it.
    """
    return max(reversal_target(amount_minor, min(claimed_minor, goods_net_minor), goods_net_minor) - reversed_minor, 0)


def shift_postings(
    state: EarningState, member_id: int | None, less: Money, held: Money, to_be_held: Money
) -> list[Posting]:
    """An earning of which `held` is kept back loses `less` to a refund, and `to_be_held` is kept back from now on.

    What is taken back comes out of what was kept back for it; what is neither goes to where the earning is owed.
    """
    nothing = Money(0, less.currency)
    owed, kept = owed_in(state, member_id), purse(member_id).held
    freed, more = max(held - to_be_held, nothing), max(to_be_held - held, nothing)
    lost = min(freed, less)
    return [
        entry(debit=kept, credit=accounts.commission(), amount=lost),
        entry(debit=owed, credit=accounts.commission(), amount=less - lost),
        entry(debit=kept, credit=owed, amount=freed - lost),
        entry(debit=owed, credit=kept, amount=more),
    ]


def to_mature(amount_minor: int, reversed_minor: int, held_minor: int) -> int:
    """What becomes available when the window has closed: the share less what was taken or is kept back."""
    return amount_minor - reversed_minor - held_minor


def may_pay_out(available: Money, asked: Money) -> bool:
    """A payout never leaves or deepens a debt."""
    return asked.minor > 0 and asked <= available


def needs_two(gross: Money, limit: Money | None) -> bool:
    """Whether one person alone may not note a payout as paid; with no limit anybody may."""
    return limit is not None and gross > limit


def may_settle(gross: Money, limit: Money | None, *, approved_by: str | None, actor: str) -> bool:
    """Four eyes: above the limit somebody else has approved it before."""
    return not needs_two(gross, limit) or approved_by not in (None, actor)


def is_ones_own(members: Collection[int], actor: str) -> bool:
    """Whether whoever hands something out ("staff:7") is among those who get it."""
    return actor in {f"staff:{each}" for each in members}


def request_postings(member_id: int, payout: str, net: Money, tax: Money, authority: str) -> list[Posting]:
    """A payout was asked for: what is sent is in flight, what is withheld is owed to the authority."""
    available = accounts.member_available(member_id)
    return [
        entry(debit=available, credit=accounts.payout_in_flight(payout), amount=net),
        entry(debit=available, credit=accounts.tax_withheld(authority), amount=tax),
    ]


def failure_postings(member_id: int, payout: str, net: Money, tax: Money, authority: str) -> list[Posting]:
    """A payout failed or expired: money and tax are the member's again."""
    available = accounts.member_available(member_id)
    return [
        entry(debit=accounts.payout_in_flight(payout), credit=available, amount=net),
        entry(debit=accounts.tax_withheld(authority), credit=available, amount=tax),
    ]


def paid_postings(payout: str, net: Money) -> list[Posting]:
    """The rail has paid the member out of our bank account."""
    return [entry(debit=accounts.payout_in_flight(payout), credit=accounts.bank(), amount=net)]


def may_hand_out(available: Money, asked: Money) -> bool:
    """What the team fund has for good, and no more; a debt of it has to be earned back first."""
    return asked.minor > 0 and asked <= available


def handout_postings(parts: Mapping[int, Money]) -> list[Posting]:
    """Parts of the team fund become the members' (by id), to be taken out like anything they earned."""
    fund = accounts.fund_available()
    return [
        entry(debit=fund, credit=accounts.member_available(member_id), amount=part) for member_id, part in parts.items()
    ]


def may_book(booked_at: datetime | None) -> bool:
    """An order's shares are booked once, however often its payment is announced."""
    return booked_at is None


OWN = "own:"
"""How the references begin under which buyers' own shares came to nothing."""


def own_reference(order_number: str, visitor_id: int) -> str:
    """Under which a visitor's shares of an order come to nothing, because the visitor turned out to be the buyer."""
    return f"{OWN}{order_number}:{visitor_id}"


Follows = Literal["claw", "hold", "unhold"]
"""What moves an order's shares after payment: a refund; a dispute, when it is opened and when it is over."""


def following_reference(kind: Follows, order_number: str, cause_id: int) -> str:
    """Under which a refund or a dispute moves its part of an order's shares."""
    return f"{kind}:{order_number}:{cause_id}"


def handout_reference(code: str) -> str:
    """The one reference under which a hand-out of the team fund is booked."""
    return f"fund:{code}"


def allocation_reference(order_number: str) -> str:
    """The one reference under which an order's shares are booked."""
    return f"alloc:{order_number}"
