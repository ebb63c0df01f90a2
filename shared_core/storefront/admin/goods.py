"""Goods in the back office: price, margin, stock, on the shelf or off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated
from urllib.parse import urlencode

from babel.numbers import format_percent
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import catalog, plan, supply
from shared_core.kernel.codes import new_code
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money, decimal_text, parse_money
from shared_core.storefront import solvency
from shared_core.storefront.admin import acting
from shared_core.storefront.pages import art
from shared_core.storefront.pages.browsing import FEW_LEFT
from shared_core.storefront.pages.page import page, translate
from shared_core.storefront.pages.sales import countdown
from shared_core.storefront.shop import Shop
from shared_core.storefront.supplying import SuppliedByHub
from shared_core.storefront.viewer import GoodsDep, PricesDep, ReadDep, ShopDep, current
from shared_core.web.forms import sentence

PRODUCTS_PER_PAGE = 25
SKU_LENGTH_MAX = 64
RECEIVED_MAX = 100_000
HOME = "/admin/products"

router = APIRouter()
Sku = Annotated[str, Form(max_length=SKU_LENGTH_MAX)]
Text = Annotated[str, Form(max_length=40)]


@dataclass(frozen=True)
class SaleLine:
    """A sale event that is not over; `why_not`: why the shop does not take part with this SKU."""

    title: str
    ends: str
    price: Money | None
    supply: Money
    left: int
    why_not: str


@dataclass(frozen=True)
class Item:
    """`listed`: for sale now. `own_price`: set by hand, not by the shop's price rule.

    `unsound`: why it is not, or should not be, for sale at its price. `earns`: what a seller of each rank would get.
    """

    sku: str
    title: str
    options: str
    picture: str
    supply: Money | None
    suggested: Money | None
    floor: Money | None
    below_floor: bool
    price_text: str
    own_price: bool
    margin: str
    available: int
    listed: bool
    unsound: str
    sales: tuple["SaleLine", ...]
    earns: tuple[tuple[str, Money], ...]


@router.get("/products")
def listing(
    request: Request,
    shop: ShopDep,
    session: ReadDep,
    viewer: GoodsDep,
    q: Annotated[str, Query(max_length=60)] = "",
    show: Annotated[str, Query(pattern="^(resting)?$")] = "",
    page_number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    """All goods of the supply, or those that could stand in the window and do not."""
    return _page(request, session, shop, q=q, show=show, number=page_number)


@router.post("/products/price")
def set_price(request: Request, shop: ShopDep, viewer: PricesDep, sku: Sku, price: Text = "") -> Response:
    """The shop's own price; an empty one goes back to the price rule."""

    def change(session: Session) -> None:
        own = parse_money(price, shop.currency) if price.strip() else None
        catalog.set_price(session, sku=sku, price=own, at=shop.clock(), check=shop.solvency)

    return _done(request, shop, acting.attempt(request, shop, change), "saved")


@router.post("/products/shelf")
def put_on_shelf(
    request: Request,
    shop: ShopDep,
    viewer: GoodsDep,
    sku: Sku,
    listed: Annotated[str, Form(pattern="^(yes|no)$")],
    show: Annotated[str, Form(pattern="^(resting)?$")] = "",
) -> Response:
    choose = catalog.relist if listed == "yes" else catalog.unlist
    trouble = acting.attempt(request, shop, lambda session: choose(session, sku=sku, at=shop.clock()))
    return _done(request, shop, trouble, "saved", show=show)


@router.post("/products/stock")
def receive(
    request: Request,
    shop: ShopDep,
    viewer: GoodsDep,
    sku: Sku,
    key: Annotated[str, Form(min_length=4, max_length=40)],
    received: Annotated[int, Form(ge=1, le=RECEIVED_MAX)],
) -> Response:
    """Goods came in. `key` makes the form one delivery, however often it is sent. Raises SuppliedByHub."""
    if not shop.supply_side.embedded:
        raise SuppliedByHub
    trouble = acting.attempt(
        request,
        shop,
        lambda session: supply.receive_stock(
            session, sku=sku, quantity=received, reference=f"desk:{key}", at=shop.clock()
        ),
    )
    if not trouble:
        shop.refresh_window(at=shop.clock())
    return _done(request, shop, trouble, "received")


def _done(request: Request, shop: Shop, trouble: str, done: str, *, show: str = "") -> Response:
    if not trouble:
        return acting.back(HOME, done=done, **({"show": show} if show else {}))
    with shop.database.reading() as session:
        return _page(request, session, shop, q="", show=show, number=1, trouble=trouble, status=422)


