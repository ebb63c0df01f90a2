"""Whether this process runs a plan that was never published, and saying so on every page."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

import structlog
from sqlalchemy.exc import SQLAlchemyError

from shared_core import plan, rewards
from shared_core.kernel.database import Database

FRESH = timedelta(seconds=10)
"""How old an answer may be on pages; money is decided by the database, in the transaction of the order."""
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)

_log = structlog.get_logger()


@dataclass
class TrialWatch:
    """Answers `on_trial` for pages, from the database every now and then."""

    database: Database
    plan_at: Callable[[datetime], plan.Plan]
    gate: rewards.TrialGate
    _trial: bool = True
    _asked_at: datetime | None = None
    _lock: Lock = field(default_factory=Lock)

    def on_trial(self, at: datetime) -> bool:
        """While the database is away the last answer holds; before the first one the plan counts as on trial."""
        if self.gate is rewards.never_on_trial:
            return False
        with self._lock:
            if self._asked_at is None or abs(at - self._asked_at) >= FRESH:
                self._asked_at = at
                self._ask(at)
            return self._trial

    def forget(self) -> None:
        """Ask again at the next page: something was published."""
        with self._lock:
            self._asked_at = None

    def _ask(self, at: datetime) -> None:
        try:
            with self.database.glance() as session:
                self._trial = self.gate(session, self.plan_at(at), at)
        except (SQLAlchemyError, plan.NoPlanYet) as error:
            _log.warning("cannot tell whether the plan is published", reason=type(error).__name__)


def with_banner(page: str, banner: str) -> str:
    """`page` with `banner` first in its body: whatever a theme shadows, it stays."""
    body = _BODY.search(page)
    place = body.end() if body else 0
    return page[:place] + banner + page[place:]
