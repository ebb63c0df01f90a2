"""Visitors and people with valid defaults; a test names only what it is about."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from shared_core import members
from shared_core.kernel.database import Database
from shared_core.kernel.listeners import Listeners
from tests.databases import Databases

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FOR_EVER = members.BindingPolicy()
THIRTY_DAYS = members.BindingPolicy(days=30, zone="Asia/Shanghai")
ALL_EVENTS = (
    members.FanBound,
    members.FanCounted,
    members.FanLeft,
    members.MemberIdentified,
    members.MemberJoined,
    members.VisitorMerged,
)

numbers = itertools.count(1)


def days(count: int) -> datetime:
    """`count` days after NOON."""
    return NOON + timedelta(days=count)


def visitor(session: Session, *, at: datetime = NOON) -> int:
    number = next(numbers)
    return members.create_visitor(session, token_hash=f"token-{number}", code=f"V{number}", at=at)


def person(
    session: Session,
    name: str = "Anna",
    *,
    login: str | None = None,
    password_hash: str = "not a hash",
    visitor_id: int | None = None,
    policy: members.BindingPolicy = FOR_EVER,
    at: datetime = NOON,
) -> int:
    number = next(numbers)
    return members.sign_up(
        session,
        login=members.normalise_login(login or f"person-{number}@example.com"),
        password_hash=password_hash,
        name=name,
        visitor_id=visitor_id,
        code=f"P{number}",
        policy=policy,
        at=at,
    )


def bind(
    session: Session,
    fan_id: int,
    sponsor_id: int,
    *,
    policy: members.BindingPolicy = FOR_EVER,
    at: datetime = NOON,
) -> members.Outcome:
    return members.bind(session, fan_id=fan_id, sponsor_id=sponsor_id, policy=policy, at=at)


def chain(session: Session, *member_ids: int, at: datetime = NOON) -> None:
    """Bind each of them to the next one."""
    for fan_id, sponsor_id in itertools.pairwise(member_ids):
        assert bind(session, fan_id, sponsor_id, at=at) == members.Outcome.BOUND


@contextmanager
def heard(session: Session) -> Iterator[list[Any]]:
    """The events of this room announced inside the block, in order."""
    told: list[Any] = []
    listeners = session.info["listeners"]
    assert isinstance(listeners, Listeners)
    for event_type in ALL_EVENTS:
        listeners.listen(event_type, lambda _session, event: told.append(event))
    yield told


@contextmanager
def opened(databases: Databases) -> Iterator[Session]:
    """A session on an empty database of its own, for tests that need many."""
    with databases.fresh() as url:
        database = Database(url)
        try:
            with database.transaction() as session:
                yield session
        finally:
            database.dispose()
