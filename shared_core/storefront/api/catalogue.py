"""What is for sale."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query

from shared_core import catalog, media
from shared_core.storefront import photographs
from shared_core.storefront.api.shapes import Money, Output
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import GlanceDep, ShopDep
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

router = APIRouter(tags=["catalogue"], route_class=AnswerRoute)


class Option(Output):
    name: str
    value: str


class VariantSale(Output):
    """The sale event whose price `price` is; `struck`: the lowest price that was paid before it, if it was higher."""

    code: str
    title: str
    ends_at: datetime
    ordinary: Money
    struck: Money | None
    per_customer_max: int | None


class Variant(Output):
    """One SKU. `available` may lag a little while stock is plentiful; placing the order decides."""

    sku: str
    options: list[Option]
    price: Money
    available: int
    barcode: str
    sale: VariantSale | None


class Product(Output):
    """`images` are addresses at this shop."""

    slug: str
    title: str
    brand: str
    category: str
    category_path: list[str]
    description: str
    images: list[str]
    price_from: Money | None
    sold_out: bool
    variants: list[Variant]


class ProductPage(Output):
    products: list[Product]
    page: int
    pages: int
    total: int


class Shelves(Output):
    """The ways to narrow the catalogue down."""

    categories: list[str]
    brands: list[str]
    category_counts: dict[str, int]
    """Products in each category at the top, or directly below the chosen one, by path."""
    brand_counts: dict[str, int]


@router.get("/products", responses=responses(422, 503))
def list_products(
    shop: ShopDep,
    session: GlanceDep,
    q: Annotated[str, Query(max_length=100, description="All of these words; or how a SKU or barcode begins.")] = "",
    search: Annotated[str, Query(max_length=100, deprecated=True, description="The same as `q`.")] = "",
    category: Annotated[str | None, Query(max_length=1000, description="Its name, or its path: A > B.")] = None,
    brand: Annotated[str | None, Query(max_length=120)] = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    per_page: Annotated[int, Query(ge=1, le=100)] = 24,
) -> ProductPage:
    """Products for sale, the newest first; of those with the words, the best first."""
    found = catalog.products(
        session, search=q or search, category=category, brand=brand, page=page, per_page=per_page, at=shop.clock()
    )
    return ProductPage(
        products=[product_of(shop, each) for each in found.products],
        page=found.page,
        pages=found.pages,
        total=found.total,
    )


@router.get("/products/{slug}", responses=responses(404, 503))
def get_product(shop: ShopDep, session: GlanceDep, slug: Annotated[str, Path(max_length=120)]) -> Product:
    """One product with all its variants that are for sale."""
    return product_of(shop, catalog.product(session, slug=slug, at=shop.clock()))


@router.get("/shelves", responses=responses(503))
def list_shelves(
    session: GlanceDep,
    category: Annotated[str | None, Query(max_length=1000)] = None,
    brand: Annotated[str | None, Query(max_length=200)] = None,
) -> Shelves:
    """Categories and brands that have something for sale; the counts within what is chosen."""
    found = catalog.shelves(session, brand=brand, category=category)
    return Shelves(
        categories=catalog.categories(session),
        brands=catalog.brands(session),
        category_counts=found.categories,
        brand_counts=found.brands,
    )


def product_of(shop: Shop, view: catalog.ProductView) -> Product:
    return Product(
        slug=view.slug,
        title=view.title,
        brand=view.brand,
        category=view.category,
        category_path=view.category_path.split(catalog.PATH_MARK) if view.category_path else [],
        description=view.description,
        images=[photographs.address(each.digest, media.WIDTHS[-1]) for each in photographs.kept(shop, view.pictures)],
        price_from=None if view.price_from is None else Money.of(view.price_from),
        sold_out=view.sold_out,
        variants=[
            Variant(
                sku=each.sku,
                options=[Option(name=name, value=value) for name, value in each.options],
                price=Money.of(each.price),
                available=each.available,
                barcode=each.barcode,
                sale=_sale(each),
            )
            for each in view.listings
            if each.price is not None
        ],
    )


def _sale(view: catalog.ListingView) -> VariantSale | None:
    if view.sale is None or view.ordinary is None:
        return None
    return VariantSale(
        code=view.sale.code,
        title=view.sale.title,
        ends_at=view.sale.ends_at,
        ordinary=Money.of(view.ordinary),
        struck=None if view.was is None else Money.of(view.was),
        per_customer_max=view.sale.per_customer_max,
    )
