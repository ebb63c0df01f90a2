"""Which rank a member has. Every threshold is a minimum, so nothing that adds to a count can lower a rank."""

from collections.abc import Mapping

from shared_core.plan.schema.ladder import Criterion, MetricKey, Rank
from shared_core.plan.schema.plan import Plan

Metrics = Mapping[MetricKey, int]
"""What has been counted for a member; what is missing is 0. Sales in minor units."""


def evaluate_rank(plan: Plan, metrics: Metrics, current: str | None) -> str:
    """The highest rung whose criteria hold, never below `current`.

    `current` None (or a rank this plan does not have) decides anew from the bottom: so a requalifying ladder is
    reviewed at the end of a month. Rungs may be skipped.
    """
    floor = plan.places.get(current, 0) if current is not None else 0
    for place in range(len(plan.ranks) - 1, floor, -1):
        if holds(plan.ranks[place], metrics):
            return plan.ranks[place].id
    return plan.ranks[floor].id


def holds(rank: Rank, metrics: Metrics) -> bool:
    """Whether the criteria of one rung are met; the first rung's always are."""
    met = [metrics.get(criterion.key, 0) >= criterion.at_least for criterion in rank.criteria]
    return any(met) if rank.match == "any" and met else all(met)


def next_rank(plan: Plan, current: str) -> Rank | None:
    """The rung above, None at the top."""
    place = plan.places[current] + 1
    return plan.ranks[place] if place < len(plan.ranks) else None


def progress(rank: Rank, metrics: Metrics) -> list[tuple[Criterion, int]]:
    """Each criterion of `rank` with what has been reached of it, not more than the threshold."""
    return [(each, min(metrics.get(each.key, 0), each.at_least)) for each in rank.criteria]
