"""How commands get into a shop whose database they use."""

from pathlib import Path

from platformctl.shop import ShopFolder, enter


def ready(folder: Path) -> None:
    """Go into the shop; its database must be up to date. Raises NotAShop, NoShopEnvironment, SchemaBehind.

    Whoever typed the command hears how it ended, not each time a hub was asked again.
    """
    shop = ShopFolder.find(folder)
    enter(shop)
    from stamina.instrumentation import set_on_retry_hooks

    from platformctl import schema

    set_on_retry_hooks([])
    schema.require_current(shop)
