"""The orders of the demo: who bought what when, and what became of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Literal

from shared_core import plan

Fate = Literal["placed", "cancelled", "paid", "shipped", "delivered", "completed", "partly refunded", "refunded"]
CHAIR, RUG = "SAMPLE-CHAIR", "SAMPLE-RUG"
"""The dear goods: they lift people up a ladder that counts sales, in ordinary numbers of pieces."""
DEAR: tuple[tuple[tuple[str, int], ...], ...] = (
    ((CHAIR, 2),),
    ((RUG, 1),),
    ((CHAIR, 1), (RUG, 1)),
    ((CHAIR, 4),),
)
DEAR_ORDERS_MAX = 28
DEAR_ORDERS_EVERY_DAYS = 5
DEAR_ORDERS_LAST_DAY = 58
"""So that they are completed and settled when the history ends."""


@dataclass(frozen=True)
class Deal:
    """One order. `day` counts from the start of the demo's history."""

    key: str
    day: int
    buyer: str
    lines: tuple[tuple[str, int], ...]
    fate: Fate


SMALL: tuple[tuple[int, str, tuple[tuple[str, int], ...], Fate], ...] = (
    (12, "fan1-1", (("SAMPLE-LINEN-M", 1), ("SAMPLE-TEA-1", 2)), "completed"),
    (14, "fan2-1", (("SAMPLE-MUG-SAND", 4),), "completed"),
    (17, "fan1-2", (("SAMPLE-GIFT", 2),), "completed"),
    (20, "fan3-1", (("SAMPLE-TOWEL-RICE", 2), ("SAMPLE-BRITTLE", 3)), "refunded"),
    (22, "fan4-1", (("SAMPLE-BOARD", 1),), "completed"),
    (26, "fan1-1", (("SAMPLE-TEA-4", 1),), "completed"),
    (29, "keeper4", (("SAMPLE-SCARF-INK", 1),), "completed"),
    (33, "fan4-2", (("SAMPLE-NOTEBOOK", 5),), "cancelled"),
    (35, "fan5-2", (("SAMPLE-TOTE", 2), ("SAMPLE-LAMP", 1)), "partly refunded"),
    (41, "fan6-2", (("SAMPLE-LINEN-S", 1),), "completed"),
    (47, "fan2-3", (("SAMPLE-TEA-4", 2),), "completed"),
    (52, "keeper6", (("SAMPLE-MUG-MOSS", 2),), "completed"),
    (64, "fan3-2", (("SAMPLE-LAMP", 1),), "delivered"),
    (66, "fan1-4", (("SAMPLE-GIFT", 1), ("SAMPLE-CHILLI", 1)), "delivered"),
    (67, "keeper7", (("SAMPLE-LINEN-M", 1),), "delivered"),
    (68, "fan2-1", (("SAMPLE-TOWEL-RICE", 1), ("SAMPLE-TOTE", 1)), "shipped"),
    (69, "keeper9", (("SAMPLE-NOTEBOOK", 2),), "shipped"),
    (70, "fan1-1", (("SAMPLE-BRITTLE", 2),), "paid"),
    (70, "fan9-2", (("SAMPLE-BOARD", 1),), "paid"),
)
WAITING: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = (
    ("fan2-2", (("SAMPLE-SCARF-INK", 1),)),
    ("fan1-3", (("SAMPLE-TEA-1", 1), ("SAMPLE-MUG-SAND", 1))),
)
"""Placed just now and not paid yet: for the back office to confirm. The last is its buyer's only order."""


def history(wanted: plan.Plan, prices: Mapping[str, int]) -> list[Deal]:
    """All orders but the waiting ones, by day; `prices` are those of the dear goods, in minor units."""
    small = [Deal(f"small-{number}", *each) for number, each in enumerate(SMALL)]
    return sorted([*small, *_dear(wanted, prices)], key=lambda deal: (deal.day, deal.key))


def _dear(wanted: plan.Plan, prices: Mapping[str, int]) -> Iterator[Deal]:
    """Sales that lift a shopkeeper to the first rung of a ladder that counts sales, and the leader to the top."""
    rungs = sorted(
        criterion.at_least
        for rank in wanted.ranks
        for criterion in rank.criteria
        if criterion.metric in ("own_retail_sales", "own_sales")
    )
    if not rungs:
        return
    yield from _dear_of("keeper1", ("fan1-2", "fan1-1"), rungs[0], prices, from_day=28, orders_min=1)
    shopkeepers = tuple(f"keeper{place}" for place in range(1, 12))
    yield from _dear_of("leader", shopkeepers, rungs[-1], prices, from_day=32, orders_min=4)


def _dear_of(
    seller: str, buyers: tuple[str, ...], target: int, prices: Mapping[str, int], *, from_day: int, orders_min: int
) -> Iterator[Deal]:
    """One order after the other by the seller's fans in turn, until `target` is reached, spread over the weeks."""
    sold = 0
    basket: list[tuple[str, tuple[tuple[str, int], ...]]] = []
    for buyer, lines in islice(zip(cycle(buyers), cycle(DEAR), strict=False), DEAR_ORDERS_MAX):
        if len(basket) >= orders_min and sold >= target:
            break
        basket.append((buyer, lines))
        sold += sum(prices[sku] * pieces for sku, pieces in lines)
    for number, (buyer, lines) in enumerate(basket, start=1):
        day = from_day + (DEAR_ORDERS_LAST_DAY - from_day) * number // len(basket)
        day -= day % DEAR_ORDERS_EVERY_DAYS
        yield Deal(f"dear-{seller}-{number}", day, buyer, lines, "completed")
