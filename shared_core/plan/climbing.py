"""Which rank many members have at once: the one place where ranks are decided. Production asks with one member."""

from collections.abc import Mapping

import numpy as np

from shared_core.plan.schema.ladder import MetricKey, Rank
from shared_core.plan.schema.plan import Plan
from shared_core.plan.table import Flags, Numbers


def climb(plan: Plan, metrics: Mapping[MetricKey, Numbers], held: Numbers) -> Numbers:
    """The highest place on the ladder whose criteria hold, never below the one `held`; rungs may be skipped.

    Every threshold is a minimum, so nothing that adds to a count can lower a rank. What is missing is 0.
    """
    reached = held.copy()
    for place, rank in enumerate(plan.ranks[1:], start=1):
        reached = np.where(met(rank, metrics, len(held)), np.maximum(reached, place), reached)
    return reached


def met(rank: Rank, metrics: Mapping[MetricKey, Numbers], count: int) -> Flags:
    """Whether the criteria of one rung hold, for each of `count` members; the first rung's always do."""
    if not rank.criteria:
        return np.ones(count, dtype=bool)
    nothing = np.zeros(count, dtype=np.int64)
    each = np.stack([metrics.get(one.key, nothing) >= one.at_least for one in rank.criteria])
    return np.asarray(each.any(axis=0) if rank.match == "any" else each.all(axis=0))
