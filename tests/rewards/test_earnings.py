"""The life of a share, with the worked example's money: 89.00 sold, seller 12.5 %."""

import pytest
from sqlalchemy.orm import Session

from shared_core import ledger, orders, plan, rewards
from shared_core.kernel.money import Money
from shared_core.plan import LineFacts
from shared_core.rewards import EarningState
from tests.plan.plans import read, rule
from tests.rewards.shops import Shop, preset

WORKED = read(
    rule("seller", rate="15%") + rule("inviter", "inviter", rate="5%") + rule("second", "second_inviter", rate="3%")
)
"""The rates of the worked example on the chain of inviters: 13.35, 4.45 and 2.67 of 89.00."""


@pytest.fixture
def shop(session: Session) -> Shop:
    return Shop(session, preset("participants"))


def test_a_share_is_quoted_then_owed_then_available(shop: Shop):
    seller, buyer = shop.members(2)
    order = shop.place(seller=seller, buyer=buyer)
    row = rewards.earnings_on(shop.session, order)[0]
    assert (row.state, row.amount_minor, shop.owed(seller)) == (EarningState.QUOTED, 890, (0, 0))
    shop.pay(order)
    assert shop.owed(seller) == (890, 0)
    assert shop.commission() == 890
    shop.deliver(order)
    shop.later(days=8)
    shop.complete(order)
    assert shop.owed(seller) == (0, 890)
    assert row.state == EarningState.AVAILABLE


def test_the_worked_example_is_owed_to_the_cent(session: Session):
    shop = Shop(session, WORKED)
    seller, inviter, second, buyer = shop.members(4)
    for member, above in ((seller, inviter), (inviter, second)):
        shop.joins(member, above)
    shop.pay(shop.place(seller=seller, buyer=buyer))
    assert [shop.owed(each)[0] for each in (seller, inviter, second)] == [1335, 445, 267]
    assert shop.commission() == 2047


def test_an_earning_says_everything_that_made_it(shop: Shop):
    seller, buyer = shop.members(2)
    row = rewards.earnings_on(shop.session, shop.place(seller=seller, buyer=buyer))[0]
    assert (row.payee, row.rule_id, row.plan_name, row.plan_version) == (
        "seller",
        "seller-promoter",
        "participants",
        "1",
    )
    assert (row.rank_then, row.basis, row.base_minor, row.rate_bps) == ("promoter", "price", 8900, 1000)
    assert (row.member_id, row.settle_days, row.reversed_minor) == (seller, 7, 0)


def test_the_quote_beside_the_price_is_the_one_that_is_paid(shop: Shop):
    seller, buyer = shop.members(2)
    line = LineFacts(Money(8900, "CNY"), Money(4900, "CNY"), product="p1", sku="sku0")
    shown = rewards.quote(shop.session, shop.plans[0], line, viewer_id=seller, at=shop.at)
    row = rewards.earnings_on(shop.session, shop.place(seller=seller, buyer=buyer))[0]
    assert (row.amount_minor, row.quote) == (shown.amount.minor, shown.code)


def test_a_later_rank_or_plan_never_touches_an_old_order(session: Session):
    old = read('version = "1"\n' + rule("a", rate="10%"))
    new = read('version = "2"\neffective_from = 2026-04-01\n' + rule("a", rate="20%"))
    shop = Shop(session, old, new)
    seller, buyer = shop.members(2)
    first = shop.place(seller=seller, buyer=buyer)
    shop.later(days=40)
    second = shop.place(seller=seller, buyer=buyer)
    shop.pay(first)
    shop.pay(second)
    found = [
        (row.plan_version, row.amount_minor) for each in (first, second) for row in rewards.earnings_on(session, each)
    ]
    assert found == [("1", 890), ("2", 1780)]
    assert shop.owed(seller) == (890 + 1780, 0)


def test_every_event_may_be_told_twice(shop: Shop):
    seller, buyer = shop.members(2)
    order = shop.place(seller=seller, buyer=buyer)
    shop.rewards.on_placed(shop.session, orders.OrderPlaced(order, shop.at))
    shop.pay(order)
    shop.pay(order)
    shop.deliver(order)
    shop.deliver(order)
    refund = shop.refund(order, 3_000)
    shop.rewards.on_refunded(shop.session, orders.OrderRefunded(order, refund, shop.at))
    shop.later(days=8)
    shop.complete(order)
    shop.complete(order)
    assert len(rewards.earnings_on(shop.session, order)) == 1
    assert shop.owed(seller) == (0, 890 - 300)
    assert shop.commission() == 590


def test_refunds_before_and_after_maturity_take_back_exactly_their_part(shop: Shop):
    """890 on 89.00: after 30.00 back 300 are gone, after 60.00 600, after all 890."""
    seller, buyer = shop.members(2)
    order = shop.place(seller=seller, buyer=buyer)
    shop.pay(order)
    shop.refund(order, 3_000)
    assert shop.owed(seller) == (590, 0)
    shop.deliver(order)
    shop.later(days=8)
    shop.complete(order)
    assert shop.owed(seller) == (0, 590)
    shop.refund(order, 3_000)
    assert shop.owed(seller) == (0, 290)
    shop.refund(order, 2_900)
    assert shop.owed(seller) == (0, 0)
    assert shop.commission() == 0
    assert rewards.earnings_on(shop.session, order)[0].state == EarningState.VOID


