"""The journal row by row, as it was booked; for exports and for whoever replays the books."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from shared_core.kernel.money import Money
from shared_core.ledger.models import Account, PostingRow, Transaction
from shared_core.ledger.rules import STORE

_CHUNK = 2_000


class JournalRow(NamedTuple):
    """One posting. `transaction` numbers what was booked together; `amount` left `source` for `destination`."""

    transaction: int
    at: datetime
    reference: str
    memo: str
    source: str
    destination: str
    amount: Money


def journal(session: Session, *, book: str = STORE) -> Iterator[JournalRow]:
    """Every posting of a book in the order of booking, read in chunks."""
    source, destination = aliased(Account), aliased(Account)
    query = (
        select(
            Transaction.id,
            Transaction.at,
            Transaction.reference,
            Transaction.memo,
            source.address,
            destination.address,
            PostingRow.amount_minor,
            source.currency,
        )
        .join(PostingRow, PostingRow.transaction_id == Transaction.id)
        .join(source, source.id == PostingRow.source_id)
        .join(destination, destination.id == PostingRow.destination_id)
        .where(Transaction.book == book)
        .order_by(Transaction.id, PostingRow.id)
        .execution_options(yield_per=_CHUNK)
    )
    for number, at, reference, memo, out, into, minor, currency in session.execute(query):
        yield JournalRow(number, at, reference, memo, out, into, Money(minor, currency))
