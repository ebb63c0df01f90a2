"""When earned money may be taken out, and what the law takes: returns, settlement, tax, whose hands the money is in."""

from typing import Literal

from pydantic import Field

from shared_core.plan.schema.terms import Amount, Days, Rate, Section


class Buyback(Section):
    """Unsold goods a leaving member may give back."""

    rate: Rate = Field(description="Part of the price paid that is given back.")
    days: Days = Field(description="For so many days after the purchase.")


class Returns(Section):
    """The customer's right to give goods back."""

    days: Days = Field(default=7, description="Days in which goods may be returned without a reason.")
    starts: Literal["delivery", "shipment", "payment"] = Field(
        default="delivery", description="What the days are counted from."
    )
    excepted: bool = Field(
        default=False,
        description="All goods are of kinds that the law excepts from returns without a reason: made to measure, fresh "
        "and perishable, opened media, newspapers.",
    )
    buyback: Buyback | None = Field(default=None, description="For members who hold stock.")


class Settlement(Section):
    """When a share becomes money the member can take."""

    days: Days = Field(default=7, description="Calendar days after delivery; never before the return window closed.")
    clawback: Literal[True] = Field(
        default=True, description="A refund takes its part of every share back, before and after. Cannot be off."
    )
    payout_min: Amount = Field(default=0, description="Smallest payout a member can ask for.")
    schedule: Literal["on_request", "weekly", "monthly"] = Field(
        default="on_request", description="When payouts are made."
    )
    rail: Literal["manual", "wechat", "alipay", "stripe", "bank"] = Field(
        default="manual", description="How payouts travel."
    )


class Tax(Section):
    """What is withheld from payouts and reported."""

    withholding: Literal["none", "by_jurisdiction", "cn-labour"] = Field(
        default="none",
        description="`cn-labour`: ordinary withholding on remuneration for labour in the PRC, by calendar month, in "
        "yuan. `by_jurisdiction`: that rule where CN is among the jurisdictions and the shop's currency is CNY.",
    )
    reporting: Literal["none", "cn-platform-quarterly"] = Field(
        default="none", description="`cn-platform-quarterly`: identity and income of payees every quarter (PRC)."
    )


class Funds(Section):
    """Whose hands customers' money passes through."""

    collector: Literal["store", "hub", "platform"] = Field(
        default="store", description="Who takes the money: the shop's own account, the hub, or the platform."
    )
    split_rail: Literal["none", "wechat", "alipay", "stripe"] = Field(
        default="none", description="A licensed rail that divides payments at the source."
    )
