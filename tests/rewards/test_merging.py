"""A visitor logs in: what was earned and counted under the cookie is the account's."""

import pytest
from sqlalchemy.orm import Session

from shared_core import ledger, members, rewards
from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from tests.plan.plans import read, rule
from tests.rewards.shops import Shop, preset
from tests.worlds import World

PLAN = read(
    """
[[ranks]]
id = "one"
name = "One"
[[ranks]]
id = "two"
name = "Two"
criteria = [{ metric = "own_retail_sales", at_least = "150" }]
"""
    + rule("a", rate="10%")
)


def merged(shop: Shop, visitor: int, account: int) -> None:
    """As the members room does it: the event follows the merge."""
    members.merge_visitor(shop.session, visitor_id=visitor, member_id=account, at=shop.at)
    shop.rewards.on_merged(shop.session, members.VisitorMerged(visitor, account, shop.at))


def test_money_in_every_state_moves_to_the_account(session: Session):
    shop = Shop(session, PLAN)
    visitor, account, buyer = shop.visitor(), shop.member(), shop.member()
    shop.sale(seller=visitor, buyer=buyer, goods=10_000)
    pending = shop.place(seller=visitor, buyer=buyer, lines=[(5_000, 1)])
    shop.pay(pending)
    quoted = shop.place(seller=visitor, buyer=buyer, lines=[(2_000, 1)])
    merged(shop, visitor, account)
    assert (shop.owed(visitor), shop.owed(account)) == ((0, 0), (500, 1_000))
    shop.pay(quoted)
    shop.refund(pending, 5_000)
    assert (shop.owed(visitor), shop.owed(account)) == ((0, 0), (200, 1_000))
    assert sum(ledger.trial_balance(session).values()) == 0


def test_a_debt_moves_too(session: Session):
    shop = Shop(session, PLAN)
    visitor, account, buyer = shop.visitor(), shop.member(), shop.member()
    order = shop.sale(seller=visitor, buyer=buyer, goods=10_000)
    shop.request(visitor, 1_000)
    shop.refund(order, 10_000)
    merged(shop, visitor, account)
    assert (shop.owed(visitor), shop.owed(account)) == ((0, 0), (0, -1_000))


def test_sales_count_together_and_may_promote(session: Session):
    shop = Shop(session, PLAN)
    visitor, account, buyer = shop.visitor(), shop.member(), shop.member()
    shop.sale(seller=visitor, buyer=buyer, goods=10_000)
    order = shop.place(seller=visitor, buyer=buyer, lines=[(1_000, 1)])
    shop.sale(seller=account, buyer=buyer, goods=5_000)
    assert shop.rank(account) == "one"
    merged(shop, visitor, account)
    assert shop.rank(account) == "two"
    shop.complete(order)
    (key,) = PLAN.metric_keys
    assert rewards.metrics(session, PLAN, account, day="2026-12-31")[key] == 16_000


def test_fans_who_moved_are_counted_for_the_account_once(session: Session):
    shop = Shop(session, preset("fan-lock"))
    visitor, account = shop.visitor(), shop.member()
    for _ in range(6):
        shop.fan(visitor)
    merged(shop, visitor, account)
    for _ in range(6):
        shop.fan(account)
    assert shop.rank(account) == "fan"
    for _ in range(4):
        shop.fan(account)
    assert shop.rank(account) == "shopkeeper"


def test_merging_twice_changes_nothing(session: Session):
    shop = Shop(session, PLAN)
    visitor, account, buyer = shop.visitor(), shop.member(), shop.member()
    shop.sale(seller=visitor, buyer=buyer, goods=10_000)
    merged(shop, visitor, account)
    shop.rewards.on_merged(session, members.VisitorMerged(visitor, account, shop.at))
    assert shop.owed(account) == (0, 1_000)


@pytest.mark.parametrize("visitor_buys", [True, False])
@pytest.mark.parametrize("refunded", [0, 4_000, 10_000])
def test_what_one_of_the_two_bought_from_the_other_is_nobodys_sale(session: Session, visitor_buys: bool, refunded: int):
    shop = Shop(session, PLAN)
    visitor, account = shop.visitor(), shop.member()
    seller, buyer = (account, visitor) if visitor_buys else (visitor, account)
    done = shop.sale(seller=seller, buyer=buyer, goods=10_000)
    waiting = shop.place(seller=seller, buyer=buyer, lines=[(10_000, 1)])
    shop.pay(waiting)
    quoted = shop.place(seller=seller, buyer=buyer, lines=[(10_000, 1)])
    if refunded:
        shop.refund(done, refunded)
    merged(shop, visitor, account)
    shop.pay(quoted)
    for order in (done, waiting, quoted):
        if order != done or refunded < 10_000:
            shop.refund(order, 10_000 - refunded if order == done else 10_000)
        [row] = rewards.earnings_on(session, order)
        assert (row.state, row.net_minor, row.held_minor) == (rewards.EarningState.VOID, 0, 0)
    assert (shop.owed(visitor), shop.owed(account), shop.commission()) == ((0, 0), (0, 0), 0)
    (key,) = PLAN.metric_keys
    assert rewards.metrics(session, PLAN, account, day="2026-12-31")[key] == 0


def test_where_buyers_earn_too_a_visitor_keeps_what_they_bought_by_their_own_link(session: Session):
    shop = Shop(session, read(rule("a", rate="10%") + '[self_purchase]\npays = "everybody"\n'))
    visitor, account = shop.visitor(), shop.member()
    shop.sale(seller=account, buyer=visitor, goods=10_000)
    merged(shop, visitor, account)
    assert shop.owed(account) == (0, 1_000)


def test_the_books_hold_after_a_visitor_bought_by_their_own_accounts_link(database_url: str):
    listeners = Listeners()
    database = Database(database_url, listeners)
    world = World(database, listeners, plans=(PLAN,))
    world.stock_up("A", units=9)
    visitor, world.seller_id = world.visitor(), world.promoter()
    for pieces in (1, 2):
        world.pay(world.place(visitor, [("A", pieces)]))
    with world.transaction() as session:
        assert rewards.wallet(session, world.seller_id, "CNY").pending.minor == 3 * 890
        members.merge_visitor(session, visitor_id=visitor, member_id=world.seller_id, at=world.now)
    with world.transaction() as session:
        assert rewards.wallet(session, world.seller_id, "CNY").pending.minor == 0
    assert world.broken() == []
    database.dispose()
