"""Objections: a store says that a line of its statement is wrong, and the hub answers, gives a credit, or says no."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from shared_core import ledger
from shared_core.kernel.database import lock
from shared_core.kernel.money import Money
from shared_core.ledger import accounts
from shared_core.supply.errors import TextTooLong
from shared_core.supply.models import TEXT_LENGTH_MAX
from shared_core.supply.settlement import statement_rules
from shared_core.supply.settlement.errors import (
    BadObjection,
    BadTransactionNumber,
    ObjectionEnded,
    ObjectionTaken,
    UnknownLine,
    UnknownObjection,
)
from shared_core.supply.settlement.objection_models import Objection, ObjectionStep
from shared_core.supply.settlement.payment_models import NUMBER_LENGTH_MAX
from shared_core.supply.settlement.payments import Party, PartyKind
from shared_core.supply.settlement.statements import statement


class ObjectionState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


ENDED = (ObjectionState.ACCEPTED, ObjectionState.REJECTED)
OBJECTIONS_PER_PAGE = 50

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ObjectionStepView:
    state: ObjectionState
    text: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """The first of its `steps` is the store's reason; `credit` is what it got for it."""

    store: str
    number: str
    month: str
    kind: str
    reference: str
    amount: Money
    state: ObjectionState
    credit: Money
    steps: tuple[ObjectionStepView, ...]

    @property
    def ended(self) -> bool:
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class ObjectionPage:
    """`before` leads to the older ones; None when there are none."""

    objections: tuple[ObjectionView, ...]
    before: int | None


def object_to(
    session: Session,
    store: str,
    *,
    number: str,
    month: str,
    kind: str,
    reference: str,
    amount: Money,
    reason: str,
    zone: str,
    at: datetime,
) -> ObjectionView:
    """The store objects to `amount` of a line of its statement. The same again changes nothing.

    What is objected to and was credited of a line is never more than the line. Raises NoStatement, UnknownLine,
    BadObjection, ObjectionTaken, BadTransactionNumber, TextTooLong.
    """
    if not (1 <= len(number) <= NUMBER_LENGTH_MAX and number.isprintable() and number == number.strip()):
        raise BadTransactionNumber(maximum=NUMBER_LENGTH_MAX)
    lock(session, "supply-objections")
    known = _found(session, store, number)
    if known is not None:
        said = (known.month, known.kind, known.reference, known.amount_minor, known.currency)
        if said != (month, kind, reference, amount.minor, amount.currency):
            raise ObjectionTaken(number=number)
        return _view(session, known)
    line = _line(session, store, month, kind, reference, zone=zone, at=at)
    left = Money(abs(line.minor) - _objected(session, store, kind, reference), line.currency)
    if amount.currency != left.currency or not 0 < amount.minor <= left.minor:
        raise BadObjection(amount=amount, left=left)
    row = Objection(
        store=store,
        number=number,
        month=month,
        kind=kind,
        reference=reference,
        amount_minor=amount.minor,
        currency=amount.currency,
        state=ObjectionState.OPEN,
    )
    session.add(row)
    session.flush()
    _step(session, row, ObjectionState.OPEN, reason, actor=store, at=at)
    return _view(session, row)


def answer_objection(
    session: Session, store: str, number: str, *, text: str, actor: str, at: datetime
) -> ObjectionView:
    """Say something and decide nothing yet. Raises UnknownObjection, ObjectionEnded, TextTooLong."""
    row = _not_ended(session, store, number)
    _step(session, row, ObjectionState.ANSWERED, text, actor=actor, at=at)
    return _view(session, row)


def reject_objection(
    session: Session, store: str, number: str, *, text: str, actor: str, at: datetime
) -> ObjectionView:
    """The line was right. Raises UnknownObjection, ObjectionEnded, TextTooLong."""
    row = _not_ended(session, store, number)
    _step(session, row, ObjectionState.REJECTED, text, actor=actor, at=at)
    return _view(session, row)


def accept_objection(
    session: Session, store: str, number: str, *, text: str, actor: str, at: datetime, credit: Money | None = None
) -> ObjectionView:
    """The line was wrong: the store owes `credit` less, by default all that it objected to; nothing where it was put
    right otherwise. Raises UnknownObjection, ObjectionEnded, BadObjection, TextTooLong.
    """
    row = _not_ended(session, store, number)
    wanted = Money(row.amount_minor, row.currency)
    given = wanted if credit is None else credit
    if given.currency != wanted.currency or not 0 <= given.minor <= wanted.minor:
        raise BadObjection(amount=given, left=wanted)
    row.credit_minor = given.minor
    _step(session, row, ObjectionState.ACCEPTED, text, actor=actor, at=at)
    less = ledger.Posting(accounts.due_store(store), accounts.store_credit(), given)
    ledger.post(session, f"crd:{store}.{number}", [less], book=ledger.HUB, at=at, memo=number)
    return _view(session, row)


