"""`hub.toml`: what a hub says about itself. What it supplies and to whom is in its database."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from shared_core.kernel import tomlfile
from shared_core.kernel.fields import CurrencyCode, LocaleName, ZoneName

FILE = "hub.toml"


class _Section(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class HubSection(_Section):
    name: Annotated[str, Field(min_length=1, max_length=60)]
    locale: LocaleName = "zh-CN"
    currency: CurrencyCode = "CNY"
    """In which new tenants are supplied, unless they are told another."""
    zone: ZoneName = "Asia/Shanghai"
    """By whose calendar days and months are counted."""


class HubConfig(_Section):
    """One hub's hub.toml."""

    hub: HubSection

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.hub.zone)


def load(folder: Path = Path()) -> HubConfig:
    """Read `folder`/hub.toml. Raises ConfigError with every fault, its line and its remedy."""
    return tomlfile.load(folder / FILE, HubConfig)
