"""How somebody becomes a promoter, and by whose invitation.

What makes one is `join.how`; who may bring others in, and with what, is `invites.mode`. An invitation that is accepted
is kept, because it may name the inviter long before a purchase makes the promoter.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core import members, orders, rewards
from shared_core import plan as plans
from shared_core.invites import codes, quota, rules
from shared_core.invites.errors import (
    AlreadyInvited,
    InviteCodeExpired,
    InviteCodeUnknown,
    InviteCodeUsed,
    InvitesClosed,
    OwnInvite,
)
from shared_core.invites.models import Acceptance, InviteCode
from shared_core.invites.rules import Kind
from shared_core.kernel.database import insert_or_ignore
from shared_core.members import Stage
from shared_core.plan import Plan


def signed_up(
    session: Session,
    plan: Plan,
    member_id: int,
    *,
    code: str,
    keys: Sequence[str],
    linked_id: int | None,
    at: datetime,
) -> None:
    """Somebody has just signed up: make them a promoter where the plan does so now.

    `code`: the invite code they typed, or "". `linked_id`: whose link led here last. Raises what `accept` raises.
    """
    if code:
        accept(session, plan, member_id, code, keys=keys, at=at)
    elif linked_id is not None and _invited_by_link(session, plan, linked_id):
        _accept(session, plan, member_id, inviter_id=linked_id, row=None, at=at)
    elif plan.join.how == "sign_up" and plan.join.required_purchase is None:
        enrol(session, plan, member_id, invited_by=linked_id, at=at)
    bought(session, plan, member_id, at=at)


def accept(session: Session, plan: Plan, member_id: int, code: str, *, keys: Sequence[str], at: datetime) -> bool:
    """Use an invite code for somebody who has signed up; whether it made them a promoter just now.

    Where a purchase makes promoters it names the inviter until then. The same code again changes nothing. Raises
    InvitesClosed, InviteCodeUnknown, InviteCodeUsed, InviteCodeExpired, OwnInvite, AlreadyInvited, and from members
    NotIdentified, AlreadyJoined, InviterLoop.
    """
    if plan.invites.mode == "closed":
        raise InvitesClosed
    stage, row = members.stage_of(session, member_id), _code_row(session, plan, code, keys=keys)
    inviter_id = _inviter_called(session, plan, code) if row is None else row.issuer_id
    if stage == Stage.VISITOR:
        raise members.NotIdentified
    if inviter_id == member_id:
        raise OwnInvite
    before = session.get(Acceptance, member_id)
    if before is not None:
        if (before.inviter_id, before.code_id) == (inviter_id, row.id if row else None):
            return False
        raise AlreadyInvited
    if stage == Stage.PROMOTER:
        raise members.AlreadyJoined
    members.check_inviter(session, member_id, inviter_id=inviter_id)
    if row is not None:
        _check_open(row, at=at)
    return _accept(session, plan, member_id, inviter_id=inviter_id, row=row, at=at)


def bought(session: Session, plan: Plan, member_id: int, *, at: datetime) -> bool:
    """Make somebody a promoter whose completed purchases are enough under the plan; whether they became one just now.

    Where goods are required these must be among them; somebody invited by a code or a link was so before or after.

    Nobody becomes one as a visitor: it happens when they have signed up.
    """
    member_id = members.account_of(session, member_id)
    invited = session.get(Acceptance, member_id)
    if plans.purchases_admit(plan):
        enough = plans.purchases_suffice(plan, rewards.own_trade(session, member_id).purchases_minor)
    else:
        enough = plan.join.required_purchase is not None and (plan.join.how == "sign_up" or invited is not None)
    if not enough or not _has_required(session, plan, member_id):
        return False
    if members.stage_of(session, member_id) != Stage.CUSTOMER:
        return False
    return enrol(session, plan, member_id, invited_by=invited.inviter_id if invited else None, at=at)


def enrol(session: Session, plan: Plan, member_id: int, *, invited_by: int | None, at: datetime) -> bool:
    """Make somebody a promoter; whether they became one just now.

    Their inviter is whom the plan says: whose fan they are, or who invited them; without an invitation again whose fan
    they are, unless only codes of a quota name inviters. Nobody, where that is nobody, somebody whose role does not
    invite, or would close a loop.
    """
    accepted = session.get(Acceptance, member_id) is not None
    only_codes = plan.invites.mode == "code" and not accepted
    inviter_id = None if only_codes else invited_by
    if plan.invites.inviter_is == "lock" or (inviter_id is None and not only_codes):
        inviter_id = members.sponsor_of(session, member_id, at=at)
    if plan.invites.mode == "closed" or inviter_id == member_id:
        inviter_id = None
    unasked = plan.invites.inviter_is == "code" and not accepted
    if unasked and inviter_id is not None and not quota.rank_invites(session, plan, inviter_id):
        inviter_id = None
    try:
        return members.join(session, member_id, inviter_id=inviter_id, at=at)
    except (members.InviterLoop, members.UnknownMember):
        return members.join(session, member_id, inviter_id=None, at=at)
    except members.AlreadyJoined:
        return False


def let_in(session: Session, member_id: int, *, at: datetime) -> bool:
    """Make somebody a promoter without anybody's invitation, by a decision of the shop: so the first ones come in.

    Whether they became one just now. Raises NotIdentified, UnknownMember.
    """
    if members.stage_of(session, member_id) == Stage.PROMOTER:
        return False
    return members.join(session, member_id, inviter_id=None, at=at)


def acceptance(session: Session, member_id: int) -> Acceptance | None:
    """Whose invitation this member has accepted."""
    return session.get(Acceptance, member_id)


def _accept(
    session: Session, plan: Plan, member_id: int, *, inviter_id: int, row: InviteCode | None, at: datetime
) -> bool:
    values = {"member_id": member_id, "inviter_id": inviter_id, "code_id": row.id if row else None, "at": at}
    if not insert_or_ignore(session, Acceptance, values, conflict=["member_id"]):
        raise AlreadyInvited
    if row is not None:
        row.used_at = at
        session.flush()
    admitted = plans.code_admits(plan) and _has_required(session, plan, member_id)
    joined = admitted and enrol(session, plan, member_id, invited_by=inviter_id, at=at)
    if row is not None:
        quota.hold(session, row.issuer_id, at=at)
        reference = rules.used_reference(row.id)
        quota.enter(session, plan, row.issuer_id, Kind.USED, reference=reference, code_id=row.id, at=at)
        quota.settle(session, plan, row.issuer_id, cause=reference, at=at)
    return joined


def _has_required(session: Session, plan: Plan, member_id: int) -> bool:
    """Whether the goods one must buy to get in, if any, were bought and kept."""
    required = plan.join.required_purchase
    return required is None or orders.keeps(session, member_id, sku=required.sku)


def _code_row(session: Session, plan: Plan, code: str, *, keys: Sequence[str]) -> InviteCode | None:
    """The code of a quota, held until the end so that others who try it wait; None where codes are the members' own.

    Raises InviteCodeUnknown.
    """
    if plan.invites.mode != "code":
        return None
    query = select(InviteCode).where(InviteCode.fingerprint.in_(codes.fingerprints(code, keys))).with_for_update()
    row = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if row is None:
        raise InviteCodeUnknown
    return row


def _check_open(row: InviteCode, *, at: datetime) -> None:
    if row.used_at is not None:
        raise InviteCodeUsed
    if row.returned_at is not None or row.expires_at <= at:
        raise InviteCodeExpired


def _inviter_called(session: Session, plan: Plan, code: str) -> int:
    """Whose own code this is, where the code of everybody who may invite is an invitation. Raises InviteCodeUnknown."""
    inviter_id = members.member_by_code(session, codes.cleaned(code))
    if inviter_id is None or not quota.may_invite(session, plan, inviter_id):
        raise InviteCodeUnknown
    return inviter_id


def _invited_by_link(session: Session, plan: Plan, linked_id: int) -> bool:
    """Whether a promoter's link is the invitation that lets somebody in."""
    if plan.join.how != "invite_code" or plan.invites.mode != "open":
        return False
    return quota.may_invite(session, plan, linked_id)
