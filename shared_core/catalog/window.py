"""The shop window: what customers see and what checkout charges."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, join, outerjoin

from shared_core.catalog import rules
from shared_core.catalog.errors import NotListed, UnknownProduct
from shared_core.catalog.models import Listing, Product, SaleListing, SaleMirror, SearchText
from shared_core.catalog.rules import OnSale, Proposed
from shared_core.catalog.sale_mirror import BESIDE, SALES, on_sale
from shared_core.catalog.views import (
    ListingView,
    Look,
    PricedItem,
    ProductPage,
    ProductView,
    Shelves,
    listing_view,
    look,
    money,
    priced,
    product_view,
    proposed,
)
from shared_core.kernel import searching

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
    resting: bool = False,
    at: datetime | None = None,
) -> ProductPage:
    """Products with at least one SKU for sale (sold out ones too), the newest first; two queries.

    `search` wants each of its words in title, brand, categories, code or description, or as the beginning of a SKU or
    barcode; those in titles and codes come first, then those in brands. `category` is the name or path of any that
    holds the product. `hidden`, for the back office: all products and all their SKUs; of these the `resting` ones have
    a SKU on offer that the shop does not show. Here and below, `at` an instant
    prices are those of sales that run then; without it they are the ordinary ones.
    """
    size = max(1, min(per_page, PRODUCTS_PER_PAGE_MAX))
    words = searching.words(search)
    query = _one_page(len(words), brand is not None, category is not None, hidden, resting)
    asked = searching.sought(words) | _within(brand, category) | {"start": (max(1, page) - 1) * size, "size": size}
    rows = session.execute(query, asked).all()
    total = rows[0].total if rows else 0
    pages = max(1, -(-total // size))
    views = tuple(_views(session, [row.Product for row in rows], hidden, at))
    return ProductPage(views, max(1, min(page, pages)), pages, total)


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


def shelves(session: Session, *, brand: str | None = None, category: str | None = None) -> Shelves:
    """The ways to narrow the window down further from here, each with how many products it has. Two queries.

    Categories are those directly below this one, by path; brands those within this category.
    """
    by_path = _counted(session, Product.category_path, brand=brand)
    below = _path_of(by_path, category) if category else ""
    brands = _counted(session, Product.brand, category=category)
    return Shelves(below, rules.children(by_path, below), dict(sorted(brands.items())))


def categories(session: Session) -> list[str]:
    """Categories that have something for sale, by name; not those that only hold others."""
    return sorted(_counted(session, Product.category))


def brands(session: Session) -> list[str]:
    """Brands that have something for sale, by name."""
    return sorted(_counted(session, Product.brand))


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
    found: dict[str, tuple[Listing, Product, list[OnSale]]] = {}
    for row, owner, line, sale in session.execute(_PRICED, {"skus": list(skus), "sales_at": at or _NO_SALE}):
        sales = found.setdefault(row.sku, (row, owner, []))[2]
        if sale is not None:
            sales.append(on_sale(line, sale))
    return {sku: priced(row, owner, sales, at) for sku, (row, owner, sales) in found.items()}


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


def _has_listing(condition: ColumnElement[bool], owner: InstrumentedAttribute[int] = Product.id) -> ColumnElement[bool]:
    return select(Listing.id).where(Listing.product_id == owner, condition).exists()


def _shown(hidden: bool, resting: bool) -> list[ColumnElement[bool]]:
    """What a product must have a listing for, each."""
    each = [] if hidden else [_for_sale()]
    return [*each, and_(Listing.offered, Listing.unlisted)] if resting else each


def _narrowed(by_brand: bool, by_category: bool) -> list[ColumnElement[bool]]:
    """What holds of products `_within` a brand, a category or both."""
    conditions = [Product.brand == bindparam("brand")] if by_brand else []
    if by_category:
        mark = literal(rules.PATH_MARK)
        conditions.append(searching.holds(mark + Product.category_path + mark, bindparam("category", type_=Text())))
    return conditions


def _within(brand: str | None, category: str | None) -> dict[str, str | None]:
    return {"brand": brand, "category": f"{rules.PATH_MARK}{category}{rules.PATH_MARK}"}


def _found(words: int, narrowed: Sequence[ColumnElement[bool]], shown: Sequence[ColumnElement[bool]]) -> FromClause:
    """Ids of products with so many words, and their `rank`: how well the words fit, 0 is best.

    For words alone no product is read; without words there is no rank, so that the newest are read and no others.
    """
    if not words:
        return select(Product.id).where(*narrowed, *map(_has_listing, shown)).subquery()
    owner = SearchText.product_id
    query = select(owner.label("id"), SearchText.rank(words).label("rank")).where(*SearchText.matches(words))
    query = query.where(*(_has_listing(condition, owner) for condition in shown))
    return (query.join(Product).where(*narrowed) if narrowed else query).cte("found")


@lru_cache(maxsize=128)
def _one_page(words: int, by_brand: bool, by_category: bool, hidden: bool, resting: bool) -> Select[Product, int]:
    """Products of one page with the number of all, best first, then newest; beyond the end those of the last page.

    To put it together takes as long as to read thousands of texts, so each kind is kept.
    """
    found = _found(words, _narrowed(by_brand, by_category), _shown(hidden, resting))
    counted = select(func.count().label("total")).select_from(found).cte("counted")
    total = select(counted.c.total).scalar_subquery()
    start, size = bindparam("start", type_=BigInteger()), bindparam("size", type_=Integer())
    first = case((total > start, start), (total > 0, (total - 1) // size * size), else_=0)
    one_page = select(found, total.label("total")).order_by(*_best_first(found)).offset(first).limit(size).subquery()
    query = select(Product, one_page.c.total).join(one_page, one_page.c.id == Product.id)
    return query.order_by(*_best_first(one_page))


def _best_first(found: FromClause) -> list[ColumnElement[int]]:
    ranks = [found.c.rank] if "rank" in found.c else []
    return [*ranks, found.c.id.desc()]


def _counted(
    session: Session, column: InstrumentedAttribute[str], *, brand: str | None = None, category: str | None = None
) -> dict[str, int]:
    """How many products that are for sale have each value, the empty one left out."""
    narrowed = _narrowed(brand is not None, category is not None)
    query = select(column, func.count()).where(column != "", _has_listing(_for_sale()), *narrowed).group_by(column)
    return dict(list(session.execute(query, _within(brand, category))))


def _path_of(paths: Collection[str], category: str) -> str:
    """The path of a category that is named by its path or by its name alone; the first where several are called so."""
    every = sorted({line for path in paths for line in rules.ancestors(path)})
    return next((line for line in every if category in (line, line.rpartition(rules.PATH_MARK)[2])), category)


def _views(session: Session, rows: Collection[Product], hidden: bool, at: datetime | None) -> list[ProductView]:
    by_product: dict[int, dict[Listing, list[OnSale]]] = {}
    listings = _LISTINGS if hidden else _FOR_SALE
    asked = {"product_ids": [row.id for row in rows], "sales_at": at or _NO_SALE}
    for each, line, sale in session.execute(listings, asked) if rows else ():
        sales = by_product.setdefault(each.product_id, {}).setdefault(each, [])
        if sale is not None:
            sales.append(on_sale(line, sale))
    return [product_view(row, by_product.get(row.id, {}), at) for row in rows]


_NO_SALE = datetime(9999, 1, 1, tzinfo=UTC)
"""None ends after it."""
_EARLIEST = (SaleMirror.starts_at, SaleMirror.code)
_PRICED = (
    select(Listing, Product, SaleListing, SaleMirror)
    .select_from(outerjoin(join(Listing, Product, Product.id == Listing.product_id), SALES, BESIDE))
    .where(Listing.sku.in_(bindparam("skus", expanding=True)), _for_sale())
    .order_by(*_EARLIEST)
)
_BY_SLUG = select(Product).where(Product.slug == bindparam("slug")).order_by(Product.id.desc()).limit(1)
_LISTINGS = (
    select(Listing, SaleListing, SaleMirror)
    .select_from(outerjoin(Listing, SALES, BESIDE))
    .where(Listing.product_id.in_(bindparam("product_ids", expanding=True)))
    .order_by(Listing.id, *_EARLIEST)
)
_FOR_SALE = _LISTINGS.where(_for_sale())
"""What every page asks is put together once."""
