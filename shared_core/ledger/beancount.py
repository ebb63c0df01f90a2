"""The journal as others read it: beancount text, so that `bean-check` can judge our books, and CSV."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from shared_core.kernel.money import Money, decimal_text
from shared_core.ledger.models import Account, PostingRow, Transaction
from shared_core.ledger.rules import STORE
from shared_core.ledger.service import trial_balance

_CHUNK = 2_000


def export_beancount(session: Session, *, book: str = STORE, zone: str = "UTC") -> Iterator[str]:
    """Lines of a beancount file: accounts, every transaction, and a balance assertion for every account at the end."""
    totals = trial_balance(session, book=book)
    for address, keys in groupby(sorted(totals), key=lambda key: key[0]):
        yield f"1970-01-01 open {_name(address)} {','.join(currency for _, currency in keys)}"
    last_day = "1970-01-01"
    for (_, at, reference, memo), rows in groupby(_rows(session, book), key=lambda row: row[:4]):
        day = at.astimezone(ZoneInfo(zone)).date().isoformat()
        last_day = max(last_day, day)
        yield f'\n{day} * "{_quoted(memo or reference)}" ^{_link(reference)}'
        yield f'  reference: "{_quoted(reference)}"'
        for *_, source, destination, minor, currency in rows:
            amount = Money(minor, currency)
            yield f"  {_name(source)}  {decimal_text(-amount)} {currency}"
            yield f"  {_name(destination)}  {decimal_text(amount)} {currency}"
    after = f"{int(last_day[:4]) + 1}-01-01"
    for (address, currency), minor in totals.items():
        yield f"{after} balance {_name(address)}  {decimal_text(Money(minor, currency))} {currency}"


def export_csv(session: Session, *, book: str = STORE) -> Iterator[tuple[str, ...]]:
    """Rows of the journal with a header: one row per posting, instants in UTC, amounts as decimal text."""
    yield ("transaction", "at", "reference", "memo", "source", "destination", "amount", "currency")
    for number, at, reference, memo, source, destination, minor, currency in _rows(session, book):
        amount = decimal_text(Money(minor, currency))
        yield (str(number), at.astimezone(UTC).isoformat(), reference, memo, source, destination, amount, currency)


def _rows(session: Session, book: str) -> Iterator[tuple[int, datetime, str, str, str, str, int, str]]:
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
    for row in session.execute(query):
        yield tuple(row)  # type: ignore[misc]


def _name(address: str) -> str:
    """ "liabilities:member:7:pending" is Liabilities:Member:7:Pending to beancount."""
    return ":".join(part[:1].upper() + part[1:] for part in address.split(":"))


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _link(reference: str) -> str:
    return "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in reference)
