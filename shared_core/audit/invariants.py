"""The invariants one by one. Source and numbering up to I12: the study of money models, section 2.7."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from shared_core import ledger, rewards, supply
from shared_core.audit import figures, invite_codes, misfits
from shared_core.audit.figures import Sums, Totals
from shared_core.audit.replay import Replay, replay
from shared_core.kernel import outbox
from shared_core.kernel.errors import Phrase, Translate
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.ledger import HUB, STORE, accounts
from shared_core.supply import settlement, tenancy

FAULTS_SHOWN_MAX = 5
CLEARING = "assets:clearing:"
SET_OFF = (accounts.hub_paid(), accounts.hub_credits())
"""Set off against what is owed to the hub; each side writes these down when it hears of them."""
UNEARNED = N_("{address} has {booked} {currency}, earnings, hand-outs and payouts say {said}")


@dataclass(frozen=True)
class HubAccount:
    """How a shop stands with a hub elsewhere, by the hub's book: what it was charged, has paid and was credited."""

    charged: Money
    received: Money
    credited: Money


AskHub = Callable[[], HubAccount | Phrase]
"""Asks a hub elsewhere; a Phrase says why nobody knows."""


@dataclass(frozen=True)
class InvariantResult:
    """`title` says what holds (an English msgid); `faults` say where it does not. `note` tells a known delay."""

    code: str
    title: str
    faults: tuple[Phrase, ...] = ()
    note: Phrase | None = None

    @property
    def ok(self) -> bool:
        return not self.faults

    def detail(self, translate: Translate) -> str:
        """The first faults in one line."""
        shown = [*self.faults[:FAULTS_SHOWN_MAX]] or ([self.note] if self.note else [])
        if len(self.faults) > FAULTS_SHOWN_MAX:
            shown.append(Phrase(N_("and {count} more"), count=len(self.faults) - FAULTS_SHOWN_MAX))
        return "; ".join(each.text(translate) for each in shown)


@dataclass(frozen=True)
class Evidence:
    """Everything the invariants look at, read once."""

    session: Session
    store: Replay
    hub: Replay
    totals: Totals
    purses: Sums
    lag: int
    elsewhere: HubAccount | None = None
    """What a hub elsewhere says."""
    unasked: Phrase | None = None
    """Why it could not be asked."""


def check(session: Session, *, at: datetime, hub: AskHub | None = None) -> list[InvariantResult]:
    """Check I1-I14 as they stand at `at`, over the whole database.

    `hub` asks a hub elsewhere how the shop stands there; None where the shop supplies itself.
    """
    evidence = _evidence(session, hub() if hub is not None else None)
    note = evidence.unasked or _payments_under_way(evidence)
    if evidence.lag:
        note = Phrase(N_("{count} effects are still on their way"), count=evidence.lag)
    return [
        InvariantResult(code, title, tuple(find(evidence)), note if code in LAGGING else None)
        for code, title, find in INVARIANTS
    ]


def _evidence(session: Session, said: HubAccount | Phrase | None) -> Evidence:
    """`said`: how the shop stands with a hub elsewhere, or why that is not known."""
    return Evidence(
        session=session,
        store=replay(session, STORE),
        hub=replay(session, HUB),
        totals=figures.totals(session),
        purses=figures.purses(session),
        lag=outbox.backlog(session),
        elsewhere=said if isinstance(said, HubAccount) else None,
        unasked=said if isinstance(said, Phrase) else None,
    )


def _sums_to_zero(evidence: Evidence) -> Iterator[Phrase]:
    for book in (STORE, HUB):
        for reference in ledger.misfits(evidence.session, book=book):
            yield Phrase(N_("{book}: {reference} was changed"), book=book, reference=reference)
        sums: dict[str, int] = {}
        for (_, currency), minor in ledger.trial_balance(evidence.session, book=book).items():
            sums[currency] = sums.get(currency, 0) + minor
        for currency, minor in sums.items():
            if minor:
                yield Phrase(N_("{book}: {currency} sums to {minor}"), book=book, currency=currency, minor=minor)