def objections(session: Session, store: str | None = None) -> list[ObjectionView]:
    """Of one store or of all, oldest first."""
    query = select(Objection).order_by(Objection.id)
    if store is not None:
        query = query.where(Objection.store == store)
    return [_view(session, row) for row in session.scalars(query)]


def objections_page(
    session: Session,
    *,
    store: str = "",
    only_open: bool = False,
    before: int | None = None,
    limit: int = OBJECTIONS_PER_PAGE,
) -> ObjectionPage:
    """Of one store or of all, the newest first; with `only_open` those that nobody has ended."""
    query = _matching(select(Objection), store=store, only_open=only_open)
    if before is not None:
        query = query.where(Objection.id < before)
    rows = session.scalars(query.order_by(Objection.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    return ObjectionPage(tuple(_view(session, row) for row in shown), shown[-1].id if len(rows) > limit else None)


def count_open_objections(session: Session, store: str = "") -> int:
    """How many nobody has ended, of one store or of all."""
    query = _matching(select(func.count()).select_from(Objection), store=store, only_open=True)
    return session.scalar(query) or 0


def credited(session: Session, store: str, currency: str) -> Money:
    """What a store was given for its objections."""
    mine = (Objection.store == store, Objection.currency == currency)
    return Money(
        int(session.scalar(select(func.coalesce(func.sum(Objection.credit_minor), 0)).where(*mine)) or 0), currency
    )


def book_credits(session: Session, told: list[ObjectionView], *, at: datetime) -> int:
    """Write into a store's book what its hub has credited; how many were new."""
    booked = 0
    for each in told:
        less = ledger.Posting(accounts.cogs_supply(), accounts.hub_credits(), each.credit)
        booked += ledger.post(session, f"crd:{each.number}", [less], at=at, memo=each.number)
    return booked


def _matching(query: Select[_T], *, store: str, only_open: bool) -> Select[_T]:
    if store:
        query = query.where(Objection.store == store)
    return query.where(Objection.state.not_in(ENDED)) if only_open else query


def _line(session: Session, store: str, month: str, kind: str, reference: str, *, zone: str, at: datetime) -> Money:
    said = statement(session, Party(PartyKind.TENANT, store), month, zone=zone, at=at)
    lines = [each for each in said.lines if (each.kind, each.reference) == (kind, reference)]
    if not lines:
        raise UnknownLine(kind=kind, reference=reference, month=month)
    return statement_rules.closing(Money(0, said.opening.currency), lines)


def _objected(session: Session, store: str, kind: str, reference: str) -> int:
    """What is open of other objections to the line, and what was credited for them."""
    query = select(Objection).where(Objection.store == store, Objection.kind == kind, Objection.reference == reference)
    return sum(row.credit_minor if row.state in ENDED else row.amount_minor for row in session.scalars(query))


def _found(session: Session, store: str, number: str) -> Objection | None:
    query = select(Objection).where(Objection.store == store, Objection.number == number)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _not_ended(session: Session, store: str, number: str) -> Objection:
    lock(session, "supply-objections")
    row = _found(session, store, number)
    if row is None:
        raise UnknownObjection(number=number)
    if row.state in ENDED:
        raise ObjectionEnded(number=number, state=row.state)
    return row


def _step(session: Session, row: Objection, state: ObjectionState, text: str, *, actor: str, at: datetime) -> None:
    if len(text) > TEXT_LENGTH_MAX:
        raise TextTooLong(maximum=TEXT_LENGTH_MAX)
    row.state = state
    session.add(ObjectionStep(objection_id=row.id, state=state, text=text, actor=actor, at=at))
    session.flush()


def _view(session: Session, row: Objection) -> ObjectionView:
    steps = session.scalars(
        select(ObjectionStep).where(ObjectionStep.objection_id == row.id).order_by(ObjectionStep.id)
    )
    return ObjectionView(
        store=row.store,
        number=row.number,
        month=row.month,
        kind=row.kind,
        reference=row.reference,
        amount=Money(row.amount_minor, row.currency),
        state=ObjectionState(row.state),
        credit=Money(row.credit_minor, row.currency),
        steps=tuple(ObjectionStepView(ObjectionState(each.state), each.text, each.actor, each.at) for each in steps),
    )
