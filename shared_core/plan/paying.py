"""Who earns what on many order lines at once: the one place where shares are reckoned.

Production asks with the lines of an order or a page with its goods; a million lines at once get the same cents. Order
of decisions for each payee: is there such a person, which rule applies, what is the rate after differences, may they
earn on this purchase, what is the amount, then the caps. Every division rounds down; the store keeps what is left over.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from shared_core.kernel.money import BPS_WHOLE
from shared_core.plan.chains import CHAINS
from shared_core.plan.schema.plan import Plan
from shared_core.plan.table import ABSENT, COLUMN, FUND, Flags, Numbers, ShareTable, table_of

PRODUCT_SAFE_BELOW = 2**31
"""Amounts below this can be multiplied with one another in 64 bits."""


@dataclass(frozen=True, slots=True)
class Sales:
    """Order lines, one entry each. `goods` and `margin` in minor units; `kind` as the plan's table numbers it."""

    kind: Numbers
    goods: Numbers
    margin: Numbers
    quantity: Numbers


@dataclass(frozen=True, slots=True)
class Takers:
    """Who took part, [line, payee] in the order of `PAYEES`; ABSENT where nobody did, FUND for the team fund.

    `ranks` are places on the ladder. `buyers` is by line, ABSENT where the buyer is not known.
    """

    members: Numbers
    ranks: Numbers
    buyers: Numbers


@dataclass(frozen=True, slots=True)
class Paid:
    """What comes of it, [line, payee]. `rules` are places in the table; `rates` are after differences.

    `uncapped` is what the rule gives before its own limit and the plan's caps; `amounts` is what is paid.
    """

    rules: Numbers
    rates: Numbers
    uncapped: Numbers
    amounts: Numbers


def let_go(_amounts: Numbers) -> None:
    """What a million lines came to on the way is not kept."""


def pay(plan: Plan, sales: Sales, takers: Takers, *, note: Callable[[Numbers], None] = let_go) -> Paid:
    """Every share of every line. Together they never exceed the goods paid, nor those of the margin the margin.

    `note` is told the amounts after each limit but the last, for whoever explains them.
    """
    table = table_of(plan)
    rules, rates = rates_of(table, sales.kind, takers)
    sales = _wide_enough(table, sales)
    margin = np.maximum(sales.margin, 0)
    base = np.where(table.of_margin[rules], margin[:, None], sales.goods[:, None])
    fixed = table.fixed.astype(sales.goods.dtype)
    full = np.where(table.is_fixed[rules], fixed[rules] * sales.quantity[:, None], _part(base, rates))
    earning = (rules != ABSENT) & _may_earn(plan, takers)
    amounts = np.where(earning, np.minimum(full, table.at_most[rules]), 0)
    note(amounts)
    amounts = _shrink(amounts, table.of_margin[rules], margin)
    note(amounts)
    amounts = _cap_people(amounts, takers.members, sales.goods * plan.caps.person // BPS_WHOLE)
    note(amounts)
    amounts = _shrink(amounts, np.ones_like(earning), sales.goods * plan.caps.line // BPS_WHOLE)
    return Paid(np.where(earning, rules, ABSENT), rates, full, amounts)


def rates_of(table: ShareTable, kind: Numbers, takers: Takers) -> tuple[Numbers, Numbers]:
    """The rule and the rate of everybody present, [line, payee], differences taken."""
    present = takers.members != ABSENT
    columns = np.arange(len(COLUMN))
    ranks = np.where(present, takers.ranks, table.nameless)
    rules = np.where(present, table.applying[kind[:, None], columns, ranks], ABSENT)
    own = table.rates[rules]
    rates = own.copy()
    for chain in CHAINS:
        reached, below = np.zeros_like(kind), np.full_like(kind, ABSENT)
        for column in (COLUMN[payee] for payee in chain):
            rule, rate = rules[:, column], own[:, column]
            difference = _difference(rate, reached)
            same_rank = (difference == 0) & (takers.ranks[:, column] == below)
            rates[:, column] = np.where(
                table.differential[rule], np.where(same_rank, table.bonus[rule], difference), rate
            )
            reached = np.where(rule == ABSENT, reached, np.maximum(reached, rate))
            below = np.where(present[:, column], takers.ranks[:, column], below)
    return rules, rates


def _part(base: Numbers, rates: Numbers) -> Numbers:
    """Basis points of the base, rounded down."""
    return np.asarray(base * rates // BPS_WHOLE)


def _difference(rate: Numbers, reached: Numbers) -> Numbers:
    """What a rate exceeds the highest rate already reached below; nobody pays in."""
    return np.asarray(np.maximum(rate - reached, 0))


def _may_earn(plan: Plan, takers: Takers) -> Flags:
    policy, buyer = plan.self_purchase.pays, takers.buyers[:, None]
    if policy == "everybody":
        return np.ones(takers.members.shape, dtype=bool)
    others: Flags = (takers.members != buyer) | (buyer == ABSENT)
    if policy == "nobody":
        seller = takers.members[:, COLUMN["seller"], None]
        others &= (seller != buyer) | (buyer == ABSENT)
    return others


def _cap_people(amounts: Numbers, members: Numbers, limit: Numbers) -> Numbers:
    """Whoever earns in several roles is capped once; the fund is nobody and has no cap."""
    same = members[:, :, None] == members[:, None, :]
    together = (same * amounts[:, None, :]).sum(axis=2)
    over = (together > limit[:, None]) & (members != FUND)
    shrunk = amounts * limit[:, None] // np.maximum(together, 1)
    return np.where(over, shrunk, amounts)


def _shrink(amounts: Numbers, concerned: Flags, limit: Numbers) -> Numbers:
    """The concerned amounts of each line in proportion, where together they exceed its limit."""
    together = np.where(concerned, amounts, 0).sum(axis=1)
    over = concerned & (together > limit)[:, None]
    return np.where(over, amounts * limit[:, None] // np.maximum(together, 1)[:, None], amounts)


def _wide_enough(table: ShareTable, sales: Sales) -> Sales:
    """The same sales in 64 bits, or in Python's numbers where a product of two amounts would not fit."""
    pieces = int(sales.quantity.max(initial=1)) * int(table.fixed.max(initial=0))
    largest = max(int(sales.goods.max(initial=0)), int(abs(sales.margin).max(initial=0)), pieces)
    dtype = np.int64 if largest < PRODUCT_SAFE_BELOW else object
    return Sales(sales.kind, sales.goods.astype(dtype), sales.margin.astype(dtype), sales.quantity.astype(dtype))
