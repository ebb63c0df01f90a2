"""Giving goods back: what a customer asks, sends and calls off."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.orm import Session

from shared_core import orders, supply
from shared_core.orders import RefundWhen, ReturnState
from shared_core.storefront.api.purchases import NumberInPath
from shared_core.storefront.api.shapes import Input, Output, Quantity
from shared_core.storefront.idempotency import OnceDep
from shared_core.storefront.viewer import MemberDep, ReadDep, SessionDep, ShopDep
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

WORDS_LENGTH_MAX = 200

router = APIRouter(tags=["returns"], route_class=AnswerRoute)

BackInPath = Annotated[str, Path(max_length=40)]
Words = Annotated[str, Field(max_length=WORDS_LENGTH_MAX)]


class ReturnPieces(Input):
    line: Annotated[int, Field(ge=1, le=2**62)]
    """The `id` of the order's line."""
    quantity: Quantity


class Asking(Input):
    """`pieces` that have left and are in no other return; new ones instead of money for faults only."""

    pieces: Annotated[list[ReturnPieces], Field(min_length=1, max_length=orders.LINES_MAX)]
    reason: supply.ReturnReason = Field(strict=False)
    remedy: supply.Remedy = Field(supply.Remedy.MONEY, strict=False)
    words: Words = ""


class SentBack(Input):
    carrier: Annotated[str, Field(min_length=1, max_length=64, examples=["SF"])]
    tracking_number: Annotated[str, Field(min_length=1, max_length=80, examples=["SF1234567890123"])]


class ReturnedLine(Output):
    """What was found of the pieces; all null before somebody has looked at them."""

    line: int
    sku: str
    quantity: int
    accepted: int | None
    refused: int | None


class ReturnBox(Output):
    carrier: str
    tracking_number: str
    delivered_at: datetime | None


class ReturnAddress(Output):
    name: str
    phone: str
    street: str
    city: str
    region: str = ""
    district: str = ""
    postcode: str = ""
    country: str


class Return(Output):
    """One return of an order. `send_to` and `send_by` are there while it has to be sent, `said` is the supplier's."""

    number: str
    order_number: str
    state: ReturnState
    reason: supply.ReturnReason
    remedy: supply.Remedy
    words: str
    answer: str
    """What the shop said."""
    said: str
    refund: RefundWhen
    """When the money goes back: on acceptance, once the pieces were looked at, or apart from the return."""
    replaced: bool
    """New pieces come."""
    lines: list[ReturnedLine]
    asked_at: datetime
    decided_at: datetime | None
    send_to: ReturnAddress | None
    send_by: datetime | None
    box: ReturnBox | None
    new_box: ReturnBox | None


class Returnable(Output):
    line: int
    sku: str
    most: int
    """Pieces that can be asked back."""


class Returns(Output):
    returns: list[Return]
    returnable: list[Returnable]


@router.get("/orders/{number}/returns", responses=responses(401, 404, 503))
def list_returns(number: NumberInPath, session: ReadDep, viewer: MemberDep) -> Returns:
    """Returns of one of your orders, the oldest first, and what of it can still be asked back."""
    row = orders.get(session, number, buyer_id=viewer.known_id)
    left = orders.returnable(session, row)
    return Returns(
        returns=[return_of(row, each) for each in orders.returns_of(session, row.id)],
        returnable=[
            Returnable(line=line.id, sku=line.sku, most=sum(left[line.id].values()))
            for line in orders.lines(session, row.id)
            if left.get(line.id)
        ],
    )


@router.post(
    "/orders/{number}/returns",
    status_code=201,
    response_model=Returns,
    responses=responses(401, 404, 409, 422, 503),
)
def ask_return(
    number: NumberInPath, body: Asking, session: SessionDep, viewer: MemberDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """Ask to give pieces back; a return for each parcel they came in."""

    def ask() -> Returns:
        orders.ask_return(
            session,
            number,
            pieces_of(body),
            buyer_id=viewer.known_id,
            reason=body.reason,
            remedy=body.remedy,
            words=body.words,
            at=shop.clock(),
        )
        return list_returns(number, session, viewer)

    return once(ask, request=body, status=201)


@router.post("/returns/{back}/parcel", response_model=Return, responses=responses(401, 404, 409, 422, 503))
def send_back(
    back: BackInPath, body: SentBack, session: SessionDep, viewer: MemberDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """It is on its way."""

    def send() -> Return:
        found = orders.note_sent(
            session,
            back,
            carrier=body.carrier,
            tracking_number=body.tracking_number,
            at=shop.clock(),
            buyer_id=viewer.known_id,
        )
        return seen(session, found)

    return once(send, request=body)


@router.post("/returns/{back}/cancellation", response_model=Return, responses=responses(401, 404, 409, 422, 503))
def call_off(back: BackInPath, session: SessionDep, viewer: MemberDep, once: OnceDep, shop: ShopDep) -> JSONResponse:
    """Nothing comes back after all. What was refunded stays refunded."""

    def cancel() -> Return:
        found = orders.call_off(session, back, actor="buyer", at=shop.clock(), buyer_id=viewer.known_id)
        return seen(session, found)

    return once(cancel)


def pieces_of(body: Asking) -> dict[int, int]:
    """Pieces by line; of a line that is named twice all of them."""
    wanted: dict[int, int] = {}
    for each in body.pieces:
        wanted[each.line] = wanted.get(each.line, 0) + each.quantity
    return wanted


def seen(session: Session, found: orders.OrderReturn) -> Return:
    return return_of(orders.order(session, found.order_id), found)


def return_of(row: orders.Order, found: orders.OrderReturn) -> Return:
    state = ReturnState(found.state)
    to_send = found.address if state is ReturnState.AUTHORISED else None
    looked = {sku: (sellable + unsellable, refused) for sku, sellable, unsellable, refused in found.inspected}
    return Return(
        number=found.number,
        order_number=row.number,
        state=state,
        reason=supply.ReturnReason(found.reason),
        remedy=supply.Remedy(found.remedy),
        words=found.words,
        answer=found.answer,
        said=found.said,
        refund=RefundWhen(found.refund),
        replaced=found.replaced,
        lines=[
            ReturnedLine(
                line=line_id,
                sku=sku,
                quantity=quantity,
                accepted=looked[sku][0] if sku in looked else None,
                refused=looked[sku][1] if sku in looked else None,
            )
            for line_id, sku, quantity in found.lines
        ],
        asked_at=found.asked_at,
        decided_at=found.decided_at,
        send_to=ReturnAddress(**to_send) if to_send else None,
        send_by=found.send_by if to_send else None,
        box=_box(found.carrier, found.tracking_number, None),
        new_box=_box(found.new_carrier, found.new_tracking, found.new_delivered_at),
    )


def _box(carrier: str, tracking_number: str, delivered_at: datetime | None) -> ReturnBox | None:
    if not tracking_number:
        return None
    return ReturnBox(carrier=carrier, tracking_number=tracking_number, delivered_at=delivered_at)
