"""Back office: orders from payment to refund."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.orm import Session

from shared_core import orders, supply
from shared_core.kernel.codes import new_code
from shared_core.kernel.errors import Conflict
from shared_core.storefront.api.purchases import NumberInPath, Order, OrderPage, order_of, page_of
from shared_core.storefront.api.shapes import Input, MoneyInput
from shared_core.storefront.idempotency import OnceDep
from shared_core.storefront.viewer import OrdersDep, ReadDep, RefundsDep, SessionDep, ShopDep
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

router = APIRouter(prefix="/admin/orders", tags=["back office: orders"], route_class=AnswerRoute)

TransactionNumber = Annotated[str, Field(min_length=1, max_length=80, examples=["WX20260302-0001"])]
Reason = Annotated[str, Field(min_length=1, max_length=200)]


REFUND_CODE_LENGTH = 6


class NothingToMove(Conflict):
    code = "nothing_to_move"
    message = "The order {number} has no parcel for which this is the next step."


class SeenPayment(Input):
    """A payment as it stands on the collector's account."""

    transaction_no: TransactionNumber
    amount: MoneyInput


class Shipping(Input):
    """The parcel of one supplier; without `supplier_order`, the only one."""

    carrier: Annotated[str, Field(min_length=1, max_length=60, examples=["SF"])]
    tracking_number: Annotated[str, Field(min_length=1, max_length=64, examples=["SF1234567890"])]
    supplier_order: Annotated[str | None, Field(max_length=64)] = None


class Delivering(Input):
    supplier_order: Annotated[str | None, Field(max_length=64)] = None
    """Without it: every parcel that is on its way."""


class RefundItem(Input):
    """`pieces` of a line go back, or (without pieces) an `amount` of its price as a reduction."""

    line_id: Annotated[int, Field(ge=1, le=2**62)]
    pieces: Annotated[int, Field(ge=0, le=orders.QUANTITY_MAX)] = 0
    amount: MoneyInput | None = None


class Refunding(Input):
    items: Annotated[list[RefundItem], Field(max_length=orders.LINES_MAX, default_factory=list)]
    """Without items and without `freight`: everything that is left."""
    reason: Reason
    goods_back: bool
    """The goods return to the supply side, or never left it."""
    freight: bool = False


class SentRefund(Input):
    evidence: TransactionNumber


class Answer(Input):
    answer: Reason


