"""Trying a plan before people depend on it: a seeded population lives under it for months. Pure; numpy only.

What people do is drawn first (`draw`), without any plan; what a plan makes of it is reckoned afterwards (`live`), by
the same functions that rank and pay in a shop. So two plans can be compared on the very same people.
"""

from shared_core.plan.simulation.engine import Run, live, simulate
from shared_core.plan.simulation.fitting import Bought, fit
from shared_core.plan.simulation.history import EVERYTHING, PIECE, History, draw
from shared_core.plan.simulation.population import (
    MEMBERS_MAX,
    MONTHS_MAX,
    Article,
    Population,
    PopulationUnusable,
)

__all__ = [
    "EVERYTHING",
    "MEMBERS_MAX",
    "MONTHS_MAX",
    "PIECE",
    "Article",
    "Bought",
    "History",
    "Population",
    "PopulationUnusable",
    "Run",
    "draw",
    "fit",
    "live",
    "simulate",
]
