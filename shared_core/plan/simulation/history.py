"""What happens in a population, before any plan: who comes when by whose link, who signs up, orders, gives back.

Everything about the people who come on one day is drawn with a generator of that day. So what a later day brings never
changes an earlier one.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shared_core.kernel.money import BPS_WHOLE
from shared_core.plan.simulation.population import Population
from shared_core.plan.table import ABSENT, Numbers

LINES_MAX = 3
PIECE, EVERYTHING = 0, 1
"""Kinds of refund: one piece of the order's first line, or all that is left."""
Columns = dict[str, Numbers]


@dataclass(frozen=True, slots=True)
class History:
    """Rows as columns, each table by day. People are numbered in the order in which they come.

    `people`: came, link (whose link brought them, ABSENT: nobody's), signs_up (a day, ABSENT: never), weight.
    `visits`: day, fan, sponsor; a fan follows at most one link a day. `orders`: day, buyer, delivered, first_line,
    lines, host (in whose room, were there rooms, ABSENT: in nobody's), referrer (who brought the buyer there, ABSENT:
    nobody). `lines`: order, article, quantity. `refunds`: day, order, kind.
    """

    population: Population
    people: Columns
    visits: Columns
    orders: Columns
    lines: Columns
    refunds: Columns


def draw(population: Population, *, seed: int) -> History:
    """The history of a population; the same seed gives the same to the last byte."""
    cohorts, first = [], 0
    for day, count in enumerate(population.arrivals()):
        if count or not day:  # there is always a first day, even if nobody comes
            cohorts.append(_Cohort(population, np.random.default_rng((seed, day)), first=first, count=count, day=day))
        first += count
    people = _joined([each.people() for each in cohorts])
    people["link"] = _sharer(people, people["came"], people.pop("link_chance"))
    visits = _whose(population, people, _by_day(_joined([each.visits() for each in cohorts])))
    orders, lines, refunds = _numbered(_joined([each.orders() for each in cohorts]))
    orders["host"] = _sharer(people, orders["day"], orders.pop("host_chance"))
    brought = orders.pop("brought") & (orders["host"] != ABSENT)
    orders["referrer"] = np.where(brought, people["link"][orders["buyer"]], ABSENT).astype(np.int32)
    return History(population, people, visits, orders, lines, refunds)


class _Cohort:
    """The people who come on one day. The order of draws is part of what a seed means."""

    def __init__(self, population: Population, rng: np.random.Generator, *, first: int, count: int, day: int) -> None:
        self.population, self.rng, self.day, self.end = population, rng, day, population.days
        self.ids = np.arange(first, first + count, dtype=np.int32)

    def people(self) -> Columns:
        population, count = self.population, len(self.ids)
        shares = self._happens(population.share_rate_bps, count)
        weight = np.where(shares, 1 + self.rng.pareto(population.share_tail / 10, count), 0)
        signs = self._happens(population.sign_up_bps, count)
        day = self.day + self._one_of(population.sign_up_days, count)
        self.signs_up = np.where(signs & (day < self.end), day, ABSENT)
        linked = self._happens(population.linked_bps, count)
        return {
            "came": np.full(count, self.day, dtype=np.int16),
            "weight": weight,
            "signs_up": self.signs_up.astype(np.int16),
            "link_chance": np.where(linked, self.rng.random(count), ABSENT),
        }

    def visits(self) -> Columns:
        """Links followed later on, and on the day of an order."""
        population = self.population
        self._draw_orders()
        fans = np.repeat(self.ids, self.rng.poisson(population.visits_bps / BPS_WHOLE, len(self.ids)))
        days = self.day + self._one_of(population.visit_days, len(fans))
        with_order = self._happens(population.order_link_bps, len(self.buyers))
        fans, days = np.r_[fans, self.buyers[with_order]], np.r_[days, self.order_days[with_order]]
        loyal = self._happens(population.loyal_bps, len(fans))
        chance = np.where(loyal, ABSENT, self.rng.random(len(fans)))
        inside = days < self.end
        return {
            "day": days[inside].astype(np.int16), "fan": fans[inside].astype(np.int32), "chance": chance[inside]
        }  # fmt: skip

    def orders(self) -> Columns:
        """One row for each order, with what is in it and what becomes of it."""
        population, count = self.population, len(self.buyers)
        more = self._happens(population.second_line_bps, (LINES_MAX - 1, count)).cumprod(axis=0).sum(axis=0)
        held = np.arange(LINES_MAX) <= more[:, None]
        popular = np.cumsum([each.weight for each in population.assortment])
        articles = np.searchsorted(popular, self.rng.integers(0, popular[-1], (LINES_MAX, count)), side="right")
        for place in range(1, LINES_MAX):  # no article stands in an order twice
            held[:, place] &= (articles[:place] != articles[place]).all(axis=0)
        quantities = self._one_of(population.quantities, (LINES_MAX, count))
        delivered = self.order_days + self._one_of(population.delivery_days, count)
        refunded = self._happens(population.refund_bps, count)
        back = self.order_days + self._one_of(population.refund_days, count)
        partial = self._happens(population.partial_bps, count)
        again = partial & self._happens(population.refund_again_bps, count)
        rest = back + self._one_of(population.refund_days, count)
        live, brought = self._happens(population.live_bps, count), self._happens(population.brought_bps, count)
        return {
            "day": self.order_days.astype(np.int16),
            "buyer": self.buyers,
            "delivered": delivered.astype(np.int16),
            "held": held,
            "articles": articles.T.astype(np.int16),
            "quantities": quantities.T.astype(np.int16),
            "back": np.where(refunded, back, ABSENT).astype(np.int16),
            "partial": partial,
            "rest": np.where(refunded & again, rest, ABSENT).astype(np.int16),
            "host_chance": np.where(live, self.rng.random(count), ABSENT),
            "brought": brought,
        }

    def _draw_orders(self) -> None:
        """Every customer's orders: the first some days after signing up, others after one another."""
        population, count = self.population, len(self.ids)
        buys = self._happens(population.conversion_bps, count) & (self.signs_up != ABSENT)
        first = self.signs_up + self._one_of(population.first_order_days, count)
        numbers = np.where(buys, self.rng.geometric(1 - population.repeat_bps / BPS_WHOLE, count), 0)
        starts = np.cumsum(numbers) - numbers
        gaps = self._one_of(population.gap_days, int(numbers.sum()))
        begin = starts[numbers > 0]
        gaps[begin] = 0
        passed = np.cumsum(gaps)
        days = passed - np.repeat(passed[begin], numbers[numbers > 0]) + np.repeat(first, numbers)
        inside = days < self.end
        self.buyers, self.order_days = np.repeat(self.ids, numbers)[inside], days[inside]

    def _happens(self, bps: int, count: int | tuple[int, ...]) -> npt.NDArray[np.bool_]:
        return self.rng.integers(0, BPS_WHOLE, count) < bps

    def _one_of(self, values: tuple[int, ...], count: int | tuple[int, ...]) -> Numbers:
        return np.asarray(values)[self.rng.integers(0, len(values), count)]


