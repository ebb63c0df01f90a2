"""Which version of a plan is in force."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from shared_core.plan import NoPlanYet, version_at
from tests.plan.plans import read

SHANGHAI = ZoneInfo("Asia/Shanghai")
OLD = read('name = "a"\nversion = "1"\neffective_from = 2026-01-01')
NEW = read('name = "a"\nversion = "2"\neffective_from = 2026-03-01')
FIXED = read('name = "a"\nversion = "2b"\neffective_from = 2026-03-01')


def test_a_version_begins_at_midnight_of_the_shops_day():
    just_before = datetime(2026, 2, 28, 15, 59, tzinfo=UTC)
    midnight = datetime(2026, 2, 28, 16, 0, tzinfo=UTC)
    assert version_at([NEW, OLD], just_before, zone=SHANGHAI) is OLD
    assert version_at([NEW, OLD], midnight, zone=SHANGHAI) is NEW
    assert version_at([NEW, OLD], midnight) is OLD


def test_of_two_versions_of_one_day_the_later_published_counts():
    assert version_at([OLD, NEW, FIXED], datetime(2026, 6, 1, tzinfo=UTC)) is FIXED


def test_before_the_first_version_there_is_no_plan():
    with pytest.raises(NoPlanYet):
        version_at([NEW], datetime(2026, 1, 1, tzinfo=UTC))
