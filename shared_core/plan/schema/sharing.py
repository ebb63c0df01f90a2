"""Who earns what on one order line."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared_core.kernel.i18n import N_
from shared_core.plan.schema.terms import Amount, Basis, Channel, Id, Payee, Rate, Section, Several, Window, Word

Trigger = Literal["order", "member_joined", "rank_up", "invite_used", "pack_sold"]


class ShareRule(Section):
    """One line of the share table. For each payee the most specific rule that fits the order line is used."""

    id: Id = Field(description="Name of the rule; it is kept on every earning it made.")
    payee: Payee = Field(
        description="Who earns: `seller` (who made the sale), `inviter` (who invited the seller), `second_inviter` "
        "(who invited the inviter), `host` (whose live room it was), `host_inviter`, `traffic_referrer` (who brought "
        "the viewer into the room), `team_fund` (a pot, nobody in person)."
    )
    ranks: Several[Id] = Field(default=(), description="Only when the payee has one of these ranks.")
    channels: Several[Channel] = Field(default=(), description="Only for sales in these channels.")
    brands: Several[Word] = Field(default=(), description="Only for goods of these brands.")
    categories: Several[Word] = Field(default=(), description="Only for goods of these categories.")
    products: Several[Word] = Field(default=(), description="Only for products with these codes.")
    skus: Several[Word] = Field(default=(), description="Only for these SKUs.")
    rate: Rate | None = Field(default=None, description='A part of the base: "12.5%". Either this or `fixed`.')
    fixed: Amount | None = Field(default=None, description='An amount for every piece sold: "5.00".')
    basis: Basis = Field(
        default="price",
        description="What the rate is taken of: the price paid for the goods (after discounts, without freight), or "
        "the margin: that price less what the supply cost.",
    )
    at_most: Amount | None = Field(default=None, description="Never more than this on one order line.")
    differential: bool = Field(
        default=False,
        description="Inviters get only what their rate exceeds the highest rate already reached below them (级差).",
    )
    same_rank_bonus: Rate = Field(
        default=0,
        description="With `differential`: what an inviter gets instead when standing on the same rank as the member "
        "just below and there is no difference.",
    )
    trigger: Trigger = Field(
        default="order",
        description="What makes it due. Everything but `order` pays for recruiting; it can be simulated and linted, "
        "but no shop runs it.",
    )

    @model_validator(mode="after")
    def _one_kind_of_pay(self) -> Self:
        if (self.rate is None) == (self.fixed is None):
            raise ValueError(N_("a share has either a rate or a fixed amount"))
        if self.fixed is not None and self.basis == "margin":
            raise ValueError(N_("a fixed amount has no basis; leave it out"))
        if self.differential and self.fixed is not None:
            raise ValueError(N_("a differential share needs a rate"))
        if self.differential and self.payee not in {"inviter", "second_inviter", "host_inviter"}:
            raise ValueError(N_("only inviters are paid by difference"))
        if self.same_rank_bonus and not self.differential:
            raise ValueError(N_("same_rank_bonus belongs to a differential share"))
        return self


class PeriodCap(Section):
    """What one person is paid at most in a stretch of time. It is decided when an order is paid; see `periods`."""

    at_most: Amount = Field(
        description="All shares of one person on the orders that are paid in the window, before refunds. What is above "
        "stays with the shop."
    )
    window: Window = Field(
        default="month",
        description='Over which time: "month" (the calendar month), days like "30 days", or "lifetime".',
    )


class Caps(Section):
    """Limits of what is paid out: of one order line, where shares shrink in proportion, and to one person in a time."""

    line: Rate = Field(default=10_000, description="All shares of one order line together, of the price paid.")
    person: Rate = Field(default=10_000, description="All shares of one person on one order line, of the price paid.")
    period: PeriodCap | None = Field(
        default=None, description="What one person is paid at most in a calendar month or in some days."
    )


class SelfPurchase(Section):
    """What happens when somebody who would earn is the buyer."""

    pays: Literal["nobody", "others", "everybody"] = Field(
        default="others",
        description="`others`: the buyer never earns, the others do. `nobody`: sellers buying from themselves make "
        "nobody earn. `everybody`: what a member buys is their own sale, before any claim, and earns like a discount.",
    )
    counts: bool = Field(default=False, description="Own purchases count as `own_sales` for ranks.")


class Packs(Section):
    """The goods that `packs_sold` and `pack_buyers` count."""

    products: Annotated[Several[Word], Field(description="Product codes of the packs.")] = ()
