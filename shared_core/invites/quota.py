"""A member's quota of invite codes: the entries, their sum, and what brings it to what the plan gives.

Order of locks: a code before the quota of its issuer; standings (see rewards) before any quota.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from shared_core import members, rewards
from shared_core import plan as plans
from shared_core.invites import rules
from shared_core.invites.models import InviteCode, Quota, QuotaEntry
from shared_core.invites.rules import MOVES, Balances, Kind, Place
from shared_core.kernel.database import insert_or_ignore
from shared_core.plan import Plan

PAGE_MAX = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member may give out, and what earns more. Amounts are own net sales in minor units.

    `debt`: codes given out that refunds have un-earned. `full`: `codes_max` is reached. `sales_to_next` is None where
    no sale brings another code.
    """

    free: int
    open: int
    used: int
    debt: int
    full: bool
    sales_minor: int
    sales_to_next: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the quota's book, with the free codes after it; `number` is that of the code it is about."""

    id: int
    kind: Kind
    codes: int
    free_change: int
    free_after: int
    reference: str
    sales_minor: int
    plan_version: str
    number: str | None
    at: datetime


def hold(session: Session, member_id: int, *, at: datetime) -> None:
    """Make others who would move this member's codes wait until this transaction ends."""
    insert_or_ignore(session, Quota, {"member_id": member_id, "opened_at": at}, conflict=["member_id"])
    session.execute(select(Quota.member_id).where(Quota.member_id == member_id).with_for_update())


def settle(session: Session, plan: Plan, member_id: int, *, cause: str, at: datetime) -> None:
    """Bring a promoter's free codes to what the plan gives for their sales. One cause does so once."""
    if plan.invites.mode != "code" or members.stage_of(session, member_id) != members.Stage.PROMOTER:
        return
    hold(session, member_id, at=at)
    sales = counted_sales(session, plan, member_id)
    for change in rules.settlement(plan.invites, moved(session, member_id), sales):
        enter(session, plan, member_id, change.kind, codes=change.codes, reference=f"{cause}/{change.kind}", at=at)


def enter(
    session: Session,
    plan: Plan,
    member_id: int,
    kind: Kind,
    *,
    codes: int = 1,
    reference: str,
    code_id: int | None = None,
    at: datetime,
) -> None:
    """Write an entry, unless its reference is there. The member's quota is held."""
    values = {
        "member_id": member_id,
        "kind": kind,
        "codes": codes,
        "reference": reference,
        "sales_minor": counted_sales(session, plan, member_id),
        "plan_version": plan.version,
        "code_id": code_id,
        "at": at,
    }
    insert_or_ignore(session, QuotaEntry, values, conflict=["member_id", "reference"])


def counted_sales(session: Session, plan: Plan, member_id: int) -> int:
    """Own net sales as the quota counts them; what the member bought only where the plan says so."""
    trade = rewards.own_trade(session, member_id)
    return trade.retail_minor + (trade.purchases_minor if plan.invites.counts_self_purchase else 0)


def moved(session: Session, member_id: int) -> dict[Kind, int]:
    """All entries of a member summed up by kind."""
    query = select(QuotaEntry.kind, func.sum(QuotaEntry.codes)).where(QuotaEntry.member_id == member_id)
    return {Kind(kind): int(codes) for kind, codes in session.execute(query.group_by(QuotaEntry.kind))}


def balances(session: Session, member_id: int) -> Balances:
    """Where the member's codes are: the sum of the entries."""
    return rules.balances(moved(session, member_id))


def standing(session: Session, plan: Plan, member_id: int) -> Standing:
    """The quota as the next code given out will find it, under this plan."""
    there, sales = balances(session, member_id), counted_sales(session, plan, member_id)
    free = rules.due(plan.invites, there, sales)
    codes_max = plan.invites.codes_max
    return Standing(
        free=free,
        open=there.open,
        used=there.used,
        debt=rules.debt(plan.invites, there, sales),
        full=codes_max is not None and free + there.open >= codes_max,
        sales_minor=sales,
        sales_to_next=rules.sales_to_next(plan.invites, there, sales),
    )


def may_invite(session: Session, plan: Plan, member_id: int) -> bool:
    """Whether this member may bring others in: a promoter whose rank may."""
    is_promoter = members.stage_of(session, member_id) == members.Stage.PROMOTER
    return is_promoter and rank_invites(session, plan, member_id)


def rank_invites(session: Session, plan: Plan, member_id: int) -> bool:
    """Whether the rank of this member may bring others in; who is no promoter yet stands on the first one."""
    return plans.may_invite(plan, rewards.rank_of(session, plan, member_id))


def entries(session: Session, member_id: int, *, limit: int = PAGE_MAX, before: int | None = None) -> Sequence[Entry]:
    """Why the member has as many codes as they have, newest first; `before` is the id of the last one seen."""
    coming = [kind for kind, (_, destination) in MOVES.items() if destination == Place.FREE]
    leaving = [kind for kind, (source, _) in MOVES.items() if source == Place.FREE]
    change = case(
        (QuotaEntry.kind.in_(coming), QuotaEntry.codes), (QuotaEntry.kind.in_(leaving), -QuotaEntry.codes), else_=0
    )
    told = (
        select(
            QuotaEntry.id,
            QuotaEntry.kind,
            QuotaEntry.codes,
            change.label("free_change"),
            func.sum(change).over(order_by=QuotaEntry.id).label("free_after"),
            QuotaEntry.reference,
            QuotaEntry.sales_minor,
            QuotaEntry.plan_version,
            InviteCode.number,
            QuotaEntry.at,
        )
        .outerjoin(InviteCode, InviteCode.id == QuotaEntry.code_id)
        .where(QuotaEntry.member_id == member_id)
        .subquery()
    )
    query = select(told)
    if before is not None:
        query = query.where(told.c.id < before)
    rows = session.execute(query.order_by(told.c.id.desc()).limit(min(limit, PAGE_MAX))).mappings()
    return [Entry(**{**row, "kind": Kind(row["kind"]), "free_after": int(row["free_after"])}) for row in rows]
