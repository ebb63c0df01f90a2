"""The cart. It promises nothing: prices and stock are looked at again when the order is placed."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field

from shared_core import catalog, orders
from shared_core.kernel.regions import CODE_LENGTH_MAX as REGION_LENGTH_MAX
from shared_core.storefront import purchasing
from shared_core.storefront.api.shapes import SKU_LENGTH_MAX, Input, Money, Output
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import ReadDep, SessionDep, ShopDep, ViewerDep, ensure_visitor
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

router = APIRouter(tags=["cart"], route_class=AnswerRoute)

SkuInPath = Annotated[str, Path(min_length=1, max_length=SKU_LENGTH_MAX)]


class CartQuantity(Input):
    quantity: Annotated[int, Field(ge=0, le=orders.QUANTITY_MAX, examples=[2])]
    """Pieces in the cart from now on; 0 takes the line out."""


class CartLine(Output):
    """`unit_price` is empty when the SKU is not for sale any more; such a line must be taken out."""

    sku: str
    title: str
    quantity: int
    unit_price: Money | None
    available: int


class Cart(Output):
    """`goods`, `freight` and `total` are of the lines that are for sale."""

    lines: list[CartLine]
    goods: Money
    freight: Money
    total: Money


@router.get("/cart", responses=responses(503))
def get_cart(
    session: ReadDep, viewer: ViewerDep, shop: ShopDep, region: Annotated[str, Query(max_length=REGION_LENGTH_MAX)] = ""
) -> Cart:
    """What is in your cart, at today's prices; with the freight to a `region`, CN-GD or US, where that is told."""
    return cart_of(shop, purchasing.view_cart(session, shop, viewer.member_id, region=region))


@router.put("/cart/lines/{sku}", responses=responses(404, 422, 503))
def put_cart_line(sku: SkuInPath, body: CartQuantity, request: Request, session: SessionDep, shop: ShopDep) -> Cart:
    """Set how many pieces of a SKU the cart holds. Repeating changes nothing."""
    viewer = ensure_visitor(request, session)
    orders.put_in_cart(session, buyer_id=viewer.known_id, sku=sku, quantity=body.quantity, at=shop.clock())
    view = purchasing.view_cart(session, shop, viewer.member_id)
    if (sku, body.quantity, None) in view.lines:
        raise catalog.NotListed(sku=sku)
    return cart_of(shop, view)


@router.delete("/cart/lines/{sku}", responses=responses(503))
def delete_cart_line(sku: SkuInPath, session: SessionDep, viewer: ViewerDep, shop: ShopDep) -> Cart:
    """Take a SKU out of the cart."""
    if viewer.member_id is not None:
        orders.put_in_cart(session, buyer_id=viewer.member_id, sku=sku, quantity=0, at=shop.clock())
    return cart_of(shop, purchasing.view_cart(session, shop, viewer.member_id))


def cart_of(shop: Shop, view: purchasing.CartView) -> Cart:
    zero = Money.of_minor(0, shop.currency)
    return Cart(
        lines=[_line(sku, pieces, item) for sku, pieces, item in view.lines],
        goods=Money.of(view.quote.goods) if view.quote else zero,
        freight=Money.of(view.quote.freight) if view.quote else zero,
        total=Money.of(view.quote.total) if view.quote else zero,
    )


def _line(sku: str, quantity: int, item: catalog.PricedItem | None) -> CartLine:
    return CartLine(
        sku=sku,
        title=item.title if item else sku,
        quantity=quantity,
        unit_price=Money.of(item.unit_price) if item else None,
        available=item.available if item else 0,
    )
