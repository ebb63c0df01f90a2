"""Looking around: the first page, the shelves, one product, who runs the shop."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from shared_core import catalog, orders
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import format_money
from shared_core.kernel.regions import region_name
from shared_core.storefront.pages import art, earning, goods, rooms, sales, shelves, ties
from shared_core.storefront.pages.page import page, translate
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import ReadDep, ShopDep, ViewerDep, current

HOME_PRODUCTS = 12
ALSO_LIKED = 4
SEARCH_LENGTH_MAX = 60
NAME_LENGTH_MAX = 1_000
PAGE_MAX = 10_000
FEW_LEFT = 5
"""From so few pieces on, a product says how many are left."""

router = APIRouter(include_in_schema=False)
Word = Annotated[str, Query(max_length=SEARCH_LENGTH_MAX)]
Name = Annotated[str, Query(max_length=NAME_LENGTH_MAX)]


@router.get("/")
def home(request: Request, shop: ShopDep, session: ReadDep, viewer: ViewerDep) -> HTMLResponse:
    shown, found = catalog.newest(session, limit=HOME_PRODUCTS, at=shop.clock()), catalog.shelves(session)
    return page(
        request,
        "home.html",
        hero_picture=art.hero_picture(shop.brand),
        sales=sales.at_home(request, session, shop, viewer),
        products=goods.cards(session, shop, viewer, shown),
        brands=shelves.brands(found),
        categories=shelves.categories(found),
        freight_note=freight_note(request, shop),
        return_days=shop.plan_at(shop.clock()).returns.days,
        pays=ties.pays(shop),
    )


@router.get("/products")
def products(
    request: Request,
    shop: ShopDep,
    session: ReadDep,
    viewer: ViewerDep,
    q: Word = "",
    brand: Name = "",
    category: Name = "",
    page_number: Annotated[int, Query(alias="page", ge=1, le=PAGE_MAX)] = 1,
) -> HTMLResponse:
    found = catalog.products(
        session, search=q, brand=brand or None, category=category or None, page=page_number, at=shop.clock()
    )
    chosen = {"q": q, "brand": brand, "category": category}
    around = catalog.shelves(session, brand=brand or None, category=category or None)
    return page(
        request,
        "products.html",
        listing={
            "heading": q or brand or shelves.name(category),
            "query": q,
            "brand": brand,
            "category": category,
            "filtered": any(chosen.values()),
            "total": found.total,
            "products": goods.cards(session, shop, viewer, found.products),
            "previous_url": _page_url(chosen, found.page - 1, found.pages),
            "next_url": _page_url(chosen, found.page + 1, found.pages),
        },
        trail=shelves.trail(around.here),
        brands=shelves.brands(around, brand=brand),
        categories=shelves.categories(around, brand=brand),
    )


@router.get("/products/{slug}")
def product(request: Request, slug: str, shop: ShopDep, session: ReadDep, viewer: ViewerDep) -> HTMLResponse:
    found = catalog.product(session, slug=slug, at=shop.clock())
    others = _alike(session, shop, found)
    shown = goods.detail(session, shop, viewer, found, few=FEW_LEFT)
    return page(
        request,
        "product.html",
        product=shown,
        own_rooms=rooms.to_fill(request, session, shop, viewer, found),
        trail=shelves.trail(found.category_path),
        until=_until(request, shop, shown),
        more=goods.cards(session, shop, viewer, others),
        quantity_max=orders.QUANTITY_MAX,
        freight_note=freight_note(request, shop),
        return_days=shop.plan_at(shop.clock()).returns.days,
        sold_by=ties.recommender(request, session, shop, viewer),
        period_note=earning.period_note(request, session, shop, viewer),
    )


@router.get("/about")
def about(request: Request, shop: ShopDep, viewer: ViewerDep) -> HTMLResponse:
    return page(
        request,
        "about.html",
        freight_note=freight_note(request, shop),
        fares=fares(request, shop),
        return_days=shop.plan_at(shop.clock()).returns.days,
        binding_note=ties.binding_note(request, shop),
        pays=ties.pays(shop),
    )


def _until(request: Request, shop: Shop, shown: goods.Detail) -> sales.Countdown | None:
    """The end of the sale the product is in, or the beginning of the next."""
    if shown.sale is not None:
        return sales.countdown(request, shop, shown.sale.ends_at)
    return None if shown.coming is None else sales.countdown(request, shop, shown.coming.starts_at)


def _alike(session: Session, shop: Shop, shown: catalog.ProductView) -> list[catalog.ProductView]:
    """Others of the same category, filled up with what is new, so that the row is never nearly empty."""
    at = shop.clock()
    alike = catalog.newest(session, category=shown.category, limit=ALSO_LIKED + 1, at=at)
    newest = catalog.newest(session, limit=2 * ALSO_LIKED + 1, at=at) if len(alike) <= ALSO_LIKED else []
    others = {each.code: each for each in (*alike, *newest) if each.code != shown.code}
    return list(others.values())[:ALSO_LIKED]


def freight_note(request: Request, shop: Shop) -> str:
    """What delivery costs, in one sentence."""
    locale, flat, free_over = current(request).locale, shop.freight.usual.flat, shop.freight.usual.free_over
    if not flat:
        return translate(request, N_("Delivery is free, straight from the maker."))
    cost = format_money(flat, locale)
    if free_over is None:
        return translate(request, N_("Delivery costs {amount}, straight from the maker.")).format(amount=cost)
    text = translate(request, N_("Delivery costs {amount}; from {least} on it is free. Straight from the maker."))
    return text.format(amount=cost, least=format_money(free_over, locale))


def fares(request: Request, shop: Shop) -> list[str]:
    """Where delivery costs something else, and where nothing is sent, in a sentence each."""
    locale, rule = current(request).locale, shop.freight
    between = "、" if locale.startswith("zh") else ", "
    same: dict[orders.Fare, list[str]] = {}
    for code, fare in rule.regional.items():
        same.setdefault(fare, []).append(region_name(code, locale))
    told = []
    for fare, names in same.items():
        cost = format_money(fare.flat, locale) if fare.flat else translate(request, N_("free"))
        free = N_("To {regions}: {amount}, free from {least}")
        text = translate(request, N_("To {regions}: {amount}") if fare.free_over is None else free)
        least = "" if fare.free_over is None else format_money(fare.free_over, locale)
        told.append(text.format(regions=between.join(names), amount=cost, least=least))
    if rule.excluded:
        nowhere = between.join(region_name(code, locale) for code in sorted(rule.excluded))
        told.append(translate(request, N_("Nothing is sent to {regions}.")).format(regions=nowhere))
    return told


def _page_url(chosen: dict[str, str], number: int, last: int) -> str:
    if not 1 <= number <= last:
        return ""
    return shelves.address(**chosen, page=str(number))
