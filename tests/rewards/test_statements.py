"""A member's month is what the books say: any history, any month, any zone."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from shared_core import ledger, rewards
from shared_core.kernel.calendar import month_of, month_span
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money, zero
from shared_core.ledger import accounts
from shared_core.members import VisitorMerged
from shared_core.rewards import Entry, statements
from tests.databases import undone
from tests.rewards.histories import History, Step, lifecycles, uniform
from tests.rewards.shops import NOON, ZONE, Shop, preset

ZONES = ("Asia/Shanghai", "America/Los_Angeles", "UTC")


def months(first: str, last: str) -> list[str]:
    year, month = map(int, first.split("-"))
    found = [first]
    while found[-1] < last:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        found.append(f"{year}-{month:02d}")
    return found


def check(session: Session, member: int, zone: str, now: datetime) -> None:
    """Every month adds up, begins where the one before ended, and the last one ends at what is owed."""
    told = [
        rewards.statement(session, member, month, currency="CNY", zone=zone, at=now)
        for month in months(month_of(NOON, zone), month_of(now, zone))
    ]
    before = rewards.Wallet(*[zero("CNY")] * 3)
    for each in told:
        assert each.opening == before
        assert each.opening.total + sum((each.total(entry) for entry in Entry), zero("CNY")) == each.closing.total
        assert sum(line.change.minor for line in each.lines) == each.closing.total.minor - each.opening.total.minor
        assert sum(line.held.minor for line in each.lines) == each.held.minor
        before = each.closing
    assert before == rewards.wallet(session, member, "CNY")
    assert sum(each.total(Entry.EARNED).minor for each in told) == sum(
        row.amount_minor for row in rewards.earnings_of(session, member) if row.booked_at is not None
    )
    out = rewards.taken_out(session, member, "CNY")
    gone = sum((each.total(Entry.PAID_OUT) + each.total(Entry.TAX)).minor for each in told)
    assert -gone == (out.requested + out.paid).minor


@given(steps=st.one_of(lifecycles(), uniform()), zone=st.sampled_from(ZONES))
def test_every_month_of_any_history_adds_up_to_the_movement_of_the_members_accounts(
    database: Database, steps: list[Step], zone: str
):
    with undone(database) as session:
        history = History(session)
        history.check = lambda: None  # type: ignore[method-assign]
        history.run(steps)
        session.flush()
        for member in history.people:
            check(session, member, zone, history.shop.at)


def test_a_month_is_the_shops_calendar_month(session: Session):
    """Paid at 17:00 UTC of the 31st: in Shanghai that is the 1st."""
    shop = Shop(session, preset("participants"))
    seller, buyer = shop.members(2)
    shop.at = datetime(2026, 3, 31, 17, 0, tzinfo=UTC)
    shop.pay(shop.place(seller=seller, buyer=buyer, lines=[(100_000, 1)]))
    march, april = (
        rewards.statement(session, seller, month, currency="CNY", zone=ZONE, at=shop.at)
        for month in ("2026-03", "2026-04")
    )
    assert march.lines == () and [each.kind for each in april.lines] == ["alloc"]


def test_failed_payouts_and_their_tax_cancel_out(session: Session):
    shop = Shop(session, preset("participants"))
    seller, buyer = shop.members(2)
    shop.sale(seller=seller, buyer=buyer, goods=2_000_000)
    shop.request(seller, 180_000, "A")
    rewards.mark_payout_failed(session, "A", reason="expired", actor="staff:1", at=shop.at)
    told = rewards.statement(session, seller, "2026-03", currency="CNY", zone=ZONE, at=shop.at)
    withheld = [dict(each.changes).get(Entry.TAX, zero("CNY")).minor for each in told.lines[1:]]
    assert withheld == [-20_000, 20_000]
    assert (told.total(Entry.PAID_OUT).minor, told.total(Entry.TAX).minor) == (0, 0)
    assert told.closing.available.minor == 200_000


def test_what_a_visitor_brings_along_is_told(session: Session):
    shop = Shop(session, preset("participants"))
    visitor, buyer, member = shop.visitor(), shop.member(), shop.member()
    shop.pay(shop.place(seller=visitor, buyer=buyer, lines=[(100_000, 1)]))
    shop.dispute(rewards.earnings_of(session, visitor)[0].order_id, 50_000)
    shop.rewards.on_merged(session, VisitorMerged(visitor, member, shop.at))
    told = rewards.statement(session, member, "2026-03", currency="CNY", zone=ZONE, at=shop.at)
    assert told.total(Entry.OTHER) == told.closing.total == rewards.wallet(session, member, "CNY").total
    assert told.closing.held.minor > 0
    assert rewards.wallet(session, visitor, "CNY").total.minor == 0


def test_a_month_that_has_not_begun_has_no_statement(session: Session):
    with pytest.raises(rewards.NoStatementYet, match="2026-04"):
        rewards.statement(session, 1, "2026-04", currency="CNY", zone=ZONE, at=NOON)


@pytest.mark.parametrize("zone", ZONES)
def test_months_follow_each_other_without_a_gap(zone: str):
    for month, following in zip(months("2025-11", "2027-02"), months("2025-12", "2027-03"), strict=True):
        assert month_span(month, zone)[1] == month_span(following, zone)[0]
        assert month_of(month_span(month, zone)[0], zone) == month


def test_the_sort_of_an_entry_is_told_by_the_other_account():
    own = (accounts.member_pending(7), accounts.member_held(7), accounts.member_available(7))
    sorts = {
        accounts.payout_in_flight("p"): Entry.PAID_OUT,
        accounts.tax_withheld("cn"): Entry.TAX,
        accounts.payee_bad_debt(): Entry.OTHER,
        accounts.member_available(8): Entry.OTHER,
    }
    for other, sort in sorts.items():
        for source, destination in ((own[2], other), (other, own[2])):
            row = ledger.JournalRow(1, NOON, "x", "", source, destination, Money(1, "CNY"))
            assert statements.entry_of(row, own) == sort