def test_a_refund_touches_only_the_shares_of_its_own_line(shop: Shop):
    seller, buyer = shop.members(2)
    order = shop.place(seller=seller, buyer=buyer, lines=[(10_000, 5_000), (333, 100)])
    shop.pay(order)
    shop.refund(order, 333, line=1)
    assert [(row.amount_minor, row.reversed_minor) for row in rewards.earnings_on(shop.session, order)] == [
        (1_000, 0),
        (33, 33),
    ]


def test_a_refund_after_the_payout_leaves_a_debt_that_the_next_earnings_net(shop: Shop):
    seller, buyer = shop.members(2)
    order = shop.sale(seller=seller, buyer=buyer, goods=100_000)
    assert shop.owed(seller) == (0, 10_000)
    shop.request(seller, 10_000)
    shop.refund(order, 50_000)
    assert shop.owed(seller) == (0, -5_000)
    with pytest.raises(rewards.PayoutAboveAvailable):
        shop.request(seller, 1_000)
    shop.sale(seller=seller, buyer=buyer, goods=80_000)
    assert shop.owed(seller) == (0, 3_000)
    shop.request(seller, 3_000)
    assert shop.owed(seller) == (0, 0)


def test_shares_of_an_order_that_was_never_paid_come_to_nothing(shop: Shop):
    seller, buyer = shop.members(2)
    order = shop.place(seller=seller, buyer=buyer)
    shop.cancel(order)
    assert rewards.earnings_on(shop.session, order)[0].state == EarningState.VOID
    assert shop.commission() == 0


def test_money_that_arrives_after_the_order_was_given_up_earns_all_the_same(shop: Shop):
    seller, buyer = shop.members(2)
    order = shop.place(seller=seller, buyer=buyer)
    shop.cancel(order)
    shop.pay(order)
    assert shop.owed(seller) == (890, 0)


def test_a_settlement_longer_than_the_return_window_is_waited_for(session: Session):
    shop = Shop(session, read("[settlement]\ndays = 15\n" + rule("a", rate="10%")))
    seller, buyer = shop.members(2)
    order = shop.sale(seller=seller, buyer=buyer)
    assert shop.owed(seller) == (890, 0)
    shop.later(days=7)
    assert rewards.mature_due(session, at=shop.at) == 0
    shop.later(days=1)
    assert rewards.mature_due(session, at=shop.at) == 1
    assert rewards.mature_due(session, at=shop.at) == 0
    assert shop.owed(seller) == (0, 890)
    shop.refund(order, 8_900)
    assert shop.owed(seller) == (0, 0)


def test_the_days_of_settlement_end_with_a_calendar_day_of_the_shop(session: Session):
    """Delivered at 20:00 in Shanghai on 2 March; 15 days later the 17th has to be over there: 16:00 UTC."""
    shop = Shop(session, read("[settlement]\ndays = 15\n" + rule("a", rate="10%")))
    seller, buyer = shop.members(2)
    order = shop.sale(seller=seller, buyer=buyer)
    due = rewards.earnings_on(session, order)[0].matures_at
    assert due is not None and due.isoformat() == "2026-03-17T16:00:00+00:00"


def test_an_order_that_is_not_complete_never_matures(session: Session):
    shop = Shop(session, preset("participants"))
    seller, buyer = shop.members(2)
    order = shop.place(seller=seller, buyer=buyer)
    shop.pay(order)
    shop.deliver(order)
    shop.later(days=60)
    assert rewards.mature_due(session, at=shop.at) == 0
    assert shop.owed(seller) == (890, 0)


def test_a_sale_nobody_made_earns_nobody_anything(shop: Shop):
    (buyer,) = shop.members(1)
    order = shop.sale(seller=None, buyer=buyer)
    assert rewards.earnings_on(shop.session, order) == []


def test_buying_from_oneself_earns_nothing(shop: Shop):
    (seller,) = shop.members(1)
    assert rewards.earnings_on(shop.session, shop.place(seller=seller, buyer=seller)) == []


def test_an_earning_is_explained_by_its_own_entries_in_the_books(shop: Shop):
    seller, buyer, other = shop.members(3)
    order = shop.sale(seller=seller, buyer=buyer)
    shop.refund(order, 890)
    code = rewards.earnings_on(shop.session, order)[0].code
    told = rewards.explain(shop.session, code, member_id=seller)
    moved = {reference.partition(":")[0]: [each.amount.minor for each in own] for reference, own in told.bookings}
    assert moved == {"alloc": [890], "mat": [890], "claw": [89]}
    with pytest.raises(rewards.UnknownEarning):
        rewards.explain(shop.session, code, member_id=other)


def test_a_yen_shop_earns_whole_yen(session: Session):
    shop = Shop(session, preset("participants", "JPY"))
    seller, buyer = shop.members(2)
    shop.pay(shop.place(seller=seller, buyer=buyer, lines=[(999, 500)]))
    assert shop.owed(seller) == (99, 0)
    assert ledger.trial_balance(session)["expenses:commission", "JPY"] == 99


def test_a_preset_without_a_network_pays_nobody(session: Session):
    shop = Shop(session, plan.loads(plan.preset("outlet"), currency="CNY"))
    (buyer,) = shop.members(1)
    shop.sale(seller=None, buyer=buyer)
    assert shop.commission() == 0
