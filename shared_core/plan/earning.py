"""What a seller of each rank would earn on one piece, before it is listed."""

from dataclasses import dataclass

from shared_core.kernel.money import Money
from shared_core.plan.schema.plan import Plan
from shared_core.plan.selling import Offered, SaleTerms, line_left
from shared_core.plan.shares import LineFacts, Parties, Party, share_line


@dataclass(frozen=True, slots=True)
class RankEarns:
    """What the seller gets, and what is left to the shop when nobody else takes part."""

    rank: str
    earns: Money
    left: Money


def what_ranks_earn(plan: Plan, offered: Offered, terms: SaleTerms) -> tuple[RankEarns, ...]:
    """From the lowest rank up, for one piece sold in the shop to somebody else. The supply price must be known."""
    assert offered.supply_price is not None, f"{offered.sku} has no cost"
    line = LineFacts(
        goods_net=offered.price,
        margin=offered.price - offered.supply_price,
        brand=offered.brand,
        category=offered.category,
        product=offered.product,
        sku=offered.sku,
    )
    found = []
    for rank in plan.places:
        shares = share_line(plan, line, Parties({"seller": Party(1, rank)}))
        earns = sum((share.amount for share in shares if share.payee == "seller"), Money(0, plan.currency))
        found.append(RankEarns(rank, earns, line_left(offered.price, offered.supply_price, shares, terms)))
    return tuple(found)
