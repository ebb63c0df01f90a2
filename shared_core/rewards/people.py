"""Who took part in a sale, with the ranks they have now."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core import members
from shared_core import plan as plans
from shared_core.kernel.money import Money
from shared_core.plan import INVITER_PAYEES, LineFacts, Parties, Party, Payee, Plan, Quote
from shared_core.rewards.models import Standing

SELLING: Sequence[Payee] = ("seller", "inviter", "second_inviter")
HOSTING: Sequence[Payee] = ("host", "host_inviter")


def parties(
    session: Session,
    plan: Plan,
    *,
    seller_id: int | None,
    buyer_id: int | None,
    at: datetime,
    host_id: int | None = None,
    referrer_id: int | None = None,
) -> Parties:
    """The seller, the host and those who brought these in, as far as the plan pays them; who brought the viewer."""
    found = _chain(session, plan, SELLING, seller_id, at=at) | _chain(session, plan, HOSTING, host_id, at=at)
    if host_id is not None and referrer_id is not None:
        found["traffic_referrer"] = referrer_id
    if plans.sells_by_joining_only(plan):
        joined = members.promoters(session, found.values())
        found = {payee: member_id for payee, member_id in found.items() if member_id in joined}
    ranks = ranks_of(session, plan, found.values())
    return Parties({payee: Party(member_id, ranks[member_id]) for payee, member_id in found.items()}, buyer_id)


def ranks_of(session: Session, plan: Plan, member_ids: Iterable[int]) -> dict[int, str]:
    """The rank of each member; somebody the plan has not ranked yet, or at a rank it no longer has, is at the first."""
    wanted = set(member_ids)
    if not wanted:
        return {}
    query = select(Standing.member_id, Standing.rank).where(Standing.member_id.in_(wanted))
    held = {row.member_id: row.rank for row in session.execute(query)}
    return {each: held[each] if held.get(each) in plan.places else plan.first_rank for each in wanted}


def quote_line(session: Session, plan: Plan, line: LineFacts, *, viewer_id: int, at: datetime) -> Quote:
    """What the viewer would earn as the seller of this line, by the function that later pays."""
    return quotes(session, plan, [line], viewer_id=viewer_id, at=at)[0]


def quotes(
    session: Session,
    plan: Plan,
    lines: Sequence[LineFacts],
    *,
    viewer_id: int,
    at: datetime,
    room: Money | None = None,
) -> list[Quote]:
    """The same for a page of lines, looking the people up once; `room` is what a period leaves the viewer."""
    who = parties(session, plan, seller_id=viewer_id, buyer_id=None, at=at)
    return plans.quotes(plan, lines, who, viewer_id, room=room)


def _chain(
    session: Session, plan: Plan, payees: Sequence[Payee], first_id: int | None, *, at: datetime
) -> dict[Payee, int]:
    """Who stands where above the first; nobody above where the plan pays nobody there."""
    if first_id is None:
        return {}
    above: Sequence[int] = ()
    if any(rule.payee in payees and rule.payee in INVITER_PAYEES for rule in plan.shares):
        depth = len(payees) - 1
        if plan.invites.inviter_is == "lock":
            above = members.upline(session, first_id, depth_max=depth, at=at)
        else:
            above = members.inviters(session, first_id, depth_max=depth)
    return dict(zip(payees, (first_id, *above), strict=False))
