"""The shop window: what customers see and what checkout charges."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from shared_core.catalog import rules
from shared_core.catalog.errors import NotListed, UnknownProduct
from shared_core.catalog.models import Listing, Product
from shared_core.catalog.rules import Proposed
from shared_core.catalog.sale_mirror import on_sale
from shared_core.catalog.views import (
    ListingView,
    Look,
    PricedItem,
    ProductPage,
    ProductView,
    listing_view,
    look,
    money,
    priced,
    product_view,
    proposed,
)

PRODUCTS_PER_PAGE = 24
PRODUCTS_PER_PAGE_MAX = 100
ROWS_AT_ONCE = 500


def products(
    session: Session,
    *,
    search: str = "",
    category: str | None = None,
    brand: str | None = None,
    page: int = 1,
    per_page: int = PRODUCTS_PER_PAGE,
    hidden: bool = False,
    at: datetime | None = None,
) -> ProductPage:
    """Products with at least one SKU for sale (sold out ones too), the newest first; three queries.

    `search` wants each of its words in title, brand, category or code, or as a SKU. `hidden`, for the back office:
    all products and all their SKUs. Here and below, `at` an instant prices are those of sales that run then, for one
    more query; without it they are the ordinary ones.
    """
    conditions = [] if hidden else [_has_listing(_for_sale())]
    conditions += [_matches(word) for word in rules.search_words(search)]
    if category is not None:
        conditions.append(Product.category == category)
    if brand is not None:
        conditions.append(Product.brand == brand)
    size = max(1, min(per_page, PRODUCTS_PER_PAGE_MAX))
    total = session.scalar(select(func.count()).select_from(Product).where(*conditions)) or 0
    pages = max(1, -(-total // size))
    shown = max(1, min(page, pages))
    query = select(Product).where(*conditions).order_by(Product.id.desc()).offset((shown - 1) * size).limit(size)
    return ProductPage(tuple(_views(session, session.scalars(query).all(), hidden, at)), shown, pages, total)


def newest(
    session: Session, *, limit: int, category: str | None = None, at: datetime | None = None
) -> list[ProductView]:
    """The first of `products`, where nobody asks how many there are. Two queries."""
    query = select(Product).where(_has_listing(_for_sale())).order_by(Product.id.desc()).limit(limit)
    if category is not None:
        query = query.where(Product.category == category)
    return _views(session, session.scalars(query).all(), hidden=False, at=at)


def product(session: Session, *, slug: str, hidden: bool = False, at: datetime | None = None) -> ProductView:
    """One product with its SKUs that are for sale; raises UnknownProduct where there is none. Two queries."""
    rows = session.scalars(_BY_SLUG, {"slug": slug}).all()
    for view in _views(session, rows, hidden, at):
        if view.listings:
            return view
    raise UnknownProduct(slug=slug)


def products_by_code(session: Session, codes: Sequence[str], *, at: datetime | None = None) -> list[ProductView]:
    """Those of the products that have something for sale, in this order. Two queries."""
    found = {view.code: view for view in _some(session, Product.code.in_(codes), at)}
    return [found[code] for code in codes if code in found]


def products_by_slug(session: Session, slugs: Sequence[str], *, at: datetime | None = None) -> list[ProductView]:
    """The same by the names that stand in addresses."""
    found = {view.slug: view for view in _some(session, Product.slug.in_(slugs), at)}
    return [found[slug] for slug in slugs if slug in found]


def categories(session: Session) -> list[str]:
    """Categories that have something for sale, by name."""
    query = select(Product.category).where(Product.category != "", _has_listing(_for_sale())).distinct()
    return sorted(session.scalars(query))


def brands(session: Session) -> list[str]:
    """Brands that have something for sale, by name."""
    query = select(Product.brand).where(Product.brand != "", _has_listing(_for_sale())).distinct()
    return sorted(session.scalars(query))


def price(session: Session, *, sku: str, at: datetime | None = None) -> PricedItem:
    """What checkout charges for one unit; raises NotListed."""
    return prices(session, skus=[sku], at=at)[sku]


def prices(session: Session, *, skus: Collection[str], at: datetime | None = None) -> dict[str, PricedItem]:
    """What checkout charges for one unit of each SKU; raises NotListed for the first that is not for sale."""
    items = for_sale(session, skus=skus, at=at)
    for sku in skus:
        if sku not in items:
            raise NotListed(sku=sku)
    return items


def for_sale(session: Session, *, skus: Collection[str], at: datetime | None = None) -> dict[str, PricedItem]:
    """Those of the SKUs that are for sale, with what checkout charges for one unit."""
    sales = on_sale(session, skus, at=at)
    rows = session.execute(_PRICED, {"skus": list(skus)})
    return {row.sku: priced(row, owner, sales.get(row.sku, ()), at) for row, owner in rows}


def listing(session: Session, *, sku: str) -> ListingView:
    """One SKU, for sale or not; raises NotListed when it was never offered."""
    row = session.scalars(select(Listing).where(Listing.sku == sku)).one_or_none()
    if row is None:
        raise NotListed(sku=sku)
    return listing_view(row)


def looks(session: Session, *, skus: Collection[str]) -> dict[str, Look]:
    """How the SKUs look, for sale or not; those that were never offered are left out. One query."""
    query = select(Listing, Product).join(Product, Product.id == Listing.product_id).where(Listing.sku.in_(skus))
    return {row.sku: look(row, owner) for row, owner in session.execute(query)}


def proposals(session: Session) -> Iterator[Proposed]:
    """Every SKU that is offered and that the shop does not keep out of its window, at the price it would have.

    What has no price because its cost is not known stands there at the price that is suggested.
    """
    query = select(Listing, Product).join(Product).where(Listing.offered, ~Listing.unlisted).order_by(Listing.id)
    for row, owner in session.execute(query.execution_options(yield_per=ROWS_AT_ONCE)):
        price = money(row.suggested_minor if row.wanted_minor is None else row.wanted_minor, row.currency)
        if price is not None:
            yield proposed(row, owner, price)


def _some(session: Session, which: ColumnElement[bool], at: datetime | None) -> list[ProductView]:
    """Products with something for sale, the oldest first, so that of two with one address the newest stays."""
    rows = session.scalars(select(Product).where(which).order_by(Product.id)).all()
    return [view for view in _views(session, rows, hidden=False, at=at) if view.listings]


def _for_sale() -> ColumnElement[bool]:
    return and_(Listing.offered, ~Listing.unlisted, Listing.price_minor.is_not(None))


def _has_listing(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(Listing.id).where(Listing.product_id == Product.id, condition).exists()


def _matches(word: str) -> ColumnElement[bool]:
    return or_(
        Product.search_text.contains(word, autoescape=True),
        _has_listing(func.lower(Listing.sku) == word),
    )


def _views(session: Session, rows: Collection[Product], hidden: bool, at: datetime | None) -> list[ProductView]:
    by_product: dict[int, list[Listing]] = {}
    listings = _LISTINGS if hidden else _FOR_SALE
    for each in session.scalars(listings, {"product_ids": [row.id for row in rows]}) if rows else ():
        by_product.setdefault(each.product_id, []).append(each)
    sales = on_sale(session, [each.sku for some in by_product.values() for each in some], at=at)
    return [product_view(row, by_product.get(row.id, ()), sales, at) for row in rows]


_PRICED = (
    select(Listing, Product)
    .join(Product, Product.id == Listing.product_id)
    .where(Listing.sku.in_(bindparam("skus", expanding=True)), _for_sale())
)
_BY_SLUG = select(Product).where(Product.slug == bindparam("slug")).order_by(Product.id.desc()).limit(1)
_LISTINGS = select(Listing).where(Listing.product_id.in_(bindparam("product_ids", expanding=True))).order_by(Listing.id)
_FOR_SALE = _LISTINGS.where(_for_sale())
"""What every page asks is put together once."""
