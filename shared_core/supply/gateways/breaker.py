"""A circuit breaker: whoever does not answer is left alone for a while, then asked by one caller whether he is back.

    closed ──(`failures_max` failures in a row)──▶ open ──(`cool_down` later)──▶ one probe ──▶ closed, or open again

Instants count nanoseconds of any clock that never goes back. The rules are pure; `Breaker` shares one circuit among
threads.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class BreakerLimits:
    failures_max: int = 5
    cool_down: timedelta = timedelta(seconds=10)

    @property
    def cool_down_ticks(self) -> int:
        return self.cool_down // timedelta(microseconds=1) * 1_000


@dataclass(frozen=True, slots=True)
class Circuit:
    """`failures` in a row; `since`: when it opened, or when the last probe was let through. None: closed."""

    failures: int = 0
    since: int | None = None


def ask(circuit: Circuit, limits: BreakerLimits, *, now: int) -> tuple[Circuit, bool]:
    """Whether a call may go now. Once in each cool-down an open circuit lets one through: a probe that never comes
    back keeps nobody out for longer.
    """
    if circuit.since is None:
        return circuit, True
    if now < circuit.since + limits.cool_down_ticks:
        return circuit, False
    return replace(circuit, since=now), True


def answered(_circuit: Circuit) -> Circuit:
    """A call got its answer."""
    return Circuit()


def failed(circuit: Circuit, limits: BreakerLimits, *, now: int) -> Circuit:
    """A call got none."""
    failures = circuit.failures + 1
    return Circuit(failures, since=now if failures >= limits.failures_max else None)


def wait(circuit: Circuit, limits: BreakerLimits, *, now: int) -> timedelta:
    """How long until a call may go."""
    ticks = 0 if circuit.since is None else max(0, circuit.since + limits.cool_down_ticks - now)
    return timedelta(microseconds=ticks // 1_000)


class Breaker:
    """One circuit for all threads of a process."""

    def __init__(self, limits: BreakerLimits, ticks: Callable[[], int]) -> None:
        self._limits, self._ticks = limits, ticks
        self._circuit = Circuit()
        self._lock = threading.Lock()

    def may_call(self) -> bool:
        with self._lock:
            self._circuit, may = ask(self._circuit, self._limits, now=self._ticks())
        return may

    def note(self, *, answer: bool) -> None:
        """How a call that was let through has ended."""
        with self._lock:
            now = self._ticks()
            self._circuit = answered(self._circuit) if answer else failed(self._circuit, self._limits, now=now)

    def wait(self) -> timedelta:
        with self._lock:
            return wait(self._circuit, self._limits, now=self._ticks())
