"""What each rank would earn on a product before it is listed."""

from hypothesis import given
from hypothesis import strategies as st

from shared_core import plan
from shared_core.plan import LineFacts, Plan, SaleTerms
from tests.plan.plans import parties, plans
from tests.plan.test_solvency import offered, yuan


def test_each_rank_sees_its_own_part_and_the_shop_what_is_left():
    """89.00, supply 40.00, fees 0.54 + 1.78: 15 % are 13.35, 18 % are 16.02; a fan earns nothing."""
    tested = plan.loads(plan.preset("fan-lock"), currency="CNY")
    found = plan.what_ranks_earn(tested, offered(8_900, 4_000), SaleTerms(rail_fee_bps=60, platform_fee_bps=200))
    assert [(each.rank, each.earns.minor, each.left.minor) for each in found] == [
        ("fan", 0, 4_668),
        ("shopkeeper", 1_335, 3_333),
        ("senior", 1_602, 3_066),
    ]


@given(plans(), st.integers(0, 10_000), st.integers(0, 12_000))
def test_what_is_promised_is_what_the_seller_is_paid(tested: Plan, price: int, supply: int):
    line = LineFacts(yuan(price), yuan(price - supply), sku="s1")
    for each in plan.what_ranks_earn(tested, offered(price, supply), SaleTerms()):
        paid = plan.share_line(tested, line, parties(seller=each.rank))
        of_seller = sum(share.amount.minor for share in paid if share.payee == "seller")
        everything = sum(share.amount.minor for share in paid)
        assert (each.earns.minor, each.left.minor) == (of_seller, price - supply - everything)
