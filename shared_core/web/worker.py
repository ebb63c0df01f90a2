"""The background work of an app, in one loop.

Every chore is idempotent and safe beside other workers: rows are claimed, or a chore ends where another has been.
One chore's failure is logged and does not keep the others from running; it is tried again in the next round.
"""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import FrameType
from typing import Generic, TypeVar

import structlog

from shared_core.kernel.errors import Away
from shared_core.web import heap

PAUSE_SECONDS = 0.5
AFTER_FAILURE_SECONDS = 10
ROUNDS_MAX = 1_000
"""How many rounds `settle` goes before it gives up; each has work to do only because of the one before."""

STOP_SECONDS_MAX = 20
"""How long a stopping process waits for the background work at hand."""
ASIDE_SECONDS_MAX = 5
"""How long it waits for what goes aside: that can be broken off, and is done again."""

_log = structlog.get_logger()

A = TypeVar("A")


@dataclass(frozen=True)
class Chore(Generic[A]):
    """`run` does what is due at an instant and returns how much that was. It runs at most once in `every`.

    What waits for strangers' servers goes `aside`, into a thread of its own, so that nothing else waits with it.
    """

    name: str
    run: Callable[[A, datetime], int]
    every: timedelta
    aside: bool = False


class Worker(Generic[A]):
    """Does an app's chores until it is told to stop; the chore at hand is always finished."""

    def __init__(self, app: A, chores: Sequence[Chore[A]], *, clock: Callable[[], datetime], **known: str) -> None:
        """`known` is on every line it logs."""
        self._app, self._clock, self._known = app, clock, known
        self._chores = [chore for chore in chores if not chore.aside]
        self._aside = [chore for chore in chores if chore.aside]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.run, name="worker", daemon=True)
        self._next: dict[str, float] = {}
        """When each chore's turn comes again, on the process's own clock."""

    def start(self) -> None:
        """Run in a thread of this process."""
        self._thread.start()

    def stop(self, *, seconds_max: float) -> None:
        """Ask the thread to stop and wait for the chore at hand, at most so long."""
        self._stop.set()
        self._thread.join(seconds_max)

    def run_until_signalled(self) -> None:
        """Run in this thread until SIGTERM or SIGINT."""
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, self._on_signal)
        heap.settle()
        self.run()

    def run(self) -> None:
        aside = threading.Thread(target=self._go_round, args=(self._aside,), name="worker aside", daemon=True)
        if self._aside:
            aside.start()
        self._go_round(self._chores)
        if self._aside:
            aside.join(ASIDE_SECONDS_MAX)
        _log.info("worker stopped")

    def settle(self) -> None:
        """Do every chore now, again and again until nothing is left to do: for demos, tests and imports.

        What goes aside is left to a running worker.
        Here a chore's failure is raised.
        """
        for _ in range(ROUNDS_MAX):
            if not sum(chore.run(self._app, self._clock()) for chore in self._chores):
                return

    def _go_round(self, chores: Sequence[Chore[A]]) -> None:
        structlog.contextvars.bind_contextvars(**self._known)
        _log.info("worker started", chores=len(chores))
        while not self._stop.is_set():
            if not self._round(chores):
                self._stop.wait(PAUSE_SECONDS)

    def _round(self, chores: Sequence[Chore[A]]) -> int:
        """Every chore whose turn it is; how much was done."""
        done = 0
        for chore in chores:
            if self._stop.is_set() or time.monotonic() < self._next.get(chore.name, 0.0):
                continue
            self._next[chore.name] = time.monotonic() + chore.every.total_seconds()
            try:
                done += chore.run(self._app, self._clock())
            except Away as away:
                _log.warning("chore put off", chore=chore.name, reason=str(away.__cause__ or away))
                self._put_off(chore)
            except Exception:  # noqa: BLE001 - one fault is logged and tried again; the other chores go on
                _log.exception("chore failed", chore=chore.name)
                self._put_off(chore)
        return done

    def _put_off(self, chore: Chore[A]) -> None:
        """What failed is left in peace for a while."""
        self._next[chore.name] = time.monotonic() + max(AFTER_FAILURE_SECONDS, chore.every.total_seconds())

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()
