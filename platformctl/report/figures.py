"""What a run comes to: the numbers of the report. Pure; amounts in minor units, ratios as parts of one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from itertools import pairwise

import numpy as np

from shared_core.plan import simulation

DECILES = 10
PRODUCTS_SHOWN = 10
LORENZ_STEPS = 50


@dataclass(frozen=True, slots=True)
class Incomes:
    """What promoters have earned over the whole time, refunds taken off. `lorenz`: the poorest first, in parts."""

    promoters: int
    nothing: float
    """The part of them who earned nothing."""
    median: int
    mean: int
    median_of_earners: int
    """In the middle of those who earned anything."""
    deciles: tuple[int, ...]
    """The mean of each tenth, the poorest first."""
    top_tenth: float
    """The part of all income that goes to the tenth who earn most."""
    gini: float
    lorenz: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Rung:
    """How many reached a rank, how many stand on it in the end, and how long it took from joining (median days)."""

    name_zh: str
    name_en: str
    reached: int
    standing: int
    days: int | None
    by_day: tuple[int, ...]
    """How many stood there or higher."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One plan's figures. By month: `sales` (net of refunds), `shares` (net of what was taken back), `margin`."""

    name: str
    version: str
    currency: str
    members: int
    days: int
    months: int
    orders: int
    sales: tuple[int, ...]
    shares: tuple[int, ...]
    margin: tuple[int, ...]
    retail: tuple[int, ...]
    network: tuple[int, ...]
    cash: tuple[int, ...]
    """What is in the till at the end of each day."""
    rungs: tuple[Rung, ...]
    incomes: Incomes
    products: tuple[tuple[str, float], ...]
    """The best-selling products with their part of all sales."""
    products_share: float
    """The part of all sales with the best-selling product."""

    @property
    def payout(self) -> float:
        """The part of sales that goes to members."""
        return part(sum(self.shares), sum(self.sales))

    @property
    def payouts(self) -> tuple[float, ...]:
        """The same by month."""
        return tuple(part(share, sale) for share, sale in zip(self.shares, self.sales, strict=True))

    @property
    def margin_rate(self) -> float:
        """The part of sales that the shop keeps after supply and shares."""
        return part(sum(self.margin), sum(self.sales))

    @property
    def recruiting(self) -> float:
        """The part of members' income that does not come from their own sales."""
        return part(sum(self.network), sum(self.network) + sum(self.retail))

    @property
    def lowest_cash(self) -> int:
        return min(0, *self.cash)

    def as_dict(self) -> dict[str, object]:
        """For JSON, without what is only plotted by day."""
        whole = asdict(self)
        del whole["cash"]
        for rung in whole["rungs"]:
            del rung["by_day"]
        rates = ("payout", "margin_rate", "recruiting", "lowest_cash")
        return whole | {name: getattr(self, name) for name in rates}


def part(amount: float, whole: float) -> float:
    """`amount` as a part of `whole`; nothing of nothing is nothing."""
    return amount / whole if whole else 0.0


def outcome(run: simulation.Run) -> Outcome:
    """The figures of a run."""
    daily, population = run.daily, run.history.population
    months = list(pairwise(population.months_begin))

    def monthly(name: str) -> np.ndarray:
        return np.array([int(daily[name][begin:end].sum()) for begin, end in months])

    sales = monthly("paid") - monthly("refunded")
    shares = monthly("shares") - monthly("reversed") + monthly("bounties")
    supply = monthly("supply") - monthly("supply_back")
    network = monthly("network") + monthly("bounties")
    products = _products(run)
    return Outcome(
        name=run.plan.name,
        version=run.plan.version,
        currency=run.plan.currency,
        members=len(run.history.people["came"]),
        days=population.days,
        months=population.months,
        orders=len(run.history.orders["day"]),
        sales=_ints(sales),
        shares=_ints(shares),
        margin=_ints(sales - supply - shares + monthly("fees")),
        retail=_ints(shares - network),
        network=_ints(network),
        cash=_ints(_cash(daily)),
        rungs=tuple(_rung(run, place) for place in range(len(run.plan.ranks))),
        incomes=incomes(_of_promoters(run)),
        products=products[:PRODUCTS_SHOWN],
        products_share=products[0][1] if products else 0.0,
    )


def incomes(earned: np.ndarray) -> Incomes:
    """How unequal these incomes are. Debts count as nothing."""
    earned = np.sort(np.maximum(earned, 0))
    count, total = len(earned), int(earned.sum())
    if not count:
        return replace(incomes(np.zeros(1, dtype=np.int64)), promoters=0, nothing=0.0)
    reached = np.concatenate([[0], np.cumsum(earned)])
    places = np.linspace(0, count, LORENZ_STEPS + 1)
    lorenz = np.interp(places, np.arange(count + 1), reached) / total if total else np.linspace(0, 1, LORENZ_STEPS + 1)
    weighted = float(((2.0 * np.arange(1, count + 1) - count - 1) * earned).sum())
    earners = earned[earned > 0]
    richest = max(count // DECILES, 1)
    return Incomes(
        promoters=count,
        nothing=part(int((earned == 0).sum()), count),
        median=int(earned[count // 2]),
        mean=total // count,
        median_of_earners=int(earners[len(earners) // 2]) if len(earners) else 0,
        deciles=tuple(int(each.sum()) // max(len(each), 1) for each in np.array_split(earned, DECILES)),
        top_tenth=part(int(earned[-richest:].sum()), total),
        gini=part(weighted, count * total),
        lorenz=tuple(round(float(each), 4) for each in lorenz),
    )


def _of_promoters(run: simulation.Run) -> np.ndarray:
    """What everybody who joined, or earned anything, has earned."""
    earned = (run.members["retail"] + run.members["network"])[:-1]
    return np.asarray(earned[(run.members["joined_on"] >= 0) | (earned != 0)])


def _cash(daily: Mapping[str, np.ndarray]) -> np.ndarray:
    """Paid by customers and new members, less goods, refunds and payouts, each on its day."""
    arrived = daily["paid"] + daily["fees"] + daily["supply_back"]
    return np.cumsum(arrived - daily["supply"] - daily["refunded"] - daily["taken"])


def _rung(run: simulation.Run, place: int) -> Rung:
    reached = run.reached[place:].astype(np.int32)
    first = np.where(reached >= 0, reached, run.history.population.days).min(axis=0)
    there = first < run.history.population.days
    took = np.sort(first[there] - run.history.people["came"][there])
    rank = run.plan.ranks[place]
    return Rung(
        name_zh=rank.name.zh,
        name_en=rank.name.en,
        reached=int(there.sum()),
        standing=int(run.daily["standing"][place][-1]),
        days=int(took[len(took) // 2]) if len(took) else None,
        by_day=_ints(run.daily["standing"][place:].sum(axis=0)),
    )


def _products(run: simulation.Run) -> tuple[tuple[str, float], ...]:
    """Every product with its part of all sales, the best-selling first."""
    total = int(run.goods_by_article.sum())
    sold: dict[str, int] = {}
    for article, goods in zip(run.history.population.assortment, run.goods_by_article.tolist(), strict=True):
        sold[article.product] = sold.get(article.product, 0) + goods
    best = sorted(sold.items(), key=lambda each: -each[1])
    return tuple((name, part(goods, total)) for name, goods in best)


def _ints(values: np.ndarray) -> tuple[int, ...]:
    return tuple(int(each) for each in values)
