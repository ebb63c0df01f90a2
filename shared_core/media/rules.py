"""What a picture may be, from where it may come, and when it is asked for again."""

import re
from datetime import timedelta

BYTES_MAX = 20 * 2**20
PIXELS_MAX = 50_000_000
"""Enough for any telephone's camera."""
WIDTHS = (480, 960, 1600)
"""Widths that are kept: a card on a phone, the whole of one, a desk. The last is the picture itself."""
ATTEMPTS_MAX = 8
RETRY_FIRST = timedelta(minutes=1)
RETRY_LONGEST = timedelta(hours=12)

DIGEST = re.compile(r"[0-9a-f]{64}")


def is_digest(text: str) -> bool:
    """Whether it names a picture by its content."""
    return DIGEST.fullmatch(text) is not None


def retry_in(attempts: int) -> timedelta | None:
    """How long to wait after so many failures; None: it is given up."""
    return None if attempts >= ATTEMPTS_MAX else min(RETRY_FIRST * 4 ** (attempts - 1), RETRY_LONGEST)


def fitting(width: int, height: int, widest: int) -> tuple[int, int]:
    """The size at which a picture is kept: never wider than `widest` or higher than twice that, never enlarged."""
    if width <= widest and height <= 2 * widest:
        return width, height
    if width * 2 >= height:
        return widest, max(1, height * widest // width)
    return max(1, width * 2 * widest // height), 2 * widest


def kept_width(wanted: int) -> int:
    """The least of our widths that is not below the wanted one, else the widest."""
    return next((each for each in WIDTHS if each >= wanted), WIDTHS[-1])
