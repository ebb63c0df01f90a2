"""A plan on trial earns within its limits; what goes beyond them is refused, and the reason is kept."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from shared_core import rewards
from shared_core.plan import TRIAL_MEMBERS_MAX, TRIAL_MONTH_MINOR_MAX
from shared_core.rewards import trial
from shared_core.rewards.wiring import Rewards
from tests.plan.plans import read, rule
from tests.rewards.shops import ZONE, Shop

HALF = read('[[ranks]]\nid = "member"\nname = "Member"\n' + rule("seller", rate="50%"))
GOODS = TRIAL_MONTH_MINOR_MAX
"""Half of it is half of what a member may earn in a month."""


@pytest.fixture
def shop(session: Session) -> Shop:
    """A shop whose plan was never published, in production."""
    made = Shop(session, HALF)
    made.rewards = rewards.listeners([HALF], ZONE, on_trial=lambda session, plan, at: True)
    return made


def earned(shop: Shop, member_id: int) -> int:
    return sum(each.net_minor for each in rewards.earnings_of(shop.session, member_id) if each.state != "void")


def refusals(shop: Shop) -> list[tuple[int, int, str]]:
    return [(each.member_id, each.amount_minor, each.reason) for each in rewards.refused_shares(shop.session)]


def sell(shop: Shop, seller: int, goods: int = GOODS) -> int:
    return shop.place(seller=seller, buyer=shop.visitor(), lines=((goods, 0),))


def test_a_member_earns_up_to_the_months_limit_and_not_a_cent_more(shop: Shop):
    seller = shop.member()
    sell(shop, seller)
    sell(shop, seller, GOODS - 2)
    sell(shop, seller, 4)
    assert earned(shop, seller) == TRIAL_MONTH_MINOR_MAX - 1
    assert refusals(shop) == [(seller, 2, "month")]
    sell(shop, seller, 2)
    assert earned(shop, seller) == TRIAL_MONTH_MINOR_MAX


def test_the_limit_holds_within_one_order_too(shop: Shop):
    seller = shop.member()
    shop.place(seller=seller, buyer=shop.visitor(), lines=((GOODS, 0), (GOODS, 0), (GOODS, 0)))
    assert earned(shop, seller) == TRIAL_MONTH_MINOR_MAX
    assert refusals(shop) == [(seller, GOODS // 2, "month")]


def test_a_new_month_by_the_shops_calendar_begins_anew(shop: Shop):
    seller = shop.member()
    shop.at = datetime(2026, 3, 31, 15, 59, tzinfo=UTC)
    sell(shop, seller, 2 * GOODS)
    sell(shop, seller, 2)
    assert len(refusals(shop)) == 1
    shop.later(minutes=1)
    sell(shop, seller, 2)
    assert earned(shop, seller) == TRIAL_MONTH_MINOR_MAX + 1 and len(refusals(shop)) == 1


def test_only_so_many_members_earn(shop: Shop):
    first, *others = shop.members(TRIAL_MEMBERS_MAX)
    late = shop.member()
    for seller in (first, *others, late):
        sell(shop, seller, 10)
    assert refusals(shop) == [(late, 5, "members")]
    sell(shop, first, 10)
    assert (earned(shop, first), earned(shop, late)) == (10, 0)


def test_what_came_to_nothing_leaves_room(shop: Shop):
    seller = shop.member()
    given_up = sell(shop, seller, 2 * GOODS)
    shop.cancel(given_up)
    sell(shop, seller, 2 * GOODS)
    assert earned(shop, seller) == TRIAL_MONTH_MINOR_MAX and refusals(shop) == []


def test_an_order_that_is_paid_after_it_was_given_up_earns_what_the_limit_still_leaves(shop: Shop):
    seller = shop.member()
    given_up = sell(shop, seller, 2 * GOODS)
    shop.cancel(given_up)
    sell(shop, seller, 2 * GOODS)
    shop.pay(given_up)
    assert earned(shop, seller) == TRIAL_MONTH_MINOR_MAX
    assert [each.reason for each in rewards.refused_shares(shop.session)] == ["month"]


def test_refunded_goods_leave_room(shop: Shop):
    seller = shop.member()
    order = sell(shop, seller, 2 * GOODS)
    shop.pay(order)
    shop.refund(order, GOODS)
    sell(shop, seller)
    assert earned(shop, seller) == TRIAL_MONTH_MINOR_MAX and refusals(shop) == []


def test_a_refused_share_is_never_booked(shop: Shop):
    seller = shop.member()
    order = sell(shop, seller, 4 * GOODS)
    shop.pay(order)
    wallet = rewards.wallet(shop.session, seller, "CNY")
    assert wallet.pending.minor == wallet.available.minor == 0
    [row] = rewards.refused_shares(shop.session)
    assert (row.rule_id, row.payee, row.amount_minor, row.currency) == ("seller", "seller", 2 * GOODS, "CNY")


def test_a_published_plan_has_no_such_limits(session: Session):
    shop = Shop(session, HALF)
    assert isinstance(shop.rewards, Rewards) and shop.rewards.on_trial is rewards.never_on_trial
    seller = shop.member()
    sell(shop, seller, 4 * GOODS)
    assert earned(shop, seller) == 2 * GOODS and refusals(shop) == []


def nothing_is_refused(planted: pytest.MonkeyPatch) -> None:
    """The limits are read and forgotten."""
    planted.setattr(trial, "trial_refusal", lambda **facts: None)


def months_never_end(planted: pytest.MonkeyPatch) -> None:
    """All that was ever earned counts."""
    planted.setattr(trial, "month_start", lambda at, zone: datetime(2000, 1, 1, tzinfo=UTC))


def the_month_is_utcs(planted: pytest.MonkeyPatch) -> None:
    """The shop's calendar is not asked."""
    first = trial.month_start
    planted.setattr(trial, "month_start", lambda at, zone: first(at, "UTC"))


@pytest.mark.parametrize(
    ("bug", "test"),
    [
        (nothing_is_refused, test_a_member_earns_up_to_the_months_limit_and_not_a_cent_more),
        (nothing_is_refused, test_only_so_many_members_earn),
        (months_never_end, test_a_new_month_by_the_shops_calendar_begins_anew),
        (the_month_is_utcs, test_a_new_month_by_the_shops_calendar_begins_anew),
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
