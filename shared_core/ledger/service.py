"""Booking and reading the books."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import ColumnElement, Table, bindparam, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from shared_core.kernel.database import insert_new, insert_or_ignore
from shared_core.kernel.errors import Conflict, NotFound
from shared_core.kernel.money import Money
from shared_core.ledger import rules
from shared_core.ledger.models import Account, PostingRow, RunningBalance, Transaction
from shared_core.ledger.rules import STORE, Posting, entry

STATEMENT_LINES_MAX = 1_000


class ReferenceReused(Conflict):
    code = "reference_reused"
    message = "The reference {reference!r} was already used for something else."


class HeldTooLittle(Conflict):
    code = "held_too_little"
    message = "{address} holds {held}, less than the {amount} that should leave it."


@dataclass(frozen=True)
class StatementLine:
    """One movement of an account: `change` and the `balance` after it, debits positive."""

    at: datetime
    reference: str
    memo: str
    change: Money
    balance: Money


def post(
    session: Session, reference: str, postings: Sequence[Posting], *, at: datetime, book: str = STORE, memo: str = ""
) -> bool:
    """Book `postings` once under `reference`; True when this call booked them.

    The same reference with the same content again changes nothing; with other content it raises `ReferenceReused`.
    Postings of zero are left out, and where nothing is left nothing is booked.
    """
    moving = rules.effective(postings)
    if not moving:
        return False
    digest = rules.content_hash(moving)
    row = {"book": book, "reference": reference, "content_hash": digest, "memo": memo, "at": at}
    transaction_id = insert_new(session, Transaction, row, conflict=["book", "reference"])
    if transaction_id is None:
        if _digest(session, reference, book) != digest:
            raise ReferenceReused(reference=reference)
        return False
    changes = rules.net_changes(moving)
    known = _accounts(session, changes, book)
    rows = [
        {
            "transaction_id": transaction_id,
            "source_id": known[each.source, each.amount.currency].id,
            "destination_id": known[each.destination, each.amount.currency].id,
            "amount_minor": each.amount.minor,
        }
        for each in moving
    ]
    session.connection().execute(_POSTING, rows)
    kept = sorted((known[key].id, change) for key, change in changes.items() if known[key].kept)
    if kept:
        session.connection().execute(_RUN, [{"account": account, "change": change} for account, change in kept])
    return True


def posted(session: Session, reference: str, *, book: str = STORE) -> list[Posting]:
    """What was booked under `reference`; empty when nothing was."""
    source, destination = aliased(Account), aliased(Account)
    query = (
        select(source.address, destination.address, PostingRow.amount_minor, source.currency)
        .join(Transaction, Transaction.id == PostingRow.transaction_id)
        .join(source, source.id == PostingRow.source_id)
        .join(destination, destination.id == PostingRow.destination_id)
        .where(Transaction.book == book, Transaction.reference == reference)
        .order_by(PostingRow.id)
    )
    return [Posting(out, into, Money(minor, currency)) for out, into, minor, currency in session.execute(query)]


def reverse(session: Session, reference: str, *, reversal_reference: str, at: datetime, book: str = STORE) -> bool:
    """Undo a booking by a new one with the ends swapped. Raises `NotFound` when there is nothing to undo."""
    postings = posted(session, reference, book=book)
    if not postings:
        raise NotFound(what=f"transaction {reference!r}")
    undone = rules.reversed_postings(postings)
    return post(session, reversal_reference, undone, at=at, book=book, memo=f"reverses {reference}")


def hold(
    session: Session, reference: str, *, charged: str, held: str, amount: Money, at: datetime, book: str = STORE
) -> bool:
    """Promise `amount`: it is charged to an expense and owed in `held` until it is settled or voided."""
    return post(session, reference, [entry(debit=charged, credit=held, amount=amount)], at=at, book=book)


def settle(
    session: Session, reference: str, *, held: str, owed_in: str, amount: Money, at: datetime, book: str = STORE
) -> bool:
    """Let what was held become owed in `owed_in`. Raises `HeldTooLittle` rather than settle what is not there."""
    return _release(session, reference, entry(debit=held, credit=owed_in, amount=amount), at=at, book=book)


def void(
    session: Session, reference: str, *, held: str, charged: str, amount: Money, at: datetime, book: str = STORE
) -> bool:
    """Take a promise back: what was held no longer is, nor is it charged. Raises `HeldTooLittle`."""
    return _release(session, reference, entry(debit=held, credit=charged, amount=amount), at=at, book=book)


def _release(session: Session, reference: str, release: Posting, *, at: datetime, book: str) -> bool:
    if not posted(session, reference, book=book):
        held, currency = release.destination, release.amount.currency
        lock_accounts(session, [held], currency, book=book)
        there = owed(session, held, currency, book=book)
        if there < release.amount:
            raise HeldTooLittle(address=held, held=there, amount=release.amount)
    return post(session, reference, [release], at=at, book=book)


def balance(session: Session, address: str, currency: str, *, book: str = STORE) -> Money:
    """What went in minus what went out: positive for what we have (a debit), negative for what we owe."""
    found = session.execute(
        select(Account.id, RunningBalance.balance_minor)
        .outerjoin(RunningBalance)
        .where(Account.book == book, Account.address == address, Account.currency == currency)
    ).one_or_none()
    if found is None:
        return Money(0, currency)
    account_id, running = cast(tuple[int, int | None], found)
    return Money(_summed(session, account_id) if running is None else running, currency)


def keep(session: Session, address: str, currency: str, *, book: str = STORE) -> None:
    """From now on the balance of this account is kept with each booking, not summed when it is asked.

    For accounts that are asked often and on which few book at a time: those bookings take turns. Nobody may be booking
    on the account meanwhile.
    """
    [account] = _accounts(session, [(address, currency)], book).values()
    row = {"account_id": account.id, "balance_minor": _summed(session, account.id)}
    insert_or_ignore(session, RunningBalance, row, conflict=["account_id"])


def kept_balances(session: Session, *, book: str = STORE) -> dict[tuple[str, str], int]:
    """The balances that are kept, in minor units, by (address, currency)."""
    query = select(Account.address, Account.currency, RunningBalance.balance_minor).join(RunningBalance)
    rows = session.execute(query.where(Account.book == book).order_by(Account.address))
    return {(address, currency): minor for address, currency, minor in rows}


def owed(session: Session, address: str, currency: str, *, book: str = STORE) -> Money:
    """The balance seen from the creditor: what we owe the holder of a liabilities account, positive."""
    return -balance(session, address, currency, book=book)


def balances(session: Session, prefix: str, *, book: str = STORE) -> dict[tuple[str, str], int]:
    """Balance in minor units (debits positive) of every account below `prefix`, by (address, currency)."""
    return {key: minor for key, minor in trial_balance(session, book=book).items() if key[0].startswith(prefix)}


def trial_balance(session: Session, *, book: str = STORE) -> dict[tuple[str, str], int]:
    """Balance of every account of the book by (address, currency); each currency's sum is zero."""
    totals: dict[int, int] = {}
    for column, sign in ((PostingRow.destination_id, 1), (PostingRow.source_id, -1)):
        for account_id, minor in session.execute(select(column, func.sum(PostingRow.amount_minor)).group_by(column)):
            totals[account_id] = totals.get(account_id, 0) + sign * int(minor)
    accounts = session.scalars(select(Account).where(Account.book == book).order_by(Account.address))
    return {(each.address, each.currency): totals.get(each.id, 0) for each in accounts}


