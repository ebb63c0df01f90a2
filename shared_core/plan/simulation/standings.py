"""Ranks held and the ties they spread over: promotion at once, and of everybody above whom that promotes."""

from collections.abc import Callable, Iterator

import numpy as np

from shared_core.plan.climbing import climb
from shared_core.plan.schema.ladder import MetricKey
from shared_core.plan.schema.plan import Plan
from shared_core.plan.table import ABSENT, Numbers

TEAM_DEPTH_MAX = 64
"""No team is counted deeper than this."""
Count = Callable[[Numbers], dict[MetricKey, Numbers]]


class Standings:
    """`above` is who brought a member in, by the kind of tie the plan's ladder counts; `places` the rank held."""

    def __init__(self, plan: Plan, members: int) -> None:
        self.plan = plan
        self.places = np.zeros(members, dtype=np.int8)
        self.above = np.full(members, ABSENT, dtype=np.int32)
        keys = [key for key in plan.metric_keys if key.metric == "members"]
        self._keys, ranks = keys, len(plan.ranks)
        self._direct = np.zeros((ranks, members), dtype=np.int32) if keys else None
        whole_team = any(key.metric == "team_sales" or key.scope == "team" for key in plan.metric_keys)
        self.depth = TEAM_DEPTH_MAX if whole_team else 1
        self._team = np.zeros((ranks, members), dtype=np.int32) if keys and whole_team else None

    def uplines(self, members: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
        """(places in `members`, who is above them), level by level, as far as the ladder looks; each once."""
        rows, current, seen = np.arange(len(members)), members, [members]
        for _ in range(self.depth):
            current = self.above[current]
            there = current != ABSENT
            for earlier in seen:
                there &= earlier != current
            if not there.any():
                return
            rows, current = rows[there], current[there]
            seen = [*(each[there] for each in seen), current]
            yield rows, current

    def tie(self, children: Numbers, parents: Numbers) -> Numbers:
        """Count each child with all below as brought in by the parent from now on; everybody who may rise for it."""
        new = (children != parents) & (self.above[children] != parents)
        children, parents = children[new], parents[new]
        self.above[children] = parents
        places = self.places[children]
        added = [(places >= rank).astype(np.int32) for rank in range(len(self.plan.ranks))]
        below = [0 if self._team is None else self._team[rank][children] for rank in range(len(added))]
        return self._count(children, added, [own + team for own, team in zip(added, below, strict=True)])

    def climb(self, concerned: Numbers, count: Count) -> Numbers:
        """Promote those whose counts allow it, and whoever that promotes above them; all who rose."""
        top = len(self.plan.ranks) - 1
        risen: list[Numbers] = []
        while True:
            concerned = np.unique(concerned)
            concerned = concerned[self.places[concerned] < top]
            if not concerned.size:
                return np.unique(np.concatenate(risen)) if risen else concerned
            held = self.places[concerned]
            reached = climb(self.plan, self._metrics(concerned, count), held)
            up = reached > held
            risen.append(concerned[up])
            concerned = self._move(concerned[up], held[up], reached[up])

    def review(self, members: int, count: Count) -> None:
        """Decide the ranks of the first `members` anew, in the order of their numbers; those above do not climb."""
        everybody = np.arange(members)
        anew = climb(self.plan, self._metrics(everybody, count), np.zeros(members, dtype=np.int8))
        moving = everybody[(anew > 0) | (self.places[:members] > 0)]
        if not self._keys:
            self._review(moving, count)
            return
        above = [upline for _, upline in self.uplines(moving)]
        for member in np.unique(np.concatenate([moving, *above])):  # one by one: a rank may count for the next
            self._review(np.array([member]), count)

    def _review(self, members: Numbers, count: Count) -> None:
        held = self.places[members]
        anew = climb(self.plan, self._metrics(members, count), np.zeros_like(held))
        self._move(members, held, anew)

    def _metrics(self, members: Numbers, count: Count) -> dict[MetricKey, Numbers]:
        metrics = count(members)
        for key in self._keys:
            counted = self._direct if key.scope == "direct" else self._team
            assert counted is not None, "counted because the ladder asks for it"
            metrics[key] = counted[self.plan.places[key.rank]][members]
        return metrics

    def _move(self, members: Numbers, former: Numbers, places: Numbers) -> Numbers:
        """Write new ranks down and count them for those above; everybody above."""
        self.places[members] = places
        ranks = range(len(self.plan.ranks))
        changed = [((former < rank) & (rank <= places)).astype(np.int32) for rank in ranks]
        changed = [up - ((places < rank) & (rank <= former)) for rank, up in zip(ranks, changed, strict=True)]
        return self._count(members, changed, changed)

    def _count(self, members: Numbers, direct: list[Numbers], team: list[Numbers]) -> Numbers:
        """Add to what is counted for those above each of `members`, by rank; everybody above."""
        concerned = [members[:0]]
        for level, (rows, above) in enumerate(self.uplines(members)):
            concerned.append(above)
            for rank in range(len(direct)):
                if level == 0 and self._direct is not None:
                    np.add.at(self._direct[rank], above, direct[rank][rows])
                if self._team is not None:
                    np.add.at(self._team[rank], above, team[rank][rows])
        return np.concatenate(concerned)
