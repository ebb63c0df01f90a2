"""Ranks held: promotion at once, and of everybody above whom that promotes.

Locks are taken upwards: a member's standing before that of whoever brought the member in, and always before anything
counted for them changes. So of two promotions at the same moment the later sees what the earlier counted.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.kernel.calendar import day_of
from shared_core.kernel.events import announce
from shared_core.members import FanCounted
from shared_core.plan import Plan, evaluate_rank
from shared_core.rewards import counting
from shared_core.rewards.board import Board
from shared_core.rewards.events import RankChanged
from shared_core.rewards.models import RankStep, Standing, Tie

TEAM_DEPTH_MAX = 64
"""No team is counted deeper than this."""
LOCK, CODE = "lock", "code"
KINDS = (LOCK, CODE)


def accounts_of(session: Session, member_ids: Iterable[int | None]) -> dict[int | None, int | None]:
    """Each member -> the account that took this visitor over, else the member itself; nobody is nobody."""
    wanted = list(member_ids)
    query = select(Standing.member_id, Standing.merged_into_id).where(Standing.member_id.in_([*filter(None, wanted)]))
    merged = {row.member_id: row.merged_into_id for row in session.execute(query)}
    return {each: (merged.get(each) or each) if each else None for each in wanted}


def count_fans(session: Session, plan: Plan, fans: Sequence[FanCounted], *, zone: str) -> None:
    """One more head for each sponsor, with everybody the fan brought in, one after the other."""
    board = Board(session, plan)
    if len(fans) > 1:
        board.read_ahead((each for fan in fans for each in (fan.fan_id, fan.sponsor_id)), kind=LOCK)
    for fan in fans:
        day = day_of(fan.at, zone)
        above = tie(board, kind=LOCK, child_id=fan.fan_id, parent_id=fan.sponsor_id)
        board.add(fan.sponsor_id, {"fans": 1}, day=day)
        climb(board, [fan.sponsor_id, *above], day=day, at=fan.at)
    board.save()


def climb(board: Board, member_ids: Iterable[int], *, day: str, at: datetime) -> None:
    """Promote the members whose counts allow it, and then everybody above whom that promotes.

    Ends by itself: nobody is promoted to the same rank twice, whatever the ties.
    """
    if len(board.plan.ranks) == 1:
        return
    waiting = list(dict.fromkeys(member_ids))
    while waiting:
        waiting += _promote(board, waiting.pop(0), day=day, at=at)


def _promote(board: Board, member_id: int, *, day: str, at: datetime) -> Sequence[int]:
    """Give the member the rank their counts allow; whoever is above and may rise for it."""
    row = board.standing(member_id)
    reached = evaluate_rank(board.plan, counting.metrics(board, member_id, day=day), row.rank)
    if reached == row.rank:
        return ()
    return change_rank(board, row, reached, reason="reached", at=at)


def change_rank(board: Board, row: Standing, rank: str, *, reason: str, at: datetime) -> Sequence[int]:
    """Write a new rank down, count it for those above, tell; returns those above by the plan's kind of tie."""
    plan = board.plan
    former, row.rank = row.rank, rank
    step = RankStep(member_id=row.member_id, former=former, rank=rank, reason=reason, at=at)
    step.plan_version = plan.version
    board.session.add(step)
    before, after = plan.places.get(former, 0), plan.places[rank]
    changed = list(plan.places)[min(before, after) + 1 : max(before, after) + 1]
    sign = 1 if after > before else -1
    concerned: list[int] = []
    for kind in KINDS:
        above = ancestors(board, row.member_id, kind=kind, depth_max=counted_depth(plan))
        count_above(board, above, dict.fromkeys(changed, sign), kind=kind, direct=sign)
        concerned += above if kind == plan.invites.inviter_is else []
    announce(board.session, RankChanged(row.member_id, former, rank, at))
    return concerned


def count_above(board: Board, above: Sequence[int], team: dict[str, int], *, kind: str, direct: int) -> None:
    """Add members at ranks (`team`: rank -> how many) to the teams above; `direct` of each to the nearest one."""
    for depth, member_id in enumerate(above):
        board.standing(member_id)
        for rank, number in team.items():
            nearest = direct if depth == 0 else 0
            board.add_team(member_id, kind=kind, rank=rank, direct=nearest, team=number)


def counted_depth(plan: Plan) -> int:
    """How far up the plan's ladder looks."""
    whole_team = any(key.metric == "team_sales" or key.scope == "team" for key in plan.metric_keys)
    return TEAM_DEPTH_MAX if whole_team else 1


def ancestors(board: Board, member_id: int, *, kind: str, depth_max: int) -> list[int]:
    """Who brought the member in, who brought them in, and so on; nearest first, each once."""
    found: list[int] = []
    current: int | None = member_id
    while current is not None and len(found) < depth_max:
        current = board.parent(kind, current)
        if current is None or current == member_id or current in found:
            break
        found.append(current)
    return found


def tie(board: Board, *, kind: str, child_id: int, parent_id: int) -> Sequence[int]:
    """Count `child_id` with all below as brought in by `parent_id` from now on; whoever may rise for it.

    The same tie again changes nothing. A member brought in anew by somebody else counts for them from then on; what
    was counted before stays where it was.
    """
    plan = board.plan
    if child_id == parent_id:
        return ()
    child = board.standing(child_id)
    board.standing(parent_id)
    if board.parent(kind, child_id) == parent_id:
        return ()
    board.tie(kind, child_id, parent_id)
    above = ancestors(board, child_id, kind=kind, depth_max=counted_depth(plan))
    below = board.team(child_id, kind=kind) if counted_depth(plan) > 1 else {}
    place = plan.places.get(child.rank, 0)
    for rank, its_place in plan.places.items():
        own = 1 if its_place <= place else 0
        team = {rank: own + below.get(rank, (0, 0))[1]}
        count_above(board, above, team, kind=kind, direct=own)
    return above if kind == plan.invites.inviter_is else ()


def untie(session: Session, *, kind: str, child_id: int) -> None:
    """The member left: what they reach from now on counts for nobody. Nothing counted before is taken away."""
    row = session.get(Tie, (kind, child_id))
    if row is not None:
        session.delete(row)
        session.flush()


def review(session: Session, plan: Plan, *, zone: str, at: datetime, after: int, limit: int) -> int:
    """Decide ranks anew by what the windows held at the end of last month; for a ladder that requalifies.

    Goes through members in order of id, from `after` on, `limit` at a time; returns the last id seen, 0 at the end.
    A member promoted since then is left alone.
    """
    if plan.ladder.policy != "requalify":
        return 0
    month_began, last_day = _last_month(at, zone)
    query = select(Standing.member_id).where(Standing.member_id > after, Standing.merged_into_id.is_(None))
    found = list(session.scalars(query.order_by(Standing.member_id).limit(limit)))
    board = Board(session, plan)
    for member_id in found:
        row = board.standing(member_id)
        since = (RankStep.member_id == member_id) & (RankStep.at >= month_began)
        if session.scalar(select(RankStep.id).where(since).limit(1)):
            continue
        rank = evaluate_rank(plan, counting.metrics(board, member_id, day=last_day), None)
        if rank != row.rank:
            change_rank(board, row, rank, reason="reviewed", at=at)
    board.save()
    return found[-1] if found else 0


def _last_month(at: datetime, zone: str) -> tuple[datetime, str]:
    """The instant this month began in the shop's zone, and the last calendar day before it."""
    local = at.astimezone(ZoneInfo(zone))
    began = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return began.astimezone(UTC), (began.date() - timedelta(days=1)).isoformat()
