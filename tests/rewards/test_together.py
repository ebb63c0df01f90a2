"""Many at once: nobody is lost, nobody is promoted twice, nobody pays out what is not there."""

import itertools
from concurrent.futures import ThreadPoolExecutor

from shared_core import rewards
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from shared_core.plan import MetricKey
from tests.plan.plans import read, rule
from tests.rewards.shops import Shop

AT_ONCE = 50
CHAIN = read(f"""
[invites]
inviter_is = "lock"
[[ranks]]
id = "fan"
name = "Fan"
[[ranks]]
id = "keeper"
name = "Keeper"
match = "any"
criteria = [
    {{ metric = "fans", at_least = {AT_ONCE} }},
    {{ metric = "members", rank = "keeper", at_least = 1 }},
]
""")
PAIR = read("""
[invites]
inviter_is = "lock"
[[ranks]]
id = "fan"
name = "Fan"
[[ranks]]
id = "keeper"
name = "Keeper"
criteria = [{ metric = "fans", at_least = 1 }]
[[ranks]]
id = "senior"
name = "Senior"
criteria = [{ metric = "members", rank = "keeper", at_least = 8 }, { metric = "fans", at_least = 16 }]
""")


def test_fifty_fans_at_once_promote_a_line_of_ten_exactly_once(database: Database):
    with database.transaction() as session:
        shop = Shop(session, CHAIN)
        line, fans = shop.members(10), shop.members(AT_ONCE)
        for child, parent in itertools.pairwise(line):
            shop.fan(parent, child)

    def click(fan: int) -> None:
        with database.transaction() as session:
            Shop(session, CHAIN).fan(line[0], fan)

    with ThreadPoolExecutor(16) as crowd:
        list(crowd.map(click, fans))
    with database.reading() as session:
        counted = rewards.metrics(session, CHAIN, line[0], day="2026-12-31")
        assert counted[MetricKey("fans")] == AT_ONCE
        for member in line:
            steps = [(step.former, step.rank) for step in rewards.rank_steps(session, member)]
            assert steps == [("fan", "keeper")]


def test_promotions_below_and_fans_beside_are_all_counted(database: Database):
    """Eight keepers below and eight more fans, all at the same moment: the senior needs every one of both kinds."""
    with database.transaction() as session:
        shop = Shop(session, PAIR)
        top, below, lone = shop.member(), shop.members(8), shop.members(8)
        for child in below:
            shop.fan(top, child)
        fans = shop.members(8)

    def promote(child: int, fan: int) -> None:
        with database.transaction() as session:
            Shop(session, PAIR).fan(child, fan)

    def click(fan: int) -> None:
        with database.transaction() as session:
            Shop(session, PAIR).fan(top, fan)

    with ThreadPoolExecutor(16) as crowd:
        waiting = [crowd.submit(promote, *pair) for pair in zip(below, fans, strict=True)]
        waiting += [crowd.submit(click, fan) for fan in lone]
        for each in waiting:
            each.result()
    with database.reading() as session:
        assert rewards.rank_of(session, PAIR, top) == "senior"


def test_payouts_asked_for_at_once_never_exceed_what_there_is(database: Database):
    plan = read(rule("a", rate="10%"))
    with database.transaction() as session:
        shop = Shop(session, plan)
        seller, buyer = shop.members(2)
        shop.sale(seller=seller, buyer=buyer, goods=100_000)

    def take(number: int) -> bool:
        try:
            with database.transaction() as session:
                Shop(session, plan).request(seller, 3_000, f"take-{number}")
        except PlatformError:
            return False
        return True

    with ThreadPoolExecutor(8) as crowd:
        taken = list(crowd.map(take, range(12)))
    assert sum(taken) == 3
    with database.reading() as session:
        assert rewards.wallet(session, seller, "CNY").available.minor == 1_000


def test_a_refund_and_a_payout_at_once_never_both_take_the_same_money_unseen(database: Database):
    """Either the refund comes first and the payout is refused, or the payout goes and the refund leaves a debt."""
    plan = read(rule("a", rate="10%"))
    outcomes = set()
    for _ in range(6):
        with database.transaction() as session:
            shop = Shop(session, plan)
            seller, buyer = shop.members(2)
            order = shop.sale(seller=seller, buyer=buyer, goods=10_000)
            code = f"race-{order}"

        def take(seller: int = seller, code: str = code) -> bool:
            try:
                with database.transaction() as session:
                    Shop(session, plan).request(seller, 1_000, code)
            except PlatformError:
                return False
            return True

        def give_back(order: int = order) -> None:
            with database.transaction() as session:
                Shop(session, plan).refund(order, 5_000)

        with ThreadPoolExecutor(2) as crowd:
            asked, refunded = crowd.submit(take), crowd.submit(give_back)
            refunded.result()
            outcomes.add((asked.result(), _available(database, seller)))
    assert outcomes <= {(True, -500), (False, 500)}


def _available(database: Database, member: int) -> int:
    with database.reading() as session:
        return rewards.wallet(session, member, "CNY").available.minor
