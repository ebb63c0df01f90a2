"""The hub: one supply for many storefronts as a web application of its own."""

from shared_core.hub import accounts, staff
from shared_core.hub.app import create_app, run_worker
from shared_core.hub.config import FILE as CONFIG_FILE
from shared_core.hub.config import HubConfig
from shared_core.hub.config import load as load_config
from shared_core.hub.hub import Hub
from shared_core.hub.rights import Role
from shared_core.hub.settings import HubSettings

__all__ = [
    "CONFIG_FILE",
    "Hub",
    "HubConfig",
    "HubSettings",
    "Role",
    "accounts",
    "create_app",
    "load_config",
    "run_worker",
    "staff",
]
