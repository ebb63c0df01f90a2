"""A population like the customers of an order history: how often they come back, when, and what they buy."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from shared_core.kernel.money import BPS_WHOLE
from shared_core.plan.simulation.population import Article, Population, PopulationUnusable

ARTICLES_MAX = 200
SAMPLES = 10
ORDERS_MIN = 10
PRICE_MAX = 100_000_000
QUANTITY_MAX = 20
"""What is bought by the dozen or the carton says little about a shop's customers."""


@dataclass(frozen=True, slots=True)
class Bought:
    """One line of an order: `unit` is the price paid per piece, in minor units."""

    order: str
    day: date
    customer: str
    sku: str
    quantity: int
    unit: int


def fit(
    bought: Iterable[Bought], base: Population, *, returned_lines: int | None = None, margin_bps: int = 4_000
) -> Population:
    """`base` with what the history tells: repeat rate, gaps, pieces, articles and prices; refunds where it shows them.

    `returned_lines`: how many lines were returns, None when the history does not tell. Supply costs are not in an order
    history: each article costs its price less `margin_bps`. Raises PopulationUnusable for fewer than `ORDERS_MIN`.
    """
    lines = list(bought)
    orders = {line.order: (line.customer, line.day) for line in lines}
    if len(orders) < ORDERS_MIN:
        raise PopulationUnusable(field="orders", value=len(orders), reason=f"it takes at least {ORDERS_MIN}")
    days: dict[str, list[date]] = defaultdict(list)
    for customer, day in orders.values():
        days[customer].append(day)
    per_order = Counter(line.order for line in lines)
    gaps = sorted((after - before).days for each in days.values() for before, after in pairwise(sorted(each)))
    again = BPS_WHOLE * (len(orders) - len(days)) // len(orders)
    several = sum(count > 1 for count in per_order.values())
    fitted = replace(
        base,
        repeat_bps=min(again, 9_900),
        gap_days=tuple(max(gap, 1) for gap in samples(gaps)) if gaps else base.gap_days,
        second_line_bps=BPS_WHOLE * several // len(orders),
        quantities=samples(sorted(min(line.quantity, QUANTITY_MAX) for line in lines)),
        assortment=_assortment(lines, margin_bps),
    )
    if returned_lines is None:
        return fitted
    return replace(fitted, refund_bps=BPS_WHOLE * returned_lines // (returned_lines + len(lines)))


def samples(values: list[int]) -> tuple[int, ...]:
    """The middles of equally large parts of sorted values: drawn from them, one sees the same distribution."""
    return tuple(values[(2 * part + 1) * len(values) // (2 * SAMPLES)] for part in range(SAMPLES))


def _assortment(lines: list[Bought], margin_bps: int) -> tuple[Article, ...]:
    """The articles sold most often, each at its median price."""
    prices: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        prices[line.sku].append(min(line.unit, PRICE_MAX))
    best = sorted(prices.items(), key=lambda each: (-len(each[1]), each[0]))[:ARTICLES_MAX]
    medians = {sku: sorted(paid)[len(paid) // 2] for sku, paid in best}
    return tuple(
        Article(sku, sku, "", "", medians[sku], medians[sku] * (BPS_WHOLE - margin_bps) // BPS_WHOLE, len(paid))
        for sku, paid in best
    )
