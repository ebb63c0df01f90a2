"""Money as a wallet tells it: a statement is taken in, each of its rows is an order's or waits for staff.

A row is known by its transaction number and counts once, however often and in whatever order statements come. It goes
to the order that held its amount at the moment it was paid, so that the time of the import does not matter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shared_core import ledger
from shared_core.kernel.errors import Phrase
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.ledger import accounts
from shared_core.orders import matching, reads
from shared_core.orders.claims import OPEN
from shared_core.orders.errors import OtherCollector, UnknownReceipt
from shared_core.orders.matching import Match, Unmatched, Wanted
from shared_core.orders.models import Evidence, Expectation, Order, Receipt
from shared_core.orders.payments import (
    MANUAL,
    RETURNED,
    confirm_payment,
    require_unused,
    take_turns,
    take_turns_sending,
    transaction_number,
)
from shared_core.orders.rules import State

LISTED_MAX = 200


@dataclass(frozen=True)
class SeenRow:
    """A row of a wallet's statement: money that came in."""

    line: int
    transaction_no: str
    amount: Money
    paid_at: datetime
    payer: str = ""
    note: str = ""


@dataclass
class StatementReport:
    """What became of the rows, by their lines."""

    matched: list[tuple[int, str]] = field(default_factory=list)
    """(line, order)"""
    late: list[tuple[int, str]] = field(default_factory=list)
    """The same for orders that had been given up: supplied after all, or paid back."""
    unidentified: list[tuple[int, Unmatched]] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    refused: list[tuple[int, Phrase]] = field(default_factory=list)


def take_in(
    session: Session, rows: Iterable[SeenRow], *, collector: str, entered_by: str, at: datetime
) -> StatementReport:
    """Book the rows of a statement of this collector: to their orders, or as unidentified receipts.

    Rows that contradict each other, or what was booked before in whosever wallet, are refused and the others taken.
    """
    take_turns(session, MANUAL)
    report = StatementReport()
    told: dict[str, list[SeenRow]] = {}
    for row in rows:
        told.setdefault(row.transaction_no, []).append(row)
    for number, same in sorted(told.items(), key=lambda each: (min(row.paid_at for row in each[1]), each[0])):
        first, *again = sorted(same, key=lambda each: (each.paid_at, each.note, each.payer, each.line))
        if len({row.amount for row in same}) > 1:
            lines = ", ".join(str(row.line) for row in same)
            report.refused += [(row.line, Phrase(_CONTRADICTION, number=number, lines=lines)) for row in same]
            continue
        report.known += [row.line for row in again]
        booked = _booked(session, number)
        if booked is not None and booked.collector != collector:
            report.refused.append((first.line, Phrase(_OTHERS, number=number, collector=booked.collector)))
        elif booked is not None and booked.minor != first.amount.minor:
            was = Money(booked.minor, first.amount.currency)
            report.refused.append((first.line, Phrase(_OTHER_AMOUNT, number=number, amount=was)))
        elif booked is not None:
            report.known.append(first.line)
        else:
            _settle(session, first, report, collector=collector, entered_by=entered_by, at=at)
    return report


_CONTRADICTION = N_(
    "transaction number {number}: the lines {lines} name different amounts; correct them or export the statement again"
)
_OTHER_AMOUNT = N_(
    "transaction number {number} was booked before with {amount}; check the amount, or the number, against the wallet"
)

_OTHERS = N_(
    "transaction number {number} was booked before for {collector}; check whose statement it is, it counts once"
)


def give_back(session: Session, receipt_id: int, *, evidence: str, entered_by: str, at: datetime) -> Receipt:
    """Unidentified money was sent back; `evidence` is the transaction number of that. The same again changes nothing.

    Raises UnknownReceipt when there is none or it was matched, EvidenceUsed, Invalid.
    """
    evidence = transaction_number(evidence, field="evidence")
    receipt = _locked(session, receipt_id)
    if receipt.outcome == RETURNED and receipt.returned_by == evidence:
        return receipt
    if receipt.outcome is not None:
        raise UnknownReceipt(number=receipt_id)
    take_turns_sending(session)
    require_unused(session, evidence)
    amount = Money(receipt.amount_minor, receipt.currency)
    back = ledger.entry(
        debit=accounts.unidentified_receipts(), credit=accounts.clearing(receipt.collector), amount=amount
    )
    reference = f"ret:{receipt.rail}:{receipt.collector}:{receipt.transaction_no}"
    ledger.post(session, reference, [back], at=at, memo=f"sent back by {evidence}")
    receipt.outcome, receipt.returned_by = RETURNED, evidence
    receipt.settled_by, receipt.settled_at = entered_by, at
    session.flush()
    return receipt


