"""The journal row by row, as it was booked; for exports and for whoever replays the books."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, select
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
    query, _ = _rows(book)
    for row in session.execute(query.execution_options(yield_per=_CHUNK)):
        yield _read(*row)


def movements(
    session: Session,
    addresses: Sequence[str],
    currency: str,
    *,
    before: datetime,
    since: datetime | None = None,
    book: str = STORE,
) -> list[JournalRow]:
    """The postings that touch any of these accounts with since <= at < before, in the order of booking."""
    query, (source, destination) = _rows(book)
    touched = source.address.in_(addresses) | destination.address.in_(addresses)
    query = query.where(touched, source.currency == currency, Transaction.at < before)
    if since is not None:
        query = query.where(Transaction.at >= since)
    return [_read(*row) for row in session.execute(query)]


class AccountChange(NamedTuple):
    """What one transaction changed of an account, debits positive."""

    transaction: int
    at: datetime
    reference: str
    memo: str
    change: Money


def changes(
    session: Session,
    address: str,
    currency: str,
    *,
    book: str = STORE,
    before: datetime | None = None,
    only: Select[int] | None = None,
    without: Select[int] | None = None,
) -> list[AccountChange]:
    """What each transaction changed of an account, in the order of their instants: all, or those with at < before,
    `only` or `without` the transactions of a query.
    """
    account_id = _account_id(session, address, currency, book)
    if account_id is None:
        return []
    sign = case((PostingRow.destination_id == account_id, 1), else_=-1)
    query = (
        select(
            Transaction.id,
            Transaction.at,
            Transaction.reference,
            Transaction.memo,
            func.sum(sign * PostingRow.amount_minor),
        )
        .join(PostingRow, PostingRow.transaction_id == Transaction.id)
        .where((PostingRow.source_id == account_id) | (PostingRow.destination_id == account_id))
        .group_by(Transaction.id, Transaction.at, Transaction.reference, Transaction.memo)
        .order_by(Transaction.at, Transaction.id)
    )
    if before is not None:
        query = query.where(Transaction.at < before)
    if only is not None:
        query = query.where(Transaction.id.in_(only))
    if without is not None:
        query = query.where(Transaction.id.not_in(without))
    return [
        AccountChange(number, at, reference, memo, Money(int(minor), currency))
        for number, at, reference, memo, minor in session.execute(query)
    ]


def first_change(session: Session, address: str, currency: str, *, book: str = STORE) -> datetime | None:
    """The earliest instant of a transaction that touched the account; None when nothing did."""
    account_id = _account_id(session, address, currency, book)
    touched = (PostingRow.source_id == account_id) | (PostingRow.destination_id == account_id)
    return session.scalar(select(func.min(Transaction.at)).join(PostingRow).where(touched))


def _account_id(session: Session, address: str, currency: str, book: str) -> int | None:
    account = select(Account.id).where(Account.book == book, Account.address == address, Account.currency == currency)
    return session.scalar(account)


def balances_at(
    session: Session, addresses: Sequence[str], currency: str, *, before: datetime, book: str = STORE
) -> dict[str, Money]:
    """What went into each account less what went out of it, of everything booked with at < before."""
    totals = dict.fromkeys(addresses, 0)
    for column, sign in ((PostingRow.destination_id, 1), (PostingRow.source_id, -1)):
        query = (
            select(Account.address, func.sum(PostingRow.amount_minor))
            .join(PostingRow, column == Account.id)
            .join(Transaction, Transaction.id == PostingRow.transaction_id)
            .where(Account.book == book, Account.currency == currency, Account.address.in_(addresses))
            .where(Transaction.at < before)
            .group_by(Account.address)
        )
        for address, minor in session.execute(query):
            totals[address] += sign * int(minor)
    return {address: Money(minor, currency) for address, minor in totals.items()}


def _rows(book: str) -> tuple[Select[*tuple[Any, ...]], tuple[type[Account], type[Account]]]:
    """Every posting of a book in the order of booking, and its two accounts for narrowing it down."""
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
    )
    return query, (source, destination)


def _read(
    number: int, at: datetime, reference: str, memo: str, out: str, into: str, minor: int, currency: str
) -> JournalRow:
    return JournalRow(number, at, reference, memo, out, into, Money(minor, currency))
