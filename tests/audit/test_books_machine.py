"""Whatever happens to the shop, in whatever order, the books hold I1-I14.

Two generators, because each alone misses bugs: a uniform one tries every step at any time, a life-cycle one leads
most orders down the whole way and goes wrong at the end. The classes of events reached are counted.
"""

from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from shared_core import orders, plan
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.listeners import Listeners
from shared_core.rewards import Earning
from tests.databases import Databases
from tests.plan.plans import read, rule
from tests.worlds import World

STEPS = (
    *("place", "pay", "cancel", "ship", "deliver", "refund_piece", "refund_all", "dispute", "decide"),
    *("wait", "ask", "paid", "failed", "hand"),
)
LIFE = (
    "place",
    "pay",
    "ship",
    "deliver",
    "wait",
    "wait",
    "ask",
    "paid",
    "dispute",
    "decide",
    "hand",
    "refund_all",
    "ask",
    "hand",
    "wait",
)
PLANS = (
    plan.loads(plan.preset("participants"), currency="CNY"),
    read(
        """
[tax]
withholding = "cn-labour"
[live]
enabled = true
[caps]
person = "9%"
[self_purchase]
pays = "others"
"""
        + rule("s", "seller", rate="20%", basis="margin")
        + rule("i", "inviter", rate="3%")
        + rule("j", "second_inviter", rate="1%")
        + rule("h", "host", rate="5%")
        + rule("k", "host_inviter", fixed="0.77")
        + rule("t", "traffic_referrer", rate="1.5%")
        + rule("f", "team_fund", rate="2.5%")
    ),
)
"""One under which only those who take part earn, and one under which everybody does."""

uniform = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 5)), min_size=8, max_size=25)
life = st.tuples(st.permutations(LIFE[5:]), st.lists(st.sampled_from(STEPS), max_size=6)).map(
    lambda parts: [(step, 0) for step in (*LIFE[:5], *parts[0], *parts[1])]
)


