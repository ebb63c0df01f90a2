"""Looking up what was earned and what is owed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared_core import ledger
from shared_core.kernel.calendar import day_of
from shared_core.kernel.money import Money
from shared_core.plan import Criterion, MetricKey, Plan, Rank, next_rank, progress
from shared_core.rewards import counting
from shared_core.rewards.board import LIFETIME, Board
from shared_core.rewards.errors import UnknownPayout
from shared_core.rewards.models import Count, Earning, Payout, RankStep
from shared_core.rewards.people import ranks_of
from shared_core.rewards.rules import PayoutState, purse

PAGE_MAX = 100


@dataclass(frozen=True, slots=True)
class Wallet:
    """What the shop owes a member or the team fund. `available` is negative while they owe the shop."""

    pending: Money
    held: Money
    available: Money

    @property
    def total(self) -> Money:
        return self.pending + self.held + self.available


@dataclass(frozen=True, slots=True)
class TakenOut:
    """What a member has taken out of the wallet, tax included: asked for and not yet sent, and sent."""

    requested: Money
    paid: Money


@dataclass(frozen=True, slots=True)
class Climb:
    """A member's rank and the way to the next one (None at the top): each criterion with what is reached of it."""

    rank: Rank
    above: Rank | None
    reached: tuple[tuple[Criterion, int], ...]


@dataclass(frozen=True, slots=True)
class OwnTrade:
    """What a member sold to others and bought, completed, net of refunds, over the lifetime; minor units."""

    retail_minor: int
    purchases_minor: int


def wallet(session: Session, member_id: int | None, currency: str) -> Wallet:
    """The member's money by account; the team fund's for None."""
    own = purse(member_id)
    return Wallet(
        pending=ledger.owed(session, own.pending, currency),
        held=ledger.owed(session, own.held, currency),
        available=ledger.owed(session, own.available, currency),
    )


def taken_out(session: Session, member_id: int, currency: str) -> TakenOut:
    """The member's payouts in `currency` summed up; those that failed are in the wallet again."""
    query = (
        select(Payout.state, func.sum(Payout.gross_minor))
        .where(Payout.member_id == member_id, Payout.currency == currency)
        .group_by(Payout.state)
    )
    sums = {state: int(minor) for state, minor in session.execute(query)}
    requested, paid = (Money(sums.get(state, 0), currency) for state in (PayoutState.REQUESTED, PayoutState.PAID))
    return TakenOut(requested, paid)


def rank_of(session: Session, plan: Plan, member_id: int) -> str:
    """The member's rank under the plan."""
    return ranks_of(session, plan, [member_id])[member_id]


def climb_of(session: Session, plan: Plan, member_id: int, *, zone: str, at: datetime) -> Climb:
    """Where the member stands and what is missing to the next rank."""
    rank = rank_of(session, plan, member_id)
    above = next_rank(plan, rank)
    if above is None:
        return Climb(plan.rank(rank), None, ())
    counted = metrics(session, plan, member_id, day=day_of(at, zone))
    return Climb(plan.rank(rank), above, tuple(progress(above, counted)))


def metrics(session: Session, plan: Plan, member_id: int, *, day: str) -> dict[MetricKey, int]:
    """Everything the plan's ladder asks about a member, as counted up to `day` (a calendar day of the shop)."""
    return counting.metrics(Board(session, plan), member_id, day=day)


def own_trade(session: Session, member_id: int) -> OwnTrade:
    """What the member has sold to others and bought so far."""
    lifetime = (Count.member_id == member_id, Count.day == LIFETIME)
    row = session.execute(select(Count.retail_minor, Count.purchases_minor).where(*lifetime)).one_or_none()
    return OwnTrade(row.retail_minor, row.purchases_minor) if row else OwnTrade(0, 0)


def rank_steps(session: Session, member_id: int) -> Sequence[RankStep]:
    """The member's changes of rank, oldest first."""
    return session.scalars(select(RankStep).where(RankStep.member_id == member_id).order_by(RankStep.id)).all()


def earnings_of(
    session: Session, member_id: int, *, limit: int = PAGE_MAX, before: int | None = None
) -> Sequence[Earning]:
    """The member's earnings, newest first; `before` is the id of the last one seen."""
    query = select(Earning).where(Earning.member_id == member_id)
    if before is not None:
        query = query.where(Earning.id < before)
    return session.scalars(query.order_by(Earning.id.desc()).limit(min(limit, PAGE_MAX))).all()


def payees(rows: Iterable[Earning]) -> set[int]:
    """The members whose these are; the team fund is nobody."""
    return {row.member_id for row in rows if row.member_id is not None}


def earnings_on(session: Session, order_id: int) -> Sequence[Earning]:
    """Every share of an order."""
    return session.scalars(select(Earning).where(Earning.order_id == order_id).order_by(Earning.id)).all()


def all_earnings(session: Session, *, after: int = 0, limit: int = PAGE_MAX) -> Sequence[Earning]:
    """All earnings in the order they were made, for exports; `after` is the id of the last one seen."""
    return session.scalars(select(Earning).where(Earning.id > after).order_by(Earning.id).limit(limit)).all()


def payouts_of(
    session: Session, member_id: int, *, limit: int = PAGE_MAX, before: int | None = None
) -> Sequence[Payout]:
    """The member's payouts, newest first."""
    query = select(Payout).where(Payout.member_id == member_id)
    if before is not None:
        query = query.where(Payout.id < before)
    return session.scalars(query.order_by(Payout.id.desc()).limit(min(limit, PAGE_MAX))).all()


def list_payouts(
    session: Session, *, state: PayoutState | None = None, limit: int = PAGE_MAX, before: int | None = None
) -> Sequence[Payout]:
    """Payouts for the back office, newest first."""
    query = select(Payout)
    if state is not None:
        query = query.where(Payout.state == state)
    if before is not None:
        query = query.where(Payout.id < before)
    return session.scalars(query.order_by(Payout.id.desc()).limit(min(limit, PAGE_MAX))).all()


def payout(session: Session, payout_id: int) -> Payout:
    """The payout behind an event."""
    return session.get_one(Payout, payout_id)


def payout_by_code(session: Session, code: str, *, member_id: int | None = None) -> Payout:
    """With `member_id`, only if it is theirs. Raises UnknownPayout."""
    row = session.scalars(select(Payout).where(Payout.code == code)).one_or_none()
    if row is None or (member_id is not None and row.member_id != member_id):
        raise UnknownPayout(payout=code)
    return row
