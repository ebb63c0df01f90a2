"""Whether the database has every table this version needs."""

import threading
from pathlib import Path

import structlog

from shared_core import migrations

_log = structlog.get_logger()


class Schema:
    """Looks until the schema is found complete, and not again: nothing is ever taken away under a running app."""

    def __init__(self, url: str, brand_dir: Path | None = None) -> None:
        self._url = url
        self._brand_dir = brand_dir
        self._lock = threading.Lock()
        self._complete = False

    def is_complete(self) -> bool:
        """Raises what the database raises when it cannot be asked, SchemaUnknown when a newer version migrated it."""
        with self._lock:
            if not self._complete:
                self._complete = not migrations.pending(self._url, brand=self._brand_dir)
                if self._complete:
                    _log.info("database is up to date")
            return self._complete