@dataclass
class Play:
    """Performs steps on a world; steps the rules refuse are part of life."""

    world: World
    numbers: list[str] = field(default_factory=list)
    payouts: list[str] = field(default_factory=list)
    disputes: list[str] = field(default_factory=list)
    reached: Counter[str] = field(default_factory=Counter)
    earned: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Three sellers in one line; the last invited the host, and somebody brings viewers."""
        world = self.world
        top = world.promoter()
        middle = world.promoter(top)
        world.seller_id = world.promoter(middle)
        host, referrer = world.promoter(world.seller_id), world.promoter()
        self.room = orders.InRoom("ROOM", host, referrer)
        self.people = [world.seller_id, middle, host, top, referrer]

    def step(self, name: str, choice: int) -> None:
        try:
            getattr(self, name)(choice)
        except PlatformError:
            self.reached[f"{name} refused"] += 1
        else:
            self.reached[name] += 1

    def pick(self, choice: int) -> str:
        return self.numbers[choice % len(self.numbers)] if self.numbers else "none"

    def pick_payout(self, choice: int) -> str:
        return self.payouts[choice % len(self.payouts)] if self.payouts else "none"

    def place(self, choice: int) -> None:
        self.world.in_room = self.room if choice % 2 else None
        self.numbers.append(self.world.place(self.world.visitor(), [("A", choice % 3 + 1), ("B", 1)]))

    def pay(self, choice: int) -> None:
        self.world.pay(self.pick(choice), transaction_no=f"T-{self.pick(choice)}")

    def cancel(self, choice: int) -> None:
        with self.world.transaction() as session:
            orders.cancel(session, self.pick(choice), actor="buyer", at=self.world.now)
        self.world.settle_down()

    def ship(self, choice: int) -> None:
        self.world.ship(self.pick(choice))

    def deliver(self, choice: int) -> None:
        self.world.deliver(self.pick(choice))

    def refund_piece(self, choice: int) -> None:
        self.world.refund(self.pick(choice), {"A": 1}, goods_back=choice % 2 == 0)

    def refund_all(self, choice: int) -> None:
        self.world.refund(self.pick(choice))

    def dispute(self, choice: int) -> None:
        self.disputes.append(self.world.dispute(self.pick(choice), 3_333 * (choice + 1)))

    def decide(self, choice: int) -> None:
        if self.disputes:
            outcome = ("lost", "won", "withdrawn", "lost", "expired", "lost")[choice]
            self.world.end_dispute(self.disputes[choice % len(self.disputes)], outcome)

    def wait(self, choice: int) -> None:
        self.world.pass_days(choice + 5)

    def ask(self, choice: int) -> None:
        member_id = self.people[choice % len(self.people)]
        self.payouts.append(self.world.ask_payout(member_id, max(self.world.available(member_id) - choice, 1)))

    def hand(self, choice: int) -> None:
        """Nearly all that the team fund has; of a fund in debt a cent."""
        self.world.hand_out(self.people[-1], max(self.world.fund_available() - choice, 1))

    def paid(self, choice: int) -> None:
        self.world.pay_out(self.pick_payout(choice))

    def failed(self, choice: int) -> None:
        self.world.fail_payout(self.pick_payout(choice))


def run(databases: Databases, steps: list[tuple[str, int]], chosen: plan.Plan = PLANS[0]) -> Play:
    with databases.fresh() as url:
        listeners = Listeners()
        database = Database(url, listeners)
        world = World(database, listeners, plans=(chosen,))
        world.stock_up("A", units=12)
        world.stock_up("B", price=2000, cost=800, supplied=1000, by="bestco")
        play = Play(world)
        for name, choice in steps:
            play.step(name, choice)
            assert world.broken() == [], f"after {name}"
        with database.reading() as session:
            play.earned = set(session.scalars(select(Earning.payee)))
        database.dispose()
    return play


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(steps=uniform, chosen=st.sampled_from(PLANS))
def test_any_history_keeps_the_books(databases: Databases, steps: list[tuple[str, int]], chosen: plan.Plan) -> None:
    run(databases, steps, chosen)


@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(steps=life, chosen=st.sampled_from(PLANS))
def test_any_life_of_an_order_keeps_the_books(
    databases: Databases, steps: list[tuple[str, int]], chosen: plan.Plan
) -> None:
    run(databases, steps, chosen)


def test_the_plain_life_reaches_every_class_of_events(databases: Databases) -> None:
    steps = [(name, 0) for name in (*LIFE[:5], "wait", "ask", "failed", "ask")]
    steps += [("paid", 1), ("place", 1), ("pay", 1), ("refund_piece", 1), ("ship", 1), ("deliver", 1)]
    steps += [("hand", 0), ("dispute", 0), ("decide", 0), ("refund_all", 0), ("ask", 0), ("hand", 0), ("wait", 3)]
    steps += [("place", 2), ("cancel", 2), ("pay", 2)]

    play = run(databases, steps, PLANS[1])
    reached = play.reached

    assert play.earned == set(plan.PAYEES)
    assert set(STEPS) - {"cancel"} <= set(reached)
    assert reached["ask refused"] >= 1, "nothing can be asked for while in debt"
    assert reached["hand refused"] >= 1, "nor is anything handed out of a fund in debt"


@pytest.mark.parametrize("preset", ["participants", "fan-lock", "outlet"])
def test_a_debt_left_by_a_refund_after_payout_is_netted_by_the_next_earning(databases: Databases, preset: str) -> None:
    with databases.fresh() as url:
        listeners = Listeners()
        database = Database(url, listeners)
        world = World(database, listeners, plans=(plan.loads(plan.preset(preset), currency="CNY"),))
        world.stock_up("A", units=30)
        seller = world.seller_id = world.visitor()
        first = world.sold(world.visitor(), [("A", 5)])
        world.pass_days(40)
        earned = world.available(seller)
        if earned:
            world.pay_out(world.ask_payout(seller, earned))
        world.refund(first, goods_back=False)

        assert world.available(seller) == -earned
        assert world.broken() == []
        world.sold(world.visitor(), [("A", 10)])
        world.pass_days(40)
        assert world.available(seller) == earned
        assert world.broken() == []
        database.dispose()
