"""The garbage collector of a serving process.

A process loads some hundred thousand objects that live as long as it does, and each request makes thousands that die
with it. As Python comes it walks over a young part of them every 700 new ones, and over all of them ever again.
"""

import gc
from functools import cache

YOUNG_MAX = 20_000
"""New containers before the young ones are looked at: about what two requests in the works at once hold."""
YOUNG_ROUNDS = 20
MIDDLE_ROUNDS = 50


@cache
def settle() -> None:
    """Leave what is loaded now out of every collection to come, and collect less often. Once in a process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_MAX, YOUNG_ROUNDS, MIDDLE_ROUNDS)
