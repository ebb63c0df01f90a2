"""Calendar days in a shop's zone. Instants are stored in UTC; "N days" means days on the shop's wall calendar."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def add_days(at: datetime, days: int, zone: str) -> datetime:
    """The instant (UTC) at which the `days`-th calendar day after `at` has ended in `zone`.

    A return window of 7 days that starts at noon of the 1st is over when the 8th is over: the day of the event
    does not count, the last day counts whole.
    """
    local = at.astimezone(ZoneInfo(zone))
    after = datetime.combine(local.date() + timedelta(days=days + 1), time.min, tzinfo=ZoneInfo(zone))
    return after.astimezone(UTC)


def today(at: datetime, zone: str) -> date:
    """The calendar day in `zone`."""
    return at.astimezone(ZoneInfo(zone)).date()


def day_of(at: datetime, zone: str) -> str:
    """The calendar day in `zone`, "2026-11-22"."""
    return today(at, zone).isoformat()


def month_of(at: datetime, zone: str) -> str:
    """The calendar month in `zone`, "2026-11"."""
    return day_of(at, zone)[:7]


def month_span(month: str, zone: str) -> tuple[datetime, datetime]:
    """The instants (UTC) at which the calendar month "2026-11" begins and the next one begins in `zone`."""
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=31)).replace(day=1)
    began, ended = (datetime.combine(each, time.min, tzinfo=ZoneInfo(zone)) for each in (first, following))
    return began.astimezone(UTC), ended.astimezone(UTC)


def month_start(at: datetime, zone: str) -> datetime:
    """The instant (UTC) at which the calendar month of `at` began in `zone`."""
    first = at.astimezone(ZoneInfo(zone)).date().replace(day=1)
    return datetime.combine(first, time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)
