"""Ranks as they are reached: at once, upwards, exactly once, and never lost by selling."""

import itertools

from sqlalchemy.orm import Session

from shared_core import members, rewards
from shared_core.plan import MetricKey
from tests.plan.plans import read
from tests.rewards.shops import ZONE, Shop, preset

CHAIN = read("""
[invites]
inviter_is = "lock"
[[ranks]]
id = "fan"
name = "Fan"
[[ranks]]
id = "keeper"
name = "Keeper"
match = "any"
criteria = [{ metric = "fans", at_least = 10 }, { metric = "members", rank = "keeper", at_least = 1 }]
""")
TEAM = read("""
[packs]
products = ["pack"]
[live]
enabled = true
[[ranks]]
id = "one"
name = "One"
[[ranks]]
id = "two"
name = "Two"
criteria = [{ metric = "own_sales", at_least = "100" }]
[[ranks]]
id = "three"
name = "Three"
match = "any"
criteria = [
    { metric = "members", rank = "two", scope = "team", at_least = 3 },
    { metric = "team_sales", at_least = "1000" },
    { metric = "packs_sold", at_least = 5 },
]
""")
MONTHLY = read("""
[ladder]
policy = "requalify"
[[ranks]]
id = "one"
name = "One"
[[ranks]]
id = "two"
name = "Two"
criteria = [{ metric = "own_retail_sales", at_least = "100", window = "month" }]
""")


def steps(shop: Shop, member: int) -> list[tuple[str, str]]:
    return [(step.former, step.rank) for step in rewards.rank_steps(shop.session, member)]


def test_the_tenth_fan_makes_a_shopkeeper(session: Session):
    shop = Shop(session, preset("fan-lock"))
    sponsor = shop.member()
    for _ in range(9):
        shop.fan(sponsor)
    assert shop.rank(sponsor) == "fan"
    shop.fan(sponsor)
    assert shop.rank(sponsor) == "shopkeeper"
    assert steps(shop, sponsor) == [("fan", "shopkeeper")]


def test_ten_direct_shopkeepers_make_a_senior_and_the_tenth_does_it_at_once(session: Session):
    shop = Shop(session, preset("fan-lock"))
    senior = shop.member()
    below = [shop.fan(senior) for _ in range(10)]
    for keeper in below:
        assert shop.rank(senior) == "shopkeeper"
        for _ in range(10):
            shop.fan(keeper)
    assert shop.rank(senior) == "senior"
    assert steps(shop, senior) == [("fan", "shopkeeper"), ("shopkeeper", "senior")]


def test_shopkeepers_further_down_do_not_count_as_direct(session: Session):
    shop = Shop(session, preset("fan-lock"))
    top = shop.member()
    middle = shop.fan(top)
    for _ in range(10):
        keeper = shop.fan(middle)
        for _ in range(10):
            shop.fan(keeper)
    assert (shop.rank(middle), shop.rank(top)) == ("senior", "fan")


def test_one_fan_can_promote_a_whole_line_at_once_and_once(session: Session):
    shop = Shop(session, CHAIN)
    line = shop.members(10)
    for child, parent in itertools.pairwise(line):
        shop.fan(parent, child)
    for _ in range(9):
        shop.fan(line[0])
    assert {shop.rank(member) for member in line} == {"fan"}
    shop.fan(line[0])
    assert {shop.rank(member) for member in line} == {"keeper"}
    assert all(steps(shop, member) == [("fan", "keeper")] for member in line)


def test_a_shopkeeper_who_becomes_somebodys_fan_counts_for_them_from_then_on(session: Session):
    shop = Shop(session, CHAIN)
    keeper, late = shop.members(2)
    for _ in range(10):
        shop.fan(keeper)
    shop.fan(late, keeper)
    assert shop.rank(late) == "keeper"


