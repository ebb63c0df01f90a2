"""The background work of a shop, in one loop.

Every chore is idempotent and safe beside other workers: rows are claimed, or a chore ends where another has been.
One chore's failure is logged and does not keep the others from running; it is tried again in the next round.
"""

import signal
import threading
import time
from types import FrameType

import structlog

from shared_core import supply
from shared_core.kernel.errors import Away, PlatformError
from shared_core.storefront.chores import CHORES, Chore
from shared_core.storefront.shop import Shop

PAUSE_SECONDS = 0.5
AWAY = (Away, supply.HubRefused)
AWAY_SECONDS = 10
ROUNDS_MAX = 1_000
"""How many rounds `settle` goes before it gives up; each has work to do only because of the one before."""

_log = structlog.get_logger()


class Worker:
    """Does the chores until it is told to stop; the chore at hand is always finished."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.run, name="shop-worker", daemon=True)
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
        self.run()

    def run(self) -> None:
        structlog.contextvars.bind_contextvars(shop=self._shop.brand.shop.name)
        _log.info("worker started")
        while not self._stop.is_set():
            if not self._round():
                self._stop.wait(PAUSE_SECONDS)
        _log.info("worker stopped")

    def settle(self) -> None:
        """Do every chore now, again and again until nothing is left to do: for demos, tests and imports.

        Here a chore's failure is raised.
        """
        for _ in range(ROUNDS_MAX):
            if not sum(chore.run(self._shop, self._shop.clock()) for chore in CHORES):
                return

    def _round(self) -> int:
        """Every chore whose turn it is; how much was done."""
        done = 0
        for chore in CHORES:
            if self._stop.is_set() or time.monotonic() < self._next.get(chore.name, 0.0):
                continue
            self._next[chore.name] = time.monotonic() + chore.every.total_seconds()
            try:
                done += chore.run(self._shop, self._shop.clock())
            except AWAY as away:
                self._put_off(chore, away)
            except Exception:  # noqa: BLE001 - one fault is logged and tried again; the other chores go on
                _log.exception("chore failed", chore=chore.name)
        return done

    def _put_off(self, chore: Chore, away: PlatformError) -> None:
        """Somebody else does not answer, or not to us: say so in a line, and leave them in peace for a while."""
        _log.warning("chore put off", chore=chore.name, reason=str(away.__cause__ or away))
        self._next[chore.name] = time.monotonic() + max(AWAY_SECONDS, chore.every.total_seconds())

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()
