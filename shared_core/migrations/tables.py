"""Every table of the core, for comparing the schema with the migrations and for making test databases.

Rooms keep their tables in modules named `models` (or `*_models`); the kernel's own are in its outbox.
"""

import importlib
import pkgutil

from sqlalchemy import MetaData

import shared_core
from shared_core.kernel.database import Base


def metadata() -> MetaData:
    """The tables of all rooms; imports each room's models, nothing of the shells' web parts."""
    for room in pkgutil.iter_modules(shared_core.__path__, "shared_core."):
        if room.ispkg:
            package = importlib.import_module(room.name)
            for module in pkgutil.iter_modules(package.__path__, f"{room.name}."):
                name = module.name.rpartition(".")[2]
                if name in {"models", "outbox"} or name.endswith("_models"):
                    importlib.import_module(module.name)
    return Base.metadata
