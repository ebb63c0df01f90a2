"""Share-link clicks, hundreds in one transaction: the only asynchronous write of the shop.

Clicks that arrive while a transaction runs wait and share the next one; nobody waits for a clock. A transaction that
fails is taken apart, so that a click that cannot be recorded fails alone.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy.exc import InterfaceError, OperationalError

from shared_core import members
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError

BATCH_MAX = 500
IN_FLIGHT_MAX = 2
"""Transactions at once in one process."""
WORTH_ANOTHER = 100
"""So many clicks must wait before a second transaction is begun: few large ones cost less than many small ones."""
WAITING_MAX = 10_000

Result = members.ClickAnswer | Exception


class ClicksPaused(PlatformError):
    """More clicks wait than can be served soon, or the shop is stopping."""

    code = "clicks_paused"
    status = 503
    message = "The shop is very busy. Please try again in a moment."


@dataclass(frozen=True, slots=True)
class _Waiting:
    click: members.Click
    policy: members.BindingPolicy
    answer: asyncio.Future[members.ClickAnswer]


class ClickBatcher:
    """Records clicks for one event loop. Make it when the shop starts, `stop` it before the database is closed."""

    def __init__(self, database: Database, *, batch_max: int = BATCH_MAX, in_flight_max: int = IN_FLIGHT_MAX) -> None:
        self._database = database
        self._batch_max = batch_max
        # SQLite has one writer; a second one would only sleep in its queue.
        self._in_flight_max = 1 if database.dialect == "sqlite" else in_flight_max
        self._threads = ThreadPoolExecutor(self._in_flight_max, thread_name_prefix="clicks")
        self._waiting: deque[_Waiting] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._start_is_due = False
        self._stopped = False

    async def click(self, click: members.Click, *, policy: members.BindingPolicy) -> members.ClickAnswer:
        """Record a click; the answer comes when it is committed.

        Raises ClicksPaused, and whatever recording this one click raises (UnknownMember, a database error).
        """
        if self._stopped or len(self._waiting) >= WAITING_MAX:
            raise ClicksPaused
        loop = asyncio.get_running_loop()
        waiting = _Waiting(click, policy, loop.create_future())
        self._waiting.append(waiting)
        if not self._start_is_due and self._may_start():
            self._start_is_due = True
            loop.call_soon(self._start)  # after the other requests that are ready now have brought their clicks
        return await waiting.answer

    async def stop(self) -> None:
        """Take no more clicks and return when every one taken before has its answer."""
        self._stopped = True
        while self._waiting or self._running:
            self._start()
            await asyncio.wait(self._running)
        self._threads.shutdown()

    def _start(self) -> None:
        """Begin as many transactions as may run."""
        self._start_is_due = False
        while self._waiting and self._may_start():
            size = min(len(self._waiting), self._batch_max)
            batch = [self._waiting.popleft() for _ in range(size)]
            task = asyncio.get_running_loop().create_task(self._run(batch))
            self._running.add(task)
            task.add_done_callback(self._ended)

    def _may_start(self) -> bool:
        if not self._running:
            return True
        return len(self._running) < self._in_flight_max and len(self._waiting) >= WORTH_ANOTHER

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._start()

    async def _run(self, batch: list[_Waiting]) -> None:
        loop = asyncio.get_running_loop()
        results = await loop.run_in_executor(self._threads, _record, self._database, batch)
        for waiting, result in zip(batch, results, strict=True):
            if waiting.answer.done():  # the client has gone; what was recorded stays
                continue
            if isinstance(result, Exception):
                waiting.answer.set_exception(result)
            else:
                waiting.answer.set_result(result)


def _record(database: Database, batch: Sequence[_Waiting]) -> list[Result]:
    """One result for each click, in order. Everything is caught: somebody waits for every answer."""
    try:
        return _together(database, batch)
    except (OperationalError, InterfaceError):
        return _once_more(database, batch)
    except Exception as error:  # noqa: BLE001
        return [error] if len(batch) == 1 else _one_by_one(database, batch)


def _once_more(database: Database, batch: Sequence[_Waiting]) -> list[Result]:
    """After a deadlock or a lost connection the same clicks may well succeed; if not, no smaller batch would."""
    try:
        return _together(database, batch)
    except (OperationalError, InterfaceError) as error:
        return [error] * len(batch)
    except Exception as error:  # noqa: BLE001
        return [error] if len(batch) == 1 else _one_by_one(database, batch)


def _one_by_one(database: Database, batch: Sequence[_Waiting]) -> list[Result]:
    """Each click in a transaction of its own; when the database goes away, the rest fails with it."""
    results: list[Result] = []
    for waiting in batch:
        try:
            results += _together(database, [waiting])
        except (OperationalError, InterfaceError) as error:
            return results + [error] * (len(batch) - len(results))
        except Exception as error:  # noqa: BLE001
            results.append(error)
    return results


def _together(database: Database, batch: Sequence[_Waiting]) -> list[Result]:
    results: list[Result] = []
    with database.transaction() as session:
        for policy, waiting in groupby(batch, key=lambda each: each.policy):
            results += members.record_clicks(session, [each.click for each in waiting], policy=policy)
    return results
