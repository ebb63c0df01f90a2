"""Back office: which goods are for sale and for how much."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from shared_core import catalog
from shared_core.storefront.api.catalogue import Option
from shared_core.storefront.api.shapes import SKU_LENGTH_MAX, Input, Money, MoneyInput, Output
from shared_core.storefront.viewer import GoodsDep, PricesDep, ReadDep, SessionDep, ShopDep
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

router = APIRouter(prefix="/admin", tags=["back office: goods"], route_class=AnswerRoute)

SkuInPath = Annotated[str, Path(min_length=1, max_length=SKU_LENGTH_MAX)]


class Listing(Output):
    """`state`: "listed", "unlisted" (by the shop), "withdrawn" (by the supply side), "unpriced" or "unsound".

    `wanted`: the shop's price, also where it cannot be asked because a sale could lose money.
    """

    sku: str
    options: list[Option]
    state: str
    price: Money | None
    wanted: Money | None
    supply_price: Money | None
    suggested: Money | None
    floor: Money | None
    own_price: bool
    available: int


class ListedProduct(Output):
    slug: str
    title: str
    brand: str
    category: str
    listings: list[Listing]


class ListedProductPage(Output):
    products: list[ListedProduct]
    page: int
    pages: int
    total: int


class OwnPrice(Input):
    price: MoneyInput | None
    """null goes back to the shop's price rule."""


@router.get("/products", operation_id="admin_list_products", responses=responses(401, 403, 422, 503))
def list_products(
    session: ReadDep,
    viewer: GoodsDep,
    search: Annotated[str, Query(max_length=100)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    per_page: Annotated[int, Query(ge=1, le=100)] = 50,
) -> ListedProductPage:
    """All products, those that are not for sale too."""
    found = catalog.products(session, search=search, page=page, per_page=per_page, hidden=True)
    return ListedProductPage(
        products=[_product(each) for each in found.products], page=found.page, pages=found.pages, total=found.total
    )


@router.put("/listings/{sku}/price", responses=responses(401, 403, 404, 422, 503))
def set_price(sku: SkuInPath, body: OwnPrice, session: SessionDep, viewer: PricesDep, shop: ShopDep) -> Listing:
    """The shop's own price for a SKU, never one at which a sale could lose money."""
    own = body.price.value() if body.price else None
    catalog.set_price(session, sku=sku, price=own, at=shop.clock(), check=shop.solvency)
    return _listing(catalog.listing(session, sku=sku))


@router.put("/listings/{sku}/unlisted", responses=responses(401, 403, 404, 503))
def unlist(sku: SkuInPath, session: SessionDep, viewer: GoodsDep, shop: ShopDep) -> Listing:
    """Take a SKU out of the window."""
    catalog.unlist(session, sku=sku, at=shop.clock())
    return _listing(catalog.listing(session, sku=sku))


@router.delete("/listings/{sku}/unlisted", responses=responses(401, 403, 404, 503))
def relist(sku: SkuInPath, session: SessionDep, viewer: GoodsDep, shop: ShopDep) -> Listing:
    """Put a SKU back into the window."""
    catalog.relist(session, sku=sku, at=shop.clock())
    return _listing(catalog.listing(session, sku=sku))


def _product(view: catalog.ProductView) -> ListedProduct:
    return ListedProduct(
        slug=view.slug,
        title=view.title,
        brand=view.brand,
        category=view.category,
        listings=[_listing(each) for each in view.listings],
    )


def _listing(view: catalog.ListingView) -> Listing:
    return Listing(
        sku=view.sku,
        options=[Option(name=name, value=value) for name, value in view.options],
        state=view.state,
        price=Money.of(view.price) if view.price else None,
        wanted=Money.of(view.wanted) if view.wanted else None,
        supply_price=Money.of(view.supply_price) if view.supply_price else None,
        suggested=Money.of(view.suggested) if view.suggested else None,
        floor=Money.of(view.floor) if view.floor else None,
        own_price=view.own_price,
        available=view.available,
    )
