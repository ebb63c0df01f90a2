"""One running hub: everything its routes need, wired once. This is the only composition root of a hub."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from shared_core import media
from shared_core.hub import config
from shared_core.hub.config import HubConfig
from shared_core.hub.gate import Gate
from shared_core.hub.settings import HubSettings
from shared_core.kernel.database import Database
from shared_core.kernel.settings import refuse_unfit
from shared_core.web.schema import Schema


@dataclass(frozen=True)
class Hub:
    """What a request needs to know. `keys` sign forms: the first signs, all of them verify."""

    config: HubConfig
    settings: HubSettings
    database: Database
    clock: Callable[[], datetime]
    schema: Schema
    keys: tuple[str, ...]
    pictures: media.PictureStore
    fetch: media.Fetch
    gate: Gate

    @classmethod
    def open(cls, folder: Path, settings: HubSettings, *, clock: Callable[[], datetime] | None = None) -> "Hub":
        """Read the hub's folder and connect everything. Raises ConfigError with every fault found.

        `clock` is for tests.
        """
        refuse_unfit(settings)
        database = Database(settings.database_url)
        return cls(
            config=config.load(folder),
            settings=settings,
            database=database,
            clock=clock if clock is not None else _utc_now,
            schema=Schema(settings.database_url),
            keys=settings.keys,
            pictures=media.PictureStore(settings.media_folder),
            fetch=media.SafeFetch(tuple(settings.media_private_origins), settings.variable("media_private_origins")),
            gate=Gate(database, trusted_proxies=settings.trusted_proxies),
        )

    @property
    def zone(self) -> str:
        """By whose calendar days and months are counted."""
        return self.config.hub.zone

    @property
    def name(self) -> str:
        return self.config.hub.name


def _utc_now() -> datetime:
    return datetime.now(UTC)
