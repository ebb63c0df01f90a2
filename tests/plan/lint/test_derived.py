"""Laws of what is computed from a plan, for any plan."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core import plan
from shared_core.plan import PAYEES, LineFacts, Parties, Plan, derived
from tests.plan import plans as any_plans
from tests.plan.lint.cases import INVITER, JOINED, SECOND, made, rising

PRICES = st.integers(0, 5).map(lambda whole: f"{whole}.00")


@st.composite
def joins(draw: st.DrawFn) -> dict[str, Any]:
    """Any way of joining."""
    join: dict[str, Any] = {key: draw(PRICES) for key in ("fee", "deposit", "subscription", "spend")}
    join["how"] = draw(st.sampled_from(["sign_up", "invite_code", "first_order", "spend"]))
    if draw(st.booleans()):
        join["required_purchase"] = {"amount": draw(PRICES), "sku": "PACK"}
    if draw(st.booleans()):
        join["starter_kit"] = {"price": draw(PRICES), "required": draw(st.booleans())}
    return join


def total(parts: list[derived.CostPart]) -> int:
    return sum(part.minor or 0 for part in parts)


def costs(tested: Plan) -> list[int]:
    return [total(derived.entry_cost(tested, role)) for role in derived.roles_of(tested)]


@given(joins())
def test_entry_is_free_exactly_when_nothing_is_paid_and_nothing_bought(join: dict[str, Any]):
    asked = [join[key] for key in ("fee", "deposit", "subscription")]
    asked += [join["spend"]] if join["how"] == "spend" else []
    asked += [join["required_purchase"]["amount"]] if "required_purchase" in join else []
    kit = join.get("starter_kit")
    asked += [kit["price"]] if kit and kit["required"] else []
    free = join["how"] != "first_order" and all(amount == "0.00" for amount in asked)
    assert (derived.entry_costs(made({"join": join})) == []) == free


@given(joins(), st.sampled_from(["fee", "deposit", "subscription"]))
def test_a_higher_charge_never_makes_entry_cheaper(join: dict[str, Any], key: str):
    dearer = {**join, key: "6.00"}
    assert min(costs(made({"join": dearer}))) >= min(costs(made({"join": join})))


@given(joins(), st.integers(1, 9), st.integers(1, 9))
def test_a_role_of_a_higher_rank_never_costs_less(join: dict[str, Any], first: int, second: int):
    ladder = [
        {"id": "a", "name": "A"},
        {"id": "b", "name": "B", "criteria": [{"metric": "own_purchases", "at_least": str(first)}]},
        {"id": "c", "name": "C", "criteria": [{"metric": "own_purchases", "at_least": str(second)}]},
    ]
    roles = [{"id": rank, "name": rank, "from_rank": rank} for rank in "abc"]
    found = costs(made({"join": join, "ranks": ladder, "roles": roles}))
    assert found == sorted(found)


def test_the_cheapest_way_up_counts():
    either = rising(
        {"metric": "own_purchases", "at_least": "399"}, {"metric": "own_retail_sales", "at_least": "399"}, match="any"
    )
    role = [{"id": "up", "name": "Up", "from_rank": "upper"}]
    assert derived.entry_costs(made({"ranks": either, "roles": role})) == []
    both = [{**either[1], "match": "all"}]
    priced = derived.entry_costs(made({"ranks": [either[0], *both], "roles": role}))
    assert [part.minor for part in priced] == [39_900]


def test_a_role_that_neither_earns_nor_invites_may_cost_what_it_likes():
    idle = [{"id": "idle", "name": "Idle", "can_earn": False}]
    assert derived.entry_costs(made({"join": {"fee": "9"}, "roles": idle})) == []
    assert derived.entry_costs(made({"join": {"fee": "9"}, "roles": [{**idle[0], "can_invite": True}]}))


@given(any_plans.plans())
def test_levels_in_the_tree_are_never_fewer_than_levels_paid(tested: Plan):
    levels = derived.tree_levels(tested)
    assert levels is None or levels >= derived.pay_levels(tested)


@given(any_plans.plans())
def test_somebody_upline_is_paid_exactly_when_more_than_one_level_is(tested: Plan):
    assert bool(derived.upline_shares(tested)) == (derived.pay_levels(tested) >= 2)


@given(any_plans.plans())
def test_one_person_never_gets_more_than_all(tested: Plan):
    assert derived.person_stack(tested) <= derived.stack(tested) <= tested.caps.line


@given(any_plans.plans(), any_plans.lines(), any_plans.people())
def test_no_sale_pays_more_than_the_stack(tested: Plan, line: LineFacts, who: Parties):
    paid = sum(share.amount.minor for share in plan.share_line(tested, line, who))
    assert paid * 10_000 <= derived.stack(tested) * max(line.goods_net.minor, 0)


@given(st.integers(1, 500), st.integers(1, 500), st.integers(100, 10_000))
def test_fixed_amounts_count_up_to_the_cap(fixed: int, price: int, cap: int):
    shares = [{"id": "s", "payee": "seller", "fixed": f"{fixed}.00"}]
    tested = made({"shares": shares, "caps": {"line": f"{cap // 100}.{cap % 100:02d}%", "person": "100%"}})
    line = any_plans.line(price * 100)
    paid = plan.share_line(tested, line, any_plans.parties(seller="member"))
    assert sum(share.amount.minor for share in paid) * 10_000 <= derived.stack(tested) * line.goods_net.minor


def test_every_payee_has_a_depth_and_only_those_who_made_the_sale_have_none():
    assert set(derived.EDGES) == set(PAYEES)
    assert {payee for payee, edges in derived.EDGES.items() if edges == 0} == {"seller", "host", "traffic_referrer"}


@pytest.mark.parametrize(
    ("changes", "add", "levels"),
    [
        ({}, (), 1),
        ({}, (INVITER,), 2),
        ({}, (INVITER, SECOND), 3),
        ({}, (JOINED,), 2),
        ({"ranks": rising({"metric": "fans", "at_least": 1})}, (), 2),
        ({"ranks": rising({"metric": "own_retail_sales", "at_least": "1"})}, (), 1),
        ({"ranks": rising({"metric": "team_sales", "at_least": "1"})}, (), None),
        ({"ranks": rising({"metric": "members", "rank": "member", "scope": "team", "at_least": 1})}, (), None),
        ({"ranks": rising({"metric": "members", "rank": "member", "at_least": 1})}, (), 2),
        ({"ranks": rising({"metric": "members", "rank": "upper", "at_least": 1})}, (), None),
    ],
)
def test_levels_by_hand(changes: dict[str, Any], add: tuple[Any, ...], levels: int | None):
    assert derived.tree_levels(made(changes, add=add)) == levels


def test_ranks_that_rest_on_ranks_reach_further_down():
    fan_lock = plan.loads(plan.preset("fan-lock"), currency="CNY")
    assert (derived.pay_levels(fan_lock), derived.tree_levels(fan_lock)) == (2, 3)


@given(st.sampled_from(["member_joined", "rank_up", "invite_used", "pack_sold"]), st.sampled_from(PAYEES))
def test_every_trigger_but_a_sale_pays_for_recruiting(trigger: str, payee: str):
    rule = {"id": "r", "payee": payee, "rate": "1%", "trigger": trigger}
    tested = made(add=(rule,))
    assert [each.id for _, each in derived.recruit_triggers(tested)] == ["r"]
    assert "r" not in [each.id for _, each in derived.order_shares(tested)]


@given(st.sampled_from(["fee", "deposit", "subscription"]), st.sampled_from(["own_sales", "own_retail_sales"]))
def test_a_share_of_nothing_is_no_share(key: str, metric: str):
    nothing = {"id": "up", "payee": "inviter", "rate": "0%"}
    tested = made({"join": {key: "0"}, "ranks": rising({"metric": metric, "at_least": "1"})}, add=(nothing,))
    assert derived.upline_shares(tested) == [] and derived.entry_costs(tested) == []
    assert not derived.rewards_recruiting(tested)
