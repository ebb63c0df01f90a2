"""Which rule of the share table applies: for each payee the most specific one that fits the goods and the rank."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared_core.plan.roles import may
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.sharing import ShareRule
from shared_core.plan.schema.terms import Channel, Payee


@dataclass(frozen=True, slots=True)
class Goods:
    """What rules can ask about a line."""

    channel: Channel = "shop"
    brand: str = ""
    category: str = ""
    product: str = ""
    sku: str = ""


def rule_for(plan: Plan, goods: Goods, payee: Payee, rank: str) -> ShareRule | None:
    """The most specific rule of the plan that fits; None when the payee gets nothing here."""
    if not may_be_paid(plan, payee, rank):
        return None
    fitting = [rule for rule in plan.shares if rule.payee == payee and rule.trigger == "order"]
    fitting = [rule for rule in fitting if fits(rule, goods, rank)]
    return min(fitting, key=specificity, default=None)


def may_be_paid(plan: Plan, payee: Payee, rank: str) -> bool:
    """Whether the plan lets somebody of this rank earn; the team fund is nobody in person."""
    return payee == "team_fund" or may(plan, "earn", rank=rank)


def fits(rule: ShareRule, goods: Goods, rank: str) -> bool:
    """Whether every condition the rule names is met; a condition it does not name always is."""
    return fits_goods(rule, goods) and (not rule.ranks or rank in rule.ranks)


def fits_goods(rule: ShareRule, goods: Goods) -> bool:
    """The same without the rank."""
    named: tuple[tuple[Sequence[str], str], ...] = (
        (rule.skus, goods.sku),
        (rule.products, goods.product),
        (rule.brands, goods.brand),
        (rule.categories, goods.category),
        (rule.channels, goods.channel),
    )
    return all(value in wanted for wanted, value in named if wanted)


def specificity(rule: ShareRule) -> tuple[object, ...]:
    """Sorts the more specific rule first, whatever the order in the file.

    A rule that names the SKU goes before one that does not; then product, brand, category, channel, rank. Of two that
    name the same conditions the one with fewer values goes first; of two still equal the one whose id sorts first.
    """
    conditions = (rule.skus, rule.products, rule.brands, rule.categories, rule.channels, rule.ranks)
    return (*(not each for each in conditions), *(len(each) for each in conditions), rule.id)
