"""When a supplier has to have sent an order: a cut-off, working days, days to ship. Values in, values out."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from shared_core.supply.errors import BadPromise

SHIP_DAYS_MAX = 60
EVERY_DAY = frozenset(range(1, 8))
MONDAY_TO_FRIDAY = frozenset(range(1, 6))


@dataclass(frozen=True, slots=True)
class Promise:
    """Orders placed before `cut_off` on a working day leave within `ship_days` working days more; 0: on that day.

    `cut_off` and days are those of the wall in `zone`. `working_days` are ISO: 1 is Monday, 7 is Sunday.
    Raises BadPromise.
    """

    cut_off: time
    zone: str
    ship_days: int
    working_days: frozenset[int] = MONDAY_TO_FRIDAY

    def __post_init__(self) -> None:
        if not 0 <= self.ship_days <= SHIP_DAYS_MAX:
            raise BadPromise(field="ship_days", value=self.ship_days)
        if not self.working_days or not self.working_days <= EVERY_DAY:
            raise BadPromise(field="working_days", value=", ".join(map(str, sorted(self.working_days))))
        if self.zone not in _zones():
            raise BadPromise(field="zone", value=self.zone)
        if self.cut_off.tzinfo is not None or self.cut_off.second or self.cut_off.microsecond:
            raise BadPromise(field="cut_off", value=self.cut_off.isoformat())


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def due_at(promise: Promise, placed_at: datetime) -> datetime:
    """The instant (UTC) at which the last day to send an order that was placed at `placed_at` has ended."""
    zone = ZoneInfo(promise.zone)
    day = placed_at.astimezone(zone).date()
    if placed_at >= datetime.combine(day, promise.cut_off, zone).astimezone(UTC):
        day += timedelta(days=1)
    day = _working_day_from(promise, day)
    for _ in range(promise.ship_days):
        day = _working_day_from(promise, day + timedelta(days=1))
    return datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)


def _working_day_from(promise: Promise, day: date) -> date:
    while day.isoweekday() not in promise.working_days:
        day += timedelta(days=1)
    return day
