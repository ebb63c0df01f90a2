"""What a member may do: earn, invite, host. The one place where `roles` is read for that.

A plan that names no role leaves everything to everybody; where it names some, one may do what one of one's roles may.
"""

from typing import Literal

from shared_core.plan.schema.network import Role
from shared_core.plan.schema.plan import Plan

Ability = Literal["earn", "invite", "host"]


def may(plan: Plan, ability: Ability, *, rank: str) -> bool:
    """Whether somebody of this rank may. A rank the plan does not have is below all of its ranks."""
    if ability == "host" and not plan.live.enabled:
        return False
    return not plan.roles or any(_lets(role, ability) for role in roles_held(plan, rank))


def roles_held(plan: Plan, rank: str) -> tuple[Role, ...]:
    """The roles that come with this rank, in the order of the plan."""
    place = plan.places.get(rank, -1)
    return tuple(role for role in plan.roles if role.from_rank is None or place >= plan.places[role.from_rank])


def _lets(role: Role, ability: Ability) -> bool:
    return {"earn": role.can_earn, "invite": role.can_invite, "host": role.can_host}[ability]


def host_age_min(plan: Plan, *, rank: str) -> int:
    """From which age somebody of this rank hosts alone: no consent of a guardian can be shown to a shop."""
    ages = [max(role.min_age, role.guardian_consent_below) for role in roles_held(plan, rank) if role.can_host]
    return max(plan.live.host_min_age, plan.live.guardian_consent_below, min(ages, default=0))