def statement(
    session: Session, address: str, currency: str, *, since: datetime, until: datetime, book: str = STORE
) -> list[StatementLine]:
    """Movements of one account with since <= at < until, oldest first, at most `STATEMENT_LINES_MAX`."""
    account = select(Account.id).where(Account.book == book, Account.address == address, Account.currency == currency)
    account_id = session.scalar(account)
    if account_id is None:
        return []
    touches = (PostingRow.source_id == account_id) | (PostingRow.destination_id == account_id)
    query = (
        select(Transaction.at, Transaction.reference, Transaction.memo, PostingRow)
        .join(PostingRow, PostingRow.transaction_id == Transaction.id)
        .where(touches, Transaction.at < until)
        .order_by(Transaction.at, Transaction.id, PostingRow.id)
    )
    running, lines = 0, []
    for at, reference, memo, row in session.execute(query):
        change = row.amount_minor if row.destination_id == account_id else -row.amount_minor
        running += change
        if at >= since:
            lines.append(StatementLine(at, reference, memo, Money(change, currency), Money(running, currency)))
    return lines[-STATEMENT_LINES_MAX:]


def lock_accounts(session: Session, addresses: Iterable[str], currency: str, *, book: str = STORE) -> None:
    """Make others wait who would check and move the same accounts, until this transaction ends."""
    known = _accounts(session, [(address, currency) for address in addresses], book)
    ids = [account.id for account in known.values()]
    session.execute(select(Account.id).where(Account.id.in_(ids)).order_by(Account.id).with_for_update())


