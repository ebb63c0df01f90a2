"""What a line of another platform's flash sale is here, decided without a database.

There a sale runs for days on end and sells at certain hours of each; here a sale event has one beginning and one end.
So each session of each day is an event of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared_core.supply.catalogue.feeds.reading import FlashLine

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Session:
    """One event: the hours of one day. It is shown from the beginning of that day on."""

    code: str
    preview_at: datetime
    starts_at: datetime
    ends_at: datetime


def sessions(line: FlashLine, *, days: int, zone: ZoneInfo, at: datetime) -> Iterator[Session]:
    """Those of the next `days` days, today among them, that are not over at `at`; hours that end before they begin
    end on the next day. The same line has the same sessions whenever it is asked.
    """
    today = at.astimezone(zone).date()
    first, last = max(line.first_day, today - DAY), min(line.last_day, today + (days - 1) * DAY)
    for count in range((last - first).days + 1):
        one = _session(line, first + count * DAY, zone)
        if one.ends_at > at:
            yield one


def spread(quantity: int, over: int) -> list[int]:
    """So many pieces over so many SKUs, as evenly as it goes; the first get one more.

    >>> spread(10, 3)
    [4, 3, 3]
    """
    each, more = divmod(quantity, over)
    return [each + (place < more) for place in range(over)]


def _session(line: FlashLine, day: date, zone: ZoneInfo) -> Session:
    ends_on = day if line.to_hour > line.from_hour else day + DAY
    return Session(
        code=f"flash-{line.code}-{day:%Y%m%d}",
        preview_at=datetime.combine(day, time(), zone),
        starts_at=datetime.combine(day, line.from_hour, zone),
        ends_at=datetime.combine(ends_on, line.to_hour, zone),
    )