def _page(
    request: Request,
    session: Session,
    shop: Shop,
    *,
    q: str,
    number: int,
    show: str = "",
    trouble: str = "",
    status: int = 200,
) -> HTMLResponse:
    resting = show == "resting"
    found = catalog.products(session, search=q, page=number, per_page=PRODUCTS_PER_PAGE, hidden=True, resting=resting)
    skus = [each.sku for product in found.products for each in product.listings]
    in_sales = catalog.sales_of_listings(session, skus, at=shop.clock())
    return page(
        request,
        "admin/products.html",
        status_code=status,
        trouble=trouble,
        items=[item for product in found.products for item in _items(request, shop, product, in_sales)],
        key=new_code(),
        few=FEW_LEFT,
        embedded=shop.supply_side.embedded,
        listing={
            "query": q,
            "show": show,
            "total": found.total,
            "previous_url": _page_url(q, show, found.page - 1, found.pages),
            "next_url": _page_url(q, show, found.page + 1, found.pages),
        },
    )


def _own_first(product: catalog.ProductView, listing: catalog.ListingView) -> list[catalog.Picture]:
    return sorted(product.pictures, key=lambda each: each.digest != listing.picture)


def _items(
    request: Request, shop: Shop, product: catalog.ProductView, in_sales: Mapping[str, Sequence[catalog.SaleOfListing]]
) -> Sequence[Item]:
    return [
        Item(
            sku=each.sku,
            title=product.title,
            options=each.label,
            picture=art.product_picture(shop, product.code, _own_first(product, each)),
            supply=each.supply_price,
            suggested=each.suggested,
            floor=each.floor,
            below_floor=each.below_floor,
            price_text=decimal_text(each.wanted) if each.wanted else "",
            own_price=each.own_price,
            margin=_margin(request, each),
            available=each.available,
            listed=each.for_sale,
            unsound=_unsound(request, shop, product, each),
            sales=tuple(_sale(request, shop, product, each, sale) for sale in in_sales.get(each.sku, ())),
            earns=_earns(request, shop, product, each),
        )
        for each in product.listings
    ]


def _sale(
    request: Request,
    shop: Shop,
    product: catalog.ProductView,
    listing: catalog.ListingView,
    sale: catalog.SaleOfListing,
) -> SaleLine:
    return SaleLine(
        title=sale.title,
        ends=countdown(request, shop, sale.ends_at).words,
        price=sale.wanted,
        supply=sale.supply_price,
        left=sale.left,
        why_not=_why_not(request, shop, product, listing, sale),
    )


def _why_not(
    request: Request,
    shop: Shop,
    product: catalog.ProductView,
    listing: catalog.ListingView,
    sale: catalog.SaleOfListing,
) -> str:
    if sale.wanted is None:
        return translate(request, N_("The price rule makes no price for it."))
    if sale.price is None:
        proposed = catalog.proposal(product, replace(listing, wanted=sale.wanted, supply_price=sale.supply_price))
        refusal = None if proposed is None else shop.solvency.refusal(proposed)
        if refusal is None:
            return translate(request, N_("A sale at this price could lose money."))
        locale = current(request).locale
        return sentence(refusal, translate=shop.theme.translate(locale), locale=locale)
    if listing.price is not None and sale.price >= listing.price:
        return translate(request, N_("It is not lower than the shop's own price."))
    return ""


def _unsound(request: Request, shop: Shop, product: catalog.ProductView, listing: catalog.ListingView) -> str:
    proposed = catalog.proposal(product, listing)
    refusal = None if proposed is None else shop.solvency.refusal(proposed)
    if refusal is None:
        return ""
    locale = current(request).locale
    return sentence(refusal, translate=shop.theme.translate(locale), locale=locale)


def _earns(
    request: Request, shop: Shop, product: catalog.ProductView, listing: catalog.ListingView
) -> tuple[tuple[str, Money], ...]:
    """Ranks that earn something, by name."""
    proposed = catalog.proposal(product, listing)
    if proposed is None:
        return ()
    tested = shop.plan_at(shop.clock())
    earning = plan.what_ranks_earn(tested, solvency.offered(proposed), shop.solvency.terms)
    locale = current(request).locale
    return tuple((tested.rank(each.rank).name.in_locale(locale), each.earns) for each in earning if each.earns)


def _margin(request: Request, listing: catalog.ListingView) -> str:
    """What is left of the price after the supply price, as a part of the price."""
    if not listing.wanted or listing.supply_price is None:
        return ""
    part = Decimal((listing.wanted - listing.supply_price).minor) / listing.wanted.minor
    return format_percent(part, format="#,##0%", locale=current(request).locale.replace("-", "_"))


def _page_url(q: str, show: str, number: int, last: int) -> str:
    if not 1 <= number <= last:
        return ""
    chosen = {"q": q, "show": show}
    return f"{HOME}?" + urlencode({**{name: value for name, value in chosen.items() if value}, "page": number})