def _unlike(evidence: Evidence, prefix: str, said: Sums, sentence: str) -> Iterator[Phrase]:
    """Accounts whose address starts with `prefix` and that are not what rows say; what we owe counts up."""
    sign = -1 if prefix.startswith("liabilities:") else 1
    booked = Counter({key: sign * minor for key, minor in evidence.store.balances.items()})
    for address, currency in sorted(key for key in booked.keys() | said.keys() if key[0].startswith(prefix)):
        has, wanted = booked[address, currency], said[address, currency]
        if has != wanted:
            yield Phrase(sentence, address=address, booked=has, currency=currency, said=wanted)


def _cash_is_what_the_rails_say(evidence: Evidence) -> Iterator[Phrase]:
    session, bank = evidence.session, accounts.bank()
    in_hand, at_bank = figures.cash_by_collector(session), figures.paid_out(session)
    for (address, currency), minor in evidence.store.moved("handover:").items():
        if address.startswith(CLEARING):
            in_hand[address, currency] += minor
            at_bank[bank, currency] -= minor
    paid = settlement.paid(session)
    for (party, currency), minor in paid.items():
        if party == settlement.THE_HUB:
            at_bank[bank, currency] -= minor
    yield from _unlike(evidence, CLEARING, in_hand, N_("{address}: {booked} {currency} booked, {said} by evidence"))
    banked = N_("{booked} {currency} is booked at the bank, hand-overs less payouts and payments to the hub say {said}")
    yield from _unlike(evidence, bank, at_bank, banked)
    waits = N_("{booked} {currency} is booked as nobody's, {said} waits for its owner")
    yield from _unlike(evidence, accounts.unidentified_receipts(), figures.unidentified(session), waits)
    unclaimed = N_("{booked} {currency} is booked as disputed, open disputes say {said}")
    yield from _unlike(evidence, accounts.dispute_receivable(), figures.disputed(session), unclaimed)


def _mirrors_agree(evidence: Evidence) -> Iterator[Phrase]:
    for row in outbox.parked(evidence.session):
        why = row.error or Phrase(N_("its worker died each time"))
        given_up = N_("delivery {id} to {subscriber} was given up: {reason}")
        yield Phrase(given_up, id=row.id, subscriber=row.subscriber, reason=why)
    for currency in evidence.totals.currencies:
        set_off = sum(evidence.store.balance(each, currency) for each in SET_OFF)
        owed = evidence.store.total("liabilities:hub:", currency) - set_off
        due = evidence.hub.total("assets:store:", currency)
        if evidence.elsewhere is not None and evidence.elsewhere.charged.currency == currency:
            due += evidence.elsewhere.charged.minor
        if owed + due and not evidence.lag and evidence.unasked is None:
            differ = N_("the store owes {owed} {currency}, the hub is due {due}")
            yield Phrase(differ, owed=-owed, currency=currency, due=due)


def _payments_under_way(evidence: Evidence) -> Phrase | None:
    """Each side writes a payment down when it has seen it, so for a time only one of them may know."""
    if evidence.elsewhere is None:
        return None
    received, credited = evidence.elsewhere.received, evidence.elsewhere.credited
    paid, booked = (Money(evidence.store.balance(each, received.currency), received.currency) for each in SET_OFF)
    if paid != received:
        unseen = N_("this shop has paid the hub {paid}, the hub has received {received}")
        return Phrase(unseen, paid=paid, received=received)
    if booked != credited:
        unheard = N_("the hub has credited {credited}, {booked} of it is booked; run: platformctl supply objections")
        return Phrase(unheard, credited=credited, booked=booked)
    return None


def _nothing_owed_is_astray(evidence: Evidence) -> Iterator[Phrase]:
    clawed = {rewards.purse(payee).available for payee in figures.payees_with_clawback(evidence.session)}
    for (address, currency), minor in evidence.store.balances.items():
        if not address.startswith("liabilities:") or minor <= 0:
            continue
        if address not in clawed and address not in SET_OFF:
            overdrawn = N_("{address} is overdrawn by {minor} {currency}")
            yield Phrase(overdrawn, address=address, minor=minor, currency=currency)
    undelivered = N_("{booked} {currency} is booked as deposits, paid orders that have not arrived say {said}")
    yield from _unlike(evidence, accounts.customer_deposit(), figures.deposits(evidence.session), undelivered)


