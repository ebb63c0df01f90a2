"""What one person is paid at most in a period: decided at payment, for one order after another, gross of refunds."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from shared_core import members, rewards
from shared_core.kernel.database import Database
from shared_core.plan import Plan
from shared_core.rewards import periods
from tests.plan.plans import read, rule
from tests.rewards.shops import ZONE, Shop

MOST = 1_000
HALF = rule("seller", rate="50%")
FUND = rule("fund", "team_fund", rate="30%")


def limited(text: str = HALF, *, window: str = "month") -> Plan:
    return read(f'{text}[caps.period]\nat_most = "10"\nwindow = "{window}"\n')


@pytest.fixture
def shop(session: Session) -> Shop:
    return Shop(session, limited())


def sell(shop: Shop, seller: int | None, *shares: int) -> int:
    """An order of one line for each share, not paid yet."""
    return shop.place(seller=seller, buyer=shop.visitor(), lines=[(2 * each, 0) for each in shares])


def paid(shop: Shop, seller: int | None, *shares: int) -> list[int]:
    """What an order's shares come to when it is paid at once."""
    order = sell(shop, seller, *shares)
    shop.pay(order)
    return amounts(shop, order)


def amounts(shop: Shop, order: int) -> list[int]:
    return [each.amount_minor for each in rewards.earnings_on(shop.session, order)]


def test_a_member_is_paid_up_to_the_limit_and_not_a_cent_more(shop: Shop):
    seller, other = shop.members(2)
    assert paid(shop, seller, 700) == [700]
    assert paid(shop, seller, 200, 200, 200) == [200, 100, 0]
    assert paid(shop, seller, 50) == [0]
    assert paid(shop, other, 50) == [50]
    assert shop.owed(seller) == (MOST, 0)


def test_an_order_that_is_not_paid_takes_nobodys_room(shop: Shop):
    seller = shop.member()
    waiting = sell(shop, seller, 900)
    assert paid(shop, seller, 300) == [300]
    assert amounts(shop, waiting) == [900]
    shop.pay(waiting)
    assert amounts(shop, waiting) == [MOST - 300]


def test_orders_paid_in_one_transaction_are_decided_one_after_another(shop: Shop):
    seller = shop.member()
    orders = [sell(shop, seller, 400) for _ in range(4)]
    for order in orders:
        shop.pay(order)
    assert [amounts(shop, order) for order in orders] == [[400], [400], [200], [0]]


def test_a_payment_told_twice_is_cut_once(shop: Shop):
    seller = shop.member()
    order = sell(shop, seller, 900)
    shop.pay(order)
    shop.pay(order)
    assert amounts(shop, order) == [900]


def test_a_new_month_by_the_shops_calendar_begins_anew(shop: Shop):
    seller = shop.member()
    shop.at = datetime(2026, 3, 31, 15, 59, tzinfo=UTC)
    assert paid(shop, seller, MOST, 1) == [MOST, 0]
    shop.later(minutes=1)
    assert paid(shop, seller, 1) == [1]


def test_days_roll_by_the_shops_calendar(session: Session):
    shop = Shop(session, limited(window="3 days"))
    seller = shop.member()
    shop.at = datetime(2026, 3, 30, 16, 0, tzinfo=UTC)  # the 31st there
    assert paid(shop, seller, 600) == [600]
    shop.later(days=1)
    assert paid(shop, seller, 600) == [400]
    shop.later(hours=47, minutes=59)
    assert paid(shop, seller, 600) == [0]
    shop.later(minutes=1)
    assert paid(shop, seller, 700) == [600]


