"""Can every rank be reached, and does anybody ever stand on it?"""

from functools import reduce

from shared_core.kernel.errors import Phrase
from shared_core.kernel.i18n import N_
from shared_core.plan.schema.ladder import Criterion, MetricKey, Rank
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.terms import window_days

_NEVER_ABOVE: dict[str, frozenset[str]] = {
    "own_retail_sales": frozenset({"own_sales", "team_sales"}),
    "own_sales": frozenset({"team_sales"}),
    "live_sales": frozenset({"own_sales", "team_sales"}),
    "pack_buyers": frozenset({"packs_sold"}),
}
"""A metric and those that can never be smaller over the same time."""


def unreachable(plan: Plan) -> dict[str, Phrase]:
    """Ranks nobody can ever get to, each with the reason: thresholds that need the rank itself, or a switch is off.

    Found by letting people climb from the first rank until nothing new becomes possible.
    """
    reached = {plan.first_rank}
    while True:
        more = {rank.id for rank in plan.ranks if rank.id not in reached and _can_be_met(plan, rank, reached)}
        if not more:
            break
        reached |= more
    return {rank.id: _why(plan, rank, reached) for rank in plan.ranks if rank.id not in reached}


def _can_be_met(plan: Plan, rank: Rank, reached: set[str]) -> bool:
    met = [not _obstacle(plan, criterion, reached) for criterion in rank.criteria]
    return any(met) if rank.match == "any" else all(met)


def _why(plan: Plan, rank: Rank, reached: set[str]) -> Phrase:
    obstacles = (_obstacle(plan, criterion, reached) for criterion in rank.criteria)
    return reduce(lambda one, more: Phrase(N_("{one}; {more}"), one=one, more=more), filter(None, obstacles))


def _obstacle(plan: Plan, criterion: Criterion, reached: set[str]) -> Phrase | None:
    """Why a criterion can never be met; None when it can."""
    if criterion.rank is not None:
        place = plan.places[criterion.rank]
        if not any(plan.places[rank] >= place for rank in reached):
            asked = N_("it asks for members at {rank!r}, which has to be reached without them first")
            return Phrase(asked, rank=criterion.rank)
        if plan.invites.inviter_is == "code" and plan.invites.mode == "closed":
            return Phrase(N_('nobody brings in members while invites.mode is "closed"'))
    if criterion.metric in {"fans", "active_fans"} and plan.binding.by == "nobody":
        return Phrase(N_('there are no fans while binding.by is "nobody"'))
    by_fans = criterion.rank is not None and plan.invites.inviter_is == "lock"
    if criterion.metric in {"fans", "active_fans"} or by_fans:
        least = plan.binding.from_rank
        if least is not None and all(plan.places[rank] < plan.places[least] for rank in reached):
            asked = N_("only links from {rank!r} on make fans, and that has to be reached without them first")
            return Phrase(asked, rank=least)
    if criterion.metric in {"packs_sold", "pack_buyers"} and not plan.packs.products:
        return Phrase(N_("packs.products names no packs"))
    if criterion.metric == "live_sales" and not plan.live.enabled:
        return Phrase(N_("{setting} is {value}"), setting="live.enabled", value="false")
    return None


def skipped_by(plan: Plan) -> dict[str, str]:
    """Ranks nobody ever stands on, each with the higher rank whose criteria are met whenever its own are."""
    found: dict[str, str] = {}
    for place, rank in enumerate(plan.ranks[1:], start=1):
        for upper in plan.ranks[place + 1 :]:
            if _implies(plan, rank, upper):
                found[rank.id] = upper.id
                break
    return found


def _implies(plan: Plan, lower: Rank, upper: Rank) -> bool:
    """Whether whoever meets `lower` is sure to meet `upper`."""

    def enough(given: tuple[Criterion, ...]) -> bool:
        met = [any(_settles(plan, each, wanted) for each in given) for wanted in upper.criteria]
        return any(met) if upper.match == "any" else all(met)

    if lower.match == "any":
        return all(enough((each,)) for each in lower.criteria)
    return enough(lower.criteria)


def _settles(plan: Plan, given: Criterion, wanted: Criterion) -> bool:
    return given.at_least >= wanted.at_least and _never_above(plan, given.key, wanted.key)


def _never_above(plan: Plan, small: MetricKey, large: MetricKey) -> bool:
    """Whether the count `small` can never exceed the count `large`."""
    if (small.metric, large.metric) == ("active_fans", "fans"):
        return large.window == "lifetime"  # somebody active this month may have become a fan long ago
    if not _within(small.window, large.window):
        return False
    if small.metric == "members" == large.metric:
        scoped = small.scope == large.scope or large.scope == "team"
        return scoped and plan.places[small.rank] >= plan.places[large.rank]
    return small.metric == large.metric or large.metric in _NEVER_ABOVE.get(small.metric, ())


def _within(small: str, large: str) -> bool:
    """Whether everything in the window `small` is also in `large`. A calendar month fits into 31 days."""
    if large in {"lifetime", small}:
        return True
    small_days = 31 if small == "month" else window_days(small)
    large_days = window_days(large)
    return small_days is not None and large_days is not None and small_days <= large_days
