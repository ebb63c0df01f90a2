"""What a deployment decides, read from the environment (SHOP_…) or a .env file; never from the repository."""

from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Environment of one process; defaults suit development, production must set what it says."""

    model_config = SettingsConfigDict(env_prefix="SHOP_", env_file=".env", extra="ignore", frozen=True)

    environment: Literal["development", "production"] = "development"
    database_url: str = "sqlite:///shop.db"
    secret_key: SecretStr = SecretStr("")
    """Signs share links and forms. Production refuses to start without at least 32 characters."""
    previous_secret_keys: list[SecretStr] = []
    """Old keys whose signatures are still accepted while a new key takes over."""
    base_url: str = ""
    """Where the shop is reached from outside, "https://shop.example"; empty: as the request says."""
    trusted_proxies: int = 0
    """How many proxies in front set X-Forwarded-For; 0 trusts none."""
    log_json: bool = False
    log_level: str = "INFO"
    worker_inline: bool = True
    """Run the background worker inside the app process; off when a worker process runs beside it."""
    rate_limits: bool = True
    """Off only where a benchmark plays every visitor from one address."""
