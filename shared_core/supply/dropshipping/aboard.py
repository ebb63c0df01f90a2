"""How a supplier comes aboard, is suspended and leaves: one state, and a row for who decided what, when and why.

Only goods of a supplier that is live are on offer. Orders that were placed before are finished whatever it becomes.
Some steps are taken only once what was handed in and agreed to says so: see `vetting`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.kernel.calendar import today
from shared_core.kernel.errors import Invalid, Phrase
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.supply import vetting
from shared_core.supply.catalogue.products import create_supplier, supplier_row
from shared_core.supply.errors import NoGoodsYet, SupplierStepRefused, SupplierTaken
from shared_core.supply.inventory import shelves, stock
from shared_core.supply.models import TEXT_LENGTH_MAX, Supplier, SupplierChange
from shared_core.supply.rules import SupplierState

S = SupplierState
TRANSITIONS: Mapping[SupplierState, frozenset[SupplierState]] = {
    S.APPLIED: frozenset({S.DOCUMENTS, S.ENDED}),
    S.DOCUMENTS: frozenset({S.TERMS, S.ENDED}),
    S.TERMS: frozenset({S.FIRST_FEED, S.ENDED}),
    S.FIRST_FEED: frozenset({S.SAMPLE_ORDER, S.ENDED}),
    S.SAMPLE_ORDER: frozenset({S.LIVE, S.ENDED}),
    S.LIVE: frozenset({S.SUSPENDED, S.ENDED}),
    S.SUSPENDED: frozenset({S.LIVE, S.ENDED}),
    S.ENDED: frozenset(),
}
SUSPENDED_AT_ONCE_MAX = 10
CLOCK = "clock"
"""Who decides what time alone decides."""
TERMS_NOT_ACCEPTED = N_("the terms were not accepted in time")


@dataclass(frozen=True, slots=True)
class SupplierDecision:
    state: SupplierState
    actor: str
    reason: str
    at: datetime


def may_become(state: SupplierState, wanted: SupplierState) -> bool:
    return wanted in TRANSITIONS[state]


def apply_supplier(
    session: Session, *, code: str, name: str, freight: Money, actor: str, reason: str, at: datetime
) -> None:
    """A brand asks to be sold here; its feeds may be read, and nothing of it is on offer yet.

    Raises BadSupplierCode, SupplierTaken, Invalid.
    """
    known = session.scalar(select(Supplier.id).where(Supplier.code == code))
    if known is not None:
        raise SupplierTaken(supplier=code)
    create_supplier(session, code=code, name=name, freight=freight, at=at)
    row = vetting.requirements.locked_supplier(session, code)
    row.state = SupplierState.APPLIED
    _note(session, row, actor=actor, reason=reason, at=at)


def move_supplier(
    session: Session, *, supplier: str, to: SupplierState, actor: str, reason: str, zone: str, at: datetime
) -> None:
    """The supplier has come to this step, is suspended, or leaves. Again: no-op. Days are those of `zone`.

    Raises UnknownSupplier, SupplierStepRefused, NoGoodsYet, Invalid, and what `vetting` refuses with.
    """
    row = vetting.requirements.locked_supplier(session, supplier)
    if row.state == to:
        return
    if not may_become(SupplierState(row.state), to):
        raise SupplierStepRefused(supplier=supplier, state=row.state, wanted=to)
    goods = session.scalar(shelves.variants_of([row.id]).limit(1))
    if to is SupplierState.FIRST_FEED and goods is None:
        raise NoGoodsYet(supplier=supplier)
    _check(session, supplier, to, today=today(at, zone))
    offered = SupplierState.LIVE in (row.state, to)
    row.state = to
    _note(session, row, actor=actor, reason=reason, at=at)
    if offered:
        stock.touch(session, session.scalars(shelves.variants_of([row.id])).all())


def supplier_state(session: Session, *, supplier: str) -> SupplierState:
    """Raises UnknownSupplier."""
    return SupplierState(supplier_row(session, supplier).state)


def supplier_decisions(session: Session, *, supplier: str) -> list[SupplierDecision]:
    """What was decided, oldest first; nothing for a supplier that was simply put in. Raises UnknownSupplier."""
    row = supplier_row(session, supplier)
    query = select(SupplierChange).where(SupplierChange.supplier_id == row.id).order_by(SupplierChange.id)
    return [
        SupplierDecision(SupplierState(each.state), each.actor, each.reason, each.at) for each in session.scalars(query)
    ]


def suspend_unagreed(session: Session, *, zone: str, at: datetime) -> int:
    """Suspend who is live and let the day pass until which the present terms were to be accepted.

    How many were, `SUSPENDED_AT_ONCE_MAX` at most.
    """
    now = vetting.terms.present(session)
    if now is None or today(at, zone) <= now.accept_by:
        return 0
    late = vetting.terms.not_accepted(session)[:SUSPENDED_AT_ONCE_MAX]
    for code in late:
        move_supplier(session, supplier=code, to=S.SUSPENDED, actor=CLOCK, reason=TERMS_NOT_ACCEPTED, zone=zone, at=at)
    return len(late)


def _check(session: Session, supplier: str, to: SupplierState, *, today: date) -> None:
    if to in (S.DOCUMENTS, S.LIVE):
        vetting.documents.check(session, supplier, today=today)
    if to is S.TERMS:
        vetting.terms.check_accepted(session, supplier)
    if to is S.LIVE:
        vetting.terms.check_may_sell(session, supplier, today=today)


def _note(session: Session, row: Supplier, *, actor: str, reason: str, at: datetime) -> None:
    if not 1 <= len(reason.strip()) <= TEXT_LENGTH_MAX:
        said = Phrase(N_("write between 1 and {most} characters"), most=TEXT_LENGTH_MAX)
        raise Invalid(field="reason", reason=said)
    session.add(SupplierChange(supplier_id=row.id, state=row.state, actor=actor, reason=reason.strip(), at=at))
    session.flush()
