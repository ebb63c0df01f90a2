"""Returns in the back office: what customers ask for, what is decided and, in a shop that supplies itself, what was
found.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import orders, supply
from shared_core.orders import RefundWhen
from shared_core.storefront.admin import acting
from shared_core.storefront.admin.orders import done
from shared_core.storefront.pages import return_views
from shared_core.storefront.pages.page import page
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import OrdersDep, ReadDep, RefundsDep, ShopDep

router = APIRouter()
Back = Annotated[str, Path(max_length=40)]
Text = Annotated[str, Form(max_length=200)]


@router.get("/returns")
def listing(request: Request, session: ReadDep, viewer: OrdersDep, every: bool = False) -> HTMLResponse:
    """What is open, oldest first; or all of them."""
    rows = orders.list_returns(session, only_open=not every)
    found = [(orders.order(session, each.order_id), each) for each in rows]
    titles = {line.sku: line.title for row, _ in found for line in orders.lines(session, row.id)}
    shown = [return_views.view(request, row, each, titles) for row, each in found]
    return page(request, "admin/returns.html", returns=shown, every=every)


@router.post("/returns/{back}/accept")
def accept(
    request: Request,
    back: Back,
    shop: ShopDep,
    viewer: RefundsDep,
    when: Annotated[RefundWhen, Form()],
    answer: Text = "",
) -> Response:
    """The goods may come back; their money goes back now, or once somebody has looked at them."""
    return _step(
        request,
        shop,
        back,
        lambda session: orders.accept_return(
            session, back, refund_when=when, answer=answer, actor=viewer.actor, at=shop.clock()
        ),
    )


@router.post("/returns/{back}/refuse")
def refuse(request: Request, back: Back, shop: ShopDep, viewer: RefundsDep, answer: Text = "") -> Response:
    return _step(
        request,
        shop,
        back,
        lambda session: orders.refuse_return(session, back, answer=answer, actor=viewer.actor, at=shop.clock()),
    )


@router.post("/returns/{back}/parcel")
def sent(request: Request, back: Back, shop: ShopDep, viewer: OrdersDep, carrier: Text, tracking: Text) -> Response:
    """The customer told by another way with which parcel it comes."""
    return _step(
        request,
        shop,
        back,
        lambda session: orders.note_sent(session, back, carrier=carrier, tracking_number=tracking, at=shop.clock()),
    )


@router.post("/returns/{back}/call-off")
def call_off(request: Request, back: Back, shop: ShopDep, viewer: OrdersDep) -> Response:
    """Nothing comes back after all."""
    return _step(
        request, shop, back, lambda session: orders.call_off(session, back, actor=viewer.actor, at=shop.clock())
    )


@router.post("/returns/{back}/authorise")
def authorise(
    request: Request,
    back: Back,
    shop: ShopDep,
    viewer: OrdersDep,
    name: Text,
    phone: Text,
    street: Text,
    city: Text,
) -> Response:
    """Where the customer may send it."""
    where = supply.Address(name=name.strip(), phone=phone.strip(), street=street.strip(), city=city.strip())
    return _supply_step(
        request,
        shop,
        back,
        lambda session: supply.returns.authorise(session, back, address=where, actor=viewer.actor, at=shop.clock()),
    )


@router.post("/returns/{back}/receive")
def receive(request: Request, back: Back, shop: ShopDep, viewer: OrdersDep) -> Response:
    return _supply_step(
        request,
        shop,
        back,
        lambda session: supply.returns.receive(session, back, actor=viewer.actor, at=shop.clock()),
    )


@router.post("/returns/{back}/inspect")
def inspect(
    request: Request,
    back: Back,
    shop: ShopDep,
    viewer: RefundsDep,
    sku: Annotated[list[str], Form(max_length=orders.LINES_MAX)],
    sellable: Annotated[list[int], Form(max_length=orders.LINES_MAX)],
    unsellable: Annotated[list[int], Form(max_length=orders.LINES_MAX)],
    refused: Annotated[list[int], Form(max_length=orders.LINES_MAX)],
    said: Text = "",
    bearer: Annotated[supply.Bearer | None, Form()] = None,
) -> Response:
    """What was found; that settles it."""
    found = [supply.Inspected(*each) for each in zip(sku, sellable, unsellable, refused, strict=False)]
    return _supply_step(
        request,
        shop,
        back,
        lambda session: supply.returns.inspect(
            session, back, found, said=said, bearer=bearer, actor=viewer.actor, at=shop.clock()
        ),
    )


@router.post("/returns/{back}/replace")
def replace(request: Request, back: Back, shop: ShopDep, viewer: OrdersDep, carrier: Text, tracking: Text) -> Response:
    """The new ones are on their way."""
    return _supply_step(
        request,
        shop,
        back,
        lambda session: supply.returns.ship_new(
            session, back, carrier=carrier, tracking_number=tracking, at=shop.clock()
        ),
    )


@router.post("/returns/{back}/made-good")
def made_good(request: Request, back: Back, shop: ShopDep, viewer: OrdersDep) -> Response:
    return _supply_step(request, shop, back, lambda session: supply.returns.deliver_new(session, back, at=shop.clock()))


def _step(request: Request, shop: Shop, back: str, work: Callable[[Session], object]) -> Response:
    with shop.database.reading() as session:
        number = orders.order(session, orders.the_return(session, back).order_id).number
    return done(request, shop, number, acting.attempt(request, shop, work), "saved")


def _supply_step(request: Request, shop: Shop, back: str, work: Callable[[Session], object]) -> Response:
    """A step of the supply in this very database, which the order follows at once."""
    answer = _step(request, shop, back, work)
    shop.desk.follow()
    return answer
