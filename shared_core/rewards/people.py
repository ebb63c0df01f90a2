"""Who took part in a sale, with the ranks they have now."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core import members
from shared_core import plan as plans
from shared_core.plan import INVITER_PAYEES, LineFacts, Parties, Party, Payee, Plan, Quote
from shared_core.rewards.models import Standing

INVITERS_PAID_MAX = 2


def parties(session: Session, plan: Plan, *, seller_id: int | None, buyer_id: int | None, at: datetime) -> Parties:
    """The seller and those who brought the seller in, as far as the plan pays them."""
    if seller_id is None:
        return Parties({}, buyer_id)
    chain = [seller_id, *_inviters(session, plan, seller_id, at=at)]
    ranks = ranks_of(session, plan, chain)
    earning = members.promoters(session, chain) if plans.sells_by_joining_only(plan) else set(chain)
    payees: Sequence[Payee] = ("seller", "inviter", "second_inviter")
    found = {
        payee: Party(member_id, ranks[member_id])
        for payee, member_id in zip(payees, chain, strict=False)
        if member_id in earning
    }
    return Parties(found, buyer_id)


def ranks_of(session: Session, plan: Plan, member_ids: Iterable[int]) -> dict[int, str]:
    """The rank of each member; somebody the plan has not ranked yet, or at a rank it no longer has, is at the first."""
    wanted = set(member_ids)
    query = select(Standing.member_id, Standing.rank).where(Standing.member_id.in_(wanted))
    held = {row.member_id: row.rank for row in session.execute(query)}
    return {each: held[each] if held.get(each) in plan.places else plan.first_rank for each in wanted}


def quote_line(session: Session, plan: Plan, line: LineFacts, *, viewer_id: int, at: datetime) -> Quote:
    """What the viewer would earn as the seller of this line, by the function that later pays."""
    return quotes(session, plan, [line], viewer_id=viewer_id, at=at)[0]


def quotes(session: Session, plan: Plan, lines: Sequence[LineFacts], *, viewer_id: int, at: datetime) -> list[Quote]:
    """The same for a page of lines, looking the people up once."""
    who = parties(session, plan, seller_id=viewer_id, buyer_id=None, at=at)
    return plans.quotes(plan, lines, who, viewer_id)


def _inviters(session: Session, plan: Plan, seller_id: int, *, at: datetime) -> list[int]:
    if not any(rule.payee in INVITER_PAYEES for rule in plan.shares):
        return []
    if plan.invites.inviter_is == "lock":
        return members.upline(session, seller_id, depth_max=INVITERS_PAID_MAX, at=at)
    return members.inviters(session, seller_id, depth_max=INVITERS_PAID_MAX)
