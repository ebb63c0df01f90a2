"""How commands get into a shop whose database they use."""

from pathlib import Path

from platformctl.shop import ShopFolder, enter


def ready(folder: Path) -> None:
    """Go into the shop; its database must be up to date. Raises NotAShop, NoShopEnvironment, SchemaBehind."""
    shop = ShopFolder.find(folder)
    enter(shop)
    from platformctl import schema

    schema.require_current(shop)
