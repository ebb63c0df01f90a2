"""Which pictures are wanted from elsewhere, and bringing them here: claimed, fetched in the open, noted."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from shared_core.kernel.bulk import among, chunks, insert_new
from shared_core.kernel.database import Database
from shared_core.kernel.errors import Away, Phrase, PlatformError, Translate
from shared_core.kernel.outgoing import origin
from shared_core.media import errors, images, rules
from shared_core.media.fetching import Fetch
from shared_core.media.models import PictureSource
from shared_core.media.store import PictureStore

Kept = Callable[[Session, Sequence[int]], None]
"""Told the rows whose pictures are kept now, in the transaction that notes it."""

LEASE = timedelta(minutes=10)
"""Longer than the pictures of one claim can take, however slow their servers are."""
AT_ONCE = 4
PER_CLAIM = 16
LISTED_MAX = 100
OWN = "own:"
"""Before the digest of a picture that comes from nowhere else: there is nobody to ask for it again."""

_PROBLEMS: Mapping[str, type[PlatformError]] = {
    each.code: each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, PlatformError) and each.__module__ == errors.__name__
}


@dataclass(frozen=True, slots=True)
class SourceView:
    """A picture from elsewhere. `due_at`: when it is asked for next, where it is waiting."""

    url: str
    state: str
    digest: str
    attempts: int
    due_at: datetime
    error: PlatformError | None

    def problem(self, translate: Translate) -> str:
        """What went wrong last, in the reader's language; empty where nothing did."""
        return self.error.text(translate) if self.error else ""


@dataclass(frozen=True, slots=True)
class _Claimed:
    id: int
    url: str
    promised: str | None


def want(session: Session, urls: Iterable[str], *, at: datetime) -> dict[str, int]:
    """Have the pictures behind these addresses brought here, once; the ids of their rows."""
    return want_exactly(session, dict.fromkeys(urls), at=at)


def want_exactly(session: Session, wanted: Mapping[str, str | None], *, at: datetime) -> dict[str, int]:
    """Like `want`, with the digest that each has to have, where it is known."""
    hashes = {_hash(url): url for url in wanted}
    table = cast(Table, PictureSource.__table__)
    fresh = {"state": "waiting", "attempts": 0, "due_at": at, "problem": "", "params": {}}
    rows = [{"url": url, "url_hash": key, "promised": wanted[url], **fresh} for key, url in hashes.items()]
    known = session.execute(select(PictureSource.url_hash).where(among(session, PictureSource.url_hash, hashes)))
    there = set(known.scalars())
    missing = [row for row in rows if row["url_hash"] not in there]
    if missing:
        insert_new(session, table, missing, returning=("id",))
    found = session.execute(
        select(PictureSource.id, PictureSource.url_hash).where(among(session, PictureSource.url_hash, hashes))
    )
    return {hashes[row.url_hash]: row.id for row in found}


def own(session: Session, digest: str, *, at: datetime) -> int:
    """The row of a picture that somebody put into the store by hand."""
    [row_id] = want(session, [OWN + digest], at=at).values()
    session.execute(update(PictureSource).where(PictureSource.id == row_id).values(state="kept", digest=digest))
    return row_id


def gather(
    database: Database, store: PictureStore, fetch: Fetch, *, kept: Kept, at: datetime, limit: int = PER_CLAIM
) -> int:
    """Bring what is due here, with no transaction open meanwhile; how many pictures are kept now.

    What cannot be had is noted with its reason, and tried again where that may help.
    """
    claimed = _claim(database, at=at, limit=limit)
    if not claimed:
        return 0
    with ThreadPoolExecutor(AT_ONCE) as several:
        tasks = [several.submit(_bring, store, fetch, each) for each in claimed]
    outcomes = [_outcome(task, each) for task, each in zip(tasks, claimed, strict=True)]
    there = [row.id for row, told in zip(claimed, outcomes, strict=True) if isinstance(told, str)]
    with database.transaction() as session:
        for row, told in zip(claimed, outcomes, strict=True):
            _note(session, row.id, told, at=at)
        kept(session, there)
    return len(there)