def _refunds_fit(evidence: Evidence) -> Iterator[Phrase]:
    unsent = N_("{booked} {currency} is booked as promised back, refunds that were not sent say {said}")
    yield from _unlike(evidence, accounts.refund_payable(), figures.promised_back(evidence.session), unsent)
    kept = N_("{booked} {currency} is booked as let off, paid orders less their refunds say {said}")
    yield from _unlike(evidence, accounts.discounts(), figures.let_off(evidence.session), kept)
    yield from misfits.lines(evidence.session)
    yield from misfits.refunds(evidence.session)
    yield from misfits.tails(evidence.session)
    yield from misfits.disputes(evidence.session)
    yield from misfits.reversals(evidence.session)


def _commission_is_accounted_for(evidence: Evidence) -> Iterator[Phrase]:
    for currency in evidence.totals.currencies:
        expense = evidence.store.balance(accounts.commission(), currency)
        earned = evidence.totals.earned.get(currency, 0)
        payees = -sum(evidence.store.total(f"liabilities:{each}:", currency) for each in ("member", "fund"))
        leaving = evidence.totals.payouts_gross.get(currency, 0)
        if expense != earned:
            unearned = N_("commission is {expense} {currency}, the earnings say {earned}")
            yield Phrase(unearned, expense=expense, currency=currency, earned=earned)
        if expense != payees + leaving:
            astray = N_("commission is {expense} {currency}, but {owed} is owed and {leaving} is paid or on its way")
            yield Phrase(astray, expense=expense, currency=currency, owed=payees, leaving=leaving)
    yield from _unlike(evidence, "liabilities:member:", evidence.purses, UNEARNED)


def _fund_is_what_it_earned_and_gave(evidence: Evidence) -> Iterator[Phrase]:
    yield from _unlike(evidence, "liabilities:fund:", evidence.purses, UNEARNED)
    yield from misfits.handouts(evidence.session)


def _tax_and_flight_are_those_of_payouts(evidence: Evidence) -> Iterator[Phrase]:
    untaxed = N_("{address}: {booked} {currency} of tax is booked, payouts withheld {said}")
    yield from _unlike(evidence, "liabilities:tax-withheld:", figures.withheld(evidence.session), untaxed)
    flies = N_("{address}: {booked} {currency} is booked as on its way, the payout says {said}")
    yield from _unlike(evidence, "liabilities:payout:", figures.in_flight(evidence.session), flies)


def _replay_is_balance(evidence: Evidence) -> Iterator[Phrase]:
    for book, replayed in ((STORE, evidence.store), (HUB, evidence.hub)):
        summed, kept = (
            ledger.trial_balance(evidence.session, book=book),
            ledger.kept_balances(evidence.session, book=book),
        )
        for key, minor in (*summed.items(), *kept.items()):
            if replayed.balances.get(key, 0) != minor:
                differ = N_("{book}: {address} is {minor}, replayed {replayed}")
                found = replayed.balances.get(key, 0)
                yield Phrase(differ, book=book, address=key[0], minor=minor, replayed=found)


def _payouts_leave_no_debt(evidence: Evidence) -> Iterator[Phrase]:
    return iter(evidence.store.overdrawing_payouts)


def _events_have_one_effect(evidence: Evidence) -> Iterator[Phrase]:
    seen = set(misfits.captures_expected(evidence.session))
    booked = {reference for reference in evidence.store.references if reference.startswith(("cap:", "dsp"))}
    for reference in sorted(seen - booked):
        yield Phrase(N_("{reference} is evidence without a booking"), reference=reference)
    for reference in sorted(booked - seen):
        yield Phrase(N_("{reference} is booked without evidence"), reference=reference)
    yield from misfits.evidence(evidence.session)


def _paid_orders_are_allocated(evidence: Evidence) -> Iterator[Phrase]:
    yield from misfits.unallocated_orders(evidence.session)


def _stock_adds_up(evidence: Evidence) -> Iterator[Phrase]:
    for each in supply.stock_discrepancies(evidence.session):
        differ = N_("{sku}: {figure} is {found}, counted {expected}")
        yield Phrase(differ, sku=each.sku, figure=each.figure, found=each.found, expected=each.expected)


def _codes_are_what_their_entries_say(evidence: Evidence) -> Iterator[Phrase]:
    return invite_codes.misfits(evidence.session)


