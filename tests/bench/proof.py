"""How long the proof of solvency takes for a whole catalogue; and what it adds to one order line."""

import random
import time
from collections.abc import Iterator

from shared_core import plan
from shared_core.kernel.money import Money
from shared_core.plan import Offered, Plan, SaleTerms
from tests.bench.figures import Figure, Goal, figure

LISTINGS = 10_000
LISTINGS_QUICK = 500
RANKS = 10
SEED = 20_260_302


def measure(*, quick: bool) -> Iterator[Figure]:
    """Ten ranks; rules by brand, category, product; differences and a bonus among inviters; hosts and referrers."""
    count, repeats = (LISTINGS_QUICK, 1) if quick else (LISTINGS, 5)
    tested, terms = ten_ranks(), SaleTerms(rail_fee_bps=60, platform_fee_bps=200)
    for name, dear in (("all solvent", 40), ("a third at a loss", 70)):
        listings = catalogue(count, dear)
        seconds, lost = [], 0
        for _ in range(repeats):
            started = time.process_time()
            proof = plan.prove(tested, listings, terms)
            seconds.append(time.process_time() - started)
            lost = len(proof.losses)
        note = f"{lost:,} SKUs that can lose money"
        yield figure(f"proof of {count:,} listings, {name}, CPU", seconds, "s", goal=Goal("at most", 2), note=note)


def ten_ranks() -> Plan:
    """A plan with everything a partner might write."""
    text = ['name = "ten-ranks"', "[live]", "enabled = true"]
    for number in range(RANKS):
        text += ["[[ranks]]", f'id = "r{number}"', f'name = "R{number}"']
        if number:
            text.append(f'criteria = [{{ metric = "own_retail_sales", at_least = "{number * 1000}" }}]')
    for number in range(RANKS):
        text += _rule(f"seller-{number}", "seller", 600 + 100 * number, ranks=[f"r{number}"])
        for payee in ("inviter", "second_inviter"):
            more = "differential = true", 'same_rank_bonus = "0.5%"'
            text += _rule(f"{payee}-{number}", payee, 600 + 100 * number, *more, ranks=[f"r{number}"])
        text += _rule(f"host-{number}", "host", 300 + 20 * number, ranks=[f"r{number}"], channels=["live"])
    text += _rule("host-inviter", "host_inviter", 480, "differential = true", channels=["live"])
    text += _rule("referrer", "traffic_referrer", 300)
    text += _rule("referrer-new", "traffic_referrer", 500, 'at_most = "20"', products=["p1", "p2", "p3"])
    for brand in ("b1", "b2", "b3"):
        text += _rule(f"seller-{brand}", "seller", 1_000, brands=[brand])
    for category in ("c1", "c2"):
        text += _rule(f"seller-{category}", "seller", 1_600, categories=[category])
    return plan.loads("\n".join(text), currency="CNY")


def _rule(rule_id: str, payee: str, bps: int, *more: str, **named: list[str]) -> list[str]:
    conditions = [f"{key} = {values}" for key, values in named.items()]
    rate = f'rate = "{bps // 100}.{bps % 100:02d}%"'
    return ["[[shares]]", f'id = "{rule_id}"', f'payee = "{payee}"', rate, *conditions, *more]


def catalogue(count: int, dear: int) -> list[Offered]:
    """Goods of ten brands and categories at random prices; the supply costs up to `dear` percent of the price."""
    dice = random.Random(SEED)
    return [_offered(dice, number, dear) for number in range(count)]


def _offered(dice: random.Random, number: int, dear: int) -> Offered:
    price = dice.randint(500, 60_000)
    supply = price * dice.randint(20, dear + 30) // 100 if dear > 40 else price * dice.randint(20, 60) // 100
    brand, category = f"b{dice.randint(0, 9)}", f"c{dice.randint(0, 9)}"
    code = f"p{number // 3}"
    return Offered(f"sku-{number}", Money(price, "CNY"), Money(supply, "CNY"), brand, category, code)
