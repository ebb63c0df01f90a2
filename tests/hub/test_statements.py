"""Statements: every booking on exactly one, closed months that never change, and a store's own book beside them."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared_core import ledger
from shared_core.kernel.calendar import month_of, month_span
from shared_core.kernel.database import Database
from shared_core.ledger import Posting, accounts
from shared_core.supply import settlement, tenancy
from shared_core.supply.settlement import statement_rules as rules
from tests.hub.hubs import Served, add, key_of, reaching, tenant_gateway
from tests.hub.test_payments import broken
from tests.supply.goods import HALF_AN_HOUR, HOME, lines, stocked, yuan

ZONE = "Asia/Shanghai"
MARCH, APRIL = (month_span(month, ZONE) for month in ("2026-03", "2026-04"))
LONG_AFTER = datetime(2026, 7, 1, tzinfo=UTC)
NORTH, ACME = (
    settlement.Party(settlement.PartyKind.TENANT, "north"),
    settlement.Party(settlement.PartyKind.SUPPLIER, "acme"),
)


def told(database: Database, party: settlement.Party, month: str, *, at: datetime = LONG_AFTER) -> settlement.Statement:
    with database.reading() as session:
        return settlement.statement(session, party, month, zone=ZONE, at=at)


def close(database: Database, at: datetime) -> int:
    with database.transaction() as session:
        return settlement.close_months(session, zone=ZONE, at=at)


def in_short(statement: settlement.Statement) -> list[tuple[str, str, int]]:
    return [(each.kind.value, each.reference, each.amount.minor) for each in statement.lines]


def pay(database: Database, party: settlement.Party, minor: int, number: str, at: datetime) -> None:
    with database.transaction() as session:
        settlement.record_payment(session, party, yuan(minor), number=number, actor="ann", at=at)


@pytest.fixture
def march(database: Database) -> Database:
    """The store "north" bought two pieces in March, gave one back, and paid; one second later it was April."""
    stocked(database, {"A": 20})
    shop = tenant_gateway(database, add(database, "north", platform_fee_bps=200))
    at = MARCH[0] + timedelta(days=1)
    shop.hold("o1", lines(A=2), customer="c", ttl=HALF_AN_HOUR, at=at)
    shop.confirm("o1", ship_to=HOME, at=at)
    shop.withdraw("o1", lines(A=1), withdrawal="w1", restock=True, at=at + timedelta(days=1))
    pay(database, NORTH, 3_000, "T1", MARCH[1] - timedelta(seconds=1))
    pay(database, NORTH, 500, "T2", MARCH[1])
    pay(database, ACME, 1_000, "S1", MARCH[1] - timedelta(days=1))
    return database


def test_a_month_in_lines(march: Database) -> None:
    open_yet = told(march, NORTH, "2026-03", at=MARCH[1])
    close(march, MARCH[1] + timedelta(hours=1))
    closed = told(march, NORTH, "2026-03")
    assert in_short(closed) == [
        ("charge", "o1", 8_000 + 800 + 160),
        ("withdrawal", "w1", -4_000 - 80),
        ("payment", "T1", -3_000),
    ]
    assert (closed.opening, closed.closing) == (yuan(0), yuan(1_880))
    assert (open_yet.closed, closed.closed) == (False, True) and open_yet.lines == closed.lines
    supplier = told(march, ACME, "2026-03")
    assert in_short(supplier) == [
        ("charge", "north.o1", 7_200),
        ("withdrawal", "north.w1", -3_600),
        ("payment", "S1", -1_000),
    ]
    assert supplier.closing == yuan(2_600)
    april = told(march, NORTH, "2026-04")
    assert (april.opening, in_short(april), april.closing) == (yuan(1_880), [("payment", "T2", -500)], yuan(1_380))


def test_a_month_is_closed_once_it_has_ended_and_what_was_under_way_has_arrived(march: Database) -> None:
    assert close(march, MARCH[1] + timedelta(minutes=59)) == 0
    assert close(march, MARCH[1] + timedelta(hours=1)) == 2
    assert close(march, MARCH[1] + timedelta(hours=2)) == 0
    assert close(march, APRIL[1] + timedelta(hours=1)) == 2


def test_a_late_booking_is_a_line_of_the_next_month(march: Database) -> None:
    close(march, MARCH[1] + timedelta(hours=1))
    before = told(march, NORTH, "2026-03")
    pay(march, NORTH, 700, "late", MARCH[1] - timedelta(days=3))
    assert told(march, NORTH, "2026-03") == before
    assert in_short(told(march, NORTH, "2026-04")) == [("payment", "late", -700), ("payment", "T2", -500)]


@pytest.mark.parametrize("month", ["2026-02", "2026-05", "2026-4", "now", "", "2026-03-01"])
def test_a_month_without_a_statement_is_refused(march: Database, month: str) -> None:
    close(march, MARCH[1] + timedelta(hours=1))
    with pytest.raises(settlement.NoStatement):
        told(march, NORTH, month, at=MARCH[1] + timedelta(hours=1))


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE supply_statement SET closing_minor = closing_minor + 1 WHERE code = 'north'",
        "UPDATE supply_statement SET opening_minor = 1, closing_minor = closing_minor + 1 WHERE month = '2026-04'",
        "DELETE FROM supply_statement_line WHERE statement_id = 1",
    ],
)
def test_the_audit_sees_a_closed_month_that_was_changed(march: Database, fault: str) -> None:
    close(march, APRIL[1] + timedelta(hours=1))
    assert broken(march) == []
    with march.transaction() as session:
        session.execute(text(fault))
    assert broken(march) == ["I15"]


def test_over_the_wire_a_store_reads_its_own(march: Database, server: Served) -> None:
    add(march, "south")
    close(march, MARCH[1] + timedelta(hours=1))
    served = server.over(march)
    served.now[0] = MARCH[1] + timedelta(hours=2)
    with reaching(served, key_of(march, "north")) as gateway:
        assert gateway.statement("2026-03") == told(march, NORTH, "2026-03")
        with pytest.raises(settlement.NoStatement, match="2026-02"):
            gateway.statement("2026-02")
    with reaching(served, key_of(march, "south")) as gateway:
        assert in_short(gateway.statement("2026-04")) == []


# --- laws -----------------------------------------------------------------------------------------------------------

TENANTS = (f"law{number}" for number in itertools.count())
DAYS = st.integers(0, 150)
STEPS = st.lists(
    st.tuples(st.just("book"), DAYS, st.integers(-500, 500)) | st.tuples(st.just("close"), DAYS, st.just(0))
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(steps=STEPS)
def test_every_booking_is_on_one_statement_and_a_closed_one_stays(
    session: Session, steps: list[tuple[str, int, int]]
) -> None:
    """Bookings come in any order, with any instant, months are closed in between."""
    code = next(TENANTS)
    party = settlement.Party(settlement.PartyKind.TENANT, code)
    tenancy.add_tenant(session, code, name=code, currency="CNY", terms=tenancy.TenantTerms(), actor="op", at=MARCH[0])
    due, booked, kept = accounts.due_store(code), [], dict[str, settlement.Statement]()
    for turn, (what, day, minor) in enumerate(steps):
        at = MARCH[0] + timedelta(days=day)
        if what == "close":
            settlement.close_months(session, zone=ZONE, at=at)
        elif minor:
            ends = (accounts.supply_margin(), due) if minor > 0 else (due, accounts.supply_margin())
            posting = Posting(*ends, yuan(abs(minor)))
            ledger.post(session, f"sup:{code}.{turn}", [posting], book=ledger.HUB, at=at)
            booked.append((str(turn), minor))
        for month, statement in kept.items():
            assert settlement.statement(session, party, month, zone=ZONE, at=LONG_AFTER) == statement
        for month in ("2026-03", "2026-04", "2026-05", "2026-06", "2026-07"):
            try:
                found = settlement.statement(session, party, month, zone=ZONE, at=at)
            except settlement.NoStatement:
                continue
            if found.closed:
                kept[month] = found
    settlement.close_months(session, zone=ZONE, at=LONG_AFTER + timedelta(days=90))
    months = [month_of(month_span("2026-03", ZONE)[0] + timedelta(days=31 * count), ZONE) for count in range(7)]
    chain = []
    for month in months:
        try:
            chain.append(settlement.statement(session, party, month, zone=ZONE, at=LONG_AFTER + timedelta(days=90)))
        except settlement.NoStatement:
            continue
    opening = yuan(0)
    for statement in chain:
        assert statement.opening == opening
        opening = rules.closing(statement.opening, statement.lines)
        assert statement.closing == opening
        assert all(each.at < statement.before for each in statement.lines)
    found = [(each.reference, each.amount.minor) for statement in chain for each in statement.lines]
    assert sorted(found) == sorted(booked)
    assert opening == tenancy.tenant_owes(session, code, "CNY")


LINES = st.lists(
    st.builds(
        settlement.Line,
        at=st.just(MARCH[0]),
        kind=st.sampled_from(settlement.LineKind),
        reference=st.sampled_from("abc"),
        amount=st.integers(-9, 9).map(yuan),
    )
)


@given(parts=st.lists(LINES), opening=st.integers(-99, 99).map(yuan))
def test_splitting_a_period_changes_nothing(parts: list[list[settlement.Line]], opening: object) -> None:
    whole = [line for part in parts for line in part]
    running = opening
    for part in parts:
        running = rules.closing(running, part)  # type: ignore[arg-type]
    assert running == rules.closing(opening, whole)  # type: ignore[arg-type]
    assert sum(each.minor for each in rules.matters(whole).values()) == sum(each.amount.minor for each in whole)
