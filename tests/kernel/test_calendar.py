"""Windows are calendar days on the shop's wall."""

from datetime import UTC, datetime

from shared_core.kernel.calendar import add_days, month_of, month_start


def test_the_day_of_the_event_does_not_count_and_the_last_day_counts_whole() -> None:
    noon_in_shanghai = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)

    closes = add_days(noon_in_shanghai, 7, "Asia/Shanghai")

    assert closes == datetime(2026, 3, 8, 16, 0, tzinfo=UTC)


def test_days_stay_days_when_the_clocks_change() -> None:
    before_spring = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)

    assert add_days(before_spring, 1, "Europe/Berlin") == datetime(2026, 3, 29, 22, 0, tzinfo=UTC)


def test_a_late_evening_belongs_to_the_shops_month() -> None:
    assert month_of(datetime(2026, 3, 31, 17, 0, tzinfo=UTC), "Asia/Shanghai") == "2026-04"


def test_a_month_begins_at_midnight_in_the_shop() -> None:
    late_evening = datetime(2026, 3, 31, 17, 0, tzinfo=UTC)

    assert month_start(late_evening, "Asia/Shanghai") == datetime(2026, 3, 31, 16, 0, tzinfo=UTC)
    assert month_start(late_evening, "UTC") == datetime(2026, 3, 1, tzinfo=UTC)
