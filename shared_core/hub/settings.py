"""What a hub's deployment decides (HUB_…)."""

from typing import Annotated

from pydantic import AfterValidator
from pydantic_settings import SettingsConfigDict

from shared_core.kernel.settings import Deployment, database_address


class HubSettings(Deployment):
    """A hub's."""

    model_config = SettingsConfigDict(env_prefix="HUB_")

    database_url: Annotated[str, AfterValidator(database_address)] = "sqlite:///hub.db"
