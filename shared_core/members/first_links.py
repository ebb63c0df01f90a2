"""Links that are remembered until the policy's moment comes. The first one wins while it lives."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from shared_core.kernel.database import insert_or_ignore
from shared_core.members.models import FirstLinkRow
from shared_core.members.rules import Binding


@dataclass(frozen=True, slots=True)
class FirstLink:
    """A link of `sponsor_id` that was followed and has not bound yet."""

    sponsor_id: int
    at: datetime
    ends_at: datetime | None


def note_first_links(session: Session, links: Iterable[tuple[int, Binding]]) -> None:
    """Remember for each fan the binding a link would have made, unless an earlier link is still remembered."""
    for fan_id, link in sorted(links, key=lambda each: each[0]):
        row = {"fan_id": fan_id, "sponsor_id": link.sponsor_id, "at": link.bound_at, "ends_at": link.ends_at}
        if not insert_or_ignore(session, FirstLinkRow, row, conflict=["fan_id"]):
            session.execute(
                update(FirstLinkRow)
                .where(FirstLinkRow.fan_id == fan_id, FirstLinkRow.ends_at <= link.bound_at)
                .values(sponsor_id=link.sponsor_id, at=link.bound_at, ends_at=link.ends_at)
            )


def take_first_link(session: Session, fan_id: int, *, at: datetime) -> FirstLink | None:
    """The link remembered for this fan, which is then forgotten; None when there is none or it has expired."""
    columns = (FirstLinkRow.sponsor_id, FirstLinkRow.at, FirstLinkRow.ends_at)
    row = session.execute(select(*columns).where(FirstLinkRow.fan_id == fan_id)).one_or_none()
    if row is None:
        return None
    session.execute(delete(FirstLinkRow).where(FirstLinkRow.fan_id == fan_id))
    link = FirstLink(row.sponsor_id, row.at, row.ends_at)
    return link if link.ends_at is None or link.ends_at > at else None


def move_first_link(session: Session, visitor_id: int, *, member_id: int | None) -> None:
    """What the visitor's first link was is the account's first link, if it has none; None: it is forgotten."""
    columns = (FirstLinkRow.sponsor_id, FirstLinkRow.at, FirstLinkRow.ends_at)
    row = session.execute(select(*columns).where(FirstLinkRow.fan_id == visitor_id)).one_or_none()
    if row is None:
        return
    session.execute(delete(FirstLinkRow).where(FirstLinkRow.fan_id == visitor_id))
    if member_id is not None and row.sponsor_id != member_id:
        moved = {"fan_id": member_id, "sponsor_id": row.sponsor_id, "at": row.at, "ends_at": row.ends_at}
        insert_or_ignore(session, FirstLinkRow, moved, conflict=["fan_id"])
