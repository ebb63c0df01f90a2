"""`platformctl books`: the invariants of the shop's books, asked of the room that knows them."""

from datetime import UTC, datetime

from platformctl.messages import translate
from shared_core import audit
from shared_core.kernel import outbox
from shared_core.kernel.database import Database
from shared_core.kernel.settings import read_settings


def results() -> list[audit.InvariantResult]:
    """Every invariant that applies to the database of the shop in the current folder."""
    database = Database(read_settings().database_url)
    try:
        with database.reading() as session:
            return audit.check(session, at=datetime.now(UTC))
    finally:
        database.dispose()


def retry_given_up() -> int:
    """Let the worker try again what it gave up to deliver; how many deliveries there were."""
    database = Database(read_settings().database_url)
    try:
        with database.transaction() as session:
            return outbox.retry_parked(session, at=datetime.now(UTC))
    finally:
        database.dispose()


def as_dict(result: audit.InvariantResult) -> dict[str, object]:
    """For machines; texts in English."""
    return {
        "code": result.code,
        "ok": result.ok,
        "title": result.title,
        "faults": [str(each) for each in result.faults],
        "note": str(result.note or ""),
    }


def tell(results: list[audit.InvariantResult]) -> None:
    """A line for each invariant, its faults below it."""
    for each in results:
        note = f" ({each.note.text(translate)})" if each.note else ""
        print(f"{'✓' if each.ok else '✗'} {each.code:4}{translate(each.title)}{note}")
        for fault in each.faults:
            print(f"      {fault.text(translate)}")