def assign(session: Session, receipt_id: int, number: str, *, entered_by: str, at: datetime) -> Order:
    """Staff found out whose money it is. Raises UnknownReceipt, OtherCollector and what `confirm_payment` does."""
    receipt = _locked(session, receipt_id)
    if receipt.outcome == RETURNED:
        raise UnknownReceipt(number=receipt_id)
    wanted = reads.expectation(session, reads.get(session, number).id)
    if wanted is not None and wanted.collector != receipt.collector:
        raise OtherCollector(number=number, wanted=wanted.collector, found=receipt.collector)
    return confirm_payment(
        session,
        number,
        transaction_no=receipt.transaction_no,
        amount=Money(receipt.amount_minor, receipt.currency),
        entered_by=entered_by,
        at=at,
    )


def receipt(session: Session, receipt_id: int) -> Receipt:
    """Money that was nobody's when it was seen. Raises UnknownReceipt."""
    found = session.get(Receipt, receipt_id)
    if found is None:
        raise UnknownReceipt(number=receipt_id)
    return found


def waiting_receipts(session: Session, *, limit: int = LISTED_MAX) -> Sequence[Receipt]:
    """Money that is nobody's yet, the oldest first."""
    query = select(Receipt).where(Receipt.outcome.is_(None)).order_by(Receipt.paid_at, Receipt.id)
    return session.scalars(query.limit(limit)).all()


def _settle(
    session: Session, row: SeenRow, report: StatementReport, *, collector: str, entered_by: str, at: datetime
) -> None:
    chosen = matching.choose(
        row.amount,
        named=_named(session, row, collector=collector),
        waiting=_waiting(session, row, collector=collector),
    )
    if isinstance(chosen, Unmatched):
        _keep_unidentified(session, row, chosen, collector=collector, entered_by=entered_by, at=at)
        report.unidentified.append((row.line, chosen))
        return
    was_given_up = reads.get(session, chosen.number).state == State.CANCELLED
    confirm_payment(
        session,
        chosen.number,
        transaction_no=row.transaction_no,
        amount=row.amount,
        entered_by=entered_by,
        at=at,
    )
    (report.late if was_given_up else report.matched).append((row.line, chosen.number))


def _named(session: Session, row: SeenRow, *, collector: str) -> list[Wanted]:
    memos = matching.memos_in(row.note)
    return _wanted(session, row, Expectation.memo.in_(memos), collector=collector) if memos else []


def _waiting(session: Session, row: SeenRow, *, collector: str) -> list[Wanted]:
    """Whoever held the amount when it was paid, paid since or not."""
    return _wanted(
        session,
        row,
        Expectation.amount_minor == row.amount.minor,
        or_(Expectation.opened_at.is_(None), Expectation.opened_at <= row.paid_at + matching.CLOCK_SLACK),
        or_(Expectation.held_until.is_(None), Expectation.held_until > row.paid_at),
        collector=collector,
    )


def _wanted(session: Session, row: SeenRow, *conditions: object, collector: str) -> list[Wanted]:
    query = (
        select(Order.number, Order.state, Expectation.amount_minor, Expectation.match, Order.total_minor)
        .join(Expectation, Expectation.order_id == Order.id)
        .where(Expectation.rail == MANUAL, Expectation.collector == collector, *conditions)  # type: ignore[arg-type]
    )
    return [
        Wanted(
            number,
            Money(minor, row.amount.currency),
            Match(match),
            open=state in OPEN,
            total=Money(total, row.amount.currency),
        )
        for number, state, minor, match, total in session.execute(query)
    ]


class _Booked(NamedTuple):
    collector: str
    minor: int


def _booked(session: Session, transaction_no: str) -> _Booked | None:
    """In whose wallet, and with how much, the transaction was booked: to an order, or as nobody's."""
    for table in (Evidence, Receipt):
        query = select(table.collector, table.amount_minor).where(
            table.rail == MANUAL, table.transaction_no == transaction_no
        )
        found = session.execute(query).first()
        if found is not None:
            return _Booked(*found)
    return None


def _keep_unidentified(
    session: Session, row: SeenRow, why: Unmatched, *, collector: str, entered_by: str, at: datetime
) -> None:
    session.add(
        Receipt(
            rail=MANUAL,
            collector=collector,
            transaction_no=row.transaction_no,
            amount_minor=row.amount.minor,
            currency=row.amount.currency,
            payer=row.payer[:80],
            note=row.note[:200],
            why=why,
            paid_at=row.paid_at,
            entered_by=entered_by,
            at=at,
        )
    )
    seen = ledger.entry(debit=accounts.clearing(collector), credit=accounts.unidentified_receipts(), amount=row.amount)
    reference = f"cap:{MANUAL}:{collector}:{row.transaction_no}"
    ledger.post(session, reference, [seen], at=at, memo="matches no order yet")


def _locked(session: Session, receipt_id: int) -> Receipt:
    """As it is now; others who would settle it wait until this transaction ends. Raises UnknownReceipt."""
    take_turns(session, MANUAL)
    receipt = session.get(Receipt, receipt_id, populate_existing=True)
    if receipt is None:
        raise UnknownReceipt(number=receipt_id)
    return receipt