def sources(session: Session, *, state: str = "", limit: int = LISTED_MAX) -> list[SourceView]:
    """Pictures from elsewhere, those that failed and wait first."""
    rank = {"failed": 0, "waiting": 1, "kept": 2}
    query = select(PictureSource).order_by(PictureSource.id).limit(limit)
    rows: list[PictureSource] = []
    for each in [state] if state else rank:
        rows += session.scalars(query.where(PictureSource.state == each)).all()
    return [_view(row) for row in rows[:limit]]


def retry(session: Session, *, store: PictureStore, at: datetime) -> int:
    """Ask again from `at` on for what was not had, and for what was kept and is not in the store; how many."""
    columns = (PictureSource.id, PictureSource.url, PictureSource.digest)
    kept = session.execute(select(*columns).where(PictureSource.state == "kept"))
    lost = [row.id for row in kept if not row.url.startswith(OWN) and not store.has(row.digest or "")]
    tried = (PictureSource.state == "waiting") & (PictureSource.attempts > 0)
    which = [
        tried | (PictureSource.state == "failed"),
        *(among(session, PictureSource.id, some) for some in chunks(lost)),
    ]
    fresh = {"state": "waiting", "attempts": 0, "due_at": at, "problem": "", "params": {}}
    again = update(PictureSource).values(**fresh).returning(PictureSource.id)
    return sum(len(session.scalars(again.where(each)).all()) for each in which)


def _claim(database: Database, *, at: datetime, limit: int) -> list[_Claimed]:
    due = (
        select(PictureSource.id)
        .where(PictureSource.state == "waiting", PictureSource.due_at <= at)
        .order_by(PictureSource.due_at, PictureSource.id)
        .limit(limit)
    )
    with database.glance() as session:
        if session.scalar(due.limit(1)) is None:
            return []
    chosen = due.with_for_update(skip_locked=True).cte("due")
    taken = (
        update(PictureSource)
        .where(PictureSource.id.in_(select(chosen.c.id)))
        .values(due_at=at + LEASE, attempts=PictureSource.attempts + 1)
        .returning(PictureSource.id, PictureSource.url, PictureSource.promised)
    )
    with database.transaction() as session:
        return [_Claimed(row.id, row.url, row.promised) for row in session.execute(taken)]


def _bring(store: PictureStore, fetch: Fetch, wanted: _Claimed) -> str:
    """Keep the picture; its digest."""
    content = fetch(wanted.url)
    if wanted.promised is None:
        picture = images.render(content)
    elif hashlib.sha256(content).hexdigest() == wanted.promised:
        picture = images.render_kept(content)
    else:
        raise errors.PictureChanged(host=origin(wanted.url))
    store.keep(picture)
    return picture.digest


def _outcome(task: Future[str], wanted: _Claimed) -> str | PlatformError:
    """The digest of what is kept now, or why it is not: also a full disk keeps no other picture from coming."""
    error = task.exception()
    if error is None or isinstance(error, PlatformError):
        return error or task.result()
    return errors.PictureAway(host=origin(wanted.url), reason=f"{type(error).__name__}: {error}")


def _note(session: Session, row_id: int, told: str | PlatformError, *, at: datetime) -> None:
    row = session.get_one(PictureSource, row_id)
    if isinstance(told, str):
        row.state, row.digest, row.attempts, row.problem, row.params = "kept", told, 0, "", {}
        return
    wait = rules.retry_in(row.attempts) if isinstance(told, Away) else None
    row.state, row.due_at = ("failed", at) if wait is None else ("waiting", at + wait)
    row.problem, row.params = told.code, {name: _plain(value) for name, value in told.params.items()}


def _plain(value: object) -> object:
    """A parameter as it is kept: prose in the words of this release, the rest as it is."""
    if isinstance(value, Phrase):
        return {"message": value.message, "params": dict(value.params)}
    return value if isinstance(value, int | str) else str(value)


def _view(row: PictureSource) -> SourceView:
    kind = _PROBLEMS.get(row.problem)
    params = {
        name: Phrase(value["message"], **value["params"]) if isinstance(value, Mapping) else value
        for name, value in row.params.items()
    }
    error = kind(**params) if kind else None
    return SourceView(row.url, row.state, row.digest or "", row.attempts, row.due_at, error)


def _hash(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()
