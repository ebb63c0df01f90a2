"""From the bag to the door: checkout, the order's own page, second thoughts."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import orders
from shared_core.kernel.codes import new_token
from shared_core.kernel.errors import Invalid, PlatformError
from shared_core.kernel.money import MINOR_MAX, Money
from shared_core.storefront import purchasing
from shared_core.storefront.pages import addresses, browsing, order_views, return_views, ties
from shared_core.storefront.pages.bag import Bag, read_bag
from shared_core.storefront.pages.page import page, refused, translate
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import MemberDep, ReadDep, SessionDep, ShopDep, current
from shared_core.storefront.who import Viewer
from shared_core.web import forms
from shared_core.web.going import go
from shared_core.web.problems import calmed

ORDERS_PER_PAGE = 10
TEXT_LENGTH_MAX = 300
KEY_LENGTH_MAX = 80
ID_MAX = 2**62

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=TEXT_LENGTH_MAX)]
Number = Annotated[str, Path(max_length=24)]


@router.get("/checkout")
def checkout(request: Request, shop: ShopDep, session: ReadDep, viewer: MemberDep) -> Response:
    values = _known_address(session, shop, viewer)
    bag = read_bag(request, session, shop, viewer, region=addresses.where(values))
    if not bag.ready:
        return go("/cart")
    return _checkout(request, session, shop, viewer, bag, forms.Form(values), key=new_token())


@router.post("/checkout")
def place(
    request: Request,
    shop: ShopDep,
    viewer: MemberDep,
    key: Annotated[str, Form(min_length=8, max_length=KEY_LENGTH_MAX)],
    seen: Annotated[int, Form(ge=0, le=MINOR_MAX)],
    sku: Annotated[list[str], Form(max_length=orders.LINES_MAX)],
    quantity: Annotated[list[int], Form(max_length=orders.LINES_MAX)],
    values: addresses.TypedDep,
) -> Response:
    """The lines come with the form, so that the same form sent again is the same order although the bag is empty."""
    faults = {field: translate(request, text) for field, text in addresses.faults(values).items()}
    if faults:
        return _again(request, shop, viewer, forms.Form(values, faults), key=key)
    try:
        number = purchasing.place(
            request,
            lines=list(zip(sku, quantity, strict=False)),
            address=addresses.address(values),
            seen_total=Money(seen, shop.currency),
            checkout_key=key,
        )
    except orders.NEW_CHECKOUT as error:
        return _again(request, shop, viewer, refused(request, error, values), key=new_token(), status=error.status)
    except PlatformError as error:
        told = calmed(error)
        return _again(request, shop, viewer, refused(request, told, values), key=key, status=told.status)
    return go(f"/orders/{number}")


@router.get("/orders")
def my_orders(
    request: Request,
    shop: ShopDep,
    session: ReadDep,
    viewer: MemberDep,
    before: Annotated[int | None, Query(ge=1, le=ID_MAX)] = None,
) -> HTMLResponse:
    rows = orders.orders_of(session, viewer.known_id, limit=ORDERS_PER_PAGE + 1, before=before)
    shown, more = rows[:ORDERS_PER_PAGE], len(rows) > ORDERS_PER_PAGE
    return page(
        request,
        "orders.html",
        orders=order_views.summaries(request, session, shop, shown, {}),
        listing={
            "previous_url": "/orders" if before else "",
            "next_url": f"/orders?before={shown[-1].id}" if more else "",
        },
    )


@router.get("/orders/{number}")
def order(request: Request, number: Number, shop: ShopDep, session: ReadDep, viewer: MemberDep) -> HTMLResponse:
    return order_page(request, session, shop, orders.get(session, number, buyer_id=viewer.known_id))


@router.post("/orders/{number}/claim")
def claim(
    request: Request,
    number: Number,
    shop: ShopDep,
    viewer: MemberDep,
    payer: Text = "",
    last4: Text = "",
    way: Annotated[orders.Way, Form()] = orders.Way.TRANSFER,
) -> Response:
    """The customer says that they have paid; staff look there first, and nothing is booked."""
    try:
        with shop.database.transaction() as session:
            orders.claim_payment(
                session, number, buyer_id=viewer.known_id, payer=payer, last4=last4, way=way, at=shop.clock()
            )
    except Invalid as error:
        with shop.database.reading() as session:
            row = orders.get(session, number, buyer_id=viewer.known_id)
            return order_page(request, session, shop, row, error=error)
    return go(f"/orders/{number}", done="claimed")


@router.post("/orders/{number}/cancel")
def cancel(number: Number, shop: ShopDep, session: SessionDep, viewer: MemberDep) -> Response:
    orders.get(session, number, buyer_id=viewer.known_id)
    orders.cancel(session, number, actor="buyer", at=shop.clock())
    return go(f"/orders/{number}", done="cancelled")


@router.post("/orders/{number}/refund-request")
def ask_back(number: Number, shop: ShopDep, session: SessionDep, viewer: MemberDep, reason: Text) -> Response:
    orders.request_refund(session, number, buyer_id=viewer.known_id, reason=reason, at=shop.clock())
    return go(f"/orders/{number}", done="asked")


def order_page(
    request: Request,
    session: Session,
    shop: Shop,
    row: orders.Order,
    *,
    home: str = "",
    error: Invalid | None = None,
    return_error: PlatformError | None = None,
) -> HTMLResponse:
    """The order as its buyer sees it. `home` is where its forms lead; `error` what was wrong with what they said of
    their payment, `return_error` with what they said of a return.
    """
    wrong = error or return_error
    return page(
        request,
        "order.html",
        status_code=wrong.status if wrong else 200,
        order=order_views.view(request, session, shop, row),
        home=home or f"/orders/{row.number}",
        by_link=bool(home),
        pay=_payment(session, shop, row),
        asked=[each for each in orders.refund_requests(session, row.id) if each.answered_at is None],
        return_days=row.return_days,
        trouble=_sentence(request, shop, error),
        return_trouble=_sentence(request, shop, return_error),
        returnable=return_views.returnable(session, row) if row.state in orders.SOLD else [],
        choices=return_views.choices(request),
    )


def _sentence(request: Request, shop: Shop, error: PlatformError | None) -> str:
    locale = current(request).locale
    return forms.sentence(error, translate=shop.theme.translate(locale), locale=locale) if error else ""


def _again(request: Request, shop: Shop, viewer: Viewer, form: forms.Form, *, key: str, status: int = 422) -> Response:
    """The checkout as it was filled in, with what is wrong."""
    with shop.database.reading() as session:
        bag = read_bag(request, session, shop, viewer, region=addresses.where(form.values))
        if not bag.lines:
            return go("/cart")
        return _checkout(request, session, shop, viewer, bag, form, key=key, status=status)


def _checkout(
    request: Request,
    session: Session,
    shop: Shop,
    viewer: Viewer,
    bag: Bag,
    form: forms.Form,
    *,
    key: str,
    status: int = 200,
) -> HTMLResponse:
    return page(
        request,
        "checkout.html",
        status_code=status,
        cart=bag,
        form=form,
        key=key,
        countries=addresses.countries(viewer.locale),
        provinces=addresses.provinces(viewer.locale),
        fares=browsing.fares(request, shop),
        return_days=shop.plan_at(shop.clock()).returns.days,
        sold_by=ties.recommender(request, session, shop, viewer),
    )


def _known_address(session: Session, shop: Shop, viewer: Viewer) -> dict[str, str]:
    """Where the last order went; else the viewer's name and the shop's country."""
    last = orders.orders_of(session, viewer.known_id, limit=1)
    if last:
        return addresses.filled(last[0].address)
    return {"name": viewer.name, "country": addresses.home_country(shop.brand)}


def _payment(session: Session, shop: Shop, row: orders.Order) -> dict[str, object] | None:
    """How to pay, while payment is expected."""
    expected = orders.expectation(session, row.id) if row.state == orders.State.PLACED else None
    if expected is None:
        return None
    told = shop.brand.payment.collector(expected.collector)
    amount, most = Money(expected.amount_minor, row.currency), orders.RED_PACKET_MOST.get(row.currency)
    return {
        "amount": amount,
        "red_packet": orders.fits_red_packet(amount),
        "red_packet_most": None if most is None else Money(most, row.currency),
        "memo": expected.memo,
        "by_amount": expected.match == orders.Match.TAIL,
        "claim": orders.payment_claim(session, row.id),
        "deadline": row.due_at,
        "payee": told.payee,
        "account": told.account,
        "note": shop.brand.payment.note,
        "qr_image": told.qr_image,
    }
