"""The circuit breaker: whoever is down is left alone, and found again."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared_core.supply.gateways import breaker
from shared_core.supply.gateways.breaker import Breaker, BreakerLimits, Circuit
from tests.supply.test_concurrency import at_once

LIMITS = BreakerLimits(failures_max=3, cool_down=timedelta(microseconds=10))
SECOND = 10**9

moments = st.lists(st.tuples(st.integers(0, 20_000), st.booleans()), max_size=60)


@given(moments)
def test_at_most_so_many_calls_fail_before_it_opens_and_one_in_each_cool_down_after(
    history: list[tuple[int, bool]],
) -> None:
    circuit, now, in_a_row, let_through_at = Circuit(), 0, 0, 0
    for pause, answers in history:
        now += pause
        circuit, may = breaker.ask(circuit, LIMITS, now=now)
        if in_a_row < LIMITS.failures_max:
            assert may, "closed"
        else:
            assert may == (now >= let_through_at + LIMITS.cool_down_ticks)
        assert may or breaker.wait(circuit, LIMITS, now=now) >= timedelta(0)
        if may:
            let_through_at = now
            in_a_row = 0 if answers else in_a_row + 1
            circuit = breaker.answered(circuit) if answers else breaker.failed(circuit, LIMITS, now=now)


@given(st.integers(0, 10**12), st.integers(0, 10**6))
def test_after_the_wait_a_call_may_go(opened: int, later: int) -> None:
    circuit = Circuit(failures=3, since=opened)
    wait = breaker.wait(circuit, LIMITS, now=opened + later)
    ready = opened + later + wait // timedelta(microseconds=1) * 1_000 + 1_000
    assert breaker.ask(circuit, LIMITS, now=ready)[1]


def test_of_many_threads_one_probes() -> None:
    now = [0]
    shared = Breaker(BreakerLimits(failures_max=1, cool_down=timedelta(seconds=1)), lambda: now[0])
    shared.note(answer=False)
    assert not shared.may_call() and shared.wait() == timedelta(seconds=1)
    now[0] = SECOND
    assert sum(bool(each) for each in at_once(20, lambda _: shared.may_call())) == 1
    shared.note(answer=True)
    assert all(at_once(20, lambda _: shared.may_call()))
