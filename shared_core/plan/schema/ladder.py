"""The rank ladder: rungs in order, what it takes to stand on each, whether one keeps it."""

from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from shared_core.kernel.i18n import N_
from shared_core.plan.schema.terms import COUNT_MAX, Id, Section, Several, Window, Words, parse_amount

Metric = Literal[
    "fans",
    "active_fans",
    "members",
    "own_retail_sales",
    "own_sales",
    "own_purchases",
    "team_sales",
    "live_sales",
    "packs_sold",
    "pack_buyers",
    "repeat_buyers",
]
Scope = Literal["direct", "team"]
AMOUNT_METRICS: frozenset[Metric] = frozenset(
    {"own_retail_sales", "own_sales", "own_purchases", "team_sales", "live_sales"}
)
"""Counted in minor units of the shop's currency; the others count heads or packs."""


@dataclass(frozen=True, slots=True)
class MetricKey:
    """What is counted for one member: `rank` and `scope` belong to "members" (at that rank or above)."""

    metric: Metric
    window: str = "lifetime"
    rank: str = ""
    scope: Scope = "direct"


def _at_least(value: object, info: ValidationInfo) -> object:
    if "metric" not in info.data:
        return 1  # the metric itself is refused; without it nothing can be said here
    if info.data["metric"] in AMOUNT_METRICS:
        return parse_amount(value, info)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(N_("this counts heads or packs: write a whole number without quotes"))
    return value


class Criterion(Section):
    """One thing that must be reached."""

    metric: Metric = Field(
        description="What is counted. `fans`: identified people who became the member's fans. `active_fans`: fans "
        "who had an order completed in the window. `members`: members at `rank` or above who were "
        "brought in by this member. `own_retail_sales`: goods sold to others, completed, net of "
        "refunds. `own_sales`: the same with the member's own purchases where [self_purchase] counts "
        "them. `own_purchases`: goods the member bought. `team_sales`: own sales of the member and of "
        "everybody below. `live_sales`: own sales in live rooms. `packs_sold`: pieces of the goods "
        "named in [packs]. `pack_buyers`: different buyers of those. `repeat_buyers`: buyers with two "
        "or more completed orders in the window."
    )
    at_least: Annotated[int, BeforeValidator(_at_least, json_schema_input_type=int | str), Field(ge=1)] = Field(
        le=COUNT_MAX * 100_000,
        description='The threshold: a whole number, or for sales an amount in quotes like "3000".',
    )
    window: Window = Field(
        default="lifetime",
        description='Over which time: "lifetime", "month" (the calendar month) or days like "30 days".',
    )
    rank: Id | None = Field(default=None, description='With `metric = "members"`: the rank they must have reached.')
    scope: Scope = Field(
        default="direct",
        description='With `metric = "members"`: only those brought in directly, or the whole team below.',
    )

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        if (self.metric == "members") != (self.rank is not None):
            raise ValueError(N_('the metric "members" needs a rank, and only that metric has one'))
        if self.metric == "members" and self.window != "lifetime":
            raise ValueError(N_('the metric "members" is counted over the lifetime only; leave the window out'))
        if self.metric != "members" and self.scope != "direct":
            raise ValueError(N_('only the metric "members" has a scope; for a whole team use "team_sales"'))
        return self

    @property
    def key(self) -> MetricKey:
        """What has to be counted to decide."""
        return MetricKey(self.metric, self.window, self.rank or "", self.scope)


class Rank(Section):
    """One rung. The first rung is where everybody starts and has no criteria."""

    id: Id = Field(description="Name of the rank inside the plan; never change it while people hold it.")
    name: Words = Field(description="What people call it.")
    match: Literal["any", "all"] = Field(default="all", description="Whether one criterion is enough.")
    criteria: Several[Criterion] = Field(default=(), description="What must be reached. Lower rungs may be skipped.")


class Ladder(Section):
    """What holds for all ranks."""

    policy: Literal["keep", "requalify"] = Field(
        default="keep",
        description="Whether a rank once reached stays, or is decided anew at the end of each month by what the "
        "windows then hold. Within a month nobody ever falls.",
    )
