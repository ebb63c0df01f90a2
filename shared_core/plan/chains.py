"""What the rules give each payee before any amount is known: rates, with differences taken upwards within a chain."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.sharing import ShareRule
from shared_core.plan.schema.terms import Payee
from shared_core.plan.selection import Goods, rule_for

CHAINS: tuple[tuple[Payee, ...], ...] = (
    ("seller", "inviter", "second_inviter"),
    ("host", "host_inviter"),
    ("traffic_referrer",),
    ("team_fund",),
)
"""Who stands above whom; differences are taken upwards within one chain."""


@dataclass(frozen=True, slots=True)
class Due:
    """What a rule gives a payee before any amount is known."""

    payee: Payee
    rule: ShareRule
    rate_bps: int


def dues(plan: Plan, goods: Goods, ranks: Mapping[Payee, str]) -> list[Due]:
    """The rule and the rate of every payee present, differences taken; `ranks` says who is present, with which rank."""

    def rule_of(payee: Payee, rank: str) -> ShareRule | None:
        return rule_for(plan, goods, payee, rank)

    return [due for chain in CHAINS for due in chain_dues(chain, ranks, rule_of)]


def chain_dues(
    chain: Sequence[Payee], ranks: Mapping[Payee, str], rule_of: Callable[[Payee, str], ShareRule | None]
) -> list[Due]:
    """The same for one chain, with the rule of each payee at each rank as it is known."""
    found: list[Due] = []
    reached, below = 0, ""
    for payee in chain:
        if payee not in ranks:
            continue
        rule = rule_of(payee, ranks[payee])
        if rule is not None:
            found.append(Due(payee, rule, _rate(rule, reached, same_rank=ranks[payee] == below)))
            reached = max(reached, rule.rate or 0)
        below = ranks[payee]
    return found


def _rate(rule: ShareRule, reached: int, *, same_rank: bool) -> int:
    if not rule.differential:
        return rule.rate or 0
    difference = max((rule.rate or 0) - reached, 0)
    return rule.same_rank_bonus if difference == 0 and same_rank else difference
