"""Giving goods back: what a customer asks for, sends and calls off."""

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

BackInPath = Annotated[str, Path(max_length=40, examples=["7K3M9Q2XPA-R1"])]
Words = Annotated[str, Field(max_length=WORDS_LENGTH_MAX, examples=["灯罩有裂缝"])]


class ReturnPieces(Input):
    line: Annotated[int, Field(ge=1, le=2**62, examples=[17])]
    """The `id` of the order's line."""
    quantity: Quantity


class Asking(Input):
    """Pieces that have left and are in no other return. New ones instead of money only come for faults."""

    pieces: Annotated[list[ReturnPieces], Field(min_length=1, max_length=orders.LINES_MAX)]
    reason: supply.ReturnReason = Field(strict=False, examples=["damaged"])
    remedy: supply.Remedy = Field(supply.Remedy.MONEY, strict=False)
    words: Words = ""


class SentBack(Input):
    carrier: Annotated[str, Field(min_length=1, max_length=64, examples=["SF"])]
    tracking_number: Annotated[str, Field(min_length=1, max_length=80, examples=["SF1234567890123"])]


class ReturnedLine(Output):
    line: int
    sku: str
    quantity: int


class SeenPieces(Output):
    """What was found of the pieces of a SKU: refused ones go back to the customer."""

    sku: str
    accepted: int
    refused: int


class ReturnBox(Output):
    carrier: str
    tracking_number: str


class NewBox(ReturnBox):
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
    """Pieces of one parcel that come back. What is refunded for them is the order's refund of the same `number`."""

    number: Annotated[str, Field(examples=["7K3M9Q2XPA-R1"])]
    order_number: str
    state: ReturnState
    """May be called off while `asked`, `requested` or `authorised`, and sent once `authorised`."""
    reason: supply.ReturnReason
    remedy: supply.Remedy
    words: str
    """What the customer said of it."""
    answer: str
    """What the shop said."""
    said: str
    """What the supplier said."""
    refund: RefundWhen | None
    """When the money goes back, once the shop has decided: at once, when the pieces were looked at, or by itself."""
    replaced: bool
    """New pieces come instead of money."""
    lines: list[ReturnedLine]
    inspected: list[SeenPieces]
    """Empty before somebody has looked at them."""
    asked_at: datetime
    decided_at: datetime | None
    send_to: ReturnAddress | None
    send_by: datetime | None
    """Only while it has to be sent."""
    box: ReturnBox | None
    """With which it comes back."""
    new_box: NewBox | None


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
    return _returns(session, orders.get(session, number, buyer_id=viewer.known_id))


@router.post(
    "/orders/{number}/returns", status_code=201, response_model=Returns, responses=responses(401, 404, 409, 422, 503)
)
def ask_return(
    number: NumberInPath, body: Asking, session: SessionDep, viewer: MemberDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """Ask to give pieces back. There is a return for each parcel they came in; the shop decides each."""

    def ask() -> Returns:
        orders.ask_return(
            session,
            number,
            _pieces(body),
            buyer_id=viewer.known_id,
            reason=body.reason,
            remedy=body.remedy,
            words=body.words,
            at=shop.clock(),
        )
        return _returns(session, orders.get(session, number))

    return once(ask, request=body, status=201)


@router.get("/returns/{back}", responses=responses(401, 404, 503))
def get_return(back: BackInPath, session: ReadDep, viewer: MemberDep) -> Return:
    """A return of one of your orders."""
    return return_of(session, orders.the_return(session, back, buyer_id=viewer.known_id))


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
        return return_of(session, found)

    return once(send, request=body)


@router.post("/returns/{back}/cancellation", response_model=Return, responses=responses(401, 404, 409, 422, 503))
def call_off(back: BackInPath, session: SessionDep, viewer: MemberDep, once: OnceDep, shop: ShopDep) -> JSONResponse:
    """Nothing comes back after all. What was refunded stays refunded."""

    def cancel() -> Return:
        found = orders.call_off(session, back, actor="buyer", at=shop.clock(), buyer_id=viewer.known_id)
        return return_of(session, found)

    return once(cancel)


def return_of(session: Session, found: orders.OrderReturn) -> Return:
    state = ReturnState(found.state)
    decided = found.decided_at is not None and state is not ReturnState.REFUSED
    under_way = state in (ReturnState.AUTHORISED, ReturnState.SENT)
    box = ReturnBox(carrier=found.carrier, tracking_number=found.tracking_number)
    new = NewBox(carrier=found.new_carrier, tracking_number=found.new_tracking, delivered_at=found.new_delivered_at)
    return Return(
        number=found.number,
        order_number=orders.order(session, found.order_id).number,
        state=state,
        reason=supply.ReturnReason(found.reason),
        remedy=supply.Remedy(found.remedy),
        words=found.words,
        answer=found.answer,
        said=found.said,
        refund=RefundWhen(found.refund) if decided else None,
        replaced=found.replaced,
        lines=[ReturnedLine(line=line, sku=sku, quantity=quantity) for line, sku, quantity in found.lines],
        inspected=[
            SeenPieces(sku=sku, accepted=sellable + unsellable, refused=refused)
            for sku, sellable, unsellable, refused in found.inspected
        ],
        asked_at=found.asked_at,
        decided_at=found.decided_at,
        send_to=ReturnAddress(**found.address) if found.address and under_way else None,
        send_by=found.send_by if state is ReturnState.AUTHORISED else None,
        box=box if box.tracking_number else None,
        new_box=new if new.tracking_number else None,
    )


def _returns(session: Session, row: orders.Order) -> Returns:
    left = orders.returnable(session, row) if row.state in orders.SOLD else {}
    return Returns(
        returns=[return_of(session, each) for each in orders.returns_of(session, row.id)],
        returnable=[
            Returnable(line=line.id, sku=line.sku, most=sum(left[line.id].values()))
            for line in orders.lines(session, row.id)
            if left.get(line.id)
        ],
    )


def _pieces(body: Asking) -> dict[int, int]:
    """By line; of a line that is named twice all of them."""
    wanted: dict[int, int] = {}
    for each in body.pieces:
        wanted[each.line] = wanted.get(each.line, 0) + each.quantity
    return wanted
