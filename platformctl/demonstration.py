"""`platformctl demo`: from nothing to a running, lived-in shop, in this interpreter."""

import os
import sys
from pathlib import Path

from platformctl import answers, brand_editing, creation, output, schema, seeding, serving
from platformctl.messages import language
from platformctl.ports import require_port
from platformctl.shop import REENTERED, ShopFolder, enter
from shared_core import plan

SAID = {
    "en": {
        "name": "The Corner Shop",
        "contact.operator": "The Corner Shop (a demo, nobody's business)",
        "payment.payee": "The Corner Shop",
        "payment.note": "A demo: send nothing. The owner confirms the payment in the back office.",
    },
    "zh-CN": {
        "name": "街角小店",
        "contact.operator": "街角小店（演示，并非真实商家）",
        "payment.payee": "街角小店",
        "payment.note": "这是演示，请不要付款。店主在后台确认收款即可。",
    },
}
"""What the demo's brand.toml says, by the language of the machine."""


def run(folder: Path, *, preset: str, host: str, port: int) -> None:
    """Make the shop unless it is there, fill it unless it is filled, and serve it until it is stopped.

    Raises PortInUse before anything is made, and whatever `creation.create` and `seeding.seed` raise.
    """
    require_port(host, port)
    folder = folder.absolute()
    if not (folder / "brand" / "brand.toml").is_file():
        output.note("Making the shop …")
        names = tuple(each.name for each in plan.presets())
        given = SAID[language()] | ({"preset": preset} if preset else {})
        request = answers.collect(folder, given, names, None)
        creation.create(folder, request, edit_brand=brand_editing.set_brand_values)
    shop = ShopFolder.find(folder)
    os.environ[REENTERED] = "1"
    enter(shop)
    seeded = _seeded(shop)
    address = f"http://{host}:{port}"
    print()
    output.say("Shop:         {address}/", address=address)
    output.say("Back office:  {address}/admin", address=address)
    output.say("API:          {address}/api/v1/openapi.json", address=address)
    print()
    seeding.tell(seeded)
    print()
    output.say("Files: {folder}   Stop with Ctrl-C.", folder=shop.root)
    sys.stdout.flush()
    serving.serve(host, port)


def _seeded(shop: ShopFolder) -> seeding.Seeded:
    """Goods, people and a history; only the log-ins once they are there."""
    schema.migrate(shop)
    output.note("Filling it with goods, people and ten weeks of orders …")
    return seeding.seed(with_network=True)
