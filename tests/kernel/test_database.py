"""The engine is safe for stock and money."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import psycopg
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from shared_core.kernel.database import Database, UtcDateTime, insert_or_ignore, lost_a_deadlock
from shared_core.kernel.outbox import OutboxRow
from shared_core.ledger.models import Account


def _row(at: datetime, attempts: int = 0) -> OutboxRow:
    return OutboxRow(subscriber="x", payload={}, written_at=at, due_at=at, attempts=attempts)


def test_read_then_write_in_forty_threads_loses_no_update(database: Database, at: datetime) -> None:
    with database.transaction() as session:
        session.add(_row(at))

    def count_up(_: int) -> None:
        with database.transaction() as session:
            row = session.scalars(select(OutboxRow).with_for_update()).one()
            row.attempts += 1

    with ThreadPoolExecutor(40) as pool:
        list(pool.map(count_up, range(200)))

    with database.reading() as session:
        assert session.scalars(select(OutboxRow.attempts)).one() == 200


def test_a_block_that_raises_leaves_nothing_behind(database: Database, at: datetime) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        session.add(_row(at))
        session.flush()
        _ = 1 // 0

    with database.reading() as session:
        assert session.scalars(select(OutboxRow)).all() == []


def test_a_reading_session_keeps_nothing(database: Database, at: datetime) -> None:
    with database.transaction() as session:
        session.add(_row(at))
    with database.reading() as session:
        session.execute(update(OutboxRow).values(attempts=9))

    with database.reading() as session:
        assert session.scalars(select(OutboxRow.attempts)).one() == 0


def test_a_glance_reads_and_refuses_to_write(database: Database, at: datetime) -> None:
    with database.transaction() as session:
        session.add(_row(at))
    with database.glance() as session:
        assert session.scalars(select(OutboxRow.attempts)).one() == 0
        if database.dialect == "postgresql":
            with pytest.raises(AssertionError):
                session.execute(update(OutboxRow).values(attempts=9))
            session.add(_row(at))
            with pytest.raises(AssertionError):
                session.flush()

    with database.reading() as session:
        assert session.scalars(select(OutboxRow.attempts)).one() == 0


def test_connections_that_the_server_has_closed_are_not_used_again(database: Database) -> None:
    if database.dialect == "sqlite":
        pytest.skip("there is no server")
    with database.reading() as first, database.reading() as second:
        pids = [session.scalar(text("SELECT pg_backend_pid()")) for session in (first, second)]
    with psycopg.connect(database.engine.url.set(drivername="postgresql").render_as_string(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s) pid", [pids])
    with database.transaction() as session, database.glance() as glance:
        assert session.scalar(select(OutboxRow.id)) is None
        assert glance.scalar(select(OutboxRow.id)) is None


def test_of_two_that_wait_for_each_other_one_is_told_that_it_lost(database: Database) -> None:
    if database.dialect == "sqlite":
        pytest.skip("one writer at a time cannot wait for another")
    take = text("SELECT pg_advisory_xact_lock(:key)")
    with database.transaction() as one, database.transaction() as other, ThreadPoolExecutor(2) as threads:
        one.execute(take, {"key": 1})
        other.execute(take, {"key": 2})
        crossing = [threads.submit(one.execute, take, {"key": 2}), threads.submit(other.execute, take, {"key": 1})]
        lost = [error for each in crossing if isinstance(error := each.exception(), OperationalError)]
        for session in (one, other):
            session.rollback()
    assert [lost_a_deadlock(error) for error in lost] == [True]


def test_another_failure_is_no_lost_deadlock(database: Database) -> None:
    with database.reading() as session, pytest.raises(DBAPIError) as told:
        session.execute(text("SELECT nothing FROM nowhere"))
    assert not lost_a_deadlock(told.value)


def test_instants_come_back_in_utc_whatever_zone_they_were_written_in(database: Database) -> None:
    tokyo = datetime(2026, 3, 1, 9, 0, tzinfo=timezone(timedelta(hours=9)))
    with database.transaction() as session:
        session.add(_row(tokyo))

    with database.reading() as session:
        assert session.scalars(select(OutboxRow.due_at)).one() == datetime(2026, 3, 1, 0, 0, tzinfo=UTC)


def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(AssertionError):
        UtcDateTime().process_bind_param(datetime(2026, 3, 1), database.engine.dialect)  # noqa: DTZ001


def test_insert_or_ignore_says_who_was_first(database: Database) -> None:
    row = {"book": "store", "address": "assets:bank", "currency": "CNY"}
    with database.transaction() as session:
        first = insert_or_ignore(session, Account, row, conflict=["book", "address", "currency"])
        second = insert_or_ignore(session, Account, row, conflict=["book", "address", "currency"])

    assert (first, second) == (True, False)


def test_foreign_keys_are_enforced(database: Database) -> None:
    orphan = text(
        "INSERT INTO ledger_posting (transaction_id, source_id, destination_id, amount_minor) VALUES (1, 2, 3, 4)"
    )
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(orphan)
