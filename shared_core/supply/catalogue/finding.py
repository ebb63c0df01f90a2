"""Finding goods of the supply side by words and codes, on offer or not."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.kernel import searching
from shared_core.kernel.bulk import among
from shared_core.kernel.money import Money
from shared_core.supply.inventory import shelves
from shared_core.supply.models import GoodsText, Product, Supplier, Variant

FOUND_MAX = 200
"""Products that one search tells."""


@dataclass(frozen=True, slots=True)
class GoodsFound:
    """One SKU of a product that was found. Without a `supply_price` it cannot be sold."""

    sku: str
    barcode: str
    product: str
    title: str
    brand: str
    category: str
    supplier: str
    supply_price: Money | None
    free: int
    active: bool


def index(session: Session, product_ids: Collection[int]) -> None:
    """Bring what products are found by up to date, once they and their variants are there."""
    products = {row.id: row for row in session.scalars(select(Product).where(among(session, Product.id, product_ids)))}
    texts = session.scalars(select(GoodsText).where(among(session, GoodsText.product_id, product_ids)))
    known = {text.product_id: text for text in texts}
    codes: dict[int, list[str]] = {product_id: [] for product_id in products}
    variants = select(Variant.product_id, Variant.sku, Variant.barcode).order_by(Variant.id)
    for each in session.execute(variants.where(among(session, Variant.product_id, product_ids))):
        codes[each.product_id] += [each.sku, each.barcode]
    for product_id, row in products.items():
        text = known.get(product_id)
        if text is None:
            text = GoodsText(product_id=product_id)
            session.add(text)
        described = row.description[: searching.DESCRIPTION_SEARCHED_MAX]
        others = (*row.category_path, row.category, row.code, described)
        text.say(title=row.title, brand=row.brand, codes=codes[product_id], others=others)
    session.flush()


def find_goods(session: Session, query: str, *, limit: int = FOUND_MAX) -> list[GoodsFound]:
    """The SKUs of at most `limit` products with all of these words, the best first; of the newest without any."""
    words = searching.words(query)
    rank, owner = GoodsText.rank(len(words)).label("rank"), GoodsText.product_id
    best = select(owner.label("id"), rank).where(*GoodsText.matches(len(words))).order_by(rank, owner.desc())
    found = best.limit(max(1, min(limit, FOUND_MAX))).subquery()
    rows = session.execute(
        select(Variant, Product, Supplier, shelves.FREE)
        .join(found, found.c.id == Variant.product_id)
        .join(Product, Product.id == Variant.product_id)
        .join(Supplier, Supplier.id == Product.supplier_id)
        .order_by(found.c.rank, Product.id.desc(), Variant.id),
        searching.sought(words),
    )
    return [
        GoodsFound(
            sku=variant.sku,
            barcode=variant.barcode,
            product=product.code,
            title=product.title,
            brand=product.brand,
            category=product.category,
            supplier=supplier.code,
            supply_price=None
            if variant.supply_price_minor is None
            else Money(variant.supply_price_minor, supplier.currency),
            free=free,
            active=variant.active and product.active,
        )
        for variant, product, supplier, free in rows
    ]
