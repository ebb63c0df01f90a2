"""Histories told by hand, for examples that are worked by hand."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from shared_core.plan.simulation import EVERYTHING, Article, History, Population
from shared_core.plan.table import ABSENT

GOODS = (Article("s", "p", "", "", price=10_000, supply=5_000, weight=1),)
"""One article at 100.00."""


def told(
    links: Sequence[int | None],
    *,
    orders: Sequence[tuple[int, int, int]] = (),
    refunds: Sequence[tuple[int, int]] = (),
    visits: Sequence[tuple[int, int, int]] = (),
    rooms: Mapping[int, tuple[int, int]] | None = None,
    delivery_days: int = 1,
    months: int = 3,
    starts: date = date(2026, 1, 1),
) -> History:
    """Everybody comes and signs up on day 0, by the links of those named (None: alone).

    `orders`: (day, buyer, pieces), by day; `refunds`: (day, order), all that is left; `visits`: (day, fan, sponsor).
    `rooms`: by order, whose room it was made in and who brought the buyer there (ABSENT: nobody).
    """
    count = len(links)
    population = Population(members=count, months=months, starts=starts, assortment=GOODS)
    people = {
        "came": np.zeros(count, dtype=np.int16),
        "link": np.array([ABSENT if each is None else each for each in links], dtype=np.int32),
        "signs_up": np.zeros(count, dtype=np.int16),
        "weight": np.ones(count),
    }
    days, buyers, pieces = _columns(orders, 3)
    lines = np.arange(len(orders), dtype=np.int32)
    host, referrer = _columns([(rooms or {}).get(each, (ABSENT, ABSENT)) for each in range(len(orders))], 2)
    return History(
        population,
        people,
        dict(zip(("day", "fan", "sponsor"), _columns(visits, 3), strict=True)),
        {
            "day": days,
            "buyer": buyers,
            "delivered": days + delivery_days,
            "lines": np.ones_like(days),
            "first_line": lines,
            "host": host,
            "referrer": referrer,
        },
        {"order": lines, "article": np.zeros_like(lines), "quantity": pieces},
        {
            **dict(zip(("day", "order"), _columns(refunds, 2), strict=True)),
            "kind": np.full(len(refunds), EVERYTHING, dtype=np.int8),
        },
    )


def _columns(rows: Sequence[tuple[int, ...]], count: int) -> list[np.ndarray]:
    return list(np.array(rows, dtype=np.int32).reshape(-1, count).T)
