"""The garbage collector of a serving process.

A storefront has loaded about 270,000 objects that live as long as its process. As Python comes it looks at the young
ones after every 700 new ones, and over all of them now and then. What that costs is in docs/benchmark.md.
"""

import gc
from functools import cache

YOUNG_MAX = 20_000
"""How many more containers were made than given up, before the young ones are looked at."""
YOUNG_ROUNDS = 20
MIDDLE_ROUNDS = 50


@cache
def settle() -> None:
    """Leave what is loaded now out of every collection to come, and collect less often. Once in a process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_MAX, YOUNG_ROUNDS, MIDDLE_ROUNDS)
