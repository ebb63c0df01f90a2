"""What is on the hub's shelf, for the people who run it: products page by page, and one with its variants and stock."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from shared_core.kernel.bulk import among
from shared_core.kernel.money import Money
from shared_core.supply.catalogue import picturing
from shared_core.supply.errors import UnknownProduct
from shared_core.supply.inventory.shelves import OWN_FREE
from shared_core.supply.inventory.sourcing import ShelfView, shelves_of
from shared_core.supply.inventory.stock_models import Stock, StockMovement, Warehouse
from shared_core.supply.models import Product, Supplier, Variant

PRODUCTS_PER_PAGE = 50
MOVEMENTS_SHOWN_MAX = 20
GOODS_CALLED_MAX = 200


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
class ShelfGoods:
    """A SKU with its product and the product's first picture ("" where none is kept); `free`: of its own supplier's."""

    sku: str
    options: tuple[tuple[str, str], ...]
    product: str
    title: str
    brand: str
    picture: str
    cost: Money | None
    supply_price: Money | None
    suggested: Money | None
    free: int


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


def goods_of_skus(session: Session, skus: Collection[str], *, currency: str) -> dict[str, ShelfGoods]:
    """By SKU; those that there are in the currency. Two queries."""
    return {each.sku: each for each in _goods(session, currency, among(session, Variant.sku, skus))}


def goods_called(session: Session, name: str, *, currency: str) -> list[ShelfGoods]:
    """What is on offer under this SKU, else of the product with this code, else of this brand, however it is written.

    At most GOODS_CALLED_MAX.
    """
    on_offer = (Variant.active.is_(True), Product.active.is_(True), Variant.supply_price_minor.is_not(None))
    ways = (Variant.sku == name, Product.code == name, func.lower(Product.brand) == name.lower())
    return next(filter(None, (_goods(session, currency, way, *on_offer) for way in ways)), [])


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


def _goods(session: Session, currency: str, *which: ColumnElement[bool]) -> list[ShelfGoods]:
    query = (
        select(Variant, Product, OWN_FREE)
        .join(Product, Product.id == Variant.product_id)
        .join(Supplier, Supplier.id == Product.supplier_id)
        .where(Supplier.currency == currency, *which)
        .order_by(Product.code, Variant.id)
        .limit(GOODS_CALLED_MAX)
    )
    rows = session.execute(query).all()
    pictures = picturing.pictures(session, sorted({product.id for _, product, _ in rows}))
    return [
        ShelfGoods(
            sku=variant.sku,
            options=tuple((name, value) for name, value in variant.options),
            product=product.code,
            title=product.title,
            brand=product.brand,
            picture="".join(each.digest for each in pictures.get(product.id, ())[:1]),
            cost=_money(variant.cost_minor, currency),
            supply_price=_money(variant.supply_price_minor, currency),
            suggested=_money(variant.suggested_minor, currency),
            free=free,
        )
        for variant, product, free in rows
    ]


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def _product(row: Product, supplier: str, variants: int, free: int) -> ShelfProduct:
    return ShelfProduct(row.code, row.title, row.brand, supplier, row.active, variants, free)


def _variant(row: Variant, shelves: Sequence[ShelfView], preferred: str, currency: str) -> ShelfVariant:
    return ShelfVariant(
        sku=row.sku,
        options=tuple((name, value) for name, value in row.options),
        barcode=row.barcode,
        cost=_money(row.cost_minor, currency),
        supply_price=_money(row.supply_price_minor, currency),
        suggested=_money(row.suggested_minor, currency),
        active=row.active,
        free=sum(each.free for each in shelves),
        held=sum(each.held for each in shelves),
        sold=sum(each.sold for each in shelves),
        received=sum(each.received for each in shelves),
        shelves=tuple(shelves),
        preferred=preferred,
    )
