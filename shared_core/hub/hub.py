"""One running hub: everything its routes need, wired once. This is the only composition root of a hub."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from jinja2 import Environment

from shared_core import media, members
from shared_core.hub import config
from shared_core.hub.config import HubConfig
from shared_core.hub.gate import WRITERS, Gate
from shared_core.hub.settings import HubSettings
from shared_core.kernel import i18n
from shared_core.kernel.database import Database
from shared_core.kernel.settings import refuse_unfit
from shared_core.web import templating
from shared_core.web.devices import Devices
from shared_core.web.limits import Limiter
from shared_core.web.loops import PerLoop
from shared_core.web.schema import Schema
from shared_core.web.statics import Statics

LOCALES = ("en", "zh-CN")
HERE = Path(__file__).parent


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
    documents: media.PrivateStore
    fetch: media.Fetch
    gate: Gate
    passwords: members.Passwords
    limiter: Limiter
    statics: Statics
    templates: Environment
    turns: PerLoop[asyncio.Semaphore]
    """A form that is sent takes its turn here before it takes a thread; calls of storefronts have the gate's."""

    @classmethod
    def open(
        cls,
        folder: Path,
        settings: HubSettings,
        *,
        clock: Callable[[], datetime] | None = None,
        passwords: members.Passwords | None = None,
    ) -> "Hub":
        """Read the hub's folder and connect everything. Raises ConfigError with every fault found.

        `clock` and `passwords` (a cheaper hash) are for tests.
        """
        refuse_unfit(settings)
        found, statics = config.load(folder), Statics({"hub": HERE / "static"})
        database = Database(settings.database_url)
        templates = templating.environment(
            HERE / "templates",
            zone=found.zone,
            asset=statics.url,
            reload=settings.environment == "development",
        )
        return cls(
            config=found,
            settings=settings,
            database=database,
            clock=clock if clock is not None else _utc_now,
            schema=Schema(settings.database_url),
            keys=settings.keys,
            pictures=media.PictureStore(settings.media_folder),
            documents=media.PrivateStore(settings.documents_folder),
            fetch=media.SafeFetch(tuple(settings.media_private_origins), settings.variable("media_private_origins")),
            gate=Gate(database, trusted_proxies=settings.trusted_proxies),
            passwords=passwords if passwords is not None else members.Passwords(),
            limiter=Limiter(enabled=settings.rate_limits),
            statics=statics,
            templates=templates,
            turns=PerLoop(partial(asyncio.Semaphore, WRITERS[database.dialect])),
        )

    @property
    def zone(self) -> str:
        """By whose calendar days and months are counted."""
        return self.config.hub.zone

    @property
    def currency(self) -> str:
        """In which new tenants and suppliers are."""
        return self.config.hub.currency

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages of its pages, its own first."""
        own = [each for each in LOCALES if i18n.normalise(each) == i18n.normalise(self.config.hub.locale)]
        return (*own, *(each for each in LOCALES if each not in own))

    @property
    def devices(self) -> Devices:
        """Those that have logged in before."""
        return Devices(self.keys, self.settings.secure)

    @property
    def name(self) -> str:
        return self.config.hub.name


def _utc_now() -> datetime:
    return datetime.now(UTC)
