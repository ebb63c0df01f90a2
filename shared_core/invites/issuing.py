"""Codes that members give out, take back, and that come back by themselves when nobody used them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shared_core import members
from shared_core.invites import codes, quota, rules
from shared_core.invites.errors import CodeNotOpen, MayNotInvite, NoCodesHere, QuotaUsedUp, UnknownInvite
from shared_core.invites.models import Acceptance, InviteCode
from shared_core.invites.rules import CodeState, Kind
from shared_core.kernel.calendar import add_days
from shared_core.plan import Plan

EXPIRED_AT_ONCE = 200
SHOWN_MAX = 100


@dataclass(frozen=True, slots=True)
class Issued:
    """A code as its issuer sees it. `text` is None when it was made with a secret key that is gone.

    `used_by`: the shortened name of who used it.
    """

    id: int
    number: str
    text: str | None
    state: CodeState
    issued_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    used_by: str


def issue(
    session: Session,
    plan: Plan,
    member_id: int,
    *,
    request_key: str,
    number: str,
    keys: Sequence[str],
    zone: str,
    at: datetime,
) -> Issued:
    """Give out a code; the same `request_key` again gives the same one. `number` is a new public code of the shell's.

    Raises NoCodesHere, MayNotInvite, QuotaUsedUp.
    """
    if plan.invites.mode != "code":
        raise NoCodesHere
    if not quota.may_invite(session, plan, member_id):
        raise MayNotInvite
    quota.hold(session, member_id, at=at)
    known = (InviteCode.issuer_id == member_id, InviteCode.request_key == request_key)
    row = session.scalars(select(InviteCode).where(*known)).one_or_none()
    if row is None:
        row = _give_out(session, plan, member_id, request_key=request_key, number=number, keys=keys, zone=zone, at=at)
    return _issued(row, "", keys=keys, at=at)


def _give_out(
    session: Session,
    plan: Plan,
    member_id: int,
    *,
    request_key: str,
    number: str,
    keys: Sequence[str],
    zone: str,
    at: datetime,
) -> InviteCode:
    quota.settle(session, plan, member_id, cause=f"issue:{number}", at=at)
    if quota.balances(session, member_id).free < 1:
        raise QuotaUsedUp
    row = InviteCode(
        number=number,
        fingerprint=codes.fingerprint(codes.code_of(number, keys[0]), keys[0]),
        issuer_id=member_id,
        request_key=request_key,
        issued_at=at,
        expires_at=add_days(at, plan.invites.expire_days, zone),
        used_at=None,
        returned_at=None,
    )
    session.add(row)
    session.flush()
    reference = rules.issued_reference(row.id)
    quota.enter(session, plan, member_id, Kind.ISSUED, reference=reference, code_id=row.id, at=at)
    return row


def revoke(session: Session, plan: Plan, member_id: int, number: str, *, at: datetime) -> None:
    """Take a code back that nobody has used; it returns to the quota. Repeating is a no-op.

    Raises UnknownInvite (also for somebody else's), CodeNotOpen.
    """
    own = (InviteCode.number == number, InviteCode.issuer_id == member_id)
    row = session.scalars(_held().where(*own)).one_or_none()
    if row is None:
        raise UnknownInvite
    if row.returned_why == CodeState.REVOKED:
        return
    if not rules.is_open(row.used_at, row.returned_at):
        raise CodeNotOpen
    _return(session, plan, row, Kind.REVOKED, at=at)


def expire_due(session: Session, plan: Plan, *, at: datetime, limit: int = EXPIRED_AT_ONCE) -> int:
    """Return codes past their day to the quota of one issuer; how many. To be called again until there are none.

    One issuer at a time, so that nobody who waits for two quotas meets this waiting for them the other way round.
    """
    due = (InviteCode.expires_at <= at, InviteCode.used_at.is_(None), InviteCode.returned_at.is_(None))
    first = select(InviteCode.issuer_id).where(*due).order_by(InviteCode.expires_at, InviteCode.id).limit(1)
    issuer_id = session.scalar(first)
    if issuer_id is None:
        return 0
    rows = session.scalars(_held().where(*due, InviteCode.issuer_id == issuer_id).order_by(InviteCode.id).limit(limit))
    returned = [row for row in rows if rules.is_open(row.used_at, row.returned_at)]
    for row in returned:
        _return(session, plan, row, Kind.EXPIRED, at=at)
    return len(returned)


def codes_of(
    session: Session,
    member_id: int,
    *,
    keys: Sequence[str],
    at: datetime,
    limit: int = SHOWN_MAX,
    before: int | None = None,
) -> Sequence[Issued]:
    """The codes a member has given out, newest first; `before` is the id of the last one seen."""
    query = (
        select(InviteCode, Acceptance.member_id)
        .outerjoin(Acceptance, Acceptance.code_id == InviteCode.id)
        .where(InviteCode.issuer_id == member_id)
    )
    if before is not None:
        query = query.where(InviteCode.id < before)
    rows = session.execute(query.order_by(InviteCode.id.desc()).limit(min(limit, SHOWN_MAX))).all()
    names = members.names(session, [used_by for _, used_by in rows if used_by])
    return [
        _issued(row, members.mask_name(names.get(used_by, "")) if used_by else "", keys=keys, at=at)
        for row, used_by in rows
    ]


def _held() -> Select[InviteCode]:
    return select(InviteCode).with_for_update().execution_options(populate_existing=True)


def _return(session: Session, plan: Plan, row: InviteCode, why: Kind, *, at: datetime) -> None:
    """Put an open code back, and settle: a debt may swallow it."""
    row.returned_at, row.returned_why = at, why
    quota.hold(session, row.issuer_id, at=at)
    reference = rules.returned_reference(row.id)
    quota.enter(session, plan, row.issuer_id, why, reference=reference, code_id=row.id, at=at)
    quota.settle(session, plan, row.issuer_id, cause=reference, at=at)


def _issued(row: InviteCode, used_by: str, *, keys: Sequence[str], at: datetime) -> Issued:
    expired = row.expires_at <= at
    state = rules.state_of(row.used_at, row.returned_at, row.returned_why, expired)
    text = codes.shown(row.number, row.fingerprint, keys)
    ended = row.used_at or row.returned_at
    return Issued(row.id, row.number, text, state, row.issued_at, row.expires_at, ended, used_by)
