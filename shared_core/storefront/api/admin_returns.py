"""Back office: returns that customers ask for, and what the shop decides."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from shared_core import orders
from shared_core.orders import RefundWhen
from shared_core.storefront.api.returns import BackInPath, Return, SentBack, Words, return_of, seen
from shared_core.storefront.api.shapes import Input, Output
from shared_core.storefront.idempotency import OnceDep
from shared_core.storefront.viewer import OrdersDep, ReadDep, RefundsDep, SessionDep, ShopDep
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

router = APIRouter(prefix="/admin/returns", tags=["back office: returns"], route_class=AnswerRoute)


class Accepting(Input):
    refund: RefundWhen = Field(RefundWhen.INSPECTED, strict=False)
    """When the money goes back."""
    answer: Words = ""


class Refusing(Input):
    answer: Annotated[str, Field(min_length=1, max_length=200)]
    """Why; the customer reads it."""


class ReturnList(Output):
    returns: list[Return]


@router.get("", operation_id="admin_list_returns", responses=responses(401, 403, 503))
def list_returns(session: ReadDep, viewer: OrdersDep, every: Annotated[bool, Query()] = False) -> ReturnList:
    """Open ones, the oldest first; with `every` all of them, the newest first."""
    rows = orders.list_returns(session, only_open=not every)
    return ReturnList(returns=[return_of(orders.order(session, each.order_id), each) for each in rows])


@router.get("/{back}", operation_id="admin_get_return", responses=responses(401, 403, 404, 503))
def get_return(back: BackInPath, session: ReadDep, viewer: OrdersDep) -> Return:
    return seen(session, orders.the_return(session, back))


@router.post("/{back}/acceptance", response_model=Return, responses=responses(401, 403, 404, 409, 422, 503))
def accept(
    back: BackInPath, body: Accepting, session: SessionDep, viewer: RefundsDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """The goods may come back."""

    def work() -> Return:
        found = orders.accept_return(
            session, back, refund_when=body.refund, answer=body.answer, actor=viewer.actor, at=shop.clock()
        )
        return seen(session, found)

    return once(work, request=body)


@router.post("/{back}/refusal", response_model=Return, responses=responses(401, 403, 404, 409, 422, 503))
def refuse(
    back: BackInPath, body: Refusing, session: SessionDep, viewer: RefundsDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """The shop says no, and why."""

    def work() -> Return:
        return seen(
            session, orders.refuse_return(session, back, answer=body.answer, actor=viewer.actor, at=shop.clock())
        )

    return once(work, request=body)


@router.post("/{back}/parcel", response_model=Return, responses=responses(401, 403, 404, 409, 422, 503))
def note_parcel(
    back: BackInPath, body: SentBack, session: SessionDep, viewer: OrdersDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """The customer told by another way with which parcel it comes."""

    def work() -> Return:
        found = orders.note_sent(
            session, back, carrier=body.carrier, tracking_number=body.tracking_number, at=shop.clock()
        )
        return seen(session, found)

    return once(work, request=body)


@router.post("/{back}/cancellation", response_model=Return, responses=responses(401, 403, 404, 409, 422, 503))
def call_off(back: BackInPath, session: SessionDep, viewer: OrdersDep, once: OnceDep, shop: ShopDep) -> JSONResponse:
    """Nothing comes back after all."""

    def work() -> Return:
        return seen(session, orders.call_off(session, back, actor=viewer.actor, at=shop.clock()))

    return once(work)
