"""The steps that are kept with a share lead to its amount, for any plan, line and people."""

from hypothesis import given

from shared_core import plan
from shared_core.plan import LineFacts, Parties, Plan
from tests.plan.plans import line, lines, parties, people, plans, read, rule


def walked(uncapped: int, cuts: tuple[plan.Cut, ...]) -> int:
    """The amount by the formula that an explanation prints."""
    amount = uncapped
    for cut in cuts:
        amount = min(amount, cut.most) if cut.limit == "rule" else amount * cut.most // cut.together
        assert amount == cut.left
    return amount


@given(plans(), lines(), people())
def test_the_steps_lead_from_the_rule_to_the_amount(growth: Plan, sold: LineFacts, who: Parties):
    for share in plan.share_line(growth, sold, who):
        steps = plan.show_working(growth, sold, who, share, None)
        own = next(rule for rule in growth.shares if rule.id == share.rule_id)
        assert walked(share.uncapped.minor, steps.cuts) == share.amount.minor
        if steps.reached_bps is None:
            assert share.rate_bps == (own.rate or 0)
        else:
            assert share.rate_bps in (max((own.rate or 0) - steps.reached_bps, 0), own.same_rank_bonus)
        assert plan.Working.of(steps.as_dict()) == steps


@given(plans(), lines(), people())
def test_what_stood_beside_the_price_is_what_the_page_quotes(growth: Plan, sold: LineFacts, who: Parties):
    """One piece in the shop, nobody known to buy it."""
    [shown] = plan.promises(growth, [sold], who)
    seller = who.by_payee.get("seller")
    if seller is None or seller.member_id is None:
        assert shown is None
        return
    pieces = sold.quantity
    beside = LineFacts(
        type(sold.goods_net)(sold.goods_net.minor // pieces, growth.currency),
        type(sold.margin)(sold.margin.minor // pieces, growth.currency),
        brand=sold.brand,
        category=sold.category,
        product=sold.product,
        sku=sold.sku,
    )
    quoted = plan.quote(growth, beside, Parties(who.by_payee), seller.member_id)
    assert (shown.code, shown.minor) == (quoted.code, quoted.amount.minor) if shown else not quoted.amount


def cuts_of(text: str, sold: LineFacts, **ranks: str) -> dict[str, list[tuple[str, int, int, int]]]:
    growth, who = read(text + "[live]\nenabled = true\n"), parties(**ranks)
    return {
        share.payee: [
            (cut.limit, cut.most, cut.together, cut.left)
            for cut in plan.show_working(growth, sold, who, share, None).cuts
        ]
        for share in plan.share_line(growth, sold, who)
    }


def test_each_limit_says_what_it_made_of_the_share():
    """On 100.00: 40 % and 20 % under a line cap of 45 % come to 60.00, so 40.00 is 30.00 and 20.00 is 15.00."""
    both = rule("s", rate="40%") + rule("i", "inviter", rate="20%")
    assert cuts_of(both + '[caps]\nline = "45%"\n', line(10_000), seller="", inviter="") == {
        "seller": [("line", 4_500, 6_000, 3_000)],
        "inviter": [("line", 4_500, 6_000, 1_500)],
    }
    assert cuts_of(rule("s", rate="40%", at_most="7"), line(10_000), seller="") == {
        "seller": [("rule", 700, 4_000, 700)]
    }


def test_one_person_in_two_roles_is_capped_once():
    """10 % and 5 % of 100.00 in one hand under a cap of 12 %: 15.00 becomes 12.00, 10.00 of it 8.00."""
    text = rule("s", rate="10%") + rule("h", "host", rate="5%", channels=("live",)) + '[caps]\nperson = "12%"\n'
    growth = read(text + "[live]\nenabled = true\n")
    who = Parties({"seller": plan.Party(1), "host": plan.Party(1)})
    sold = line(10_000, channel="live")
    [seller, host] = plan.share_line(growth, sold, who)
    assert plan.show_working(growth, sold, who, seller, None).cuts == (plan.Cut("person", 1_200, 1_500, 800),)
    assert (seller.amount.minor, host.amount.minor) == (800, 400)