def test_who_left_no_longer_lifts_the_former_sponsor(session: Session):
    shop = Shop(session, CHAIN)
    sponsor = shop.member()
    keeper = shop.fan(sponsor)
    shop.rewards.on_fan_left(session, members.FanLeft(keeper, sponsor, shop.at))
    for _ in range(10):
        shop.fan(keeper)
    assert (shop.rank(keeper), shop.rank(sponsor)) == ("keeper", "fan")


def test_ties_that_go_round_in_a_circle_end(session: Session):
    shop = Shop(session, CHAIN)
    first, second = shop.members(2)
    shop.fan(first, second)
    shop.fan(second, first)
    for _ in range(9):
        shop.fan(first)
    assert (shop.rank(first), shop.rank(second)) == ("keeper", "keeper")
    assert steps(shop, first) == steps(shop, second) == [("fan", "keeper")]


def test_only_completed_sales_to_others_count_and_only_net(session: Session):
    shop = Shop(session, preset("participants"))
    seller, buyer = shop.members(2)
    order = shop.place(seller=seller, buyer=buyer, lines=[(400_000, 1)])
    shop.pay(order)
    shop.deliver(order)
    shop.refund(order, 100_001)
    assert shop.rank(seller) == "promoter"
    shop.complete(order)
    assert shop.rank(seller) == "promoter", "2,999.99 net"
    shop.sale(seller=seller, buyer=seller, goods=500_000)
    assert shop.rank(seller) == "promoter", "bought from oneself"
    shop.sale(seller=seller, buyer=buyer, goods=1)
    assert shop.rank(seller) == "shopkeeper"


def test_a_refund_after_completion_is_uncounted_and_lowers_no_rank(session: Session):
    shop = Shop(session, preset("participants"))
    seller, buyer = shop.members(2)
    order = shop.sale(seller=seller, buyer=buyer, goods=300_000)
    assert shop.rank(seller) == "shopkeeper"
    shop.refund(order, 299_000)
    counted = rewards.metrics(session, shop.plans[0], seller, day="2026-12-31")
    assert counted == {MetricKey("own_retail_sales"): 1_000}
    assert shop.rank(seller) == "shopkeeper"
    shop.sale(seller=seller, buyer=buyer, goods=2_998_999)
    assert shop.rank(seller) == "shopkeeper"
    shop.sale(seller=seller, buyer=buyer, goods=1)
    assert shop.rank(seller) == "gold"


def test_the_share_of_the_sale_that_promotes_is_still_at_the_old_rank(session: Session):
    shop = Shop(session, preset("participants"))
    seller, buyer = shop.members(2)
    first = shop.sale(seller=seller, buyer=buyer, goods=300_000)
    second = shop.place(seller=seller, buyer=buyer, lines=[(10_000, 1)])
    found = [rewards.earnings_on(session, each)[0] for each in (first, second)]
    assert [(row.rank_then, row.amount_minor) for row in found] == [("promoter", 30_000), ("shopkeeper", 1_250)]


def test_a_whole_team_counts_however_deep(session: Session):
    shop = Shop(session, TEAM)
    top, middle, low, lowest, buyer = shop.members(5)
    for child, parent in ((middle, top), (low, middle), (lowest, low)):
        shop.joins(child, parent)
    for seller in (middle, low, lowest):
        shop.sale(seller=seller, buyer=buyer, goods=10_000)
    assert [shop.rank(each) for each in (lowest, low, middle, top)] == ["two", "two", "two", "three"]


def test_a_team_that_joins_late_brings_its_ranks_along(session: Session):
    shop = Shop(session, TEAM)
    top, head, low, lowest, buyer = shop.members(5)
    shop.joins(low, head)
    shop.joins(lowest, low)
    for seller in (head, low, lowest):
        shop.sale(seller=seller, buyer=buyer, goods=10_000)
    assert shop.rank(top) == "one"
    shop.joins(head, top)
    assert shop.rank(top) == "three"


