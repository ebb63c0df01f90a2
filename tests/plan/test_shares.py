"""Shares: laws over any plan, line and people; figures by hand."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core import plan
from shared_core.kernel.money import Money
from shared_core.plan import LineFacts, Parties, Party, Plan, share_line
from tests.plan.plans import LADDER, line, lines, parties, people, plans, read, rule


def amounts(tested: Plan, facts: LineFacts, who: Parties) -> dict[str, int]:
    return {share.payee: share.amount.minor for share in share_line(tested, facts, who)}


@given(plans(), lines(), people())
def test_the_sum_of_shares_never_exceeds_what_was_paid_and_none_is_negative(
    tested: Plan, facts: LineFacts, who: Parties
):
    shares = share_line(tested, facts, who)
    assert all(share.amount.minor > 0 for share in shares)
    assert sum(share.amount.minor for share in shares) <= facts.goods_net.minor
    of_margin = sum(share.amount.minor for share in shares if share.basis == "margin")
    assert of_margin <= max(facts.margin.minor, 0)


@given(plans(), lines(), people())
def test_nobody_gets_more_than_the_cap_for_a_person(tested: Plan, facts: LineFacts, who: Parties):
    shares = share_line(tested, facts, who)
    limit = facts.goods_net.minor * tested.caps.person // 10_000
    for person in {share.member_id for share in shares} - {None}:
        assert sum(share.amount.minor for share in shares if share.member_id == person) <= limit


@given(plans(), lines(), people())
def test_the_worst_case_is_never_exceeded(tested: Plan, facts: LineFacts, who: Parties):
    worst = plan.worst_case(tested).total_bps
    paid = sum(share.amount.minor for share in share_line(tested, facts, who))
    assert paid * 10_000 <= facts.goods_net.minor * worst


@given(plans(), lines(), people(), st.randoms(use_true_random=False))
def test_the_order_of_the_rules_in_the_file_changes_nothing(tested, facts, who, dice):
    shuffled = list(tested.shares)
    dice.shuffle(shuffled)
    assert share_line(tested.model_copy(update={"shares": tuple(shuffled)}), facts, who) == share_line(
        tested, facts, who
    )


@given(plans(), lines(), people())
def test_the_buyer_earns_only_where_the_plan_says_so(tested: Plan, facts: LineFacts, who: Parties):
    if tested.self_purchase.pays != "everybody" and who.buyer_id is not None:
        assert who.buyer_id not in {share.member_id for share in share_line(tested, facts, who)}


@given(lines(), people())
def test_a_zero_rate_pays_nothing(facts: LineFacts, who: Parties):
    nothing = read(LADDER + rule("a", rate="0%") + rule("b", "inviter", rate="0.00%", basis="margin"))
    assert share_line(nothing, facts, who) == []


def test_the_worked_example_is_paid_to_the_cent():
    """89.00 of goods: seller 15 % = 13.35, host 5 % = 4.45, traffic referrer 3 % = 2.67, together 20.47."""
    tested = plan.loads(plan.preset("participants"), currency="CNY")
    who = parties(seller="gold", host="promoter", traffic_referrer="promoter")
    found = amounts(tested, line(8_900, 4_900, channel="live"), who)
    assert found == {"seller": 1335, "host": 445, "traffic_referrer": 267}
    assert sum(found.values()) == 2047


def test_fan_lock_pays_the_seller_and_the_one_whose_fan_the_seller_is():
    """99.00: a shopkeeper sells, 15 % = 14.85; a senior above, 5 % = 4.95. A mere fan earns nothing."""
    tested = plan.loads(plan.preset("fan-lock"), currency="CNY")
    assert amounts(tested, line(9_900), parties(seller="shopkeeper", inviter="senior")) == {
        "seller": 1485,
        "inviter": 495,
    }
    assert amounts(tested, line(9_900), parties(seller="fan", inviter="fan")) == {}


def test_outlet_pays_nobody():
    tested = plan.loads(plan.preset("outlet"), currency="JPY")
    assert share_line(tested, line(9_900, currency="JPY"), parties(seller="customer", inviter="customer")) == []


def test_the_most_specific_rule_wins_whatever_the_order():
    texts = [
        rule("any", rate="1%"),
        rule("rank", ranks=("gold",), rate="2%"),
        rule("channel", channels=("live",), rate="3%"),
        rule("category", categories=("shoes",), rate="4%"),
        rule("brand", brands=("acme",), rate="5%"),
        rule("product", products=("p1",), rate="6%"),
        rule("sku", skus=("s1",), rate="7%"),
    ]
    facts = {"channel": "live", "category": "shoes", "brand": "acme", "product": "p1", "sku": "s1"}
    for order in itertools.islice(itertools.permutations(texts), 0, 5_040, 97):
        tested = read(LADDER + "[live]\nenabled = true\n" + "".join(order))
        expected = [700, 600, 500, 400, 300, 200]
        named = dict(facts)
        for dropped in ["sku", "product", "brand", "category", "channel", None]:
            share = share_line(tested, line(**named), parties(seller="gold"))[0]
            assert share.amount.minor == expected.pop(0)
            named = {**named, dropped: "shop" if dropped == "channel" else ""} if dropped else named


def test_between_equally_specific_rules_the_narrower_wins_then_the_first_id():
    narrow = rule("b", channels=("live",), rate="1%") + rule("a", channels=("live", "group"), rate="2%")
    tested = read("[live]\nenabled = true\n" + narrow)
    assert amounts(tested, line(channel="live"), parties(seller="member")) == {"seller": 100}
    equal = rule("b", brands=("x", "y"), rate="1%") + rule("a", brands=("y", "z"), rate="2%")
    assert amounts(read(equal), line(brand="y"), parties(seller="member")) == {"seller": 200}


def test_the_margin_is_what_is_left_of_the_price_after_supply_and_a_loss_shares_nothing():
    tested = read(rule("a", rate="50%", basis="margin"))
    assert amounts(tested, line(10_000, 3_001), parties(seller="member")) == {"seller": 1500}
    assert amounts(tested, line(10_000, -5), parties(seller="member")) == {}


def test_a_fixed_share_is_paid_for_every_piece_and_never_above_the_price():
    tested = read(rule("a", fixed="5"))
    assert amounts(tested, line(10_000, quantity=3), parties(seller="member")) == {"seller": 1500}
    assert amounts(tested, line(700, quantity=3), parties(seller="member")) == {"seller": 700}


def test_a_rule_can_limit_what_it_pays_on_a_line():
    tested = read(rule("a", rate="50%", at_most="12"))
    share = share_line(tested, line(10_000), parties(seller="member"))[0]
    assert (share.amount.minor, share.uncapped.minor) == (1200, 5000)


def test_a_person_in_two_roles_is_capped_once():
    """20 % as seller and 20 % as host of 100.00 are 40.00; the cap of 30 % leaves 15.00 + 15.00."""
    text = rule("a", rate="20%") + rule("b", "host", rate="20%")
    tested = read('[caps]\nperson = "30%"\n[live]\nenabled = true\n' + text)
    both = Parties({"seller": Party(7, "member"), "host": Party(7, "member")})
    assert amounts(tested, line(10_000), both) == {"seller": 1500, "host": 1500}
    assert amounts(tested, line(10_000), parties(seller="member", host="member")) == {"seller": 2000, "host": 2000}


def test_the_cap_of_the_line_shrinks_all_in_proportion_and_the_store_keeps_the_cent():
    text = rule("a", rate="20%") + rule("b", "host", rate="10%")
    tested = read('[caps]\nline = "25%"\n[live]\nenabled = true\n' + text)
    assert amounts(tested, line(101), parties(seller="member", host="member")) == {"seller": 16, "host": 8}


DIFFERENCES = (
    rule("s1", ranks=("bronze",), rate="10%")
    + rule("s2", ranks=("silver",), rate="15%")
    + rule("s3", ranks=("gold",), rate="20%")
)
for _payee in ("inviter", "second_inviter"):
    for _rank, _rate in (("bronze", "10%"), ("silver", "15%"), ("gold", "20%")):
        DIFFERENCES += rule(
            f"{_payee}-{_rank}", _payee, ranks=(_rank,), rate=_rate, differential=True, same_rank_bonus="1%"
        )


@pytest.mark.parametrize(
    ("ranks", "paid"),
    [
        (("bronze", "silver", "gold"), (1000, 500, 500)),
        (("bronze", "gold", "silver"), (1000, 1000, 0)),
        (("gold", "bronze", "silver"), (2000, 0, 0)),
        (("silver", "silver", "gold"), (1500, 100, 500)),
        (("gold", "gold", "gold"), (2000, 100, 100)),
        (("bronze", "bronze", "bronze"), (1000, 100, 100)),
    ],
)
def test_each_inviter_gets_the_difference_to_the_highest_rate_below(ranks: tuple[str, ...], paid: tuple[int, ...]):
    tested = read(LADDER + DIFFERENCES)
    payees = ("seller", "inviter", "second_inviter")
    found = amounts(tested, line(10_000), parties(**dict(zip(payees, ranks, strict=True))))
    assert tuple(found.get(payee, 0) for payee in payees) == paid


def test_the_worst_case_of_differences_is_the_highest_rate_and_the_bonuses():
    worst = plan.worst_case(read(LADDER + DIFFERENCES))
    assert worst.total_bps == 2000 + 100 + 100
    assert set(worst.ranks.values()) >= {"gold"}


def test_a_team_fund_needs_nobody_in_person():
    tested = read(rule("a", "team_fund", rate="2%"))
    share = share_line(tested, line(10_000), Parties({}))[0]
    assert (share.payee, share.member_id, share.amount.minor) == ("team_fund", None, 200)


@pytest.mark.parametrize(
    ("policy", "paid"),
    [
        ("others", {"inviter": 300}),
        ("nobody", {}),
        ("everybody", {"seller": 1000, "inviter": 300}),
    ],
)
def test_buying_from_oneself(policy: str, paid: dict[str, int]):
    text = rule("a", rate="10%") + rule("b", "inviter", rate="3%")
    tested = read(f'[self_purchase]\npays = "{policy}"\n' + text)
    assert amounts(tested, line(10_000), parties(buyer=1, seller="member", inviter="member")) == paid


def test_shares_that_pay_for_recruiting_are_never_part_of_an_order():
    tested = read(rule("a", "inviter", fixed="50", trigger="member_joined"))
    assert share_line(tested, line(10_000), parties(seller="member", inviter="member")) == []


def test_a_quote_is_what_is_paid_and_names_exactly_this_promise():
    tested = plan.loads(plan.preset("participants"), currency="CNY")
    who = Parties({"seller": Party(7, "gold"), "host": Party(7, "gold")})
    quoted = plan.quote(tested, line(8_900, channel="live"), who, 7)
    assert quoted.amount == Money(1335 + 445, "CNY")
    assert quoted == plan.quote(tested, line(8_900, channel="live"), who, 7)
    assert quoted.code != plan.quote(tested, line(8_901, channel="live"), who, 7).code
    assert plan.quote(tested, line(8_900), who, 8).amount == Money(0, "CNY")


def test_a_page_of_quotes_is_each_of_them_alone():
    tested = plan.loads(plan.preset("participants"), currency="CNY")
    who = Parties({"seller": Party(7, "gold"), "host": Party(7, "gold")})
    page = [line(8_900, channel="live"), line(8_900), line(1)]
    assert plan.quotes(tested, page, who, 7) == [plan.quote(tested, each, who, 7) for each in page]
    assert plan.quotes(tested, [], who, 7) == []


@pytest.mark.parametrize(
    ("claims", "winner"),
    [
        ({"link": 1, "room": 2, "lock": 3}, ("link", 1)),
        ({"room": 2, "lock": 3}, ("room", 2)),
        ({"lock": 3}, ("lock", 3)),
        ({}, None),
    ],
)
def test_the_plans_precedence_picks_the_seller(claims, winner):
    participants = plan.loads(plan.preset("participants"), currency="CNY")
    assert plan.choose_seller(participants, claims) == winner


def test_a_claim_the_plan_leaves_out_never_counts():
    outlet = plan.loads(plan.preset("outlet"), currency="CNY")
    assert plan.choose_seller(outlet, {"link": 1, "lock": 2}) is None


def test_no_lines_have_no_shares_even_of_a_plan_that_saw_no_goods_yet():
    assert plan.share_lines(read(rule("seller", rate="5%")), [], parties()) == []