@router.get("", operation_id="admin_list_orders", responses=responses(401, 403, 503))
def list_orders(
    session: ReadDep,
    viewer: OrdersDep,
    state: Annotated[
        Literal["placed", "paid", "shipped", "delivered", "completed", "cancelled", "refunded"] | None, Query()
    ] = None,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> OrderPage:
    """Orders, the newest first."""
    wanted = None if state is None else orders.State(state)
    return page_of(list(orders.list_orders(session, state=wanted, limit=limit, before=before)), limit)


@router.get("/{number}", operation_id="admin_get_order", responses=responses(401, 403, 404, 503))
def get_order(number: NumberInPath, session: ReadDep, viewer: OrdersDep, shop: ShopDep) -> Order:
    """One order."""
    return order_of(session, shop, orders.get(session, number))


@router.post("/{number}/payment", response_model=Order, responses=responses(401, 403, 404, 409, 422, 503))
def confirm_payment(
    number: NumberInPath, body: SeenPayment, session: SessionDep, viewer: OrdersDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """A payment was seen on the collector's account: the order is paid. A transaction number pays once."""

    def confirm() -> Order:
        row = orders.confirm_payment(
            session,
            number,
            transaction_no=body.transaction_no,
            amount=body.amount.value(),
            entered_by=viewer.actor,
            at=shop.clock(),
        )
        return order_of(session, shop, row)

    return once(confirm, request=body)


@router.post("/{number}/shipment", response_model=Order, responses=responses(401, 403, 404, 409, 422, 503))
def ship_order(
    number: NumberInPath, body: Shipping, session: SessionDep, viewer: OrdersDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """A supplier's parcel is on its way; the order shows it at once."""

    def ship() -> Order:
        row = orders.get(session, number)
        for parcel in parcels_of(session, row, only=body.supplier_order, states=("placed", "accepted")):
            news = supply.ship(
                session,
                number=parcel,
                carrier=body.carrier,
                tracking_number=body.tracking_number,
                at=shop.clock(),
            )
            orders.hear_supply(session, news, zone=shop.brand.shop.zone)
        return order_of(session, shop, row)

    return once(ship, request=body)


@router.post("/{number}/delivery", response_model=Order, responses=responses(401, 403, 404, 409, 422, 503))
def deliver_order(
    number: NumberInPath, body: Delivering, session: SessionDep, viewer: OrdersDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """Parcels have arrived; the return window starts when all of them have."""

    def deliver() -> Order:
        row = orders.get(session, number)
        for parcel in parcels_of(session, row, only=body.supplier_order, states=("shipped",)):
            news = supply.deliver(session, number=parcel, at=shop.clock())
            orders.hear_supply(session, news, zone=shop.brand.shop.zone)
        return order_of(session, shop, row)

    return once(deliver, request=body)


@router.post(
    "/{number}/refunds", status_code=201, response_model=Order, responses=responses(401, 403, 404, 409, 422, 503)
)
def refund_order(
    number: NumberInPath, body: Refunding, session: SessionDep, viewer: RefundsDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """Promise money back, whole or in part."""

    def refund() -> Order:
        row = orders.get(session, number)
        _promise(session, number, body, actor=viewer.actor, at=shop.clock())
        return order_of(session, shop, row)

    return once(refund, request=body, status=201)


@router.post("/{number}/refunds/{refund}/sent", response_model=Order, responses=responses(401, 403, 404, 409, 422, 503))
def mark_refund_sent(
    number: NumberInPath,
    refund: Annotated[str, Path(max_length=32)],
    body: SentRefund,
    session: SessionDep,
    viewer: RefundsDep,
    once: OnceDep,
    shop: ShopDep,
) -> JSONResponse:
    """The money of a refund has been sent; `evidence` is the transaction number."""

    def mark() -> Order:
        row = orders.get(session, number)
        if refund not in {each.number for each in orders.refunds(session, row.id)}:
            raise orders.UnknownRefund(number=refund)
        orders.mark_refund_sent(session, refund, evidence=body.evidence, at=shop.clock())
        return order_of(session, shop, row)

    return once(mark, request=body)


@router.post("/{number}/refund-requests/answer", responses=responses(401, 403, 404, 422, 503))
def answer_refund_request(
    number: NumberInPath, body: Answer, session: SessionDep, viewer: OrdersDep, shop: ShopDep
) -> Order:
    """Close the customer's open request with what was decided; money is given back by a refund."""
    orders.answer_request(session, number, answer=body.answer, at=shop.clock())
    return order_of(session, shop, orders.get(session, number))


def parcels_of(session: Session, row: orders.Order, *, only: str | None, states: tuple[str, ...]) -> list[str]:
    """The supplier orders of an order that can take the next step; the one that was asked for, in any state."""
    if only is not None:
        if only not in {each.supplier_order for each in orders.parcels(session, row.id)}:
            raise supply.UnknownSupplierOrder(number=only)
        return [only]
    found = [each.number for each in supply.supplier_orders(session, references=[row.number], states=states)]
    if not found:
        raise NothingToMove(number=row.number)
    return found


def _promise(session: Session, number: str, body: Refunding, *, actor: str, at: datetime) -> None:
    refund_number = f"{number}-{new_code(REFUND_CODE_LENGTH)}"
    if not body.items and not body.freight:
        orders.refund_all(
            session,
            number,
            reason=body.reason,
            actor=actor,
            goods_back=body.goods_back,
            refund_number=refund_number,
            at=at,
        )
        return
    items = [
        orders.RefundItem(each.line_id, each.pieces, each.amount.value() if each.amount else None)
        for each in body.items
    ]
    wanted = orders.RefundOrder(
        items, reason=body.reason, actor=actor, goods_back=body.goods_back, freight=body.freight
    )
    orders.refund(session, number, wanted, refund_number=refund_number, at=at)
