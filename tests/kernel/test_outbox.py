"""Effects wait for the commit, survive a killed worker and never stop one another."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from shared_core.kernel import outbox
from shared_core.kernel.database import Database
from shared_core.kernel.events import announce
from shared_core.kernel.listeners import Listeners


@dataclass(frozen=True)
class Rang:
    bell: str
    at: datetime


class Broken(Exception):
    pass


def test_a_subscriber_hears_only_what_was_committed(database_url: str, at: datetime) -> None:
    heard: list[Rang] = []
    listeners = Listeners()
    listeners.after_commit(Rang, "hear", heard.append)
    database = Database(database_url, listeners)
    with database.transaction() as session:
        announce(session, Rang("kept", at))
    with pytest.raises(Broken), database.transaction() as session:
        announce(session, Rang("lost", at))
        raise Broken

    assert outbox.deliver(database, at=at) == 1
    assert outbox.deliver(database, at=at) == 0
    assert heard == [Rang("kept", at)]
    database.dispose()


def test_a_listener_that_raises_takes_everything_back(database_url: str, at: datetime) -> None:
    listeners = Listeners()
    listeners.after_commit(Rang, "hear", lambda event: None)

    def refuse(session: object, event: Rang) -> None:
        raise Broken

    listeners.listen(Rang, refuse)
    database = Database(database_url, listeners)
    with pytest.raises(Broken), database.transaction() as session:
        announce(session, Rang("x", at))

    with database.reading() as session:
        assert outbox.backlog(session) == 0
    database.dispose()


def test_a_failing_subscriber_is_retried_later_and_parked_in_the_end(database_url: str, at: datetime) -> None:
    heard: list[str] = []

    def fail(event: Rang) -> None:
        raise Broken("no")

    listeners = Listeners()
    listeners.after_commit(Rang, "fails", fail)
    listeners.after_commit(Rang, "works", lambda event: heard.append(event.bell))
    database = Database(database_url, listeners)
    with database.transaction() as session:
        announce(session, Rang("a", at))

    now = at
    for _ in range(outbox.ATTEMPTS_MAX + 2):
        outbox.deliver(database, at=now)
        now += outbox.RETRY_LONGEST
    with database.reading() as session:
        (row,) = outbox.parked(session)
        assert outbox.backlog(session) == 0

    assert heard == ["a"]
    assert (row.attempts, row.error) == (outbox.ATTEMPTS_MAX, "Broken: no")
    database.dispose()


def test_a_delivery_claimed_by_a_killed_worker_comes_back_when_its_lease_ends(database_url: str, at: datetime) -> None:
    heard: list[str] = []

    def die(event: Rang) -> None:
        raise KeyboardInterrupt

    killed, other = Listeners(), Listeners()
    killed.after_commit(Rang, "hear", die)
    other.after_commit(Rang, "hear", lambda event: heard.append(event.bell))
    first, second = Database(database_url, killed), Database(database_url, other)
    with first.transaction() as session:
        announce(session, Rang("a", at))
    with pytest.raises(KeyboardInterrupt):
        outbox.deliver(first, at=at)

    assert outbox.deliver(second, at=at + outbox.LEASE - timedelta(seconds=1)) == 0
    assert outbox.deliver(second, at=at + outbox.LEASE) == 1
    assert heard == ["a"]
    first.dispose()
    second.dispose()


def test_what_was_given_up_can_be_tried_again(database_url: str, at: datetime) -> None:
    heard: list[str] = []
    broken = [True]

    def mended_later(event: Rang) -> None:
        if broken:
            raise Broken
        heard.append(event.bell)

    listeners = Listeners()
    listeners.after_commit(Rang, "hear", mended_later)
    database = Database(database_url, listeners)
    with database.transaction() as session:
        announce(session, Rang("a", at))
    now = at
    for _ in range(outbox.ATTEMPTS_MAX):
        outbox.deliver(database, at=now)
        now += outbox.RETRY_LONGEST
    broken.clear()
    assert outbox.deliver(database, at=now) == 0

    with database.transaction() as session:
        assert outbox.retry_parked(session, at=now) == 1
    assert outbox.deliver(database, at=now) == 1
    assert heard == ["a"]
    database.dispose()
