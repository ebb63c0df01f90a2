"""Payments by evidence: what a store paid its hub, and what a hub paid those who supply and carry for it.

Both sides of a store's payment write it down by themselves, under the transaction number of the bank. What the hub has
received is the hub's to say; until it has, the store's book tells of money that is on its way.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared_core import ledger
from shared_core.kernel.database import lock
from shared_core.kernel.money import MINOR_MAX, Money
from shared_core.ledger import accounts
from shared_core.supply.errors import TextTooLong, UnknownSupplier
from shared_core.supply.models import TEXT_LENGTH_MAX, Supplier
from shared_core.supply.settlement.errors import BadPayment, BadTransactionNumber, PaymentTaken, UnknownPayment
from shared_core.supply.settlement.payment_models import NUMBER_LENGTH_MAX, PaymentReversal, PaymentRow
from shared_core.supply.tenancy.tenants import tenant


class PartyKind(StrEnum):
    TENANT = "tenant"
    """pays the hub"""
    SUPPLIER = "supplier"
    """is paid by the hub"""
    CARRIER = "carrier"
    """is paid by the hub"""
    HUB = "hub"
    """is paid by the store"""


@dataclass(frozen=True, slots=True)
class Party:
    """With whom money is exchanged; tenants and suppliers have a code."""

    kind: PartyKind
    code: str = ""

    @property
    def book(self) -> str:
        return ledger.STORE if self.kind is PartyKind.HUB else ledger.HUB

    @property
    def account(self) -> str:
        """Where it is written down what is owed by, or to, the party."""
        match self.kind:
            case PartyKind.TENANT:
                return accounts.due_store(self.code)
            case PartyKind.SUPPLIER:
                return accounts.supplier_payable(self.code)
            case PartyKind.CARRIER:
                return accounts.carrier_payable()
            case PartyKind.HUB:
                return accounts.hub_paid()

    def posting(self, amount: Money) -> ledger.Posting:
        if self.kind is PartyKind.TENANT:
            return ledger.Posting(self.account, accounts.bank(), amount)
        return ledger.Posting(accounts.bank(), self.account, amount)


PAYMENTS_PER_PAGE = 50
CARRIER = Party(PartyKind.CARRIER)
THE_HUB = Party(PartyKind.HUB)


@dataclass(frozen=True, slots=True)
class ReversalView:
    reason: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PaymentView:
    """`reversal` says why the payment was none after all."""

    party: Party
    number: str
    amount: Money
    actor: str
    at: datetime
    reversal: ReversalView | None


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """`before` leads to the older ones; None when there are none."""

    payments: tuple[PaymentView, ...]
    before: int | None


def record_payment(
    session: Session, party: Party, amount: Money, *, number: str, actor: str, at: datetime
) -> PaymentView:
    """Book money that moved under the transaction number `number`. The same again changes nothing.

    Raises BadTransactionNumber, BadPayment, PaymentTaken, UnknownTenant, UnknownSupplier.
    """
    if not (1 <= len(number) <= NUMBER_LENGTH_MAX and number.isprintable() and number == number.strip()):
        raise BadTransactionNumber(maximum=NUMBER_LENGTH_MAX)
    expected = currency_of(session, party)
    if not 0 < amount.minor <= MINOR_MAX or expected not in (None, amount.currency):
        raise BadPayment(amount=amount, currency=expected or amount.currency)
    lock(session, "supply-payments")
    known = _entries(session, number)
    if known and known[-1][1] is None:
        last = known[-1][0]
        if (last.party, last.code, last.amount_minor, last.currency) != (*_key(party), amount.minor, amount.currency):
            raise PaymentTaken(number=number)
        return _view(*known[-1])
    row = PaymentRow(
        party=party.kind,
        code=party.code,
        number=number,
        entry=len(known) + 1,
        amount_minor=amount.minor,
        currency=amount.currency,
        actor=actor,
        at=at,
    )
    session.add(row)
    session.flush()
    ledger.post(session, _reference("pay", row), [party.posting(amount)], book=party.book, at=at, memo=number)
    return _view(row, None)


def reverse_payment(session: Session, number: str, *, reason: str, actor: str, at: datetime) -> PaymentView:
    """Take a payment back that was none after all; the number is free again. Twice changes nothing.

    Raises UnknownPayment, TextTooLong.
    """
    if len(reason) > TEXT_LENGTH_MAX:
        raise TextTooLong(maximum=TEXT_LENGTH_MAX)
    lock(session, "supply-payments")
    known = _entries(session, number)
    if not known:
        raise UnknownPayment(number=number)
    row, reversal = known[-1]
    if reversal is None:
        reversal = PaymentReversal(payment_id=row.id, reason=reason, actor=actor, at=at)
        session.add(reversal)
        session.flush()
        party = _party(row)
        gone = party.posting(Money(row.amount_minor, row.currency))
        back = ledger.Posting(gone.destination, gone.source, gone.amount)
        ledger.post(session, _reference("payr", row), [back], book=party.book, at=at, memo=number)
    return _view(row, reversal)


def payments(session: Session, party: Party | None = None) -> list[PaymentView]:
    """Every payment, or those of one party, oldest first; also those that were taken back."""
    query = select(PaymentRow, PaymentReversal).outerjoin(PaymentReversal).order_by(PaymentRow.id)
    if party is not None:
        query = query.where(PaymentRow.party == party.kind, PaymentRow.code == party.code)
    return [_view(row, reversal) for row, reversal in session.execute(query)]


def payments_page(session: Session, *, before: int | None = None, limit: int = PAYMENTS_PER_PAGE) -> PaymentPage:
    """Every payment, the newest first."""
    query = select(PaymentRow, PaymentReversal).outerjoin(PaymentReversal).order_by(PaymentRow.id.desc())
    if before is not None:
        query = query.where(PaymentRow.id < before)
    rows = session.execute(query.limit(limit + 1)).all()
    shown = rows[:limit]
    cursor = shown[-1][0].id if len(rows) > limit else None
    return PaymentPage(tuple(_view(row, reversal) for row, reversal in shown), cursor)


def paid(session: Session) -> Counter[tuple[Party, str]]:
    """Minor units by (party, currency) of all payments that were not taken back."""
    query = (
        select(PaymentRow.party, PaymentRow.code, PaymentRow.currency, func.sum(PaymentRow.amount_minor))
        .outerjoin(PaymentReversal)
        .where(PaymentReversal.id.is_(None))
        .group_by(PaymentRow.party, PaymentRow.code, PaymentRow.currency)
    )
    sums = Counter[tuple[Party, str]]()
    for kind, code, currency, minor in session.execute(query):
        sums[Party(PartyKind(kind), code), currency] = int(minor)
    return sums


def received_of(session: Session, store: str, currency: str) -> Money:
    """What a tenant has paid."""
    return Money(paid(session)[Party(PartyKind.TENANT, store), currency], currency)


def currency_of(session: Session, party: Party) -> str | None:
    """In which the party pays or is paid; None where any will do. Raises UnknownTenant, UnknownSupplier."""
    if party.kind is PartyKind.TENANT:
        return tenant(session, party.code).currency
    if party.kind is PartyKind.SUPPLIER:
        currency = session.scalar(select(Supplier.currency).where(Supplier.code == party.code))
        if currency is None:
            raise UnknownSupplier(supplier=party.code)
        return currency
    return None


def _entries(session: Session, number: str) -> list[tuple[PaymentRow, PaymentReversal | None]]:
    query = select(PaymentRow, PaymentReversal).outerjoin(PaymentReversal).where(PaymentRow.number == number)
    rows = session.execute(query.order_by(PaymentRow.entry).execution_options(populate_existing=True))
    return [(row, reversal) for row, reversal in rows]


def _reference(kind: str, row: PaymentRow) -> str:
    return f"{kind}:{row.number}" if row.entry == 1 else f"{kind}:{row.number}:{row.entry}"


def _key(party: Party) -> tuple[str, str]:
    return party.kind.value, party.code


def _party(row: PaymentRow) -> Party:
    return Party(PartyKind(row.party), row.code)


def _view(row: PaymentRow, reversal: PaymentReversal | None) -> PaymentView:
    undone = None if reversal is None else ReversalView(reversal.reason, reversal.actor, reversal.at)
    return PaymentView(_party(row), row.number, Money(row.amount_minor, row.currency), row.actor, row.at, undone)
