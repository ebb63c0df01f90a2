"""Statements: what a store owed its hub, or a hub its supplier, month by month.

A month is closed once, some time after it has ended, with the bookings there are by then. Which these were is kept,
since a booking of the month's last second may be committed after it: that one, like any late one, is for the next.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from shared_core import ledger
from shared_core.kernel.calendar import month_of, month_span
from shared_core.kernel.database import lock
from shared_core.kernel.money import Money, zero
from shared_core.supply.errors import NoStatement
from shared_core.supply.models import Supplier
from shared_core.supply.settlement import statement_rules as rules
from shared_core.supply.settlement.payments import Party, PartyKind, currency_of, payments
from shared_core.supply.settlement.statement_models import StatementLineRow, StatementRow
from shared_core.supply.settlement.statement_rules import Compared, Line, LineKind, Statement
from shared_core.supply.tenancy.tenants import all_tenants

CLOSES_AFTER = timedelta(hours=1)
"""What is under way when a month ends has arrived by then."""
OURS = {LineKind.CHARGE: "sup:{}", LineKind.WITHDRAWAL: "wd:{}", LineKind.CREDIT: "crd:{}"}
"""Under which reference a store books what is on its hub's statement."""


@dataclass(frozen=True, slots=True)
class _Account:
    party: Party
    currency: str

    @property
    def prefix(self) -> str:
        return f"{self.party.code}." if self.party.kind is PartyKind.TENANT else ""

    def changes(
        self,
        session: Session,
        *,
        before: datetime | None = None,
        only: Select[int] | None = None,
        without: Select[int] | None = None,
    ) -> list[ledger.AccountChange]:
        return ledger.changes(
            session,
            self.party.account,
            self.currency,
            book=self.party.book,
            before=before,
            only=only,
            without=without,
        )

    def line(self, change: ledger.AccountChange) -> Line:
        owed = change.change if self.party.kind is PartyKind.TENANT else -change.change
        return rules.line(at=change.at, reference=change.reference, memo=change.memo, amount=owed, prefix=self.prefix)


def close_months(session: Session, *, zone: str, at: datetime) -> int:
    """Close every month that has ended and is not closed, of every tenant and supplier; how many were."""
    lock(session, "supply-statements")
    return sum(_close_months(session, account, zone=zone, at=at) for account in _accounts(session))


def statement(session: Session, party: Party, month: str, *, zone: str, at: datetime) -> Statement:
    """A closed month, or the one after the last closed as far as it is known.

    Raises NoStatement for other months, UnknownTenant, UnknownSupplier.
    """
    account = _account(session, party)
    row = session.scalars(_closed(party).where(StatementRow.month == month)).one_or_none()
    if row is not None:
        lines = tuple(account.line(each) for each in account.changes(session, only=_lines_of(row)))
        opening, closing = (Money(minor, row.currency) for minor in (row.opening_minor, row.closing_minor))
        return Statement(month, *month_span(month, zone), opening, lines, closing, closed=True)
    last = _last(session, party)
    if month != _next_month(session, account, last, zone=zone, at=at):
        raise NoStatement(month=month)
    opening = zero(account.currency) if last is None else Money(last.closing_minor, last.currency)
    since, before = month_span(month, zone)
    lines = tuple(account.line(each) for each in account.changes(session, without=_lined(party), before=before))
    return Statement(month, since, before, opening, lines, rules.closing(opening, lines), closed=False)


def statement_months(session: Session, party: Party, *, zone: str, at: datetime) -> list[str]:
    """The months of which there is a statement, the newest first; the first one is not closed yet.

    Raises UnknownTenant, UnknownSupplier.
    """
    account = _account(session, party)
    closed = [row.month for row in session.scalars(_closed(party).order_by(StatementRow.month.desc()))]
    return [_next_month(session, account, _last(session, party), zone=zone, at=at), *closed]


def statement_misfits(session: Session) -> list[tuple[Party, str]]:
    """Closed months, as (party, month), that are not their bookings, or do not begin as the one before ended."""
    found = []
    for account in _accounts(session):
        left = 0
        for row in session.scalars(_closed(account.party).order_by(StatementRow.month)):
            lines = [account.line(each) for each in account.changes(session, only=_lines_of(row))]
            opening, closing = Money(row.opening_minor, row.currency), Money(row.closing_minor, row.currency)
            if opening.minor != left or rules.closing(opening, lines) != closing:
                found.append((account.party, row.month))
            left = row.closing_minor
    return found


