"""The share table of a plan as arrays: which rule applies to which goods, payee and rank, and what each rule gives."""

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from shared_core.plan import selection
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.sharing import ShareRule
from shared_core.plan.schema.terms import PAYEES, Payee
from shared_core.plan.selection import Goods

Numbers = npt.NDArray[Any]
"""Whole numbers: 64 bits wide, or Python's own where amounts are so large that their products would not fit."""
Flags = npt.NDArray[np.bool_]

ABSENT = -1
"""No such person, no such rule."""
FUND = -2
"""Stands where a member would: the team fund, which is nobody in person."""
UNLIMITED = 2**62
COLUMN: dict[Payee, int] = {payee: column for column, payee in enumerate(PAYEES)}
"""Where each payee stands in every array of people."""


class ShareTable:
    """Compiled from a plan; kinds of goods are added when they are first asked for.

    Ranks are places on the ladder; `nameless` stands for a rank that the plan does not have. The last entry of every
    array by rule is what no rule gives, so that ABSENT finds it.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.rules: tuple[ShareRule, ...] = tuple(rule for rule in plan.shares if rule.trigger == "order")
        self.nameless = len(plan.ranks)
        self._places = {rule.id: place for place, rule in enumerate(self.rules)}
        self._kinds: dict[Goods, int] = {}
        self._applying: list[Numbers] = []
        self._stacked: Numbers | None = None

    @cached_property
    def rates(self) -> Numbers:
        """Basis points; 0 for a fixed amount."""
        return np.array([*(rule.rate or 0 for rule in self.rules), 0])

    @cached_property
    def fixed(self) -> Numbers:
        """Minor units for each piece; 0 for a rate."""
        return np.array([*(rule.fixed or 0 for rule in self.rules), 0], dtype=object)

    @cached_property
    def is_fixed(self) -> Flags:
        return np.array([*(rule.fixed is not None for rule in self.rules), False])

    @cached_property
    def of_margin(self) -> Flags:
        return np.array([*(rule.basis == "margin" for rule in self.rules), False])

    @cached_property
    def at_most(self) -> Numbers:
        return np.array([*(UNLIMITED if rule.at_most is None else rule.at_most for rule in self.rules), 0])

    @cached_property
    def differential(self) -> Flags:
        return np.array([*(rule.differential for rule in self.rules), False])

    @cached_property
    def bonus(self) -> Numbers:
        """What an inviter of the same rank gets where there is no difference, in basis points."""
        return np.array([*(rule.same_rank_bonus for rule in self.rules), 0])

    @cached_property
    def has_fund(self) -> bool:
        return any(rule.payee == "team_fund" for rule in self.rules)

    @property
    def applying(self) -> Numbers:
        """[kind of goods, payee, rank] -> the place of the rule in `rules`, ABSENT where there is none."""
        if self._stacked is None:
            self._stacked = np.stack(self._applying)
        return self._stacked

    def kind(self, goods: Goods) -> int:
        """The number of this kind of goods: goods that no rule can tell apart have the same."""
        known = self._named
        told = Goods(
            channel=goods.channel,
            brand=goods.brand if goods.brand in known["brands"] else "",
            category=goods.category if goods.category in known["categories"] else "",
            product=goods.product if goods.product in known["products"] else "",
            sku=goods.sku if goods.sku in known["skus"] else "",
        )
        if told not in self._kinds:
            self._kinds[told] = len(self._applying)
            self._applying.append(self._rules_for(told))
            self._stacked = None
        return self._kinds[told]

    def rank(self, rank_id: str) -> int:
        return self.plan.places.get(rank_id, self.nameless)

    def rank_id(self, place: int) -> str:
        return "" if place == self.nameless else self.plan.ranks[place].id

    @cached_property
    def _named(self) -> dict[str, frozenset[str]]:
        """The values that some rule names, by condition."""
        return {
            condition: frozenset(value for rule in self.rules for value in getattr(rule, condition))
            for condition in ("brands", "categories", "products", "skus")
        }

    def _rules_for(self, goods: Goods) -> Numbers:
        ranks = [*self.plan.places, ""]
        found = [[selection.rule_for(self.plan, goods, payee, rank) for rank in ranks] for payee in PAYEES]
        return np.array([[ABSENT if rule is None else self._places[rule.id] for rule in row] for row in found])


def table_of(plan: Plan) -> ShareTable:
    """The plan's table, compiled once."""
    table = plan.compiled
    if not isinstance(table, ShareTable) or table.plan is not plan:  # a copy with other rules compiles its own
        table = ShareTable(plan)
        plan.keep_compiled(table)
    return table
