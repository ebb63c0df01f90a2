"""`platformctl books`: the invariants of the shop's books, asked of the room that knows them."""

from datetime import UTC, datetime

from shared_core import audit
from shared_core.kernel import outbox
from shared_core.kernel.database import Database
from shared_core.kernel.settings import Settings


def results() -> list[audit.InvariantResult]:
    """Every invariant that applies to the database of the shop in the current folder."""
    database = Database(Settings().database_url)
    try:
        with database.reading() as session:
            return audit.check(session, at=datetime.now(UTC))
    finally:
        database.dispose()


def retry_given_up() -> int:
    """Let the worker try again what it gave up to deliver; how many deliveries there were."""
    database = Database(Settings().database_url)
    try:
        with database.transaction() as session:
            return outbox.retry_parked(session, at=datetime.now(UTC))
    finally:
        database.dispose()
