"""What the ladder counts for every member: over the lifetime, in the calendar month, in rolling windows of days."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from shared_core.plan.schema.ladder import MetricKey
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.terms import window_days
from shared_core.plan.table import Flags, Numbers

OWN = ("retail", "self")
_COUNTERS: dict[str, tuple[str, ...]] = {
    "fans": ("fans",),
    "own_retail_sales": ("retail",),
    "own_sales": OWN,
    "own_purchases": ("purchases",),
    "team_sales": (*OWN, "team"),
    "live_sales": ("live",),
    "packs_sold": ("packs",),
}
"""What each summed metric is the sum of; what a member bought from themselves counts where the plan says so."""


@dataclass(slots=True)
class Window:
    """One counter over one stretch of time that ends today. `added`: day -> what was counted for that day."""

    name: str
    begins: int
    total: Numbers
    added: dict[int, list[tuple[Numbers, Numbers]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def over(cls, name: str, members: int) -> "Window":
        """Empty, over what the plan calls so: "lifetime", "month", "30 days"."""
        return cls(name, 0, np.zeros(members, dtype=np.int64))

    @property
    def length(self) -> int | None:
        return window_days(self.name)

    def add(self, members: Numbers, amounts: Numbers, days: Numbers) -> None:
        """Count amounts for the days they belong to, today or earlier; earlier than the window they count no more."""
        inside = days >= self.begins
        members, amounts, days = members[inside], amounts[inside], days[inside]
        np.add.at(self.total, members, amounts)
        if self.length is not None:
            for day in np.unique(days):
                self.added[int(day)].append((members[days == day], amounts[days == day]))

    def turn(self, day: int, month_began: int) -> None:
        """A new day: what has left the window counts no more."""
        if self.length is not None:
            self.begin(day - self.length + 1)
        elif self.name == "month" and self.begins != month_began:
            self.begins = month_began
            self.total[:] = 0

    def begin(self, day: int) -> None:
        """The window now begins on `day`."""
        self.begins = day
        for left in [each for each in self.added if each < day]:
            for members, amounts in self.added.pop(left):
                np.subtract.at(self.total, members, amounts)


class Counts:
    """The counters a plan's ladder asks about; the others are not kept."""

    def __init__(self, plan: Plan, members: int) -> None:
        self._windows: dict[tuple[str, str], Window] = {}
        self._metrics: dict[MetricKey, tuple[str, ...]] = {}
        for key in plan.metric_keys:
            if key.metric in _COUNTERS:
                counted = [each for each in _COUNTERS[key.metric] if each != "self" or plan.self_purchase.counts]
                self._metrics[key] = tuple(counted)
                for counter in counted:
                    self._windows.setdefault((counter, key.window), Window.over(key.window, members))

    def asks(self, counter: str) -> bool:
        return any(name == counter for name, _ in self._windows)

    def add(self, counter: str, members: Numbers, amounts: Numbers, days: Numbers) -> None:
        """Count `amounts` (negative for a refund) for these members on the days they belong to."""
        for (name, _), window in self._windows.items():
            if name == counter:
                window.add(members, amounts, days)

    def turn(self, day: int, month_began: int) -> None:
        """A new day: what has left the windows counts no more."""
        for window in self._windows.values():
            window.turn(day, month_began)

    def of(self, members: Numbers) -> dict[MetricKey, Numbers]:
        """Every summed metric, for these members."""
        return {
            key: sum((self._windows[counter, key.window].total[members] for counter in counters), np.zeros(1, np.int64))
            for key, counters in self._metrics.items()
        }


@dataclass(slots=True)
class Sold:
    """Completed orders in the order of their completion, for metrics that count different buyers."""

    seller: Numbers
    buyer: Numbers
    day: Numbers
    by_fan: Flags
    live: Flags
    goods: Numbers
    packs: Numbers
    count: int = 0

    @classmethod
    def room_for(cls, orders: int) -> "Sold":
        def empty(kind: type[np.generic]) -> Numbers:
            return np.zeros(orders, dtype=kind)

        flags = empty(np.bool_), empty(np.bool_)
        return cls(empty(np.int32), empty(np.int32), empty(np.int16), *flags, empty(np.int64), empty(np.int32))

    def buyers(self, key: MetricKey, members: Numbers, population: int, first: int, last: int) -> Numbers:
        """How many different people bought from each member between two days: all, as fans, packs, or twice."""
        start, end = np.searchsorted(self.day[: self.count], [first, last + 1])
        wanted = np.zeros(population, dtype=bool)
        wanted[members] = True
        rows = slice(start, end)
        seller, buyer = self.seller[rows], self.buyer[rows]
        fits = wanted[seller] & (seller != buyer) & (self.goods[rows] > 0)
        if key.metric == "active_fans":
            fits &= self.by_fan[rows]
        elif key.metric == "pack_buyers":
            fits &= self.packs[rows] > 0
        pairs, times = np.unique(seller[fits].astype(np.int64) * population + buyer[fits], return_counts=True)
        if key.metric == "repeat_buyers":
            pairs = pairs[times >= 2]
        return np.bincount(pairs // population, minlength=population)[members]
