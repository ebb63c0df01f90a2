"""What holds in every simulated population, under every plan."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_core.plan import Plan, reversal_target
from shared_core.plan.refunds import reversal_targets
from shared_core.plan.simulation import Population, PopulationUnusable, Run, draw, simulate
from shared_core.plan.table import ABSENT
from tests.plan.plans import read, rule
from tests.rewards.shops import preset
from tests.simulation.replay import assortment

TEAM = read(
    """
[join]
how = "first_order"
[binding]
by = "first_order"
lasts = "20 days"
[ladder]
policy = "requalify"
[[ranks]]
id = "first"
name = "First"
[[ranks]]
id = "second"
name = "Second"
match = "any"
criteria = [{ metric = "team_sales", at_least = "500", window = "month" }, { metric = "fans", at_least = 3 }]
[[ranks]]
id = "third"
name = "Third"
criteria = [
    { metric = "members", rank = "second", scope = "team", at_least = 2 },
    { metric = "active_fans", at_least = 2, window = "30 days" },
]
[settlement]
schedule = "weekly"
payout_min = "1"
"""
    + rule("seller", rate="12.5%")
    + rule("inviter", "inviter", rate="9%", differential=True, same_rank_bonus="1%")
    + rule("second", "second_inviter", rate="10.5%", differential=True)
    + rule("fund", "team_fund", rate="1%")
    + rule("joined", "inviter", fixed="5", trigger="member_joined")
)
PLANS = [preset("participants"), preset("fan-lock"), preset("outlet"), TEAM]
few = settings(max_examples=12)


@st.composite
def populations(draw_: st.DrawFn) -> Population:
    """Small and lively: many share, buy and give back."""
    return Population(
        members=draw_(st.integers(1, 300)),
        months=draw_(st.integers(1, 4)),
        growth_bps=draw_(st.sampled_from([-5_000, 0, 3_000])),
        share_rate_bps=draw_(st.sampled_from([300, 5_000])),
        conversion_bps=draw_(st.integers(0, 10_000)),
        refund_bps=draw_(st.integers(0, 5_000)),
        gap_days=(1, 2, 5, 9),
        assortment=assortment(),
    )


plans, seeds = st.sampled_from(PLANS), st.integers(0, 2**32)


@few
@given(plans, populations(), seeds)
def test_money_is_conserved(plan: Plan, population: Population, seed: int):
    """All that is owed or taken is what was earned and not taken back; goods and refunds are those of the history."""
    run = simulate(plan, population, seed=seed)
    day, members = {name: int(each.sum()) for name, each in run.daily.items()}, run.members
    owed = sum(int(members[kind].sum()) for kind in ("pending", "available", "taken"))
    assert owed == day["shares"] - day["reversed"] + day["bounties"]
    assert int(members["taken"].sum()) == day["taken"]
    assert int(members["retail"].sum()) == day["shares"] - day["reversed"] - day["network"]
    assert int(members["network"].sum()) == day["network"] + day["bounties"]
    assert (members["pending"] >= 0).all()
    lines, orders, refunds = run.history.lines, run.history.orders, run.history.refunds
    price = np.array([each.price for each in population.assortment])
    value = np.bincount(lines["order"], price[lines["article"]] * lines["quantity"], minlength=len(orders["day"]))
    assert day["paid"] == run.goods_by_article.sum() == value.sum()
    whole = (refunds["kind"] == 1) & (refunds["day"] < population.days)
    given_back = value[np.unique(refunds["order"][whole])].sum()
    assert given_back <= day["refunded"] <= day["paid"]
    assert day["supply_back"] <= day["supply"]


@few
@given(plans, populations(), seeds)
def test_shares_never_exceed_the_goods_nor_do_reversals_exceed_the_shares(
    plan: Plan, population: Population, seed: int
):
    run = simulate(plan, population, seed=seed)
    assert (run.daily["shares"] <= run.daily["paid"]).all()
    assert (np.cumsum(run.daily["reversed"]) <= np.cumsum(run.daily["shares"])).all()
    assert (run.daily["taken"].cumsum() <= (run.daily["matured"] + run.daily["bounties"]).cumsum()).all()


@few
@given(plans, populations(), seeds)
def test_what_is_given_back_within_the_window_earns_nobody_anything(plan: Plan, population: Population, seed: int):
    generous = replace(population, refund_bps=10_000, partial_bps=5_000, refund_again_bps=10_000, refund_days=(1, 2))
    run = simulate(plan, replace(generous, conversion_bps=10_000), seed=seed)
    settled = run.history.orders["day"] < population.days - 5
    if settled.all():
        assert run.daily["shares"].sum() == run.daily["reversed"].sum()
        assert run.daily["paid"].sum() == run.daily["refunded"].sum()
    assert run.daily["matured"].sum() == 0


@few
@given(plans, populations(), seeds)
def test_the_same_seed_gives_the_same_to_the_last_byte(plan: Plan, population: Population, seed: int):
    one, other = simulate(plan, population, seed=seed), simulate(plan, population, seed=seed)
    assert _bytes(one) == _bytes(other)


def test_another_seed_gives_something_else():
    population = Population(members=200, months=2)
    assert _bytes(simulate(TEAM, population, seed=1)) != _bytes(simulate(TEAM, population, seed=2))


@few
@given(plans, populations(), seeds)
def test_ranks_never_fall_within_a_month(plan: Plan, population: Population, seed: int):
    run = simulate(plan, population, seed=seed)
    at_least = run.daily["standing"][::-1].cumsum(axis=0)[::-1]
    falls = (np.diff(at_least, axis=1) < 0).any(axis=0)
    begins = set(population.months_begin) if plan.ladder.policy == "requalify" else set()
    assert set((np.flatnonzero(falls) + 1).tolist()) <= begins


@few
@given(plans, populations(), seeds)
def test_nobody_is_their_own_upline(plan: Plan, population: Population, seed: int):
    run = simulate(plan, population, seed=seed)
    ended = population.days
    for edge in ("sponsor", "inviter"):
        above = run.members[edge]
        if edge == "sponsor":
            above = np.where(run.members["lock_until"] >= ended - 1, above, ABSENT)
        current = above.copy()
        for _ in range(population.members):
            current = np.where(current == ABSENT, ABSENT, above[current])
        assert (current == ABSENT).all(), edge


@few
@given(plans, populations(), seeds, st.integers(1, 60))
def test_who_comes_later_never_changes_the_past(plan: Plan, population: Population, seed: int, day: int):
    day = min(day, population.days)
    whole, frozen = (simulate(plan, each, seed=seed) for each in (population, replace(population, frozen_from=day)))
    for name, values in whole.daily.items():
        assert (values[..., :day] == frozen.daily[name][..., :day]).all(), name


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1))
def test_many_reversals_are_reckoned_like_one(lines: list[tuple[int, int, int]]):
    rows = [(share, min(back, goods), goods) for share, back, goods in lines]
    share, back, goods = np.array(rows).T
    assert reversal_targets(share, back, goods).tolist() == [reversal_target(*row) for row in rows]


def test_a_population_that_makes_no_sense_is_refused():
    for wrong in ({"members": 0}, {"months": 61}, {"refund_bps": 10_001}, {"gap_days": (0,)}, {"visit_days": ()}):
        with pytest.raises(PopulationUnusable):
            Population(**wrong)


def test_everybody_comes_and_more_every_month():
    population = Population(members=10_007, months=12, growth_bps=2_000)
    come = population.arrivals()
    assert len(come) == population.days == 365
    assert sum(come) == 10_007
    assert sum(come[:31]) < sum(come[-31:])
    assert draw(population, seed=1).people["came"].tolist() == np.repeat(np.arange(365), come).tolist()


def _bytes(run: Run) -> bytes:
    columns = [*run.daily.values(), *run.members.values(), run.reached, run.goods_by_article]
    return b"".join(each.tobytes() for each in columns)
