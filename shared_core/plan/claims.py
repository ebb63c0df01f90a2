"""Who is the seller when several people could claim the sale."""

from collections.abc import Mapping

from shared_core.plan.schema.network import Claim
from shared_core.plan.schema.plan import Plan


def choose_seller(plan: Plan, claims: Mapping[Claim, int]) -> tuple[Claim, int] | None:
    """The claim that wins by the plan's precedence and the member who made it; None when nobody sold this."""
    for claim in plan.claims.seller:
        if claim in claims:
            return claim, claims[claim]
    return None


def sells_by_joining_only(plan: Plan) -> bool:
    """Whether selling is for those who have joined: where that takes more than signing up, others are customers."""
    return plan.join.how != "sign_up"
