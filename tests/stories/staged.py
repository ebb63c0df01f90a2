"""A shop's own app.py on a stage: its clock can be put forward, and it can be killed at a chosen commit.

Run in a shop's folder as `python staged.py PORT`; STAGE names a folder in which `script.json` gives directions:

    {"later_seconds": 691200, "kill": {"arm": "7", "commit": 3, "when": "after", "by": "request"}}

The shop lives in a child process that kills itself (SIGKILL) before or after the n-th commit, counted from when the
direction came, that has written something and was made by a request or by the background worker. Its parent, which
has opened nothing of the shop, at once starts another one, as an init system would. The chores are done without
pausing, so that a story need not wait; `swept` says up to which instant all of them have been done.
"""

import dataclasses
import importlib
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

import shared_core.storefront.shop as composition
import shared_core.storefront.worker as background
import shared_core.web.worker as rounds
from shared_core.kernel.database import Database
from shared_core.storefront.chores import CHORES
from shared_core.web.worker import Chore

HOST = "127.0.0.1"
GRACE_SECONDS = 20
READS = ("SELECT", "PRAGMA", "BEGIN")
WROTE = "wrote"
WORKER_THREAD = "worker"
PAUSE_SECONDS = 0.1
UNHURRIED = {"refresh window", "review ranks"}


class Directions:
    """What the script says now. Commits are counted from the moment a new killing is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._arm = ""
        self._seen = 0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._script().get("later_seconds", 0))

    def commit(self, when: str) -> None:
        """A transaction that has written is about to be committed, or was just now."""
        kill = self._script().get("kill")
        by = "worker" if threading.current_thread().name == WORKER_THREAD else "request"
        if kill is None or kill["by"] != by or kill["arm"] == self._fired():
            return
        with self._lock:
            if kill["arm"] != self._arm:
                self._arm, self._seen = kill["arm"], 0
            self._seen += when == "before"
            if kill["when"] == when and self._seen == kill["commit"]:
                (self._folder / "fired").write_text(kill["arm"])
                os.kill(os.getpid(), signal.SIGKILL)

    def note_sweep(self, _shop: object, at: datetime) -> int:
        """The last chore of each round: everything due at `at` has been looked at."""
        beside = self._folder / "swept.part"
        beside.write_text(at.isoformat(), "utf-8")
        beside.replace(self._folder / "swept")
        return 0

    def _script(self) -> dict[str, Any]:
        try:
            script: dict[str, Any] = json.loads((self._folder / "script.json").read_text("utf-8"))
        except FileNotFoundError:
            return {}
        return script

    def _fired(self) -> str:
        try:
            return (self._folder / "fired").read_text()
        except FileNotFoundError:
            return ""


def put_on_stage(directions: Directions) -> None:
    """Watch the only commit there is, and give every shop opened from now on the stage's clock."""
    original = Database.transaction

    @contextmanager
    def transaction(self: Database) -> Iterator[Session]:
        wrote = False
        with original(self) as session:
            yield session
            if session.in_transaction():
                session.flush()
                wrote = bool(session.connection().info.pop(WROTE, False))
            if wrote:
                directions.commit("before")
        if wrote:
            directions.commit("after")

    Database.transaction = transaction  # type: ignore[method-assign]
    event.listen(Engine, "begin", lambda connection: connection.info.pop(WROTE, None))
    event.listen(Engine, "before_cursor_execute", _note_writes)
    composition.utc_now = directions.now
    rounds.PAUSE_SECONDS = PAUSE_SECONDS
    hurried = (each if each.name in UNHURRIED else dataclasses.replace(each, every=timedelta()) for each in CHORES)
    background.CHORES = (*hurried, Chore("note sweep", directions.note_sweep, timedelta()))  # type: ignore[attr-defined]


def _note_writes(connection: Any, _cursor: object, statement: str, *_rest: object) -> None:
    if not statement.lstrip().upper().startswith(READS):
        connection.info[WROTE] = True


def play(port: int) -> None:
    """Serve the shop in the current folder; another child takes over whenever one was killed."""
    sys.path.insert(0, str(Path.cwd()))
    child = 0

    def pass_on(number: int, _frame: object) -> None:
        os.kill(child, number)

    while True:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            uvicorn.run(
                importlib.import_module("app").app,
                host=HOST,
                port=port,
                log_config=None,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
            return
        signal.signal(signal.SIGTERM, pass_on)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if code != -signal.SIGKILL:
            sys.exit(abs(code))


if __name__ == "__main__":
    put_on_stage(Directions(Path(os.environ["STAGE"])))
    play(int(sys.argv[1]))
