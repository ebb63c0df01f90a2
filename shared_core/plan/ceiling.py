"""The most a plan could ever pay on one line, as a part of the price: exact, over all goods, channels and ranks.

Rates only: what fixed amounts come to depends on the price and is judged with the price list. The margin counts as the
whole price, which is its worst case. The people are taken to be different ones.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from shared_core.plan.chains import CHAINS, Due, dues
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.sharing import ShareRule
from shared_core.plan.schema.terms import CHANNELS, Payee
from shared_core.plan.selection import Goods, rule_for


@dataclass(frozen=True, slots=True)
class WorstCase:
    """The goods and ranks at which most is paid, and what each payee gets there."""

    total_bps: int
    goods: Goods
    ranks: Mapping[Payee, str]
    dues: tuple[Due, ...]


def worst_case(plan: Plan) -> WorstCase:
    """The highest sum of rates, each not above the cap for one person, before the cap for the line."""
    cases = (_worst_for(plan, goods) for goods in kinds_of_goods(plan))
    return max(cases, key=lambda case: case.total_bps)


def kinds_of_goods(plan: Plan) -> Iterable[Goods]:
    """One example of every kind of goods that the rules can tell apart."""
    rules = plan.shares
    dimensions = (
        _kinds([(rule.id, rule.brands) for rule in rules]),
        _kinds([(rule.id, rule.categories) for rule in rules]),
        _kinds([(rule.id, rule.products) for rule in rules]),
        _kinds([(rule.id, rule.skus) for rule in rules]),
    )
    for channel in CHANNELS:
        for brand, category, code, sku in product(*dimensions):
            yield Goods(channel, brand, category, code, sku)


def _kinds(named: list[tuple[str, tuple[str, ...]]]) -> list[str]:
    """The values of one condition, one for each set of rules that name it; "" stands for all others."""
    naming: dict[str, set[str]] = {}
    for rule_id, values in named:
        for value in values:
            naming.setdefault(value, set()).add(rule_id)
    examples = {frozenset(rules): value for value, rules in naming.items()}
    return [*examples.values(), ""]


def _worst_for(plan: Plan, goods: Goods) -> WorstCase:
    ranks: dict[Payee, str] = {}
    for chain in CHAINS:
        best = max(_combinations(plan, goods, chain), key=lambda each: _total(plan, dues(plan, goods, each)))
        ranks.update(best)
    found = dues(plan, goods, ranks)
    return WorstCase(_total(plan, found), goods, ranks, tuple(found))


def _total(plan: Plan, found: list[Due]) -> int:
    return sum(min(due.rate_bps, plan.caps.person) for due in found)


def _combinations(plan: Plan, goods: Goods, chain: tuple[Payee, ...]) -> Iterable[dict[Payee, str]]:
    """The ranks of a chain's people that can make a difference to its sum."""
    examples = {payee: _rank_examples(plan, goods, payee) for payee in chain}
    if any(rule.same_rank_bonus for ranks in examples.values() for rule in ranks.values() if rule is not None):
        choices = [tuple(plan.places) for _ in chain]
    else:
        choices = [tuple(examples[payee]) for payee in chain]
    return (dict(zip(chain, ranks, strict=True)) for ranks in product(*choices))


def _rank_examples(plan: Plan, goods: Goods, payee: Payee) -> dict[str, ShareRule | None]:
    """One rank for each rule the payee could fall under."""
    by_rule: dict[str, tuple[str, ShareRule | None]] = {}
    for rank in plan.places:
        rule = rule_for(plan, goods, payee, rank)
        by_rule.setdefault(rule.id if rule else "", (rank, rule))
    return dict(by_rule.values())
