"""Lines of flash sales become sale events: one for each session of each coming day, and never twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core import supply
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money
from shared_core.supply import feeds
from shared_core.supply.catalogue.flash_rules import sessions, spread
from tests.supply.feeds import samples
from tests.supply.goods import NOON

ZONE = "Asia/Shanghai"
BEFORE = datetime(2026, 11, 9, 23, tzinfo=UTC)
"""Seven in the morning of the tenth, in Shanghai."""
LINE = feeds.FlashLine(
    line=2,
    code="14-1",
    sale="双11特卖",
    product="mall-26",
    price="2999",
    quantity=100,
    per_customer=1,
    first_day=date(2026, 11, 9),
    last_day=date(2026, 11, 12),
    from_hour=time(8),
    to_hour=time(10),
)

Plan = Callable[..., supply.FlashReport]


@pytest.fixture
def plan(database: Database) -> Plan:
    """Plans these lines for "acme", which sells the sample's goods at six tenths of their price."""
    feed = feeds.read(samples.archive(samples.MALL))
    with database.transaction() as session:
        supply.create_supplier(session, code="acme", name="Acme", freight=Money(800, "CNY"), at=NOON)
        supply.create_supplier(session, code="bestco", name="Bestco", freight=Money(0, "CNY"), at=NOON)
        supply.import_products(session, feed, supplier="acme", supply_ratio_bps=6000, at=NOON)

    def plan(
        *lines: feeds.FlashLine,
        days: int = 3,
        at: datetime = BEFORE,
        ratio: int | None = 6000,
        supplier: str = "acme",
    ) -> supply.FlashReport:
        told = replace(feed, flash_lines=lines or (LINE,))
        with database.transaction() as session:
            return supply.plan_flash_sales(
                session, told, supplier=supplier, supply_ratio_bps=ratio, days=days, zone=ZONE, actor="op", at=at
            )

    return plan


def reasons(report: supply.FlashReport) -> list[tuple[int, str]]:
    return [(each.line, each.reason) for each in report.refused]


def test_each_session_of_each_coming_day_is_an_event(plan: Plan) -> None:
    report = plan()
    assert [each.sale.code for each in report.planned] == [f"flash-14-1-202611{day}" for day in (10, 11, 12)]
    first = report.planned[0].sale
    assert (first.title, first.starts_at, first.ends_at) == (
        "双11特卖",
        datetime(2026, 11, 10, 0, tzinfo=UTC),
        datetime(2026, 11, 10, 2, tzinfo=UTC),
    )
    assert sum(each.quantity for each in first.goods) == 100
    assert {(each.retail, each.cost, each.supply_price, each.per_customer_max) for each in first.goods} == {
        (Money(299_900, "CNY"), Money(179_940, "CNY"), Money(179_940, "CNY"), 1)
    }
    assert report.refused == ()


def test_the_same_feed_again_plans_nothing_twice(plan: Plan) -> None:
    first = plan(days=2)
    for hours in (0, 1, 2):
        again = plan(days=2, at=BEFORE + timedelta(hours=hours))
        assert again.planned == () and again.refused == ()
        assert [each.sale for each in again.unchanged] == [each.sale for each in first.planned]
    tomorrow = plan(days=2, at=BEFORE + timedelta(days=1))
    assert [each.sale.code for each in tomorrow.planned] == ["flash-14-1-20261112"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (replace(LINE, last_day=date(2026, 11, 9)), "flash_sale_over"),
        (replace(LINE, product="mall-999"), "parent_missing"),
        (replace(LINE, price="99999"), "flash_not_cheaper"),
        (replace(LINE, quantity=0), "flash_too_few"),
        (replace(LINE, price="10.001"), "price_too_fine"),
    ],
)
def test_what_cannot_be_sold_so_is_refused_and_the_rest_is_planned(
    plan: Plan, line: feeds.FlashLine, reason: str
) -> None:
    report = plan(replace(line, line=3, code="14-2"), LINE)
    assert reasons(report) == [(3, reason)]
    assert len(report.planned) == 3


def test_the_ordinary_price_is_not_below_itself(plan: Plan) -> None:
    assert reasons(plan(replace(LINE, price="3788"))) == [(2, "flash_not_cheaper")]
    assert reasons(plan(replace(LINE, price="3787.99"))) == []


def test_a_product_is_once_in_a_session(plan: Plan) -> None:
    report = plan(LINE, replace(LINE, line=3, price="2000"))
    assert reasons(report) == [(3, "flash_twice")]
    assert len(report.planned) == 3


def test_without_a_ratio_the_store_pays_what_it_always_pays(plan: Plan) -> None:
    assert reasons(plan(replace(LINE, price="2272.79"), ratio=None)) == [(2, "flash_below_supply")]
    [event] = plan(ratio=None, days=1).planned
    [goods] = event.sale.goods
    assert (goods.supply_price, goods.retail) == (Money(227_280, "CNY"), Money(299_900, "CNY"))


def test_another_suppliers_product_is_not_put_on_sale(plan: Plan) -> None:
    assert reasons(plan(supplier="bestco")) == [(2, "parent_missing")]


def test_a_sale_that_says_something_else_now_is_refused(plan: Plan) -> None:
    plan(days=1)
    assert reasons(plan(replace(LINE, price="2500"), days=1)) == [(2, "sale_taken")]


def test_a_real_malls_line_is_planned_while_it_runs(sample_data: Path, database: Database) -> None:
    feed = feeds.read(sample_data / "feeds" / "macrozheng")
    with database.transaction() as session:
        supply.create_supplier(session, code="mall", name="Mall", freight=Money(0, "CNY"), at=NOON)
        supply.import_products(session, feed, supplier="mall", supply_ratio_bps=6000, at=NOON)

    def planned(at: datetime) -> supply.FlashReport:
        with database.transaction() as session:
            return supply.plan_flash_sales(
                session, feed, supplier="mall", supply_ratio_bps=6000, days=1, zone=ZONE, actor="op", at=at
            )

    assert sum(each.reason == "sale_missing" for each in feed.rejected) == 16
    [event] = planned(datetime(2023, 6, 1, tzinfo=UTC)).planned
    assert sum(each.quantity for each in event.sale.goods) == 10
    assert [each.reason for each in planned(NOON).refused] == ["flash_sale_over"]


hours = st.times().filter(lambda hour: hour.tzinfo is None)


@given(hours, hours, st.integers(0, 400), st.integers(1, 7), st.integers(0, 86_400 * 10))
def test_sessions_are_coming_and_the_same_whenever_they_are_asked(
    begins: time, ends: time, lasts: int, days: int, seconds: int
) -> None:
    line = replace(LINE, from_hour=begins, to_hour=ends, last_day=LINE.first_day + timedelta(days=lasts))
    at = BEFORE - timedelta(days=3) + timedelta(seconds=seconds)
    found = list(sessions(line, days=days, zone=ZoneInfo(ZONE), at=at))
    assert len(found) <= days + 1 and len({each.code for each in found}) == len(found)
    for each in found:
        assert each.preview_at <= each.starts_at < each.ends_at and each.ends_at > at
        assert line.first_day <= each.starts_at.date() <= line.last_day
    later = {each.code: each for each in sessions(line, days=days, zone=ZoneInfo(ZONE), at=at + timedelta(hours=5))}
    assert all(later.get(each.code, each) == each for each in found)


@given(st.integers(0, 10**6), st.integers(1, 50))
def test_no_piece_is_lost_or_made_when_they_are_spread(quantity: int, over: int) -> None:
    parts = spread(quantity, over)
    assert sum(parts) == quantity and max(parts) - min(parts) <= 1
