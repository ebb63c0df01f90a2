"""Effects that wait for the commit: written with the business rows, delivered afterwards at least once.

A delivery is claimed with a lease, so that several workers share the work and a killed one loses nothing; failures
are retried with growing delay and parked after `ATTEMPTS_MAX`, where `books` and the back office show them. While
somebody they need is away, they are never given up.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, String, Text, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared_core.kernel.database import Base, BigId, Database
from shared_core.kernel.errors import Away
from shared_core.kernel.listeners import Subscriber

ATTEMPTS_MAX = 10
ATTEMPTS_WHILE_AWAY = 6
"""At most so many are counted while somebody is away, so that the delay stays near half a minute."""
LEASE = timedelta(seconds=60)
BATCH_MAX = 100
RETRY_FIRST = timedelta(seconds=1)
RETRY_LONGEST = timedelta(minutes=10)
ERROR_LENGTH_MAX = 500


class OutboxRow(Base):
    """One event for one subscriber."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "done_at", "due_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subscriber: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    written_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


def deliver(database: Database, *, at: datetime, limit: int = BATCH_MAX) -> int:
    """Run what is due, each in the open (no transaction of ours); the number of deliveries that succeeded."""
    done = 0
    for row_id, subscriber, payload in _claim(database, at=at, limit=limit):
        try:
            subscriber.run(subscriber.adapter.validate_python(payload))
        except Exception as error:  # noqa: BLE001 - one subscriber's fault is kept, retried and shown; the others go on
            _put_back(database, row_id, error=error, at=at)
        else:
            _finish(database, row_id, at=at)
            done += 1
    return done


def backlog(session: Session) -> int:
    """Deliveries that are still to be made; those given up are not among them."""
    waiting = OutboxRow.done_at.is_(None) & (OutboxRow.attempts < ATTEMPTS_MAX)
    return session.scalar(select(func.count()).select_from(OutboxRow).where(waiting)) or 0


def parked(session: Session, *, limit: int = BATCH_MAX) -> list[OutboxRow]:
    """Deliveries given up after `ATTEMPTS_MAX`; a person must look."""
    query = select(OutboxRow).where(OutboxRow.done_at.is_(None), OutboxRow.attempts >= ATTEMPTS_MAX)
    return list(session.scalars(query.order_by(OutboxRow.id).limit(limit)))


def retry_parked(session: Session, *, at: datetime) -> int:
    """Let every delivery that was given up be tried again from `at` on; how many there were."""
    given_up = (OutboxRow.done_at.is_(None), OutboxRow.attempts >= ATTEMPTS_MAX, OutboxRow.due_at <= at)
    again = session.execute(update(OutboxRow).where(*given_up).values(attempts=0, due_at=at).returning(OutboxRow.id))
    return len(again.all())


def deliver_again(session: Session, subscribers: Collection[str], *, since: datetime, at: datetime) -> int:
    """Let what these subscribers have had since then be delivered to them once more; how many deliveries."""
    had = (OutboxRow.subscriber.in_(subscribers), OutboxRow.done_at >= since)
    again = update(OutboxRow).where(*had).values(done_at=None, attempts=0, due_at=at).returning(OutboxRow.id)
    return len(session.execute(again).all())


def _claim(database: Database, *, at: datetime, limit: int) -> list[tuple[int, Subscriber, dict[str, Any]]]:
    """Take due rows out of other workers' sight until the lease ends. Each claim counts as an attempt."""
    subscribers = database.listeners.subscribers
    due = (
        select(OutboxRow.id)
        .where(OutboxRow.done_at.is_(None), OutboxRow.due_at <= at, OutboxRow.attempts < ATTEMPTS_MAX)
        .where(OutboxRow.subscriber.in_(subscribers))
        .order_by(OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")  # chosen once: a subquery that locks may be run again for every row, beyond the limit
    )
    taken = (
        update(OutboxRow)
        .where(OutboxRow.id.in_(select(due.c.id)))
        .values(due_at=at + LEASE, attempts=OutboxRow.attempts + 1)
        .returning(OutboxRow.id, OutboxRow.subscriber, OutboxRow.payload)
    )
    with database.transaction() as session:
        rows = session.execute(taken).all()
    return [(row.id, subscribers[row.subscriber], row.payload) for row in sorted(rows, key=lambda row: row.id)]


def _finish(database: Database, row_id: int, *, at: datetime) -> None:
    with database.transaction() as session:
        session.execute(update(OutboxRow).where(OutboxRow.id == row_id).values(done_at=at, error=None))


def _put_back(database: Database, row_id: int, *, error: Exception, at: datetime) -> None:
    with database.transaction() as session:
        row = session.get_one(OutboxRow, row_id)
        if isinstance(error, Away):
            row.attempts = min(row.attempts, ATTEMPTS_WHILE_AWAY)
        delay = min(RETRY_FIRST * 2 ** (row.attempts - 1), RETRY_LONGEST)
        row.due_at = at + delay
        row.error = f"{type(error).__name__}: {error}"[:ERROR_LENGTH_MAX]
