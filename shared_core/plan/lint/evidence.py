"""What a rule is given and what it answers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from shared_core.kernel.i18n import N_
from shared_core.kernel.tomlfile import KeyPath
from shared_core.plan.schema.plan import Plan

LintSeverity = Literal["block", "override", "warn", "info"]
SEVERITIES: tuple[LintSeverity, ...] = ("block", "override", "warn", "info")
"""Worst first. "block" stops a plan, "override" stops it unless a named person answers for it."""

Need = Literal[
    "downline_retail_bps", "company_retail_bps", "recruit_income_bps", "payout_gap_bps", "cost_bps", "shop_texts"
]
NEEDS: Mapping[Need, str] = {
    "downline_retail_bps": N_("who paid for the sales on which uplines earn: participants or others"),
    "company_retail_bps": N_("which part of all revenue came from people who do not take part in the plan"),
    "recruit_income_bps": N_("which part of members' income comes from bringing in others"),
    "payout_gap_bps": N_("a simulation in which recruiting stops"),
    "cost_bps": N_("what the dearest goods cost, fees included"),
    "shop_texts": N_("the shop's own texts"),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """Ratios out of the books or a simulation, in ten-thousandths; None where nobody measured."""

    downline_retail_bps: int | None = None
    """Of the revenue on which uplines earn, the part that people outside the plan paid."""
    company_retail_bps: int | None = None
    """The same part of all revenue."""
    recruit_income_bps: int | None = None
    """Of the payees' income, the part from edges of recruiting or from pay for recruiting."""
    payout_gap_bps: int | None = None
    """How far payouts per sale with recruiting stopped differ from those with recruiting."""
    cost_bps: int | None = None
    """Supply, freight and fees of the dearest goods, of their price."""


@dataclass(frozen=True, slots=True)
class ShopText:
    """Something the shop says to people, and where it is written."""

    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule fires: the key it is about, and what was computed (an English template and its blanks).

    `severity` is given where the rule weighs by the facts; `text` where the fault is in a text, not in a key.
    """

    path: KeyPath
    fact: str
    params: Mapping[str, object] = field(default_factory=dict)
    severity: LintSeverity | None = None
    text: ShopText | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One plan before the rules."""

    plan: Plan
    measured: Measured = Measured()
    texts: Sequence[ShopText] = ()


Answer = Hit | Need
"""A rule fires, or lacks what it would have to know. Neither: it was asked and did not fire."""
RuleTest = Callable[[Case], Iterable[Answer]]
