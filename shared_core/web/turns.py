"""How many are at work at a time: so many in all, so many of one caller, so that nobody can take all there is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from shared_core.web.limits import TooManyRequests

RETRY_SECONDS = 1


@dataclass
class _Caller:
    turns: asyncio.Semaphore
    here: int = 0


class Turns:
    """At most `total` are at work, `each` of them one caller's; `waiting_max` more of one caller wait, in order.

    It belongs to one event loop (see `loops`); who waits has no thread and no connection.
    """

    def __init__(self, total: int, *, each: int, waiting_max: int) -> None:
        self._all = asyncio.Semaphore(total)
        self._each, self._waiting_max = each, waiting_max
        self._callers: dict[str, _Caller] = {}

    @asynccontextmanager
    async def take(self, caller: str) -> AsyncIterator[None]:
        """Wait for a turn and keep it. Raises TooManyRequests when too many of the caller wait already."""
        mine = self._callers.setdefault(caller, _Caller(asyncio.Semaphore(self._each)))
        if mine.here >= self._each + self._waiting_max:
            raise TooManyRequests(retry_after=RETRY_SECONDS)
        mine.here += 1
        try:
            async with mine.turns, self._all:
                yield
        finally:
            mine.here -= 1
            if not mine.here:
                del self._callers[caller]
