"""The journal as others read it: beancount text, so that `bean-check` can judge our books, and CSV."""

from collections.abc import Iterator
from datetime import UTC
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from shared_core.kernel.money import Money, decimal_text
from shared_core.ledger.journal import journal
from shared_core.ledger.rules import STORE
from shared_core.ledger.service import trial_balance


def export_beancount(session: Session, *, book: str = STORE, zone: str = "UTC") -> Iterator[str]:
    """Lines of a beancount file: accounts, every transaction, and a balance assertion for every account at the end."""
    totals = trial_balance(session, book=book)
    for address, keys in groupby(sorted(totals), key=lambda key: key[0]):
        yield f"1970-01-01 open {_name(address)} {','.join(currency for _, currency in keys)}"
    last_day = "1970-01-01"
    for _, rows in groupby(journal(session, book=book), key=lambda row: row.transaction):
        first, *others = rows
        day = first.at.astimezone(ZoneInfo(zone)).date().isoformat()
        last_day = max(last_day, day)
        yield f'\n{day} * "{_quoted(first.memo or first.reference)}" ^{_link(first.reference)}'
        yield f'  reference: "{_quoted(first.reference)}"'
        for row in (first, *others):
            yield f"  {_name(row.source)}  {decimal_text(-row.amount)} {row.amount.currency}"
            yield f"  {_name(row.destination)}  {decimal_text(row.amount)} {row.amount.currency}"
    after = f"{int(last_day[:4]) + 1}-01-01"
    for (address, currency), minor in totals.items():
        yield f"{after} balance {_name(address)}  {decimal_text(Money(minor, currency))} {currency}"


def export_csv(session: Session, *, book: str = STORE) -> Iterator[tuple[str, ...]]:
    """Rows of the journal with a header: one row per posting, instants in UTC, amounts as decimal text."""
    yield ("transaction", "at", "reference", "memo", "source", "destination", "amount", "currency")
    for row in journal(session, book=book):
        when, amount = row.at.astimezone(UTC).isoformat(), decimal_text(row.amount)
        yield (
            str(row.transaction),
            when,
            row.reference,
            row.memo,
            row.source,
            row.destination,
            amount,
            row.amount.currency,
        )


def _name(address: str) -> str:
    """ "liabilities:member:7:pending" is Liabilities:Member:7:Pending to beancount."""
    return ":".join(part[:1].upper() + part[1:] for part in address.split(":"))


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _link(reference: str) -> str:
    return "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in reference)
