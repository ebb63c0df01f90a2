"""The hub's half of the money: what stores owe for goods, and what is owed to suppliers and carriers for them.

The store books the mirror of every figure under the same reference in its own book, so that what a store owes and
what is owed by it add up to zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from shared_core import ledger
from shared_core.kernel.money import Money, zero


@dataclass(frozen=True, slots=True)
class Charge:
    """What one supplier's goods cost: the supplier gets `cost`, the store pays `supply` and `freight`."""

    supplier: str
    cost: Money
    supply: Money
    freight: Money


@dataclass(frozen=True, slots=True)
class Bill:
    """What a store owes, or owes no longer, for the goods of one hold."""

    store: str
    charges: tuple[Charge, ...]
    fee: Money

    @property
    def supply(self) -> Money:
        return sum((charge.supply for charge in self.charges), zero(self.fee.currency))

    @property
    def freight(self) -> Money:
        return sum((charge.freight for charge in self.charges), zero(self.fee.currency))


def charge_store(session: Session, reference: str, bill: Bill, *, at: datetime) -> None:
    """The goods of the hold `reference` are sold to the store."""
    ledger.post(session, f"sup:{reference}", _postings(bill), book=ledger.HUB, at=at, memo=reference)


def credit_store(session: Session, withdrawal: str, bill: Bill, *, reference: str, at: datetime) -> None:
    """Goods of the hold `reference` were withdrawn; `bill` is what the store owes less."""
    back = [ledger.Posting(each.destination, each.source, each.amount) for each in _postings(bill)]
    ledger.post(session, f"supw:{withdrawal}", back, book=ledger.HUB, at=at, memo=reference)


def move_order(
    session: Session, move: str, *, before: tuple[str, Money], after: tuple[str, Money], reference: str, at: datetime
) -> None:
    """Goods of the hold `reference` come from another supplier. What the store owes stays as it is.

    `before` and `after` are suppliers with what they get; `move` tells moves of one supplier order apart.
    """
    margin = ledger.accounts.supply_margin()
    former, giver = (ledger.accounts.supplier_payable(supplier) for supplier, _ in (before, after))
    postings = [ledger.Posting(margin, former, before[1]), ledger.Posting(giver, margin, after[1])]
    ledger.post(session, f"mov:{move}", postings, book=ledger.HUB, at=at, memo=reference)


def _postings(bill: Bill) -> Sequence[ledger.Posting]:
    due = ledger.accounts.due_store(bill.store)
    postings = [ledger.Posting(ledger.accounts.platform_fee_income(), due, bill.fee)]
    for charge in bill.charges:
        postings += [
            ledger.Posting(ledger.accounts.supplier_payable(charge.supplier), due, charge.cost),
            ledger.Posting(ledger.accounts.supply_margin(), due, charge.supply - charge.cost),
            ledger.Posting(ledger.accounts.carrier_payable(), due, charge.freight),
        ]
    return postings
