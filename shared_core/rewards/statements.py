"""A member's month in money: what was there, what came and went for which order, what is there now.

Read out of the books alone, so that a statement adds up to the movement of the member's accounts by construction.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from sqlalchemy.orm import Session

from shared_core import ledger
from shared_core.kernel.calendar import month_span
from shared_core.kernel.money import Money, zero
from shared_core.ledger import accounts
from shared_core.rewards.errors import NoStatementYet
from shared_core.rewards.reads import Wallet
from shared_core.rewards.rules import purse


class Entry(StrEnum):
    """What a movement between a member's money and the rest of the books is."""

    EARNED = "earned"
    CLAWED_BACK = "clawed_back"
    PAID_OUT = "paid_out"
    """Sent, or on its way; given back when it failed."""
    TAX = "tax"
    """Withheld from payouts; given back when they failed."""
    TEAM_FUND = "team_fund"
    """Handed out of the team fund."""
    OTHER = "other"
    """Everything else, such as what a visitor brings along who signs up."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One booking. `changes` are by what they are, signed as the member sees them; `held` is what it kept back."""

    at: datetime
    kind: str
    """The kind of booking, as its reference begins: "alloc", "claw", "hold", "po" …"""
    subject: str
    """The order, payout or hand-out it is about."""
    changes: tuple[tuple[Entry, Money], ...]
    held: Money
    memo: str = ""
    """What the booking says of itself; of a hand-out the reason."""

    @property
    def change(self) -> Money:
        """Of all the member's money together."""
        return sum((amount for _, amount in self.changes), zero(self.held.currency))


@dataclass(frozen=True, slots=True)
class Statement:
    """`month` is "2026-11" in the shop's zone. The opening and all changes add up to the closing."""

    month: str
    opening: Wallet
    lines: tuple[StatementLine, ...]
    closing: Wallet

    def total(self, entry: Entry) -> Money:
        """All changes of one sort."""
        found = [amount for line in self.lines for sort, amount in line.changes if sort == entry]
        return sum(found, zero(self.opening.pending.currency))

    @property
    def held(self) -> Money:
        """What was kept back in the month less what was let go."""
        return self.closing.held - self.opening.held


def statement(session: Session, member_id: int, month: str, *, currency: str, zone: str, at: datetime) -> Statement:
    """The member's calendar month, as far as it has passed. Raises NoStatementYet for one that has not begun."""
    since, before = month_span(month, zone)
    if since > at:
        raise NoStatementYet(month=month)
    own = _own(member_id)
    moved = ledger.movements(session, own, currency, since=since, before=before)
    return Statement(
        month=month,
        opening=_wallet(own, ledger.balances_at(session, own, currency, before=since)),
        lines=tuple(lines_of(moved, own)),
        closing=_wallet(own, ledger.balances_at(session, own, currency, before=before)),
    )


def lines_of(rows: Iterable[ledger.JournalRow], own: Sequence[str]) -> Iterator[StatementLine]:
    """One line per booking that changed the member's money as a whole, or what is kept back of it; pure."""
    _, held, _ = own
    for _, booked in groupby(rows, key=lambda row: row.transaction):
        together = list(booked)
        changes: dict[Entry, Money] = {}
        kept = zero(together[0].amount.currency)
        for row in together:
            kept += _signed(row, (held,))
            if not (row.source in own and row.destination in own):
                sort = entry_of(row, own)
                changes[sort] = changes.get(sort, zero(kept.currency)) + _signed(row, own)
        kind, subject = (*together[0].reference.split(":"), "")[:2]
        if changes or kept:
            first = together[0]
            yield StatementLine(first.at, kind, subject, tuple(changes.items()), kept, first.memo)


def entry_of(row: ledger.JournalRow, own: Sequence[str]) -> Entry:
    """By the account at the other end; pure."""
    other = row.source if row.destination in own else row.destination
    if other == accounts.commission():
        return Entry.EARNED if other == row.destination else Entry.CLAWED_BACK
    if other.startswith("liabilities:payout:"):
        return Entry.PAID_OUT
    if other == accounts.fund_available():
        return Entry.TEAM_FUND
    return Entry.TAX if other.startswith("liabilities:tax-withheld:") else Entry.OTHER


def _signed(row: ledger.JournalRow, own: Sequence[str]) -> Money:
    """How the posting changes what is owed in these accounts: a credit of a liability is more."""
    more = row.amount if row.source in own else zero(row.amount.currency)
    less = row.amount if row.destination in own else zero(row.amount.currency)
    return more - less


def _own(member_id: int) -> tuple[str, str, str]:
    return purse(member_id)


def _wallet(own: tuple[str, str, str], balances: dict[str, Money]) -> Wallet:
    pending, held, available = (-balances[address] for address in own)
    return Wallet(pending, held, available)