INVARIANTS: list[tuple[str, str, Callable[[Evidence], Iterable[Phrase]]]] = [
    ("I1", N_("Each book and currency sums to zero, and no booking was changed."), _sums_to_zero),
    ("I2", N_("Cash accounts say what the rails' evidence says."), _cash_is_what_the_rails_say),
    ("I3", N_("What the store owes the hub is what the hub is due."), _mirrors_agree),
    (
        "I4",
        N_("Nothing owed is negative but what refunds or disputes left; deposits are of orders under way."),
        _nothing_owed_is_astray,
    ),
    ("I5", N_("Refunds stay within what was paid, reversals within what was earned."), _refunds_fit),
    ("I6", N_("Commission is what members earned, hold and were paid."), _commission_is_accounted_for),
    ("I7", N_("Withheld tax and money on its way are those of payouts."), _tax_and_flight_are_those_of_payouts),
    ("I8", N_("Replaying the journal gives the balances."), _replay_is_balance),
    ("I9", N_("No payout or hand-out left or deepened a debt."), _payouts_leave_no_debt),
    ("I10", N_("Each outside event had one effect, and paid what its order cost."), _events_have_one_effect),
    ("I11", N_("Every paid order was shared out once."), _paid_orders_are_allocated),
    ("I12", N_("Stock received is stock free, held and sold."), _stock_adds_up),
    ("I13", N_("The team fund has what it earned less what was handed out."), _fund_is_what_it_earned_and_gave),
    ("I14", N_("Invite codes are what the entries of their quota say."), _codes_are_what_their_entries_say),
]
LAGGING = ("I3",)
"""Invariants across two books hold once the outbox has drained."""


def check_hub(session: Session) -> list[InvariantResult]:
    """Those of them that a hub's own database can tell."""
    evidence = _evidence(session, None)
    results = [
        InvariantResult(code, title, tuple(find(evidence)))
        for code, title, find in INVARIANTS
        if code in ("I1", "I8", "I12")
    ]
    by_payments = (
        ("I2", N_("The hub's bank account is what its payments say."), tuple(_bank_is_what_payments_say(evidence))),
        (
            "I3",
            N_("Each store owes its charges less payments and credits."),
            tuple(_stores_owe_the_rest(evidence)),
        ),
    )
    differ = N_("{party}: the statement for {month} is not what its bookings say")
    changed = tuple(
        Phrase(differ, party=party.code, month=month) for party, month in settlement.statement_misfits(session)
    )
    closed = N_("Closed statements are their bookings, each begins as the last one ended.")
    first, *rest = results
    between = (InvariantResult(*each) for each in by_payments)
    return [first, *between, *rest, InvariantResult("I15", closed, changed)]


def _bank_is_what_payments_say(evidence: Evidence) -> Iterator[Phrase]:
    totals = Counter[str]()
    for (party, currency), minor in settlement.paid(evidence.session).items():
        if party != settlement.THE_HUB:
            totals[currency] += minor if party.kind is settlement.PartyKind.TENANT else -minor
    booked = {
        currency: minor for (address, currency), minor in evidence.hub.balances.items() if address == accounts.bank()
    }
    for currency in sorted(totals.keys() | booked.keys()):
        has, wanted = booked.get(currency, 0), totals[currency]
        if has != wanted:
            differ = N_("{booked} {currency} is booked at the bank, payments say {said}")
            yield Phrase(differ, booked=has, currency=currency, said=wanted)


def _stores_owe_the_rest(evidence: Evidence) -> Iterator[Phrase]:
    paid = settlement.paid(evidence.session)
    for each in tenancy.all_tenants(evidence.session):
        due = tenancy.tenant_owes(evidence.session, each.code, each.currency)
        charged = supply.charged(evidence.session, store=each.code, currency=each.currency)
        credited = settlement.credited(evidence.session, each.code, each.currency)
        left = (charged - credited).minor - paid[
            settlement.Party(settlement.PartyKind.TENANT, each.code), each.currency
        ]
        if due.minor != left:
            differ = N_("{store} is booked to owe {due}, its goods less payments and credits say {left} ({currency})")
            yield Phrase(differ, store=each.code, due=due.minor, left=left, currency=each.currency)
