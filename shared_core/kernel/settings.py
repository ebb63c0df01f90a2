"""What a deployment decides, read from the environment (SHOP_…) or a .env file; never from the repository."""

from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared_core.kernel.findings import Finding
from shared_core.kernel.i18n import N_

SECRET_LENGTH_MIN = 32
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


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
    """Where the shop is reached from outside, "https://shop.example". Production refuses to start without it; in
    development empty means: as the request says."""
    trusted_proxies: int = 0
    """How many proxies in front set X-Forwarded-For; 0 trusts none."""
    log_json: bool = False
    log_level: str = "INFO"
    worker_inline: bool = True
    """Run the background worker inside the app process; off when a worker process runs beside it."""
    rate_limits: bool = True
    """Off only where a benchmark plays every visitor from one address."""


def review(settings: Settings) -> Iterator[Finding]:
    """What cannot stay as it is; errors keep a shop from starting."""
    production = settings.environment == "production"
    if len(settings.secret_key.get_secret_value()) < SECRET_LENGTH_MIN:
        yield Finding(
            code="no_secret_key",
            message=N_("SHOP_SECRET_KEY is missing or shorter than {least} characters."),
            remedy=N_("Set it to the output of: openssl rand -hex 32"),
            severity="error" if production else "warning",
            key="SHOP_SECRET_KEY",
            params={"least": SECRET_LENGTH_MIN},
        )
    if production and not settings.base_url:
        yield _bad_address("no_base_url", N_("a shop in production must know the address its customers use."))
    elif settings.base_url and not _is_origin(settings.base_url):
        yield _bad_address("bad_base_url", N_("the address must be a scheme and a host, without a path."))
    elif production and not _is_private(settings.base_url):
        yield _bad_address("insecure_base_url", N_("over plain HTTP passwords and log-ins could be read on the way."))


def _bad_address(code: str, message: str) -> Finding:
    return Finding(code, message, N_("Set it like this: SHOP_BASE_URL=https://shop.example"), key="SHOP_BASE_URL")


def _is_origin(address: str) -> bool:
    """Whether a browser could send this as Origin, but for a slash at the end."""
    parts = urlsplit(address)
    bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and bare


def _is_private(address: str) -> bool:
    """Whether nobody can listen in: TLS, or no network at all."""
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname in THIS_MACHINE
