"""What the store owes its supply, written into its own book: the mirror of what the supply side writes."""

from datetime import datetime

from sqlalchemy.orm import Session

from shared_core import ledger, supply
from shared_core.ledger import accounts

BOUGHT = "sup:"
"""What is owed for an order is booked under this and its number."""


def book_supply(session: Session, number: str, bought: supply.Confirmation, *, at: datetime) -> None:
    """The goods of an order are bought."""
    owed = [
        ledger.entry(debit=accounts.cogs_supply(), credit=accounts.due_hub_supply(), amount=bought.supply),
        ledger.entry(debit=accounts.shipping_cost(), credit=accounts.due_hub_supply(), amount=bought.freight),
        ledger.entry(debit=accounts.platform_fee(), credit=accounts.due_hub_payable(), amount=bought.fee),
    ]
    ledger.post(session, BOUGHT + number, owed, at=at, memo=f"supply of order {number}")


def book_withdrawal(
    session: Session, number: str, back: supply.Withdrawal | supply.ReturnView, *, memo: str, at: datetime
) -> None:
    """Goods went back under this number: at a word, or by a return that is settled."""
    less = [
        ledger.entry(debit=accounts.due_hub_supply(), credit=accounts.cogs_supply(), amount=back.supply),
        ledger.entry(debit=accounts.due_hub_supply(), credit=accounts.shipping_cost(), amount=back.freight),
        ledger.entry(debit=accounts.due_hub_payable(), credit=accounts.platform_fee(), amount=back.fee),
    ]
    ledger.post(session, f"wd:{number}", less, at=at, memo=memo)
