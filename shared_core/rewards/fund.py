"""The team fund: a pot that is nobody's in person. Somebody of the shop hands it out to members, with a reason.

It earns, waits and gives back like any payee. What is handed out is the members' available money from then on, taxed
when they take it out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared_core import ledger, members
from shared_core.kernel.errors import Invalid, Phrase
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money
from shared_core.ledger import accounts
from shared_core.rewards import rules
from shared_core.rewards.errors import (
    HandoutAboveFund,
    HandoutBySamePerson,
    HandoutCodeReused,
    HandoutEnded,
    HandoutToOneself,
    UnknownHandout,
)
from shared_core.rewards.models import Earning, Handout, HandoutEnd, HandoutPart
from shared_core.rewards.reads import PAGE_MAX, Wallet, wallet
from shared_core.rewards.rules import HandoutState

HANDOUT_MEMBERS_MAX = 50
HANDOUT_REASON_MAX = 200


@dataclass(frozen=True, slots=True)
class Pot:
    """What is in the team fund, and what was handed out of it so far. All of it together is what it earned."""

    inside: Wallet
    handed_out: Money

    @property
    def earned(self) -> Money:
        return self.inside.total + self.handed_out


@dataclass(frozen=True, slots=True)
class HandoutFound:
    """A hand-out, what each member gets of it (by id), and how it ended (None: it waits for a second person)."""

    row: Handout
    parts: Mapping[int, Money]
    end: HandoutEnd | None

    @property
    def state(self) -> HandoutState:
        return HandoutState.PROPOSED if self.end is None else HandoutState(self.end.state)


def hand_out(
    session: Session,
    parts: Mapping[int, Money],
    *,
    reason: str,
    code: str,
    actor: str,
    at: datetime,
    two_people_above: Money | None = None,
) -> HandoutFound:
    """Give members (by id) parts of the fund. Above `two_people_above` in all, or where a part is the actor's own while
    there is such a limit, it waits until somebody else gives it.

    The same `code` with the same content again returns the same hand-out. Raises Invalid (no reason, nobody, nothing
    for somebody, or somebody who has not joined), HandoutAboveFund, HandoutCodeReused.
    """
    reason = " ".join(reason.split())
    total = _checked(session, parts, reason)
    ledger.lock_accounts(session, [accounts.fund_available()], total.currency)
    known = session.scalars(select(Handout).where(Handout.code == code)).one_or_none()
    if known is not None:
        found = _found(session, [known])[0]
        if (dict(found.parts), known.reason) != (dict(parts), reason):
            raise HandoutCodeReused
        return found
    _require_enough(session, total)
    row = Handout(code=code, amount_minor=total.minor, currency=total.currency, reason=reason, actor=actor, at=at)
    session.add(row)
    session.flush()
    amounts = parts.items()
    session.add_all(HandoutPart(handout_id=row.id, member_id=each, amount_minor=part.minor) for each, part in amounts)
    own = two_people_above is not None and rules.is_ones_own(parts, actor)
    if not own and not rules.needs_two(total, two_people_above):
        _give(session, row, parts, actor=actor, at=at)
    session.flush()
    return _found(session, [row])[0]


def give_handout(
    session: Session, code: str, *, actor: str, at: datetime, two_people_above: Money | None = None
) -> HandoutFound:
    """The second person gives what somebody else proposed. Repeating is a no-op.

    Raises UnknownHandout, HandoutEnded (it was dropped), HandoutToOneself, HandoutBySamePerson, HandoutAboveFund (the
    fund has less now).
    """
    found = _locked(session, code)
    if found.state == HandoutState.GIVEN:
        return found
    if found.end is not None:
        raise HandoutEnded(handout=code)
    row = found.row
    if two_people_above is not None and rules.is_ones_own(found.parts, actor):
        raise HandoutToOneself(handout=code)
    if not rules.may_settle(row.amount, two_people_above, approved_by=row.actor, actor=actor):
        raise HandoutBySamePerson(handout=code, limit=two_people_above)
    _require_enough(session, row.amount)
    _give(session, row, found.parts, actor=actor, at=at)
    session.flush()
    return _found(session, [row])[0]


def drop_handout(session: Session, code: str, *, actor: str, at: datetime) -> HandoutFound:
    """It is not given after all; nothing was moved for it. Repeating is a no-op.

    Raises UnknownHandout, HandoutEnded (it was given).
    """
    found = _locked(session, code)
    if found.state == HandoutState.DROPPED:
        return found
    if found.end is not None:
        raise HandoutEnded(handout=code)
    session.add(HandoutEnd(handout_id=found.row.id, state=HandoutState.DROPPED, actor=actor, at=at))
    session.flush()
    return _found(session, [found.row])[0]


def pot(session: Session, currency: str) -> Pot:
    """The team fund as it stands."""
    given = (
        select(func.coalesce(func.sum(Handout.amount_minor), 0))
        .join(HandoutEnd, HandoutEnd.handout_id == Handout.id)
        .where(HandoutEnd.state == HandoutState.GIVEN, Handout.currency == currency)
    )
    return Pot(wallet(session, None, currency), Money(int(session.scalar(given) or 0), currency))


def fund_earnings(session: Session, *, limit: int = PAGE_MAX, before: int | None = None) -> Sequence[Earning]:
    """What came in from which order, newest first; `before` is the id of the last one seen."""
    query = select(Earning).where(Earning.member_id.is_(None))
    if before is not None:
        query = query.where(Earning.id < before)
    return session.scalars(query.order_by(Earning.id.desc()).limit(min(limit, PAGE_MAX))).all()


def handouts(session: Session, *, limit: int = PAGE_MAX, waiting: bool = False) -> Sequence[HandoutFound]:
    """The last hand-outs, newest first; with `waiting` those that a second person has to look at."""
    query = select(Handout)
    if waiting:
        query = query.where(Handout.id.not_in(select(HandoutEnd.handout_id)))
    return _found(session, session.scalars(query.order_by(Handout.id.desc()).limit(min(limit, PAGE_MAX))).all())


def _checked(session: Session, parts: Mapping[int, Money], reason: str) -> Money:
    """The sum of the parts. Raises Invalid."""
    if not 0 < len(reason) <= HANDOUT_REASON_MAX:
        raise Invalid(field="reason", reason=Phrase(N_("say in a few words why it is handed out")))
    if not 0 < len(parts) <= HANDOUT_MEMBERS_MAX:
        raise Invalid(field="parts", reason=Phrase(N_("name between 1 and {most} members"), most=HANDOUT_MEMBERS_MAX))
    if any(part.minor <= 0 for part in parts.values()):
        raise Invalid(field="amount", reason=Phrase(N_("everybody named gets something")))
    if members.promoters(session, parts) != set(parts):
        raise Invalid(field="members", reason=Phrase(N_("only promoters get something of the team fund")))
    first, *others = parts.values()
    return sum(others, first)


def _require_enough(session: Session, asked: Money) -> None:
    available = ledger.owed(session, accounts.fund_available(), asked.currency)
    if not rules.may_hand_out(available, asked):
        raise HandoutAboveFund(available=available, asked=asked)


def _give(session: Session, row: Handout, parts: Mapping[int, Money], *, actor: str, at: datetime) -> None:
    session.add(HandoutEnd(handout_id=row.id, state=HandoutState.GIVEN, actor=actor, at=at))
    postings = rules.handout_postings(parts)
    ledger.post(session, rules.handout_reference(row.code), postings, at=at, memo=row.reason)


def _locked(session: Session, code: str) -> HandoutFound:
    """The hand-out; others who would end it or move the fund wait."""
    row = session.scalars(select(Handout).where(Handout.code == code)).one_or_none()
    if row is None:
        raise UnknownHandout(handout=code)
    ledger.lock_accounts(session, [accounts.fund_available()], row.currency)
    return _found(session, [row])[0]


def _found(session: Session, rows: Iterable[Handout]) -> list[HandoutFound]:
    by_id = {row.id: row for row in rows}
    shares: dict[int, dict[int, Money]] = {each: {} for each in by_id}
    listed = select(HandoutPart).where(HandoutPart.handout_id.in_(by_id)).order_by(HandoutPart.member_id)
    for part in session.scalars(listed):
        shares[part.handout_id][part.member_id] = Money(part.amount_minor, by_id[part.handout_id].currency)
    ended = select(HandoutEnd).where(HandoutEnd.handout_id.in_(by_id))
    ends = {end.handout_id: end for end in session.scalars(ended, execution_options={"populate_existing": True})}
    return [HandoutFound(row, shares[each], ends.get(each)) for each, row in by_id.items()]
