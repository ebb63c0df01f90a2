"""Who is in the network and how they got there: joining, roles, fans, claims on a sale, invitations."""

from typing import Literal

from pydantic import Field

from shared_core.plan.schema.terms import Age, Amount, Count, Days, Id, Lasting, Section, Several, Word, Words

Claim = Literal["link", "room", "lock"]


class RequiredPurchase(Section):
    """Goods one must buy to get in."""

    amount: Amount = Field(description="What the goods cost.")
    sku: Word = Field(description="Which goods.")


class StarterKit(Section):
    """A demonstration set a new member may or must take."""

    price: Amount = Field(description="What the member pays for it.")
    at_cost: bool = Field(default=True, description="Sold without profit.")
    required: bool = Field(default=False, description="Nobody gets in without it.")


class Join(Section):
    """How somebody becomes a member who may earn, and what it costs. The default costs nothing."""

    how: Literal["sign_up", "invite_code", "first_order", "spend"] = Field(
        default="sign_up",
        description="The act that makes a visitor a member: signing up, using an invite code, a first completed order, "
        "or having bought goods for `spend`.",
    )
    spend: Amount = Field(
        default=0, description='With `how = "spend"`: purchases, completed and net of refunds, that make a member.'
    )
    fee: Amount = Field(default=0, description="Paid once to get in. Unlawful in many places.")
    deposit: Amount = Field(default=0, description="Paid to get in and given back on leaving.")
    subscription: Amount = Field(default=0, description="Paid every year to stay in.")
    required_purchase: RequiredPurchase | None = Field(default=None, description="Goods one must buy to get in.")
    starter_kit: StarterKit | None = Field(default=None, description="A demonstration set for new members.")
    members_hold_stock: bool = Field(
        default=False, description="Members buy goods to sell them on. Off: suppliers ship every order."
    )


class Role(Section):
    """What a kind of member may do, and from which age and rank."""

    id: Id = Field(description="Name of the role inside the plan.")
    name: Words = Field(description="What people call it.")
    can_earn: bool = Field(default=True, description="May earn shares.")
    can_invite: bool = Field(default=False, description="May invite others to become members.")
    can_host: bool = Field(default=False, description="May open live rooms.")
    from_rank: Id | None = Field(default=None, description="Lowest rank that has the role; left out: every rank.")
    min_age: Age = Field(default=18, description="Nobody younger has the role.")
    guardian_consent_below: Age = Field(
        default=18, description="Younger people need a guardian's consent; only matters below this age."
    )
    identity_required: bool = Field(default=True, description="Identity is verified before money is paid out.")


class Binding(Section):
    """When a visitor becomes somebody's fan, and for how long. The first link wins."""

    by: Literal["nobody", "click", "sign_up", "first_order"] = Field(
        default="click", description="The act that binds the visitor to the person whose link came first."
    )
    lasts: Lasting = Field(default="30 days", description='How long: "forever", or days like "30 days".')
    rebind: Literal["after_expiry", "after_protection", "always"] = Field(
        default="after_expiry",
        description="When another person's link may take the fan over: only when the lock has ended, already after "
        "`protected_days`, or at any time.",
    )
    protected_days: Days = Field(
        default=0, description='With `rebind = "after_protection"`: days in which nobody takes the fan over.'
    )
    whom: Literal["everyone", "new"] = Field(
        default="everyone",
        description="Who can be bound: everyone who is free, or only people whom the shop had never seen before they "
        "followed the link.",
    )
    lockers: Literal["everyone", "members"] = Field(
        default="everyone", description="Whose links bind: every visitor's, or only members'."
    )
    from_rank: Id | None = Field(
        default=None,
        description="Lowest rank whose links bind, as it is held when the link is followed; left out: every rank.",
    )
    notice: bool = Field(default=True, description="The fan is told whose fan they are and can see it at any time.")
    consent: bool = Field(default=False, description="The fan is asked before being bound.")
    exit: bool = Field(default=True, description="The fan can leave.")
    fan_details_shown: bool = Field(
        default=False, description="Sponsors see their fans' phone numbers, addresses and orders."
    )
    shared_outside: bool = Field(
        default=False, description="Who is whose fan is told to the hub or to other shops without asking the fan."
    )

    @property
    def days(self) -> int | None:
        """How many calendar days a lock lasts; None for ever."""
        return None if self.lasts == "forever" else int(self.lasts.split()[0])


class Claims(Section):
    """Who is the seller when several people could claim the sale."""

    seller: Several[Claim] = Field(
        default=("link", "room", "lock"),
        description="First one that exists wins: the person whose link led to this order (`link`), the host of the "
        "room it was made in (`room`), the person the buyer is bound to (`lock`). One left out never counts.",
    )


class Invites(Section):
    """How members invite members."""

    mode: Literal["closed", "open", "code"] = Field(
        default="open",
        description="Nobody invites, everybody may (by their link or their own code), or only codes of a quota invite.",
    )
    inviter_is: Literal["code", "lock"] = Field(
        default="code",
        description="Who counts as a member's inviter: the one whose invitation was used, or the one whose fan the "
        "member is. Decides inviter shares and whose team the member is in.",
    )
    base: Count = Field(default=0, description="Codes a member starts with.")
    own_sales_per_code: Amount | None = Field(
        default=None, description="Own net retail sales, completed, that earn one more code; left out: sales earn none."
    )
    codes_max: Count | None = Field(
        default=None, description="Most unused codes a member can have; what is earned beyond comes once one is used."
    )
    expire_days: Days = Field(default=30, description="An unused code goes back to the quota after so many days.")
    buyable: bool = Field(default=False, description="Codes can be bought. Unlawful in many places.")
    counts_self_purchase: bool = Field(default=False, description="The member's own purchases earn codes too.")
    depth_visible: Count = Field(default=1, description="How many levels of the team below a member can see.")
