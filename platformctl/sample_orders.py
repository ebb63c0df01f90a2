"""The orders of the demo: who bought what when, and what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from shared_core import orders, plan
from shared_core.kernel.money import Money

Fate = Literal["placed", "cancelled", "paid", "shipped", "delivered", "completed", "partly refunded", "refunded"]
SPREE_SKU = "SAMPLE-GIFT"
"""What is bought in quantity, so that somebody climbs a ladder that counts sales."""
SPREE_PIECES_MAX = 1_100
"""For each of the two; what lies in the warehouse is enough for both."""


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
    (14, "fan2-3", (("SAMPLE-MUG-SAND", 4),), "completed"),
    (17, "fan1-2", (("SAMPLE-GIFT", 2),), "completed"),
    (20, "fan3-1", (("SAMPLE-TOWEL-RICE", 2), ("SAMPLE-BRITTLE", 3)), "refunded"),
    (22, "fan2-5", (("SAMPLE-BOARD", 1),), "completed"),
    (26, "fan1-1", (("SAMPLE-TEA-4", 1),), "completed"),
    (29, "keeper4", (("SAMPLE-SCARF-INK", 1),), "completed"),
    (33, "fan4-2", (("SAMPLE-NOTEBOOK", 5),), "cancelled"),
    (35, "fan5-4", (("SAMPLE-TOTE", 2), ("SAMPLE-LAMP", 1)), "partly refunded"),
    (41, "fan6-2", (("SAMPLE-LINEN-S", 1),), "completed"),
    (47, "fan2-3", (("SAMPLE-TEA-4", 2),), "completed"),
    (52, "fan6-1", (("SAMPLE-MUG-MOSS", 2),), "completed"),
    (64, "fan3-2", (("SAMPLE-LAMP", 1),), "delivered"),
    (66, "fan1-4", (("SAMPLE-GIFT", 1), ("SAMPLE-CHILLI", 1)), "delivered"),
    (67, "fan7-1", (("SAMPLE-LINEN-M", 1),), "delivered"),
    (68, "fan2-1", (("SAMPLE-TOWEL-RICE", 1), ("SAMPLE-TOTE", 1)), "shipped"),
    (69, "fan8-3", (("SAMPLE-NOTEBOOK", 2),), "shipped"),
    (70, "fan1-1", (("SAMPLE-BRITTLE", 2),), "paid"),
    (70, "fan9-2", (("SAMPLE-BOARD", 1),), "paid"),
)
WAITING: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = (
    ("fan2-2", (("SAMPLE-SCARF-INK", 1),)),
    ("fan1-3", (("SAMPLE-TEA-1", 1), ("SAMPLE-MUG-SAND", 1))),
)
"""Placed just now and not paid yet: for the back office to confirm."""


def history(wanted: plan.Plan, price: Money) -> list[Deal]:
    """All orders but the waiting ones, by day; `price` is what one piece of SPREE_SKU costs."""
    small = [Deal(f"small-{number}", *each) for number, each in enumerate(SMALL)]
    return sorted([*small, *_sprees(wanted, price)], key=lambda deal: (deal.day, deal.key))


def _sprees(wanted: plan.Plan, price: Money) -> Iterator[Deal]:
    """Sales that lift a shopkeeper to the second rung of a ladder that counts sales, and the leader to the top."""
    rungs = sorted(
        criterion.at_least
        for rank in wanted.ranks
        for criterion in rank.criteria
        if criterion.metric in ("own_retail_sales", "own_sales")
    )
    if not rungs:
        return
    for buyer, day, target in (("fan1-5", 24, rungs[0]), ("keeper1", 30, rungs[-1])):
        pieces = min(target // price.minor + 1, SPREE_PIECES_MAX)
        for part, done in enumerate(range(0, pieces, orders.QUANTITY_MAX)):
            bought = min(orders.QUANTITY_MAX, pieces - done)
            yield Deal(f"spree-{buyer}-{part}", day, buyer, ((SPREE_SKU, bought),), "completed")
