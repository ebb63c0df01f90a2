"""The simulation and the shop: the same history gives every member the same rank, sponsor and money, to the cent."""

from dataclasses import replace

import numpy as np
import pytest

from shared_core.kernel.database import Database
from shared_core.plan import Plan
from shared_core.plan.simulation import Population, Run, draw, live
from shared_core.plan.table import ABSENT
from tests.conftest import database_kind
from tests.plan.plans import read, rule
from tests.rewards.shops import preset
from tests.simulation.replay import Books, Replay, assortment

MANY = 2_000
SOME = 800
FEW = 300

EVERYTHING = read(
    """
[binding]
by = "sign_up"
lasts = "25 days"
rebind = "after_protection"
protected_days = 10
lockers = "members"
[claims]
seller = ["lock", "room", "link"]
[live]
enabled = true
[ladder]
policy = "requalify"
[[ranks]]
id = "first"
name = "First"
[[ranks]]
id = "second"
name = "Second"
match = "any"
criteria = [
    { metric = "own_sales", at_least = "300", window = "month" },
    { metric = "repeat_buyers", at_least = 1, window = "60 days" },
    { metric = "own_purchases", at_least = "900" },
    { metric = "live_sales", at_least = "500", window = "60 days" },
]
[[ranks]]
id = "third"
name = "Third"
match = "any"
criteria = [
    { metric = "team_sales", at_least = "900", window = "40 days" },
    { metric = "members", rank = "second", scope = "team", at_least = 3 },
    { metric = "active_fans", at_least = 3, window = "month" },
    { metric = "packs_sold", at_least = 4 },
]
[packs]
products = ["p-s1", "p-s2"]
[self_purchase]
counts = true
[returns]
days = 4
[settlement]
days = 12
[caps]
person = "14%"
[caps.period]
at_most = "45.01"
window = "20 days"
"""
    + rule("seller", rate="10%")
    + rule("seller-high", ranks=["second", "third"], rate="24%", basis="margin")
    + rule("dear", skus=["s5"], fixed="3.33")
    + rule("inviter", "inviter", rate="4%")
    + rule("second", "second_inviter", rate="3%")
    + rule("host", "host", rate="6%", channels=["live"])
    + rule("host-inviter", "host_inviter", fixed="0.37")
    + rule("traffic", "traffic_referrer", rate="2%", basis="margin")
    + rule("fund", "team_fund", rate="2.5%", basis="margin")
)
"""Every window and metric, locks that change hands, ranks that are lost, a team fund, a limit of what one is paid."""


PRESETS = ["participants", "fan-lock", "membership", "affiliate", "live"]
MEMBERS = {"fan-lock": MANY, "participants": SOME, "live": SOME}
SLOW_TO_RISE = {"membership", "affiliate", "live"}
"""Presets whose ranks ask for more sales than these few people make."""


@pytest.mark.parametrize("name", PRESETS if database_kind() == "sqlite" else ["fan-lock", "live"])
def test_the_shop_makes_the_same_of_the_same_history(database: Database, name: str):
    members = MEMBERS.get(name, FEW) if database_kind() == "sqlite" else FEW
    people = Population(members=members, months=3, share_rate_bps=300, assortment=assortment())
    busy = 9_000 if members == FEW else 3_500  # however few they are, somebody has to rise
    ranks = agree(database, preset(name), replace(people, sign_up_bps=busy, conversion_bps=busy))
    assert len(ranks) > 1 or name in SLOW_TO_RISE


def test_they_agree_about_every_window_and_metric(database: Database):
    people = Population(members=250, months=4, share_rate_bps=1_000, assortment=assortment())
    run, books = both(database, EVERYTHING, people)
    assert len(compare(EVERYTHING, run, books)) > 1
    assert min(books.fund) > 0
    assert unlimited(run) > run.daily["shares"].sum()


CODES = read(
    """
[binding]
whom = "new"
from_rank = "second"
[join]
how = "invite_code"
[invites]
mode = "code"
base = 1
own_sales_per_code = "150"
[[ranks]]
id = "first"
name = "First"
[[ranks]]
id = "second"
name = "Second"
criteria = [{ metric = "members", rank = "first", scope = "direct", at_least = 2 }]
[caps.period]
at_most = "40"
"""
    + rule("seller", rate="10%")
    + rule("seller-second", ranks=["second"], rate="15%")
    + rule("inviter", "inviter", rate="4%")
    + rule("deep", "second_inviter", rate="2%")
)
"""Codes that sales earn decide who is whose inviter, and so ranks and money, and ranks whose links bind newcomers."""


def test_they_agree_about_who_gets_in_with_a_code_that_sales_earned(database: Database):
    people = Population(members=150, months=3, share_rate_bps=4_000, assortment=assortment())
    history = draw(replace(people, sign_up_bps=8_000, conversion_bps=6_000), seed=20)
    run = live(CODES, history)
    bound = (run.members["sponsor"] != ABSENT).sum()
    assert 5 < bound < (history.people["link"] != ABSENT).sum()
    invited = (run.members["inviter"] != ABSENT).sum()
    assert 10 < invited < (run.members["joined_on"] >= 0).sum() < len(history.people["came"]) // 4
    assert len(compare(CODES, run, Replay(database, CODES, history).run())) > 1
    assert unlimited(run) > run.daily["shares"].sum()


def unlimited(run: Run) -> int:
    """What the same history would pay without the limit of a period, which nothing but money depends on."""
    free = run.plan.model_copy(update={"caps": run.plan.caps.model_copy(update={"period": None})})
    return int(live(free, run.history).daily["shares"].sum())


def agree(database: Database, plan: Plan, population: Population) -> set[str]:
    """The ranks that somebody stands on in the end."""
    return compare(plan, *both(database, plan, population))


def both(database: Database, plan: Plan, population: Population) -> tuple[Run, Books]:
    """The same history in the simulation and in the shop."""
    history = draw(population, seed=7)
    return live(plan, history), Replay(database, plan, history).run()


def compare(plan: Plan, run: Run, books: Books) -> set[str]:
    ranks = [plan.ranks[place].id for place in run.members["place"]]
    assert ranks == books.ranks
    assert run.members["pending"][:-1].tolist() == books.pending
    assert (run.members["available"] + run.members["taken"])[:-1].tolist() == books.available
    assert (run.members["pending"][-1], run.members["available"][-1]) == books.fund
    holds = run.members["lock_until"] >= run.history.population.days - 1
    assert np.where(holds, run.members["sponsor"], ABSENT).tolist() == books.sponsors
    assert sum(books.available) > 0
    return set(ranks)
