"""What is on the hub's shelf, for the people who run it: products page by page, and one with its variants and stock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from shared_core.kernel.money import Money
from shared_core.supply.errors import UnknownProduct
from shared_core.supply.inventory.sourcing import ShelfView, shelves_of
from shared_core.supply.inventory.stock_models import Stock, StockMovement, Warehouse
from shared_core.supply.models import Product, Supplier, Variant

PRODUCTS_PER_PAGE = 50
MOVEMENTS_SHOWN_MAX = 20


@dataclass(frozen=True, slots=True)
class ShelfProduct:
    """One product in a list; `free` pieces of all its variants together."""

    code: str
    title: str
    brand: str
    supplier: str
    active: bool
    variants: int
    free: int


@dataclass(frozen=True, slots=True)
class ShelfPage:
    """`after` leads to the next ones; None when there are none."""

    products: tuple[ShelfProduct, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class ShelfVariant:
    """`cost` is the product's own supplier's, `supply_price` the stores'; without them it is not on offer.

    The figures are those of all its `shelves` together; `preferred`: whom the core team wants it from.
    """

    sku: str
    options: tuple[tuple[str, str], ...]
    barcode: str
    cost: Money | None
    supply_price: Money | None
    suggested: Money | None
    active: bool
    free: int
    held: int
    sold: int
    received: int
    shelves: tuple[ShelfView, ...]
    preferred: str


@dataclass(frozen=True, slots=True)
class Movement:
    sku: str
    quantity: int
    reference: str
    at: datetime
    warehouse: str = ""


@dataclass(frozen=True, slots=True)
class ShelfDetail:
    product: ShelfProduct
    category: str
    description: str
    currency: str
    variants: tuple[ShelfVariant, ...]
    movements: tuple[Movement, ...]


def products_page(
    session: Session, *, search: str = "", supplier: str = "", after: str = "", limit: int = PRODUCTS_PER_PAGE
) -> ShelfPage:
    """Products by code. `search`: a part of the title, brand or code, or a whole SKU. Two queries."""
    query = select(Product, Supplier.code).join(Supplier, Supplier.id == Product.supplier_id)
    if supplier:
        query = query.where(Supplier.code == supplier)
    if search:
        with_sku = select(Variant.product_id).where(Variant.sku == search)
        parts = [column.icontains(search, autoescape=True) for column in (Product.title, Product.brand, Product.code)]
        query = query.where(or_(*parts, Product.id.in_(with_sku)))
    rows = session.execute(query.where(Product.code > after).order_by(Product.code).limit(limit + 1)).all()
    shown = rows[:limit]
    counted = _counted(session, [product.id for product, _ in shown])
    found = tuple(_product(product, code, *counted.get(product.id, (0, 0))) for product, code in shown)
    return ShelfPage(found, found[-1].code if len(rows) > limit else None)


def product_detail(session: Session, code: str) -> ShelfDetail:
    """Raises UnknownProduct."""
    query = select(Product, Supplier).join(Supplier, Supplier.id == Product.supplier_id).where(Product.code == code)
    row = session.execute(query).one_or_none()
    if row is None:
        raise UnknownProduct(product=code)
    product, supplier = row
    own = select(Variant, Supplier.code).outerjoin(Supplier, Supplier.id == Variant.preferred_supplier_id)
    variants = session.execute(own.where(Variant.product_id == product.id).order_by(Variant.sku)).all()
    shelves: dict[str, list[ShelfView]] = {}
    for each in shelves_of(session, [variant.sku for variant, _ in variants]):
        shelves.setdefault(each.sku, []).append(each)
    moves = (
        select(StockMovement, Variant.sku, func.coalesce(Warehouse.code, ""))
        .join(Variant, Variant.id == StockMovement.variant_id)
        .outerjoin(Warehouse, Warehouse.id == StockMovement.warehouse_id)
        .where(Variant.product_id == product.id)
        .order_by(StockMovement.id.desc())
        .limit(MOVEMENTS_SHOWN_MAX)
    )
    return ShelfDetail(
        product=_product(
            product, supplier.code, len(variants), sum(each.free for some in shelves.values() for each in some)
        ),
        category=product.category,
        description=product.description,
        currency=supplier.currency,
        variants=tuple(
            _variant(variant, shelves[variant.sku], preferred or "", supplier.currency)
            for variant, preferred in variants
        ),
        movements=tuple(
            Movement(sku, each.quantity, each.reference, each.at, place) for each, sku, place in session.execute(moves)
        ),
    )


def _counted(session: Session, product_ids: list[int]) -> dict[int, tuple[int, int]]:
    """Variants and free pieces by product."""
    query = (
        select(Variant.product_id, func.count(Variant.id.distinct()), func.sum(Stock.free))
        .join(Stock, Stock.variant_id == Variant.id)
        .where(Variant.product_id.in_(product_ids))
        .group_by(Variant.product_id)
    )
    return {product_id: (variants, int(free)) for product_id, variants, free in session.execute(query)}


def _product(row: Product, supplier: str, variants: int, free: int) -> ShelfProduct:
    return ShelfProduct(row.code, row.title, row.brand, supplier, row.active, variants, free)


def _variant(row: Variant, shelves: Sequence[ShelfView], preferred: str, currency: str) -> ShelfVariant:
    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, currency)

    return ShelfVariant(
        sku=row.sku,
        options=tuple((name, value) for name, value in row.options),
        barcode=row.barcode,
        cost=money(row.cost_minor),
        supply_price=money(row.supply_price_minor),
        suggested=money(row.suggested_minor),
        active=row.active,
        free=sum(each.free for each in shelves),
        held=sum(each.held for each in shelves),
        sold=sum(each.sold for each in shelves),
        received=sum(each.received for each in shelves),
        shelves=tuple(shelves),
        preferred=preferred,
    )
