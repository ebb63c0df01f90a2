"""The invariants one by one. Source and numbering: the study of money models, section 2.7."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from shared_core import ledger, supply
from shared_core.audit import figures
from shared_core.audit.figures import Totals
from shared_core.audit.replay import Replay, replay
from shared_core.kernel import outbox
from shared_core.kernel.i18n import N_
from shared_core.ledger import HUB, STORE, accounts

FAULTS_SHOWN_MAX = 5


@dataclass(frozen=True)
class InvariantResult:
    """`title` says what holds (an English msgid); `faults` say where it does not. `note` tells a known delay."""

    code: str
    title: str
    faults: tuple[str, ...] = ()
    note: str = ""

    @property
    def ok(self) -> bool:
        return not self.faults

    @property
    def detail(self) -> str:
        """The first faults in one line."""
        more = len(self.faults) - FAULTS_SHOWN_MAX
        text = "; ".join(self.faults[:FAULTS_SHOWN_MAX]) + (f"; and {more} more" if more > 0 else "")
        return text or self.note


@dataclass(frozen=True)
class Evidence:
    """Everything the invariants look at, read once."""

    session: Session
    store: Replay
    hub: Replay
    totals: Totals
    lag: int


def check(session: Session, *, at: datetime) -> list[InvariantResult]:
    """Check I1-I12 as they stand at `at`, over the whole database."""
    evidence = Evidence(
        session=session,
        store=replay(session, STORE),
        hub=replay(session, HUB),
        totals=figures.totals(session),
        lag=outbox.backlog(session),
    )
    note = f"{evidence.lag} effects are still on their way" if evidence.lag else ""
    return [
        InvariantResult(code, title, tuple(find(evidence)), note if code in LAGGING else "")
        for code, title, find in INVARIANTS
    ]


def _sums_to_zero(evidence: Evidence) -> Iterator[str]:
    for book in (STORE, HUB):
        yield from (f"{book}: {reference} was changed" for reference in ledger.misfits(evidence.session, book=book))
        sums: dict[str, int] = {}
        for (_, currency), minor in ledger.trial_balance(evidence.session, book=book).items():
            sums[currency] = sums.get(currency, 0) + minor
        yield from (f"{book}: {currency} sums to {minor}" for currency, minor in sums.items() if minor)


def _cash_is_what_the_rails_say(evidence: Evidence) -> Iterator[str]:
    said = figures.cash_by_collector(evidence.session)
    for (collector, currency), minor in said.items():
        handed = evidence.store.moved("handover:", accounts.clearing(collector), currency)
        booked = evidence.store.balance(accounts.clearing(collector), currency)
        if booked != minor + handed:
            yield f"clearing of {collector}: {booked} booked, {minor + handed} by evidence"


def _mirrors_agree(evidence: Evidence) -> Iterator[str]:
    for row in outbox.parked(evidence.session):
        yield f"delivery {row.id} to {row.subscriber} was given up: {row.error or 'its worker died each time'}"
    for currency in evidence.totals.currencies:
        owed = evidence.store.total("liabilities:hub:", currency)
        due = evidence.hub.total("assets:store:", currency)
        if owed + due and not evidence.lag:
            yield f"the store owes {-owed} {currency}, the hub is due {due}"


def _nothing_owed_is_negative(evidence: Evidence) -> Iterator[str]:
    clawed = figures.members_with_clawback(evidence.session)
    for (address, currency), minor in evidence.store.balances.items():
        if not address.startswith("liabilities:") or minor <= 0:
            continue
        is_debt = address.endswith(":available") and int(address.split(":")[2]) in clawed
        if not is_debt:
            yield f"{address} is overdrawn by {minor} {currency}"


def _refunds_fit(evidence: Evidence) -> Iterator[str]:
    yield from figures.misfitting_refunds(evidence.session)
    yield from figures.misfitting_reversals(evidence.session)


def _commission_is_accounted_for(evidence: Evidence) -> Iterator[str]:
    for currency in evidence.totals.currencies:
        expense = evidence.store.balance(accounts.commission(), currency)
        earned = evidence.totals.earned.get(currency, 0)
        members = -evidence.store.total("liabilities:member:", currency)
        leaving = evidence.totals.payouts_gross.get(currency, 0)
        if expense != earned:
            yield f"commission is {expense} {currency}, the earnings say {earned}"
        if expense != members + leaving:
            yield f"commission is {expense} {currency}, but {members} is owed and {leaving} is paid or on its way"


def _tax_is_what_live_payouts_withheld(evidence: Evidence) -> Iterator[str]:
    for currency in evidence.totals.currencies:
        booked = -evidence.store.total("liabilities:tax-withheld:", currency)
        withheld = evidence.totals.payouts_tax.get(currency, 0)
        if booked != withheld:
            yield f"{booked} {currency} of tax is booked, payouts withheld {withheld}"


def _replay_is_balance(evidence: Evidence) -> Iterator[str]:
    for book, replayed in ((STORE, evidence.store), (HUB, evidence.hub)):
        for key, minor in ledger.trial_balance(evidence.session, book=book).items():
            if replayed.balances.get(key, 0) != minor:
                yield f"{book}: {key[0]} is {minor}, replayed {replayed.balances.get(key, 0)}"


def _payouts_leave_no_debt(evidence: Evidence) -> Iterator[str]:
    return iter(evidence.store.overdrawing_payouts)


def _events_have_one_effect(evidence: Evidence) -> Iterator[str]:
    seen = set(figures.captures_expected(evidence.session))
    booked = {reference for reference in evidence.store.references if reference.startswith("cap:")}
    yield from (f"{reference} is evidence without a booking" for reference in sorted(seen - booked))
    yield from (f"{reference} is booked without evidence" for reference in sorted(booked - seen))


def _paid_orders_are_allocated(evidence: Evidence) -> Iterator[str]:
    yield from figures.unallocated_orders(evidence.session)


def _stock_adds_up(evidence: Evidence) -> Iterator[str]:
    for each in supply.stock_discrepancies(evidence.session):
        yield f"{each.sku}: {each.figure} is {each.found}, counted {each.expected}"


INVARIANTS: list[tuple[str, str, Callable[[Evidence], Iterable[str]]]] = [
    ("I1", N_("Each book and currency sums to zero, and no booking was changed."), _sums_to_zero),
    ("I2", N_("Cash accounts say what the rails' evidence says."), _cash_is_what_the_rails_say),
    ("I3", N_("What the store owes the hub is what the hub is due."), _mirrors_agree),
    ("I4", N_("Nothing owed is negative, but for debts that refunds left."), _nothing_owed_is_negative),
    ("I5", N_("Refunds stay within what was paid, reversals within what was earned."), _refunds_fit),
    ("I6", N_("Commission is what members earned, hold and were paid."), _commission_is_accounted_for),
    ("I7", N_("Withheld tax is that of live payouts."), _tax_is_what_live_payouts_withheld),
    ("I8", N_("Replaying the journal gives the balances."), _replay_is_balance),
    ("I9", N_("No payout left or deepened a debt."), _payouts_leave_no_debt),
    ("I10", N_("Each outside event had one effect."), _events_have_one_effect),
    ("I11", N_("Every paid order was shared out once."), _paid_orders_are_allocated),
    ("I12", N_("Stock received is stock free, held and sold."), _stock_adds_up),
]
LAGGING = ("I3",)
"""Invariants across two books hold once the outbox has drained."""