def test_team_sales_are_those_of_the_member_and_everybody_below(session: Session):
    shop = Shop(session, TEAM)
    top, low, buyer = shop.members(3)
    shop.joins(low, top)
    order = shop.sale(seller=low, buyer=buyer, goods=90_000)
    shop.sale(seller=top, buyer=buyer, goods=9_999)
    assert shop.rank(top) == "one"
    shop.refund(order, 10_000)
    shop.sale(seller=low, buyer=buyer, goods=10_001)
    assert shop.rank(top) == "three"


def test_packs_are_counted_by_the_piece(session: Session):
    shop = Shop(session, TEAM)
    seller, buyer = shop.members(2)
    shop.sale(seller=seller, buyer=buyer, goods=400, product="pack", quantity=4)
    shop.sale(seller=seller, buyer=buyer, goods=400, product="other", quantity=9)
    assert shop.rank(seller) == "one"
    shop.sale(seller=seller, buyer=buyer, goods=400, product="pack")
    assert shop.rank(seller) == "three"


def test_windows_are_days_of_the_shops_calendar(session: Session):
    shop = Shop(
        session,
        read("""
[[ranks]]
id = "one"
name = "One"
[[ranks]]
id = "two"
name = "Two"
criteria = [
    { metric = "own_sales", at_least = "1", window = "10 days" },
    { metric = "repeat_buyers", at_least = 1, window = "30 days" },
    { metric = "active_fans", at_least = 1 },
]
"""),
    )
    seller = shop.member()
    fan = shop.fan(seller)
    shop.sale(seller=seller, buyer=fan, goods=60)
    assert shop.rank(seller) == "one"
    shop.later(days=3)
    shop.sale(seller=seller, buyer=fan, goods=60)
    assert shop.rank(seller) == "one", "eleven days apart: 60 in the last ten"
    shop.sale(seller=seller, buyer=fan, goods=60)
    assert shop.rank(seller) == "two"


def test_a_requalifying_ladder_falls_at_the_review_and_never_before(session: Session):
    shop = Shop(session, MONTHLY)
    seller, lazy, buyer = shop.members(3)
    for each in (seller, lazy):
        shop.sale(seller=each, buyer=buyer, goods=10_000)
    assert (shop.rank(seller), shop.rank(lazy)) == ("two", "two")
    shop.later(days=31)
    assert rewards.review(session, MONTHLY, zone=ZONE, at=shop.at, after=0, limit=100) > 0
    assert (shop.rank(seller), shop.rank(lazy)) == ("two", "two"), "March held it"
    shop.sale(seller=seller, buyer=buyer, goods=10_000)
    shop.later(days=31)
    rewards.review(session, MONTHLY, zone=ZONE, at=shop.at, after=0, limit=100)
    assert (shop.rank(seller), shop.rank(lazy)) == ("two", "one")
    assert steps(shop, lazy) == [("one", "two"), ("two", "one")]


def test_progress_is_told_with_what_is_missing(session: Session):
    shop = Shop(session, preset("fan-lock"))
    sponsor = shop.member()
    for _ in range(7):
        shop.fan(sponsor)
    way = rewards.climb_of(session, shop.plans[0], sponsor, zone=ZONE, at=shop.at)
    assert way.rank.id == "fan" and way.above is not None and way.above.id == "shopkeeper"
    assert [(criterion.at_least, reached) for criterion, reached in way.reached] == [(10, 7)]


def test_history_from_before_the_first_version_counts_by_the_first(session: Session):
    shop = Shop(session, preset("participants"))
    seller, buyer = shop.members(2)
    order = shop.place(seller=seller, buyer=buyer, lines=[(300_000, 1)])
    shop.later(days=-2_000)
    shop.complete(order)
    assert shop.rank(seller) == "shopkeeper"


def test_an_order_is_counted_once_however_often_it_completes(session: Session):
    shop = Shop(session, preset("participants"))
    seller, buyer = shop.members(2)
    order = shop.sale(seller=seller, buyer=buyer, goods=200_000)
    shop.complete(order)
    assert shop.rank(seller) == "promoter"
