"""Fans counted by the thousand come to exactly what they come to one after another."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core import members
from shared_core.kernel.listeners import LISTENERS, Listeners
from shared_core.members import BindingPolicy, FanCounted
from shared_core.plan import MetricKey, Plan, evaluate_rank
from shared_core.rewards.models import Count, RankStep, Standing, TeamCount, Tie
from tests.members.test_referrals import codes
from tests.plan.plans import read
from tests.rewards.shops import NOON, Shop, preset

LADDER = """
[invites]
inviter_is = "lock"
[[ranks]]
id = "fan"
name = "Fan"
[[ranks]]
id = "keeper"
name = "Keeper"
criteria = [{{ metric = "fans", at_least = 2{window} }}]
[[ranks]]
id = "senior"
name = "Senior"
criteria = [{{ metric = "members", rank = "keeper", scope = "{scope}", at_least = 2 }}]
"""
DIRECT = read(LADDER.format(scope="direct", window=""))
TEAM = read(LADDER.format(scope="team", window=""))
MONTHLY = read(LADDER.format(scope="direct", window=', window = "month"'))
PEOPLE = 24


class Oracle:
    """The same by the slowest means: after each fan everybody's counts anew, until nobody rises any more."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.fans: list[FanCounted] = []
        self.ranks: dict[int, str] = {}

    def count(self, fan: FanCounted) -> None:
        self.fans.append(fan)
        for member in (fan.sponsor_id, fan.fan_id):
            self.ranks.setdefault(member, self.plan.first_rank)
        waiting = [fan.sponsor_id, *(self.above(fan.fan_id))]
        while waiting:
            member = waiting.pop(0)
            risen = evaluate_rank(self.plan, self.metrics(member, fan), self.ranks[member])
            if risen != self.ranks[member]:
                self.ranks[member] = risen
                waiting += self.above(member)

    def above(self, member: int) -> list[int]:
        parents = [fan.sponsor_id for fan in self.fans if fan.fan_id == member]
        return [each for parent in parents for each in (parent, *self.above(parent))]

    def metrics(self, member: int, last: FanCounted) -> dict[MetricKey, int]:
        places = self.plan.places
        found = {}
        for key in self.plan.metric_keys:
            own = [fan for fan in self.fans if fan.sponsor_id == member]
            if key.metric == "fans":
                months = [fan for fan in own if key.window == "lifetime" or fan.at.month == last.at.month]
                found[key] = len(months)
            else:
                team = [each for each in self.ranks if member in self.above(each)]
                asked = {fan.fan_id for fan in own} if key.scope == "direct" else team
                found[key] = sum(places[self.ranks[each]] >= places[key.rank] for each in asked)
        return found


def written(session: Session) -> tuple[dict[int, str], dict[int, int]]:
    """The ranks held, and the fans counted over the lifetime."""
    session.flush()
    session.expire_all()
    ranks = {row.member_id: row.rank for row in session.scalars(select(Standing))}
    fans = {row.member_id: row.fans for row in session.scalars(select(Count).where(Count.day == ""))}
    return ranks, fans


def everything(session: Session, people: list[int]) -> list[object]:
    """Every row that counts, members by their place in `people`."""
    place = people.index
    steps = [(place(each.member_id), each.former, each.rank) for each in session.scalars(select(RankStep))]
    counts = [(place(each.member_id), each.day, each.fans) for each in session.scalars(select(Count))]
    teams = [
        (place(each.member_id), each.kind, each.rank, each.direct, each.team)
        for each in session.scalars(select(TeamCount))
    ]
    ties = [(each.kind, place(each.child_id), place(each.parent_id)) for each in session.scalars(select(Tie))]
    return [sorted(steps), sorted(counts), sorted(teams), sorted(ties)]


@pytest.mark.parametrize("plan", [DIRECT, TEAM, MONTHLY], ids=["direct", "team", "monthly"])
@settings(max_examples=12)
@given(data=st.data())
def test_together_is_one_after_another_is_what_the_oracle_says(session: Session, plan: Plan, data: st.DataObject):
    parents = {child: data.draw(st.integers(0, child - 1)) for child in range(1, PEOPLE)}
    order = data.draw(st.permutations(sorted(parents)))
    cut = data.draw(st.integers(0, len(order)))
    session.rollback()
    outcomes = []
    for lots in ([order[:cut], order[cut:]], [[each] for each in order]):
        shop = Shop(session, plan)
        people = shop.members(PEOPLE)
        fans = [
            FanCounted(people[parents[child]], people[child], NOON + timedelta(days=2 * place))
            for place, child in enumerate(order)
        ]
        by_child = dict(zip(order, fans, strict=True))
        for lot in filter(None, lots):
            shop.rewards.on_fans(session, [by_child[child] for child in lot])
        oracle = Oracle(plan)
        for fan in fans:
            oracle.count(fan)
        assert written(session) == (oracle.ranks, dict(Counter(fan.sponsor_id for fan in fans)))
        outcomes.append(everything(session, people))
        session.rollback()
    assert outcomes[0] == outcomes[1]


def test_a_real_history_gives_the_ranks_and_counts_of_the_oracle(session: Session, sample_data: Path):
    plan = preset("fan-lock")
    listeners = Listeners()
    heard: list[FanCounted] = []
    listeners.listen(FanCounted, lambda _session, event: heard.append(event))
    Shop(session, plan).rewards.subscribe(listeners)
    session.info[LISTENERS] = listeners
    rows = members.read_referrals(sample_data / "referrals" / "collegemsg.txt").rows[:3_000]

    members.import_referrals(session, rows, source="mail", policy=BindingPolicy(), new_code=codes(), at=NOON)

    oracle = Oracle(plan)
    for fan in heard:
        oracle.count(fan)
    assert written(session) == (oracle.ranks, dict(Counter(fan.sponsor_id for fan in heard)))
    assert "shopkeeper" in oracle.ranks.values()
