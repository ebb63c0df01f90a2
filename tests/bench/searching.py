"""How long a page of search results takes in a shop with 20,000 products, texts and all, and what it costs."""

import csv
import gzip
import os
import time
from collections.abc import Iterator
from pathlib import Path

from shared_core import catalog, supply
from shared_core.kernel.money import Money
from shared_core.storefront import Shop
from tests.bench.figures import Figure, Goal, figure
from tests.bench.filling import analyse, opened
from tests.bench.processes import cpu_seconds
from tests.bench.servers import Kind, site

PRODUCTS = 20_000
PRODUCTS_QUICK = 500
ROUNDS = 10
KINDS: tuple[Kind, ...] = ("postgres", "sqlite")
GOAL = Goal("at most", 0.05)
PAGES = (
    ("苹果", 1),
    ("果", 1),
    ("面膜", 1),
    ("chocolate", 1),
    ("chocolate", 9_999),
    ("organic milk", 1),
    ("e", 1),
    ("e", 400),
    ("nothing-like-that", 1),
    ("301762", 1),
    ("SKU-19", 1),
    ("茶 chocolate", 1),
    ("", 1),
)
REAL = Path("feeds/openfoodfacts")
CHINESE = ("苹果汁", "补水面膜", "茉莉花茶", "坚果礼盒", "羊毛围巾", "保温杯", "洗发水")


def measure(*, quick: bool) -> Iterator[Figure]:
    """The 95th percentile over all pages, the number of results counted in, and the CPU seconds of one."""
    titles = _titles(PRODUCTS_QUICK if quick else PRODUCTS)
    for kind in KINDS:
        with site(kind) as empty, opened(empty) as shop:
            _fill(shop, titles)
            analyse(empty)
            walls, cpus = zip(*(_round(shop) for _ in range(2 if quick else ROUNDS)), strict=True)
        over = f"search over {len(titles):,} products, {kind}"
        yield figure(f"{over}, p95", [_percentile_95(each) for each in walls], "s", goal=GOAL)
        yield figure(f"{over}, CPU of a page", cpus, "s")


def _titles(count: int) -> list[tuple[str, str]]:
    """Title and description: of real food where PLATFORM_SAMPLE_DATA has it, else of our own making; every third also
    in Chinese."""
    folder = Path(os.environ.get("PLATFORM_SAMPLE_DATA", "nowhere")) / REAL
    made = [(f"Dark chocolate {n}, organic", f"Cocoa, milk powder and nuts, batch {n}. " * 6) for n in range(count)]
    for file in sorted(folder.glob("*.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as opened_file:
            rows = csv.DictReader(opened_file)
            real = [(row["product_name"], row["ingredients"]) for row in rows if row["product_name"]]
        made[: len(real)] = real[:count]
    return [
        (f"{title} {CHINESE[n % len(CHINESE)]}"[:300] if n % 3 == 0 else title[:300], text[:5_000])
        for n, (title, text) in enumerate(made)
    ]


def _fill(shop: Shop, titles: list[tuple[str, str]]) -> None:
    """Offers of one SKU each, into the window."""

    def money(minor: int) -> Money:
        return Money(minor, shop.currency)

    offers = [
        supply.Offer(
            sku=f"SKU-{n}",
            product=supply.OfferProduct(f"p{n}", f"p{n}", title, f"Brand {n % 60}", f"Kind {n % 25}", text, ()),
            options=(),
            supply_price=money(4_000),
            suggested=money(9_900),
            available=5,
            active=True,
            barcode=f"30176240{n:05}",
        )
        for n, (title, text) in enumerate(titles)
    ]
    for start in range(0, len(offers), supply.OFFERS_PER_PAGE_MAX):
        page = supply.OfferPage(tuple(offers[start : start + supply.OFFERS_PER_PAGE_MAX]), start + 1, more=True)
        with shop.database.transaction() as session:
            catalog.sync(session, page, rule=shop.price_rule, at=shop.clock())


def _round(shop: Shop) -> tuple[list[float], float]:
    """Seconds on the wall of each page, and CPU seconds of this process and the database for one."""
    used = cpu_seconds([os.getpid()])
    walls = [_seconds(shop, words, number) for words, number in PAGES]
    return walls, (cpu_seconds([os.getpid()]) - used) / len(PAGES)


def _seconds(shop: Shop, words: str, number: int) -> float:
    with shop.database.glance() as session:
        started = time.perf_counter()
        catalog.products(session, search=words, page=number)
        return time.perf_counter() - started


def _percentile_95(values: list[float]) -> float:
    return sorted(values)[-(-95 * len(values) // 100) - 1]