def misfits(session: Session, *, book: str = STORE) -> list[str]:
    """References whose rows no longer say what was booked, or whose postings cross books or currencies."""
    source, destination = aliased(Account), aliased(Account)
    query = (
        select(
            Transaction.reference,
            Transaction.content_hash,
            PostingRow.amount_minor,
            source.address,
            destination.address,
            source.currency,
            (source.book == book) & (destination.book == book) & (source.currency == destination.currency),
        )
        .join(PostingRow, PostingRow.transaction_id == Transaction.id, isouter=True)
        .join(source, source.id == PostingRow.source_id, isouter=True)
        .join(destination, destination.id == PostingRow.destination_id, isouter=True)
        .where(Transaction.book == book)
        .order_by(Transaction.id, PostingRow.id)
    )
    booked: dict[tuple[str, str], list[Posting]] = {}
    wrong: set[str] = set()
    for reference, digest, minor, out, into, currency, fits in session.execute(query):
        postings = booked.setdefault((reference, digest), [])
        if fits:
            postings.append(Posting(out, into, Money(minor, currency)))
        else:
            wrong.add(reference)
    wrong |= {reference for (reference, digest), rows in booked.items() if rules.content_hash(rows) != digest}
    return sorted(wrong)


class _Known(NamedTuple):
    """An account, and whether its balance is kept."""

    id: int
    kept: bool


def _summed(session: Session, account_id: int) -> int:
    into = _total(session, PostingRow.destination_id == account_id)
    return into - _total(session, PostingRow.source_id == account_id)


def _total(session: Session, condition: ColumnElement[bool]) -> int:
    return int(session.scalar(select(func.coalesce(func.sum(PostingRow.amount_minor), 0)).where(condition)) or 0)


def _digest(session: Session, reference: str, book: str) -> str:
    query = select(Transaction.content_hash).where(Transaction.book == book, Transaction.reference == reference)
    return session.scalars(query).one()


def _accounts(session: Session, keys: Iterable[tuple[str, str]], book: str) -> dict[tuple[str, str], _Known]:
    """The accounts, made where they are new; in sorted order so that nobody waits in a circle."""
    wanted = sorted(set(keys))
    known = _known(session, wanted, book)
    for address, currency in (key for key in wanted if key not in known):
        row = {"book": book, "address": address, "currency": currency}
        made = insert_new(session, Account, row, conflict=["book", "address", "currency"])
        if made is None:  # another transaction has just made it
            return _accounts(session, wanted, book)
        known[address, currency] = _Known(made, kept=False)
    return known


def _known(session: Session, keys: Iterable[tuple[str, str]], book: str) -> dict[tuple[str, str], _Known]:
    rows = session.connection().execute(_ACCOUNTS, {"book": book, "addresses": [address for address, _ in keys]})
    return {
        (address, currency): _Known(account_id, running is not None) for address, currency, account_id, running in rows
    }


_POSTING = insert(cast(Table, PostingRow.__table__))
_ACCOUNTS = (
    select(Account.address, Account.currency, Account.id, RunningBalance.account_id)
    .outerjoin(RunningBalance)
    .where(Account.book == bindparam("book"), Account.address.in_(bindparam("addresses", expanding=True)))
)
_RUN = (
    update(cast(Table, RunningBalance.__table__))
    .where(RunningBalance.account_id == bindparam("account"))
    .values(balance_minor=RunningBalance.balance_minor + bindparam("change"))
)