def _sharer(people: Columns, days: Numbers, chances: npt.NDArray[Any]) -> Numbers:
    """Whose link was followed on each of these days, of all who came before: in proportion to how much they share."""
    shared = np.cumsum(people["weight"])
    before = np.searchsorted(people["came"], days) - 1
    until = np.where(before >= 0, shared[np.maximum(before, 0)], 0)
    found = np.minimum(np.searchsorted(shared, chances * until, side="right"), np.maximum(before, 0))
    return np.where((chances >= 0) & (until > 0), found, ABSENT).astype(np.int32)


def _whose(population: Population, people: Columns, visits: Columns) -> Columns:
    """The visits with their sponsors, one for each fan and day; those to nobody are left out."""
    anybody = _sharer(people, visits["day"], visits["chance"])
    sponsor = np.where(visits["chance"] >= 0, anybody, people["link"][visits["fan"]])
    _, kept = np.unique(visits["day"].astype(np.int64) * population.members + visits["fan"], return_index=True)
    kept = kept[sponsor[kept] != ABSENT]
    return {"day": visits["day"][kept], "fan": visits["fan"][kept], "sponsor": sponsor[kept].astype(np.int32)}


def _numbered(drawn: Columns) -> tuple[Columns, Columns, Columns]:
    """Orders by day, their lines, and their refunds by day."""
    drawn = _by_day(drawn)
    count, held = len(drawn["day"]), drawn["held"]
    orders = {key: drawn[key] for key in ("day", "buyer", "delivered", "host_chance", "brought")}
    orders["lines"] = held.sum(axis=1, dtype=np.int8)
    orders["first_line"] = (np.cumsum(orders["lines"], dtype=np.int64) - orders["lines"]).astype(np.int32)
    lines = {
        "order": np.repeat(np.arange(count, dtype=np.int32), orders["lines"]),
        "article": drawn["articles"][held],
        "quantity": drawn["quantities"][held],
    }
    single = (orders["lines"] == 1) & (drawn["quantities"][:, 0] == 1)
    back, rest = np.flatnonzero(drawn["back"] != ABSENT), np.flatnonzero((drawn["rest"] != ABSENT) & ~single)
    kind = np.where(drawn["partial"][back] & ~single[back], PIECE, EVERYTHING)
    refunds = {
        "day": np.r_[drawn["back"][back], drawn["rest"][rest]],
        "order": np.r_[back, rest].astype(np.int32),
        "kind": np.r_[kind, np.full(len(rest), EVERYTHING)].astype(np.int8),
    }
    return orders, lines, _by_day(refunds)


def _by_day(columns: Columns) -> Columns:
    order = np.argsort(columns["day"], kind="stable")
    return {key: column[order] for key, column in columns.items()}


def _joined(parts: list[Columns]) -> Columns:
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
