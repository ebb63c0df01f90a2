"""What codes of a quota have become, held against the entries that say so."""

from collections.abc import Iterator, Mapping

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from shared_core.invites import Acceptance, InviteCode, Kind, QuotaEntry
from shared_core.kernel.errors import Phrase
from shared_core.kernel.i18n import N_

BECAME: Mapping[Kind, ColumnElement[bool]] = {
    Kind.ISSUED: true(),
    Kind.USED: InviteCode.used_at.is_not(None),
    Kind.EXPIRED: and_(InviteCode.returned_at.is_not(None), InviteCode.returned_why == Kind.EXPIRED),
    Kind.REVOKED: and_(InviteCode.returned_at.is_not(None), InviteCode.returned_why == Kind.REVOKED),
}
"""Which codes must have an entry of this kind, one each, in the quota of whoever gave them out."""
COMING = (Kind.BASE, Kind.EARNED, Kind.EXPIRED, Kind.REVOKED)


def misfits(session: Session) -> Iterator[Phrase]:
    """Quotas below nothing, codes and entries that do not say the same, used codes that brought nobody in."""
    yield from _below_nothing(session)
    for kind, became in BECAME.items():
        yield from _uncounted(session, kind, became)
        yield from _unfounded(session, kind, became)
    yield from _used_by_nobody(session)


def _below_nothing(session: Session) -> Iterator[Phrase]:
    change = case((QuotaEntry.kind.in_(COMING), QuotaEntry.codes), else_=-QuotaEntry.codes)
    free = func.sum(case((QuotaEntry.kind == Kind.USED, 0), else_=change))
    query = select(QuotaEntry.member_id, free).group_by(QuotaEntry.member_id).having(free < 0)
    for member_id, codes in session.execute(query.order_by(QuotaEntry.member_id)):
        yield Phrase(N_("member {member}: {codes} codes are free"), member=member_id, codes=int(codes))


def _uncounted(session: Session, kind: Kind, became: ColumnElement[bool]) -> Iterator[Phrase]:
    """Codes without exactly one entry of one code in their issuer's quota."""
    own = and_(QuotaEntry.member_id == InviteCode.issuer_id, QuotaEntry.codes == 1)
    told = func.count(QuotaEntry.id)
    query = (
        select(InviteCode.number, told)
        .outerjoin(QuotaEntry, and_(QuotaEntry.code_id == InviteCode.id, QuotaEntry.kind == kind, own))
        .where(became)
        .group_by(InviteCode.id, InviteCode.number)
        .having(told != 1)
    )
    for number, entries in session.execute(query.order_by(InviteCode.id)):
        yield Phrase(N_("code {number} is {kind}, which {count} entries say"), number=number, kind=kind, count=entries)


def _unfounded(session: Session, kind: Kind, became: ColumnElement[bool]) -> Iterator[Phrase]:
    """Entries about codes that did not become so, of another quota, or about no code."""
    query = (
        select(QuotaEntry.member_id, QuotaEntry.reference)
        .outerjoin(InviteCode, InviteCode.id == QuotaEntry.code_id)
        .where(QuotaEntry.kind == kind)
        .where(or_(InviteCode.id.is_(None), InviteCode.issuer_id != QuotaEntry.member_id, ~became))
    )
    for member_id, reference in session.execute(query.order_by(QuotaEntry.id)):
        yield Phrase(N_("member {member}: no code bears out {reference}"), member=member_id, reference=reference)


def _used_by_nobody(session: Session) -> Iterator[Phrase]:
    query = (
        select(InviteCode.number)
        .outerjoin(Acceptance, Acceptance.code_id == InviteCode.id)
        .where(InviteCode.used_at.is_not(None))
        .where(or_(Acceptance.member_id.is_(None), Acceptance.inviter_id != InviteCode.issuer_id))
    )
    for number in session.scalars(query.order_by(InviteCode.id)):
        yield Phrase(N_("code {number} is used and brought nobody to its issuer"), number=number)
