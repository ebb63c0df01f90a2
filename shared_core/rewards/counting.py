"""What a plan's ladder asks about a member, answered from what is counted by day and over the lifetime."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select

from shared_core.plan import MetricKey, window_days
from shared_core.rewards.board import LIFETIME, Board
from shared_core.rewards.models import Sale


def metrics(board: Board, member_id: int, *, day: str) -> dict[MetricKey, int]:
    """Everything the plan's ladder asks about a member, as counted up to `day` (a calendar day of the shop)."""
    return {key: _metric(board, member_id, key, day) for key in board.plan.metric_keys}


def _metric(board: Board, member_id: int, key: MetricKey, day: str) -> int:
    if key.metric == "members":
        direct, team = board.team(member_id, kind=board.plan.invites.inviter_is).get(key.rank, (0, 0))
        return direct if key.scope == "direct" else team
    if key.metric in {"active_fans", "pack_buyers", "repeat_buyers"}:
        return _buyers(board, member_id, key, day)
    window = (LIFETIME, LIFETIME) if key.window == "lifetime" else days_in(key.window, day)
    sums = board.sums(member_id, *window)
    own = sums["retail_minor"] + (sums["self_minor"] if board.plan.self_purchase.counts else 0)
    return {
        "fans": sums["fans"],
        "own_retail_sales": sums["retail_minor"],
        "own_sales": own,
        "own_purchases": sums["purchases_minor"],
        "team_sales": own + sums["team_minor"],
        "live_sales": sums["live_minor"],
        "packs_sold": sums["packs"],
    }[key.metric]


def _buyers(board: Board, member_id: int, key: MetricKey, day: str) -> int:
    first, last = days_in(key.window, day)
    sold = [Sale.seller_id == member_id, Sale.buyer_id != member_id, Sale.goods_minor > 0]
    sold += [Sale.day.between(first, last), *_conditions(key)]
    buyers = select(Sale.buyer_id).where(*sold).group_by(Sale.buyer_id)
    if key.metric == "repeat_buyers":
        buyers = buyers.having(func.count() >= 2)
    return board.session.scalar(select(func.count()).select_from(buyers.subquery())) or 0


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