def compare(session: Session, told: Statement) -> list[Compared]:
    """Each matter of the hub's statement, held against the book of the store whose database this is."""
    paid = {each.number: each for each in payments(session, Party(PartyKind.HUB))}
    found = []
    for (kind, reference), theirs in rules.matters(told.lines).items():
        ours: Money | None = None
        if kind is LineKind.PAYMENT:
            own = paid.get(reference)
            ours = -own.amount if own is not None and own.reversal is None else None
        elif kind in OURS:
            ours = _booked(session, OURS[kind].format(reference), theirs.currency)
        found.append(Compared(kind, reference, theirs, ours))
    return found


def _booked(session: Session, reference: str, currency: str) -> Money | None:
    """What the store owes its hub by this booking; None where there is none."""
    postings = ledger.posted(session, reference)
    due = (ledger.accounts.due_hub_supply(), ledger.accounts.due_hub_payable(), ledger.accounts.hub_credits())
    more = sum(each.amount.minor for each in postings if each.source in due)
    less = sum(each.amount.minor for each in postings if each.destination in due)
    return Money(more - less, currency) if postings else None


def _close_months(session: Session, account: _Account, *, zone: str, at: datetime) -> int:
    closed = 0
    while True:
        last = _last(session, account.party)
        month = _next_month(session, account, last, zone=zone, at=at)
        _, before = month_span(month, zone)
        if before + CLOSES_AFTER > at:
            return closed
        _close(session, account, last, month, before=before, at=at)
        closed += 1


def _close(
    session: Session, account: _Account, last: StatementRow | None, month: str, *, before: datetime, at: datetime
) -> None:
    party = account.party
    changes = account.changes(session, without=_lined(party), before=before)
    opening = 0 if last is None else last.closing_minor
    row = StatementRow(
        party=party.kind,
        code=party.code,
        month=month,
        currency=account.currency,
        opening_minor=opening,
        closing_minor=opening + sum(account.line(each).amount.minor for each in changes),
        closed_at=at,
    )
    session.add(row)
    session.flush()
    if changes:
        lines = [{"statement_id": row.id, "transaction_id": each.transaction} for each in changes]
        session.execute(insert(StatementLineRow), lines)


def _next_month(session: Session, account: _Account, last: StatementRow | None, *, zone: str, at: datetime) -> str:
    """The month after the last closed one; without one that of the first booking, without any the present one."""
    if last is not None:
        return month_of(month_span(last.month, zone)[1], zone)
    first = ledger.first_change(session, account.party.account, account.currency, book=account.party.book)
    return month_of(at if first is None else min(first, at), zone)


def _accounts(session: Session) -> Iterator[_Account]:
    for each in all_tenants(session):
        yield _Account(Party(PartyKind.TENANT, each.code), each.currency)
    for code, currency in session.execute(select(Supplier.code, Supplier.currency).order_by(Supplier.code)):
        yield _Account(Party(PartyKind.SUPPLIER, code), currency)


def _account(session: Session, party: Party) -> _Account:
    currency = currency_of(session, party)
    assert currency is not None, "statements are of tenants and suppliers"
    return _Account(party, currency)


def _closed(party: Party) -> Select[StatementRow]:
    return select(StatementRow).where(StatementRow.party == party.kind, StatementRow.code == party.code)


def _last(session: Session, party: Party) -> StatementRow | None:
    return session.scalars(_closed(party).order_by(StatementRow.month.desc()).limit(1)).one_or_none()


def _lines_of(row: StatementRow) -> Select[int]:
    return select(StatementLineRow.transaction_id).where(StatementLineRow.statement_id == row.id)


def _lined(party: Party) -> Select[int]:
    """The bookings that closed months of the party have."""
    lines = select(StatementLineRow.transaction_id).join(StatementRow)
    return lines.where(StatementRow.party == party.kind, StatementRow.code == party.code)
