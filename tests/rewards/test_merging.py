"""A visitor logs in: what was earned and counted under the cookie is the account's."""

from sqlalchemy.orm import Session

from shared_core import ledger, members, rewards
from tests.plan.plans import read, rule
from tests.rewards.shops import Shop, preset

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
