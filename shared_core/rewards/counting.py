"""What is counted for members, by day and over the lifetime. Whoever adds holds the member's standing locked."""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from shared_core.kernel.database import insert_or_ignore
from shared_core.plan import MetricKey, Plan, window_days
from shared_core.rewards.models import Count, Sale, TeamCount

LIFETIME = ""
_COUNTERS = ("fans", "retail_minor", "self_minor", "purchases_minor", "live_minor", "team_minor", "packs")


def add(session: Session, member_id: int, changes: Mapping[str, int], *, day: str) -> None:
    """Add to the counters of a day and of the lifetime; `changes` may be negative (a refund)."""
    changes = {counter: change for counter, change in changes.items() if change}
    if not changes:
        return
    values = {counter: getattr(Count, counter) + change for counter, change in changes.items()}
    both = update(Count).where(Count.member_id == member_id, Count.day.in_([day, LIFETIME])).values(values)
    done = session.scalars(both.returning(Count.day), execution_options={"synchronize_session": False}).all()
    if len(done) == 2:
        return
    for each in (day, LIFETIME):  # a row that was there has been updated; one that is new starts with the changes
        row = dict.fromkeys(_COUNTERS, 0) | {"member_id": member_id, "day": each} | changes
        insert_or_ignore(session, Count, row, conflict=["member_id", "day"])


def add_team(session: Session, member_id: int, *, kind: str, rank: str, direct: int, team: int) -> None:
    """Add to how many members at `rank` a member has brought in."""
    if not direct and not team:
        return
    mine = (TeamCount.member_id == member_id) & (TeamCount.kind == kind) & (TeamCount.rank == rank)
    row = {"member_id": member_id, "kind": kind, "rank": rank, "direct": direct, "team": team}
    if insert_or_ignore(session, TeamCount, row, conflict=["member_id", "kind", "rank"]):
        return
    values = {"direct": TeamCount.direct + direct, "team": TeamCount.team + team}
    session.execute(update(TeamCount).where(mine).values(values), execution_options={"synchronize_session": False})


def team_counts(session: Session, member_id: int, *, kind: str) -> dict[str, tuple[int, int]]:
    """Rank -> (direct, team): members at that rank or above below this one."""
    query = select(TeamCount.rank, TeamCount.direct, TeamCount.team)
    rows = session.execute(query.where(TeamCount.member_id == member_id, TeamCount.kind == kind))
    return {row.rank: (row.direct, row.team) for row in rows}


def metrics(session: Session, plan: Plan, member_id: int, *, day: str) -> dict[MetricKey, int]:
    """Everything the plan's ladder asks about a member, as counted up to `day` (a calendar day of the shop)."""
    counts = _Counts(session, plan, member_id, day)
    return {key: counts.of(key) for key in plan.metric_keys}


class _Counts:
    """Reads a member's counters, each window and each kind of row once."""

    def __init__(self, session: Session, plan: Plan, member_id: int, day: str) -> None:
        self.session, self.plan, self.member_id, self.day = session, plan, member_id, day
        self._sums: dict[str, dict[str, int]] = {}
        self._team: dict[str, tuple[int, int]] | None = None

    def of(self, key: MetricKey) -> int:
        if key.metric == "members":
            direct, team = self._members().get(key.rank, (0, 0))
            return direct if key.scope == "direct" else team
        if key.metric in {"active_fans", "pack_buyers", "repeat_buyers"}:
            return self._buyers(key)
        sums = self._summed(key.window)
        own = sums["retail_minor"] + (sums["self_minor"] if self.plan.self_purchase.counts else 0)
        return {
            "fans": sums["fans"],
            "own_retail_sales": sums["retail_minor"],
            "own_sales": own,
            "own_purchases": sums["purchases_minor"],
            "team_sales": own + sums["team_minor"],
            "live_sales": sums["live_minor"],
            "packs_sold": sums["packs"],
        }[key.metric]

    def _members(self) -> dict[str, tuple[int, int]]:
        if self._team is None:
            self._team = team_counts(self.session, self.member_id, kind=self.plan.invites.inviter_is)
        return self._team

    def _summed(self, window: str) -> dict[str, int]:
        if window not in self._sums:
            sums = [func.coalesce(func.sum(getattr(Count, counter)), 0) for counter in _COUNTERS]
            days = Count.day == LIFETIME if window == "lifetime" else Count.day.between(*days_in(window, self.day))
            row = self.session.execute(select(*sums).where(Count.member_id == self.member_id, days)).one()
            self._sums[window] = {counter: int(value) for counter, value in zip(_COUNTERS, row, strict=True)}
        return self._sums[window]

    def _buyers(self, key: MetricKey) -> int:
        first, last = days_in(key.window, self.day)
        sold = [Sale.seller_id == self.member_id, Sale.buyer_id != self.member_id, Sale.goods_minor > 0]
        sold += [Sale.day.between(first, last), *_conditions(key)]
        buyers = select(Sale.buyer_id).where(*sold).group_by(Sale.buyer_id)
        if key.metric == "repeat_buyers":
            buyers = buyers.having(func.count() >= 2)
        return self.session.scalar(select(func.count()).select_from(buyers.subquery())) or 0


def _conditions(key: MetricKey) -> list[ColumnElement[bool]]:
    if key.metric == "active_fans":
        return [Sale.by_fan.is_(True)]
    return [Sale.packs > 0] if key.metric == "pack_buyers" else []


def days_in(window: str, day: str) -> tuple[str, str]:
    """The first and last calendar day of a window that ends with `day`."""
    if window == "month":
        return f"{day[:7]}-01", day
    length = window_days(window)
    if length is None:
        return "0001-01-01", day
    return (date.fromisoformat(day) - timedelta(days=length - 1)).isoformat(), day
