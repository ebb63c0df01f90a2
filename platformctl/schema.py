"""A shop's database schema: brought up to date, or required to be."""

from pathlib import Path

from platformctl.failures import SchemaBehind, few
from platformctl.shop import ShopFolder
from shared_core import migrations
from shared_core.kernel.settings import read_settings


def migrate(shop: ShopFolder) -> list[str]:
    """Bring the shop's database to the newest schema; returns what was applied. Raises SchemaUnknown."""
    return migrations.upgrade(read_settings().database_url, brand=shop.brand)


def require_current(shop: ShopFolder) -> None:
    """Raises SchemaBehind or SchemaUnknown unless the database is up to date."""
    missing = migrations.pending(read_settings().database_url, brand=shop.brand)
    if missing:
        raise SchemaBehind(names=few(missing), command="platformctl migrate")


def revise(shop: ShopFolder, message: str) -> Path:
    """Write an empty migration into the shop's own branch; its database must be up to date."""
    written = migrations.revise(read_settings().database_url, message, brand=shop.brand)
    assert written is not None, "a shop's own migration is always written"
    return written
