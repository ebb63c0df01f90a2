"""Who may bring members in, and where a code is worth typing."""

from shared_core.plan.schema.plan import Plan


def may_invite(plan: Plan, rank: str) -> bool:
    """Whether a promoter of this rank may bring others in. Codes are for those whose role invites, or for all of them
    where the plan names no roles."""
    if plan.invites.mode != "code":
        return plan.invites.mode == "open"
    place, inviting = plan.places[rank], [role for role in plan.roles if role.can_invite]
    return not plan.roles or any(role.from_rank is None or plan.places[role.from_rank] <= place for role in inviting)


def asks_for_code(plan: Plan) -> bool:
    """Whether somebody who signs up should be asked for a code: it is the way in, or what names the inviter."""
    return plan.invites.mode != "closed" and (plan.join.how == "invite_code" or plan.invites.mode == "code")


def code_admits(plan: Plan) -> bool:
    """Whether using a code makes a promoter at once; else it names the inviter for when they become one."""
    return plan.join.how in ("sign_up", "invite_code")


def purchases_admit(plan: Plan) -> bool:
    """Whether it is having bought that makes a promoter."""
    return plan.join.how in ("first_order", "spend")


def purchases_suffice(plan: Plan, purchases_minor: int) -> bool:
    """Whether goods bought so far, completed and net of refunds, make a promoter."""
    if plan.join.how == "first_order":
        return purchases_minor > 0
    return plan.join.how == "spend" and purchases_minor >= plan.join.spend > 0
