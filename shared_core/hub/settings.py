"""What a hub's deployment decides (HUB_…)."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode, SettingsConfigDict

from shared_core.kernel.settings import Deployment, database_address, listed


class HubSettings(Deployment):
    """A hub's."""

    model_config = SettingsConfigDict(env_prefix="HUB_")

    database_url: Annotated[str, AfterValidator(database_address)] = "sqlite:///hub.db"
    webhook_private_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(listed)] = ()
    """Storefronts inside the own network that may be told of changes, as ["http://shop.lan:8000"]."""

    @property
    def documents_folder(self) -> Path:
        """Where documents of suppliers are kept; nobody gets them from there but by a page that asks who it is."""
        return self.media_folder / "private"
