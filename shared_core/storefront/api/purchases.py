"""Placing orders and following them."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.orm import Session

from shared_core import orders
from shared_core.storefront import purchasing
from shared_core.storefront.api.catalogue import Option
from shared_core.storefront.api.shapes import (
    NOTE_LENGTH_MAX,
    Address,
    Input,
    Line,
    Money,
    MoneyInput,
    OrderNumber,
    Output,
    Step,
)
from shared_core.storefront.idempotency import KeyHeader, OnceDep
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import MemberDep, ReadDep, SessionDep, ShopDep
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

router = APIRouter(tags=["orders"], route_class=AnswerRoute)

NumberInPath = Annotated[OrderNumber, Path()]


class Placing(Input):
    lines: Annotated[list[Line], Field(min_length=1, max_length=orders.LINES_MAX)]
    """What to buy; a SKU once."""
    address: Address
    seen_total: MoneyInput
    """The total the customer was shown; when it is another one now, nothing is ordered."""
    note: Annotated[str, Field(max_length=NOTE_LENGTH_MAX)] = ""


class OrderLine(Output):
    id: int
    sku: str
    title: str
    options: list[Option]
    """As they were when it was bought."""
    quantity: int
    unit_price: Money
    refunded_quantity: int


class Payment(Output):
    """How to pay: transfer exactly `amount` and write `memo`, so that the money can be matched."""

    amount: Money
    """May be some cents less than the total, so that no other order waits for the same amount."""
    memo: str
    match: Literal["memo", "tail"]
    """By what the money is told to be this order's. With "tail" the exact amount does, and the memo need not be there.
    """
    payee: str
    account: str
    note: str


class Parcel(Output):
    supplier_order: str
    """What the one supplier who ships it calls it."""
    carrier: str
    tracking_number: str
    shipped_at: datetime | None
    delivered_at: datetime | None


class Refund(Output):
    number: str
    amount: Money
    reason: str
    at: datetime
    sent_at: datetime | None


class Order(Output):
    number: str
    state: str
    placed_at: datetime | None
    goods: Money
    freight: Money
    total: Money
    refunded: Money
    lines: list[OrderLine]
    payment: Payment | None
    """Only while payment is expected."""
    parcels: list[Parcel]
    refunds: list[Refund]
    history: list[Step]


class OrderSummary(Output):
    number: str
    state: str
    placed_at: datetime | None
    total: Money


class OrderPage(Output):
    orders: list[OrderSummary]
    next: int | None
    """Give this as `before` to get the page after; empty on the last one."""


class RefundRequest(Input):
    reason: Annotated[str, Field(min_length=1, max_length=200, examples=["坏了"])]


class PaymentClaim(Input):
    """What the customer knows of the payment; all of it may be left out."""

    payer: Annotated[str, Field(max_length=orders.PAYER_LENGTH_MAX)] = ""
    """The name on the account it came from."""
    last4: Annotated[str, Field(max_length=4)] = ""
    """The last four of the transaction number."""
    way: Literal["transfer", "red_packet"] = "transfer"


class SaidPaid(Output):
    number: str
    payer: str
    last4: str
    way: Literal["transfer", "red_packet"]
    at: datetime


class AskedRefund(Output):
    number: str
    reason: str
    at: datetime


@router.post("/orders", status_code=201, responses=responses(401, 404, 409, 422, 429, 503))
def place_order(body: Placing, request: Request, viewer: MemberDep, key: KeyHeader, shop: ShopDep) -> Order:
    """Place an order; its goods are held until the payment is due. All lines or none.

    The same key again returns the same order, however often and from wherever it is sent.
    """
    number = purchasing.place(
        request,
        lines=[(each.sku, each.quantity) for each in body.lines],
        address=body.address.value(),
        seen_total=body.seen_total.value(),
        note=body.note,
        checkout_key=key,
    )
    with shop.database.glance() as session:
        return order_of(session, shop, orders.get(session, number))


@router.get("/orders", responses=responses(401, 503))
def list_orders(
    session: ReadDep,
    viewer: MemberDep,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> OrderPage:
    """Your orders, the newest first."""
    rows = orders.orders_of(session, viewer.known_id, limit=limit, before=before)
    return page_of(list(rows), limit)


@router.get("/orders/{number}", responses=responses(401, 404, 503))
def get_order(number: NumberInPath, session: ReadDep, viewer: MemberDep, shop: ShopDep) -> Order:
    """One of your orders."""
    return order_of(session, shop, orders.get(session, number, buyer_id=viewer.known_id))


@router.post("/orders/{number}/cancellation", response_model=Order, responses=responses(401, 404, 409, 422, 503))
def cancel_order(
    number: NumberInPath, session: SessionDep, viewer: MemberDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """Give up an order that is not paid yet."""

    def cancel() -> Order:
        row = orders.get(session, number, buyer_id=viewer.known_id)
        orders.cancel(session, number, actor="buyer", at=shop.clock())
        return order_of(session, shop, row)

    return once(cancel)


@router.post("/orders/{number}/payment-claim", responses=responses(401, 404, 409, 422, 503))
def claim_payment(
    number: NumberInPath, body: PaymentClaim, session: SessionDep, viewer: MemberDep, shop: ShopDep
) -> SaidPaid:
    """Say that you have paid. It books nothing; the shop looks for your money first. Saying it again corrects it."""
    said = orders.claim_payment(
        session,
        number,
        buyer_id=viewer.known_id,
        payer=body.payer,
        last4=body.last4,
        way=orders.Way(body.way),
        at=shop.clock(),
    )
    return SaidPaid(number=number, payer=said.payer, last4=said.last4, way=orders.Way(said.way).value, at=said.at)


@router.post("/orders/{number}/refund-requests", status_code=201, responses=responses(401, 404, 409, 422, 503))
def ask_for_refund(
    number: NumberInPath, body: RefundRequest, session: SessionDep, viewer: MemberDep, shop: ShopDep
) -> AskedRefund:
    """Ask for your money back; the shop answers. A second request while one is open returns the first."""
    asked = orders.request_refund(session, number, buyer_id=viewer.known_id, reason=body.reason, at=shop.clock())
    return AskedRefund(number=number, reason=asked.reason, at=asked.at)


def page_of(rows: list[orders.Order], limit: int) -> OrderPage:
    return OrderPage(
        orders=[
            OrderSummary(
                number=row.number,
                state=row.state,
                placed_at=row.placed_at,
                total=Money.of_minor(row.total_minor, row.currency),
            )
            for row in rows
        ],
        next=rows[-1].id if len(rows) == limit else None,
    )


def order_of(session: Session, shop: Shop, row: orders.Order) -> Order:
    def money(minor: int) -> Money:
        return Money.of_minor(minor, row.currency)

    refunds = orders.refunds(session, row.id) if row.refunded_minor else ()
    return Order(
        number=row.number,
        state=row.state,
        placed_at=row.placed_at,
        goods=money(row.goods_minor),
        freight=money(row.freight_minor),
        total=money(row.total_minor),
        refunded=money(sum(each.cash_minor for each in refunds)),
        lines=[
            OrderLine(
                id=each.id,
                sku=each.sku,
                title=each.title,
                options=[Option(name=name, value=value) for name, value in each.options],
                quantity=each.quantity,
                unit_price=money(each.unit_minor),
                refunded_quantity=each.refunded_quantity,
            )
            for each in orders.lines(session, row.id)
        ],
        payment=_payment(session, shop, row),
        parcels=[
            Parcel(
                supplier_order=each.supplier_order,
                carrier=each.carrier,
                tracking_number=each.tracking_number,
                shipped_at=each.shipped_at,
                delivered_at=each.delivered_at,
            )
            for each in (orders.parcels(session, row.id) if row.paid_at else ())
        ],
        refunds=[
            Refund(
                number=each.number,
                amount=money(each.cash_minor),
                reason=each.reason,
                at=each.at,
                sent_at=each.sent_at,
            )
            for each in refunds
        ],
        history=[Step(state=each.state, at=each.at) for each in orders.steps(session, row.id)],
    )


def _payment(session: Session, shop: Shop, row: orders.Order) -> Payment | None:
    expected = orders.expectation(session, row.id) if row.state == orders.State.PLACED else None
    if expected is None:
        return None
    told = shop.brand.payment.collector(expected.collector)
    return Payment(
        amount=Money.of_minor(expected.amount_minor, row.currency),
        memo=expected.memo,
        match=orders.Match(expected.match).value,
        payee=told.payee,
        account=told.account,
        note=shop.brand.payment.note,
    )
