"""The rank of one member, and what is missing for the next."""

from collections.abc import Mapping

import numpy as np

from shared_core.plan import climbing
from shared_core.plan.schema.ladder import Criterion, MetricKey, Rank
from shared_core.plan.schema.plan import Plan
from shared_core.plan.table import Numbers

Metrics = Mapping[MetricKey, int]
"""What has been counted for a member; what is missing is 0. Sales in minor units."""


def evaluate_rank(plan: Plan, metrics: Metrics, current: str | None) -> str:
    """The highest rung whose criteria hold, never below `current`.

    `current` None (or a rank this plan does not have) decides anew from the bottom: so a requalifying ladder is
    reviewed at the end of a month. Rungs may be skipped.
    """
    held = plan.places.get(current, 0) if current is not None else 0
    return plan.ranks[int(climbing.climb(plan, _columns(metrics), np.array([held]))[0])].id


def holds(rank: Rank, metrics: Metrics) -> bool:
    """Whether the criteria of one rung are met; the first rung's always are."""
    return bool(climbing.met(rank, _columns(metrics), 1)[0])


def next_rank(plan: Plan, current: str) -> Rank | None:
    """The rung above, None at the top."""
    place = plan.places[current] + 1
    return plan.ranks[place] if place < len(plan.ranks) else None


def progress(rank: Rank, metrics: Metrics) -> list[tuple[Criterion, int]]:
    """Each criterion of `rank` with what has been reached of it, not more than the threshold."""
    return [(each, min(metrics.get(each.key, 0), each.at_least)) for each in rank.criteria]


def _columns(metrics: Metrics) -> dict[MetricKey, Numbers]:
    return {key: np.array([count]) for key, count in metrics.items()}
