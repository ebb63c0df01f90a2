"""Every movement of every quota, for the shop's owner to take away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.invites.models import Acceptance, InviteCode, QuotaEntry

ROWS_PER_FETCH = 2_000


@dataclass(frozen=True, slots=True)
class EntryExport:
    """One entry; `number` names the code it is about, `used_by_id` who used that code."""

    member_id: int
    at: datetime
    kind: str
    codes: int
    reference: str
    sales_minor: int
    plan_version: str
    number: str | None
    used_by_id: int | None


def export_entries(session: Session) -> Iterator[EntryExport]:
    """All entries in the order in which they were made."""
    query = (
        select(QuotaEntry, InviteCode.number, Acceptance.member_id)
        .outerjoin(InviteCode, InviteCode.id == QuotaEntry.code_id)
        .outerjoin(Acceptance, Acceptance.code_id == QuotaEntry.code_id)
        .order_by(QuotaEntry.id)
        .execution_options(yield_per=ROWS_PER_FETCH)
    )
    for row, number, used_by_id in session.execute(query):
        yield EntryExport(
            member_id=row.member_id,
            at=row.at,
            kind=row.kind,
            codes=row.codes,
            reference=row.reference,
            sales_minor=row.sales_minor,
            plan_version=row.plan_version,
            number=number,
            used_by_id=used_by_id,
        )
