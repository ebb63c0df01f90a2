"""Ranks: laws of climbing, and the ladders of the presets by hand."""

from hypothesis import given
from hypothesis import strategies as st

from shared_core import plan
from shared_core.plan import MetricKey, Plan
from tests.plan.plans import read

LADDER = read("""
[packs]
products = ["starter"]
[[ranks]]
id = "one"
name = "One"
[[ranks]]
id = "two"
name = "Two"
match = "any"
criteria = [{ metric = "fans", at_least = 3 }, { metric = "own_sales", at_least = "50", window = "month" }]
[[ranks]]
id = "three"
name = "Three"
criteria = [
    { metric = "members", rank = "two", scope = "team", at_least = 2 },
    { metric = "own_sales", at_least = "100", window = "90 days" },
]
[[ranks]]
id = "four"
name = "Four"
match = "any"
criteria = [{ metric = "packs_sold", at_least = 20 }, { metric = "team_sales", at_least = "5000" }]
""")
KEYS = sorted(LADDER.metric_keys, key=str)
PLACES = st.sampled_from([None, "one", "two", "three", "four", "gone"])
COUNTS = st.fixed_dictionaries({key: st.integers(0, 600_000) | st.integers(0, 30) for key in KEYS})


def place(rank: str) -> int:
    return LADDER.places[rank]


@given(counts=COUNTS, more=COUNTS, current=PLACES)
def test_more_of_anything_never_lowers_a_rank(
    counts: dict[MetricKey, int], more: dict[MetricKey, int], current: str | None
):
    before = plan.evaluate_rank(LADDER, counts, current)
    grown = {key: counts[key] + more[key] for key in KEYS}
    assert place(plan.evaluate_rank(LADDER, grown, current)) >= place(before)


@given(counts=COUNTS, current=st.sampled_from(["one", "two", "three", "four"]))
def test_a_rank_held_is_never_lost_by_counting_again(counts: dict[MetricKey, int], current: str):
    reached = plan.evaluate_rank(LADDER, counts, current)
    assert place(reached) >= place(current)
    assert plan.evaluate_rank(LADDER, counts, reached) == reached


@given(counts=COUNTS, current=PLACES)
def test_a_rank_is_held_by_its_criteria_or_by_having_been_held(counts: dict[MetricKey, int], current: str | None):
    reached = plan.evaluate_rank(LADDER, counts, current)
    assert reached in {current, "one"} or plan.holds(LADDER.rank(reached), counts)


def test_a_review_without_a_rank_to_keep_decides_anew():
    assert plan.evaluate_rank(LADDER, {}, "three") == "three"
    assert plan.evaluate_rank(LADDER, {}, None) == "one"


def test_ten_fans_make_a_shopkeeper_and_ten_direct_shopkeepers_a_senior():
    fan_lock = preset("fan-lock")
    fans = MetricKey("fans")
    shopkeepers = MetricKey("members", rank="shopkeeper", scope="direct")
    assert plan.evaluate_rank(fan_lock, {fans: 9}, None) == "fan"
    assert plan.evaluate_rank(fan_lock, {fans: 10}, None) == "shopkeeper"
    assert plan.evaluate_rank(fan_lock, {fans: 500, shopkeepers: 9}, "shopkeeper") == "shopkeeper"
    assert plan.evaluate_rank(fan_lock, {fans: 500, shopkeepers: 10}, "shopkeeper") == "senior"


def test_participants_climb_only_by_what_they_sold_to_others():
    participants = preset("participants")
    sold = MetricKey("own_retail_sales")
    assert participants.metric_keys == {sold}
    assert plan.evaluate_rank(participants, {sold: 299_999}, None) == "promoter"
    assert plan.evaluate_rank(participants, {sold: 300_000}, None) == "shopkeeper"
    assert plan.evaluate_rank(participants, {sold: 3_000_000}, None) == "gold"


def test_progress_shows_each_criterion_up_to_its_threshold():
    above = plan.next_rank(LADDER, "one")
    assert above is not None and above.id == "two"
    reached = {criterion.key.metric: done for criterion, done in plan.progress(above, {MetricKey("fans"): 7})}
    assert reached == {"fans": 3, "own_sales": 0}
    assert plan.next_rank(LADDER, "four") is None


def preset(name: str) -> Plan:
    return plan.loads(plan.preset(name), currency="CNY")