def test_a_refund_takes_back_of_what_was_paid_and_makes_no_room(shop: Shop):
    seller = shop.member()
    shop.pay(sell(shop, seller, 700))
    cut = sell(shop, seller, 900)
    shop.pay(cut)
    shop.refund(cut, 601)
    [row] = rewards.earnings_on(shop.session, cut)
    assert (row.amount_minor, row.reversed_minor) == (300, 300 * 601 // 1_800)
    shop.refund(cut, 1_800 - 601)
    assert (row.net_minor, row.state) == (0, rewards.EarningState.VOID)
    assert paid(shop, seller, 10) == [0]
    assert shop.owed(seller) == (700, 0)


def test_a_share_of_which_nothing_is_left_ends_like_any_other(shop: Shop):
    seller = shop.member()
    shop.pay(sell(shop, seller, MOST))
    order = shop.sale(seller=seller, buyer=shop.visitor(), goods=400)
    shop.refund(order, 400)
    [row] = rewards.earnings_on(shop.session, order)
    assert (row.amount_minor, row.reversed_minor, row.state) == (0, 0, rewards.EarningState.VOID)


def test_a_share_of_ones_own_purchase_came_to_nothing_before_the_limit_is_asked(shop: Shop):
    visitor, account = shop.visitor(), shop.member()
    own = shop.place(seller=visitor, buyer=account, lines=[(800, 0)])
    members.merge_visitor(shop.session, visitor_id=visitor, member_id=account, at=shop.at)
    shop.rewards.on_merged(shop.session, members.VisitorMerged(visitor, account, shop.at))
    assert paid(shop, account, MOST) == [MOST]
    shop.pay(own)
    [row] = rewards.earnings_on(shop.session, own)
    assert (row.amount_minor, row.reversed_minor, row.state) == (400, 400, rewards.EarningState.VOID)


def test_what_was_earned_as_a_visitor_counts_for_the_account(shop: Shop):
    visitor, account = shop.visitor(), shop.member()
    shop.pay(sell(shop, visitor, 700))
    members.merge_visitor(shop.session, visitor_id=visitor, member_id=account, at=shop.at)
    shop.rewards.on_merged(shop.session, members.VisitorMerged(visitor, account, shop.at))
    assert paid(shop, account, 700) == [MOST - 700]


def test_every_share_of_a_person_counts_and_the_fund_is_nobody(session: Session):
    shop = Shop(session, limited(rule("seller", rate="40%") + rule("inviter", "inviter", rate="30%") + FUND))
    top, seller = shop.members(2)
    shop.joins(top)
    shop.joins(seller, top)
    order = sell(shop, seller, 1_000)
    shop.pay(order)
    assert amounts(shop, order) == [800, 600, 600]
    own = sell(shop, top, 1_000)
    shop.pay(own)
    assert amounts(shop, own) == [MOST - 600, 600]
    assert shop.fund() == (1_200, 0)


def test_the_limit_is_the_one_under_which_the_order_was_placed(session: Session):
    before = Shop(session, read(HALF))
    seller = before.member()
    free = sell(before, seller, 3_000)
    after = Shop(session, limited())
    assert paid(after, seller, 600) == [600]
    after.pay(free)
    assert amounts(after, free) == [3_000]
    assert paid(after, seller, 600) == [0]


def test_the_room_a_page_speaks_of_is_what_the_next_payment_gets(shop: Shop):
    seller = shop.member()
    shop.pay(sell(shop, seller, 700))

    def room() -> int | None:
        left = rewards.period_room(shop.session, shop.plans[0], seller, zone=ZONE, at=shop.at)
        return None if left is None else left.minor

    assert room() == 300
    assert paid(shop, seller, 5_000) == [300]
    assert room() == 0
    assert rewards.period_room(shop.session, read(HALF), seller, zone=ZONE, at=shop.at) is None


def test_orders_paid_at_the_same_moment_never_share_the_last_room(database: Database):
    with database.transaction() as session:
        shop = Shop(session, limited())
        seller = shop.member()
        orders = [sell(shop, seller, 300) for _ in range(8)]

    def pay(order: int) -> None:
        with database.transaction() as session:
            Shop(session, limited()).pay(order)

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(pay, orders))
    with database.reading() as session:
        shop = Shop(session, limited())
        assert sorted(each for order in orders for each in amounts(shop, order)) == [0, 0, 0, 0, 100, 300, 300, 300]
        assert shop.owed(seller) == (MOST, 0)


def nothing_is_cut(planted: pytest.MonkeyPatch) -> None:
    """The limit is read and forgotten."""
    planted.setattr(periods, "paid_in_turn", lambda shares, room: [wanted for _, wanted in shares])


def what_was_paid_before_is_forgotten(planted: pytest.MonkeyPatch) -> None:
    """Each order has the whole room."""
    planted.setattr(periods, "_paid", lambda session, whom, window, zone, at: dict.fromkeys(whom, 0))


def months_of_a_period_are_utcs(planted: pytest.MonkeyPatch) -> None:
    """The shop's calendar is not asked."""
    first = periods.month_of
    planted.setattr(periods, "month_of", lambda at, zone: first(at, "UTC"))


@pytest.mark.parametrize(
    ("bug", "test"),
    [
        (nothing_is_cut, test_a_member_is_paid_up_to_the_limit_and_not_a_cent_more),
        (what_was_paid_before_is_forgotten, test_an_order_that_is_not_paid_takes_nobodys_room),
        (months_of_a_period_are_utcs, test_a_new_month_by_the_shops_calendar_begins_anew),
    ],
)
def test_a_planted_bug_is_killed(
    bug: Callable[[pytest.MonkeyPatch], None],
    test: Callable[[Shop], None],
    shop: Shop,
    monkeypatch: pytest.MonkeyPatch,
):
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        test(shop)
