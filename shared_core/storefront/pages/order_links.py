"""The order for whoever has its link: a buyer for whom somebody else entered it, and who may have no account."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, Response

from shared_core import orders
from shared_core.kernel.errors import Invalid
from shared_core.storefront import entering
from shared_core.storefront.pages.ordering import order_page
from shared_core.storefront.viewer import ReadDep, SessionDep, ShopDep
from shared_core.web.going import go

TOKEN_LENGTH_MAX = 512

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]
Token = Annotated[str, Path(max_length=TOKEN_LENGTH_MAX)]


@router.get("/o/{token}")
def order(request: Request, token: Token, shop: ShopDep, session: ReadDep) -> HTMLResponse:
    row = entering.order_of_link(session, shop, token)
    shown = order_page(request, session, shop, row, home=entering.PATH + token)
    shown.headers["X-Robots-Tag"] = "noindex"
    return shown


@router.post("/o/{token}/claim")
def claim(
    request: Request,
    token: Token,
    shop: ShopDep,
    payer: Text = "",
    last4: Text = "",
    way: Annotated[orders.Way, Form()] = orders.Way.TRANSFER,
) -> Response:
    """Whoever has the link says that it is paid; staff look there first, and nothing is booked."""
    try:
        with shop.database.transaction() as session:
            row = entering.order_of_link(session, shop, token)
            orders.claim_payment(
                session, row.number, buyer_id=row.buyer_id, payer=payer, last4=last4, way=way, at=shop.clock()
            )
    except Invalid as error:
        with shop.database.reading() as session:
            row = entering.order_of_link(session, shop, token)
            return order_page(request, session, shop, row, home=entering.PATH + token, error=error)
    return go(entering.PATH + token, done="claimed")


@router.post("/o/{token}/cancel")
def cancel(token: Token, shop: ShopDep, session: SessionDep) -> Response:
    orders.cancel(session, entering.order_of_link(session, shop, token).number, actor="buyer", at=shop.clock())
    return go(entering.PATH + token, done="cancelled")


@router.post("/o/{token}/refund-request")
def ask_back(token: Token, shop: ShopDep, session: SessionDep, reason: Text) -> Response:
    row = entering.order_of_link(session, shop, token)
    orders.request_refund(session, row.number, buyer_id=row.buyer_id, reason=reason, at=shop.clock())
    return go(entering.PATH + token, done="asked")
