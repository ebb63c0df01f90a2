"""How long a whole catalogue takes to come in: read, imported, listed; and again, when nothing in it is new."""

import time
from collections.abc import Iterator

from shared_core import catalog, supply
from shared_core.kernel.money import Money
from shared_core.storefront import Shop
from tests.bench.figures import Figure, Goal, figure
from tests.bench.filling import opened
from tests.bench.servers import Kind, site

PRODUCTS = 20_000
PRODUCTS_QUICK = 500
KINDS: tuple[Kind, ...] = ("postgres", "sqlite")
GOAL = Goal("at most", 60)


def measure(*, quick: bool) -> Iterator[Figure]:
    """What `platformctl import products` does, on disk, with every step of it on the clock."""
    count = PRODUCTS_QUICK if quick else PRODUCTS
    feed = catalogue(count)
    for kind in KINDS:
        with site(kind) as empty, opened(empty) as shop:
            first, again = _import(shop, feed), _import(shop, feed)
        for name, steps in (("first time", first), ("again", again)):
            note = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in steps.items())
            whole = sum(steps.values())
            yield figure(f"import of {count:,} products, {kind}, {name}", [whole], "s", goal=GOAL, note=note)


def catalogue(count: int) -> bytes:
    """Our own CSV: one variant each, with texts, pictures, barcode, prices and stock."""
    head = "product,title,description,brand,category,images,sku,barcode,price,cost,quantity\n"
    return (head + "".join(map(_row, range(count)))).encode()


def _row(number: int) -> str:
    price, cost = 20 + number % 500, 8 + number % 200 // 20
    text = f"<p>Lantern number {number}.</p><p>Keeps its light for {number % 24} hours.</p>"
    return (
        f"lantern-{number},Lantern {number},{text},Brand {number % 60},Kind {number % 25},"
        f"https://example.com/{number}.jpg,LAN-{number},,{price}.50,{cost}.25,{number % 90}\n"
    )


def _import(shop: Shop, content: bytes) -> dict[str, float]:
    """Seconds of each step."""
    at, started = shop.clock(), time.perf_counter()
    feed = supply.feeds.read(content)
    read = time.perf_counter()
    with shop.database.transaction() as session:
        supply.create_supplier(session, code="acme", name="Acme", freight=Money(0, shop.currency), at=at)
        report = supply.import_products(session, feed, supplier="acme", supply_ratio_bps=None, at=at)
    imported = time.perf_counter()
    catalog.pull(shop.database, shop.gateway, rule=shop.price_rule, at=at)
    listed = time.perf_counter()
    assert (report.variants, report.rejected) == (len(feed.products), ()), "the whole catalogue came in"
    return {"read": read - started, "import": imported - read, "list": listed - imported}
