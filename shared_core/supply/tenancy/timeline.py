"""Which history a hub is in: a new one begins when it goes on from a backup, and stores must know.

What happened after the backup was made is known to the stores alone. Until a store has said it again (see
`orders.say_again`), it and the hub would take each other for mad: a paid order that was never held, an event number
that comes a second time for something else. So each history has a code, a store says which one it knows, and a hub
refuses whoever knows another.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared_core.kernel.database import Base, BigId, insert_or_ignore, lock
from shared_core.supply.models import FeedCounter, StockHold, SupplierOrder, SupplyEventRow
from shared_core.supply.numbering import EVENTS, OFFERS, ORDERS

CODE_LENGTH_MAX = 40
JUMP = 10**9
"""Numbers of feeds go on so far behind the last one: beyond every cursor a store may have, so none is given twice."""


class TimelineRow(Base):
    """The newest is the one that counts. `goes_on_from` is the last instant the backup knew of."""

    __tablename__ = "supply_timeline"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), unique=True)
    actor: Mapped[str] = mapped_column(String(64))
    began_at: Mapped[datetime]
    goes_on_from: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Timeline:
    """`goes_on_from`: nothing that happened after it is known; None for a hub's first one."""

    code: str
    goes_on_from: datetime | None


NEWEST = select(TimelineRow.code).order_by(TimelineRow.id.desc()).limit(1)


def timelines(session: Session) -> list[Timeline]:
    """A hub's histories, the first one first; empty for a hub that never began one."""
    rows = session.scalars(select(TimelineRow).order_by(TimelineRow.id))
    return [Timeline(row.code, row.goes_on_from) for row in rows]


def begin_timeline(session: Session, code: str, *, actor: str, at: datetime) -> str:
    """A hub's first history, unless it has one; the code that counts. `code` is a new random one."""
    lock(session, "supply-timeline")
    known = session.scalar(NEWEST)
    if known is None:
        session.add(TimelineRow(code=code, actor=actor, began_at=at, goes_on_from=None))
        session.flush()
    return known or code


def go_on_from_backup(session: Session, code: str, *, actor: str, at: datetime) -> Timeline:
    """A backup of the hub was restored: begin another history. `code` is a new random one."""
    lock(session, "supply-timeline")
    seen = (func.max(StockHold.created_at), func.max(StockHold.confirmed_at), func.max(StockHold.closed_at))
    known = [*session.execute(select(*seen)).one(), session.scalar(select(func.max(SupplyEventRow.at)))]
    goes_on_from = max((each for each in known if each is not None), default=at)
    session.add(TimelineRow(code=code, actor=actor, began_at=at, goes_on_from=goes_on_from))
    for feed in (OFFERS, EVENTS, ORDERS):
        insert_or_ignore(session, FeedCounter, {"feed": feed, "value": 0}, conflict=["feed"])
    session.execute(update(FeedCounter).values(value=FeedCounter.value + JUMP))
    session.execute(update(SupplierOrder).values(seq=None))  # their suppliers know more of them: all are told again
    session.flush()
    return Timeline(code, goes_on_from)


def lost_since(known: str, told: list[Timeline] | tuple[Timeline, ...]) -> datetime | None:
    """From when on a hub with these histories may not know what a store knows whose last one was `known`.

    None where nothing is lost. Raises LookupError where `known` is no history of this hub.
    """
    codes = [each.code for each in told]
    if known not in codes:
        raise LookupError(known)
    after = [each.goes_on_from for each in told[codes.index(known) + 1 :] if each.goes_on_from is not None]
    return min(after, default=None)
