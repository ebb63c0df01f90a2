"""The worst case is exact: equal to trying everything."""

import itertools

from hypothesis import given

from shared_core import plan
from shared_core.kernel.money import Money
from shared_core.plan import PAYEES, LineFacts, Parties, Party, Plan, share_line
from tests.plan.plans import CONDITIONS, RANKS, plans

PRICE = 10_000 * 10_000  # every rate of it is whole


@given(plans())
def test_some_sale_really_pays_the_worst_case(tested: Plan):
    worst = plan.worst_case(tested)
    goods = worst.goods
    facts = LineFacts(
        Money(PRICE, "CNY"),
        Money(PRICE, "CNY"),
        channel=goods.channel,
        brand=goods.brand,
        category=goods.category,
        product=goods.product,
        sku=goods.sku,
    )
    numbers = {payee: number for number, payee in enumerate(PAYEES)}
    who = Parties({payee: Party(numbers[payee], rank) for payee, rank in worst.ranks.items() if payee != "team_fund"})
    paid = sum(share.amount.minor for share in share_line(tested, facts, who))
    assert paid == PRICE // 10_000 * worst.total_bps


def test_trying_every_sale_finds_no_worse_case():
    tested = plan.loads(plan.preset("participants"), currency="CNY")
    found = 0
    people = ("seller", "host", "traffic_referrer")
    for channel, ranks in itertools.product(
        CONDITIONS["channels"], itertools.product(tested.places, repeat=len(people))
    ):
        who = Parties({payee: Party(n, rank) for n, (payee, rank) in enumerate(zip(people, ranks, strict=True))})
        facts = LineFacts(Money(PRICE, "CNY"), Money(PRICE, "CNY"), channel=channel)
        found = max(found, sum(share.amount.minor for share in share_line(tested, facts, who)))
    assert found == PRICE // 10_000 * plan.worst_case(tested).total_bps == PRICE * 23 // 100


def test_ranks_of_the_tested_ladder_are_those_the_conditions_name():
    assert CONDITIONS["ranks"] == RANKS
