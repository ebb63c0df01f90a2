"""The bag: what somebody means to buy. Nothing in it is promised; prices are read anew every time."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import catalog, orders
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money, zero
from shared_core.storefront import entering, purchasing
from shared_core.storefront.pages import art, sales
from shared_core.storefront.pages.page import page, translate
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import ReadDep, SessionDep, ShopDep, ViewerDep, ensure_visitor
from shared_core.storefront.who import Viewer
from shared_core.web.going import go

SKU_LENGTH_MAX = 64

router = APIRouter(include_in_schema=False)
Sku = Annotated[str, Form(max_length=SKU_LENGTH_MAX)]


@dataclass(frozen=True)
class Line:
    """`problem` says why the line cannot be bought as it stands; empty when it can."""

    sku: str
    slug: str
    title: str
    options: str
    quantity: int
    unit: Money
    total: Money
    picture: str
    problem: str
    until: str = ""
    """When the price of a sale ends."""


@dataclass(frozen=True)
class Bag:
    """`until_free`: how much more goods make delivery free; None when it is, or never will be."""

    lines: tuple[Line, ...]
    goods: Money
    freight: Money
    until_free: Money | None

    @property
    def total(self) -> Money:
        return self.goods + self.freight

    @property
    def ready(self) -> bool:
        """Whether everything in it can be bought."""
        return bool(self.lines) and not any(line.problem for line in self.lines)


@router.get("/cart")
def bag(request: Request, shop: ShopDep, session: ReadDep, viewer: ViewerDep) -> HTMLResponse:
    shown = read_bag(request, session, shop, viewer)
    enters = entering.may_enter(shop, viewer)
    return page(request, "cart.html", cart=shown, quantity_max=orders.QUANTITY_MAX, enters=enters)


@router.post("/cart")
def add(
    request: Request, shop: ShopDep, session: SessionDep, sku: Sku, quantity: Annotated[int, Form()] = 1
) -> Response:
    catalog.price(session, sku=sku)
    viewer = ensure_visitor(request, session)
    orders.add_to_cart(session, buyer_id=viewer.known_id, sku=sku, quantity=quantity, at=shop.clock())
    return go("/cart", done="added")


@router.post("/cart/lines")
def change(
    shop: ShopDep, session: SessionDep, viewer: ViewerDep, sku: Sku, quantity: Annotated[int, Form()]
) -> Response:
    if viewer.member_id is not None:
        orders.put_in_cart(session, buyer_id=viewer.member_id, sku=sku, quantity=quantity, at=shop.clock())
    return go("/cart")


def read_bag(request: Request, session: Session, shop: Shop, viewer: Viewer, *, region: str = "") -> Bag:
    """The viewer's bag at today's prices, sent to this region.

    What is no longer for sale stays in it, marked, and costs nothing.
    """
    view = purchasing.view_cart(session, shop, viewer.member_id, region=region)
    lines = tuple(_line(request, shop, sku, pieces, item) for sku, pieces, item in view.lines)
    if view.quote is None:
        return Bag(lines, zero(shop.currency), zero(shop.currency), None)
    goods, freight, free_over = view.quote.goods, view.quote.freight, shop.freight.fare(region).free_over
    missing = free_over - goods if free_over is not None and freight and goods < free_over else None
    return Bag(lines, goods, freight, missing)


def _line(request: Request, shop: Shop, sku: str, quantity: int, item: catalog.PricedItem | None) -> Line:
    if item is None:
        gone = translate(request, N_("This is no longer for sale. Please remove it."))
        nothing = zero(shop.currency)
        return Line(sku, "", sku, "", quantity, nothing, nothing, art.product_picture(shop, sku), gone)
    return Line(
        sku=sku,
        slug=item.slug,
        title=item.title,
        options=" / ".join(value for _, value in item.options),
        quantity=quantity,
        unit=item.unit_price,
        total=item.unit_price * quantity,
        picture=art.product_picture(shop, item.product_code, item.pictures),
        problem=_limit(request, item, quantity) or _shortage(request, item.available, quantity),
        until="" if item.sale_ends_at is None else sales.countdown(request, shop, item.sale_ends_at).words,
    )


def _limit(request: Request, item: catalog.PricedItem, wanted: int) -> str:
    """What is wrong with so many pieces at the price of a sale."""
    if item.per_customer_max is None or wanted <= item.per_customer_max:
        return ""
    text = translate(request, N_("At the price of the sale one customer gets at most {count}."))
    return text.format(count=item.per_customer_max)


def _shortage(request: Request, available: int, wanted: int) -> str:
    if available >= wanted:
        return ""
    if available == 0:
        return translate(request, N_("Sold out"))
    return translate(request, N_("Only {count} left.")).format(count=available)
