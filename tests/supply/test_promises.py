"""Until when a supplier has to send: the rule, its laws, and who is late."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.supply.dropshipping import promises
from tests.supply.goods import HALF_AN_HOUR, HOME, NOON, gateway, lines, stocked

PROMISES = st.builds(
    supply.Promise,
    cut_off=st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "UTC"]),
    ship_days=st.integers(0, 10),
    working_days=st.frozensets(st.integers(1, 7), min_size=1),
)
INSTANTS = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: NOON - timedelta(days=400) + timedelta(minutes=minutes)
)
SHANGHAI = ZoneInfo("Asia/Shanghai")
WORKDAYS = supply.Promise(time(16), "Asia/Shanghai", 1)


def law(promise: supply.Promise, placed: datetime, later: timedelta) -> None:
    due, zone = promises.due_at(promise, placed), ZoneInfo(promise.zone)
    day, last = placed.astimezone(zone).date(), (due - timedelta(seconds=1)).astimezone(zone).date()
    assert due > placed and last.isoweekday() in promise.working_days
    assert promises.due_at(promise, placed + later) >= due
    in_time = placed < datetime.combine(day, promise.cut_off, zone).astimezone(UTC)
    waiting = sum((last - timedelta(each)).isoweekday() in promise.working_days for each in range((last - day).days))
    today = in_time and day.isoweekday() in promise.working_days
    assert waiting == promise.ship_days + (0 if today else 1), "working days after the one of the order"


@given(PROMISES, INSTANTS, st.timedeltas(timedelta(0), timedelta(days=9)))
def test_an_order_is_due_at_the_end_of_a_working_day_and_later_ones_no_sooner(
    promise: supply.Promise, placed: datetime, later: timedelta
) -> None:
    law(promise, placed, later)


@pytest.mark.parametrize(
    ("placed", "due"),
    [
        ("2026-03-05 15:59", "2026-03-07"),  # Thursday, sent by the end of Friday
        ("2026-03-05 16:00", "2026-03-10"),  # counts as Friday, sent by the end of Monday
        ("2026-03-07 09:00", "2026-03-11"),  # Saturday, counts as Monday
    ],
)
def test_the_cut_off_and_the_weekend_move_an_order_to_the_next_working_day(placed: str, due: str) -> None:
    at = datetime.fromisoformat(placed).replace(tzinfo=SHANGHAI)
    assert supply.due_at(WORKDAYS, at) == datetime.fromisoformat(due).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "wrong", [{"ship_days": -1}, {"ship_days": 61}, {"zone": "Asia/Nowhere"}, {"working_days": frozenset({0})},
              {"working_days": frozenset()}, {"cut_off": time(16, 0, 1)}],
)  # fmt: skip
def test_what_is_no_promise_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(supply.BadPromise):
        supply.Promise(**({"cut_off": time(16), "zone": "UTC", "ship_days": 1} | wrong))  # type: ignore[arg-type]


def test_late_orders_are_listed_until_they_are_sent(database: Database) -> None:
    """Placed on a Monday at 20:00 in Shanghai, so it counts as Tuesday and is due when Wednesday has ended."""
    stocked(database, {"A": 5, "B": 5})
    shop = gateway(database)
    with database.transaction() as session:
        supply.set_promise(session, supplier="acme", promise=WORKDAYS)
    shop.hold("o1", lines(A=1, B=1), customer="c", ttl=HALF_AN_HOUR, at=NOON)
    shop.confirm("o1", ship_to=HOME, at=NOON)
    with database.transaction() as session:  # what is promised later does not count
        supply.set_promise(session, supplier="acme", promise=supply.Promise(time(9, 30), "Europe/Berlin", 9))
        assert supply.promise_of(session, supplier="bestco") is None
        assert supply.promise_of(session, supplier="acme") == supply.Promise(time(9, 30), "Europe/Berlin", 9)
    due = datetime(2026, 3, 4, 16, tzinfo=UTC)

    def late(at: datetime) -> list[tuple[str, datetime | None]]:
        with database.reading() as session:
            return [(each.number, each.due_at) for each in supply.late_orders(session, at=at)]

    assert late(due - timedelta(seconds=1)) == [] and late(due) == [("o1-1", due)]
    with database.transaction() as session:
        supply.ship(session, number="o1-1", carrier="Local", tracking_number="1", at=due)
    assert late(due) == []


def the_cut_off_is_never_looked_at(planted: pytest.MonkeyPatch) -> None:
    """Whoever orders late in the evening is promised the same day."""
    due_at = promises.due_at
    planted.setattr(promises, "due_at", lambda promise, placed: due_at(replace(promise, cut_off=time(23, 59)), placed))


def the_weekend_is_worked(planted: pytest.MonkeyPatch) -> None:
    """Days on which nobody works count."""
    planted.setattr(promises, "_working_day_from", lambda promise, day: day)


@pytest.mark.parametrize("bug", [the_cut_off_is_never_looked_at, the_weekend_is_worked], ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_killed(bug: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        for hours in range(0, 24 * 14, 3):
            law(WORKDAYS, NOON + timedelta(hours=hours), timedelta(hours=5))
