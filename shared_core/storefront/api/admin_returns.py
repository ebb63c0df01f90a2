"""Back office: returns that customers ask for, what the shop decides and, where it supplies itself, what was found."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.orm import Session

from shared_core import orders, supply
from shared_core.kernel.errors import Conflict
from shared_core.orders import RefundWhen
from shared_core.storefront.api.purchases import NumberInPath
from shared_core.storefront.api.returns import WORDS_LENGTH_MAX, BackInPath, Return, SentBack, Words, return_of
from shared_core.storefront.api.shapes import Address, Input, Output, Sku
from shared_core.storefront.idempotency import OnceDep
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import OrdersDep, ReadDep, RefundsDep, SessionDep, ShopDep
from shared_core.storefront.who import Viewer
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

router = APIRouter(prefix="/admin", tags=["back office: returns"], route_class=AnswerRoute)

Pieces = Annotated[int, Field(ge=0, le=orders.QUANTITY_MAX, examples=[1])]


class NotTakenInHere(Conflict):
    code = "return_not_taken_in_here"
    message = (
        "The return {number} cannot be taken in here. Accept it first and give it a moment; where its goods come from "
        "a hub, its supplier takes them in."
    )


class Accepting(Input):
    refund: RefundWhen = Field(RefundWhen.INSPECTED, strict=False)
    """Refunded at once, the shop bears what the supplier does not accept; `apart`: you refund it by yourself."""
    answer: Words = ""


class Refusing(Input):
    answer: Annotated[str, Field(min_length=1, max_length=WORDS_LENGTH_MAX, examples=["已经使用过"])]
    """Why; the customer reads it."""


class Authorising(Input):
    address: Address | None = None
    """Where it may be sent; without it, where the supplier takes goods back."""


class FoundPieces(Input):
    """Every piece of the SKU in the return is one of the three."""

    sku: Sku
    sellable: Pieces = 0
    unsellable: Pieces = 0
    refused: Pieces = 0


class Inspecting(Input):
    lines: Annotated[list[FoundPieces], Field(min_length=1, max_length=orders.LINES_MAX)]
    bearer: supply.Bearer | None = Field(None, strict=False)
    """Who pays for what cannot be sold again; without it, whose fault the return's reason is."""
    said: Words = ""
    """The customer reads it."""


class Refusal(Output):
    code: str
    detail: str


class OfficeReturn(Return):
    """A return with what customers are not told."""

    decided_by: str
    bearer: supply.Bearer | None
    """Who pays for what cannot be sold again; empty before somebody has looked at it."""
    refusal: Refusal | None
    """Why the supply side would not even take the request; such a return is `declined`."""


class ReturnPage(Output):
    returns: list[OfficeReturn]
    next: int | None
    """Give this as `after` to get the page after; empty on the last one."""


class OrderReturns(Output):
    returns: list[OfficeReturn]


@router.get("/returns", operation_id="admin_list_returns", responses=responses(401, 403, 503))
def list_returns(
    session: ReadDep,
    viewer: OrdersDep,
    shop: ShopDep,
    which: Annotated[Literal["open", "all"], Query()] = "open",
    after: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> ReturnPage:
    """Open ones, the oldest first; or all of them, the newest first."""
    rows = orders.list_returns(session, only_open=which == "open", after=after, limit=limit)
    return ReturnPage(
        returns=[_shown(session, shop, viewer, each) for each in rows],
        next=rows[-1].id if len(rows) == limit else None,
    )


@router.get("/orders/{number}/returns", operation_id="admin_returns_of_order", responses=responses(401, 403, 404, 503))
def returns_of_order(number: NumberInPath, session: ReadDep, viewer: OrdersDep, shop: ShopDep) -> OrderReturns:
    """Returns of an order, the oldest first."""
    row = orders.get(session, number)
    return OrderReturns(returns=[_shown(session, shop, viewer, each) for each in orders.returns_of(session, row.id)])


@router.get("/returns/{back}", operation_id="admin_get_return", responses=responses(401, 403, 404, 503))
def get_return(back: BackInPath, session: ReadDep, viewer: OrdersDep, shop: ShopDep) -> OfficeReturn:
    """One return."""
    return _shown(session, shop, viewer, orders.the_return(session, back))


@router.post(
    "/returns/{back}/acceptance", response_model=OfficeReturn, responses=responses(401, 403, 404, 409, 422, 503)
)
def accept(
    back: BackInPath, body: Accepting, session: SessionDep, viewer: RefundsDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """The goods may come back. The supply side is asked next, and may say no."""

    def decide() -> OfficeReturn:
        found = orders.accept_return(
            session, back, refund_when=body.refund, answer=body.answer, actor=viewer.actor, at=shop.clock()
        )
        return _shown(session, shop, viewer, found)

    return once(decide, request=body)


@router.post("/returns/{back}/refusal", response_model=OfficeReturn, responses=responses(401, 403, 404, 409, 422, 503))
def refuse(
    back: BackInPath, body: Refusing, session: SessionDep, viewer: RefundsDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """The shop says no, and why."""

    def decide() -> OfficeReturn:
        found = orders.refuse_return(session, back, answer=body.answer, actor=viewer.actor, at=shop.clock())
        return _shown(session, shop, viewer, found)

    return once(decide, request=body)


@router.post(
    "/returns/{back}/parcel",
    operation_id="admin_note_parcel",
    response_model=OfficeReturn,
    responses=responses(401, 403, 404, 409, 422, 503),
)
def note_parcel(
    back: BackInPath, body: SentBack, session: SessionDep, viewer: OrdersDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """The customer told by another way with which parcel it comes."""

    def note() -> OfficeReturn:
        found = orders.note_sent(
            session, back, carrier=body.carrier, tracking_number=body.tracking_number, at=shop.clock()
        )
        return _shown(session, shop, viewer, found)

    return once(note, request=body)


@router.post(
    "/returns/{back}/cancellation",
    operation_id="admin_call_off_return",
    response_model=OfficeReturn,
    responses=responses(401, 403, 404, 409, 422, 503),
)
def call_off(back: BackInPath, session: SessionDep, viewer: OrdersDep, once: OnceDep, shop: ShopDep) -> JSONResponse:
    """Nothing comes back after all."""

    def cancel() -> OfficeReturn:
        return _shown(session, shop, viewer, orders.call_off(session, back, actor=viewer.actor, at=shop.clock()))

    return once(cancel)


@router.post(
    "/returns/{back}/authorisation", response_model=OfficeReturn, responses=responses(401, 403, 404, 409, 422, 503)
)
def authorise(
    back: BackInPath, body: Authorising, session: SessionDep, viewer: OrdersDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """Say where it may be sent. This and the steps below are of a shop that supplies itself."""

    def step() -> None:
        where = body.address.value() if body.address else None
        supply.returns.authorise(session, back, address=where, actor=viewer.actor, at=shop.clock())

    return once(lambda: _supplied(session, shop, viewer, back, step), request=body)


@router.post("/returns/{back}/receipt", response_model=OfficeReturn, responses=responses(401, 403, 404, 409, 422, 503))
def receive(back: BackInPath, session: SessionDep, viewer: OrdersDep, once: OnceDep, shop: ShopDep) -> JSONResponse:
    """The box is here; nobody has looked into it."""

    def step() -> None:
        supply.returns.receive(session, back, actor=viewer.actor, at=shop.clock())

    return once(lambda: _supplied(session, shop, viewer, back, step))


@router.post(
    "/returns/{back}/inspection", response_model=OfficeReturn, responses=responses(401, 403, 404, 409, 422, 503)
)
def inspect(
    back: BackInPath, body: Inspecting, session: SessionDep, viewer: RefundsDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """What was found, piece by piece; that settles it: stock, what is owed, and the money or the new pieces."""

    def step() -> None:
        found = [supply.Inspected(each.sku, each.sellable, each.unsellable, each.refused) for each in body.lines]
        supply.returns.inspect(
            session, back, found, said=body.said, bearer=body.bearer, actor=viewer.actor, at=shop.clock()
        )

    return once(lambda: _supplied(session, shop, viewer, back, step), request=body)


@router.post(
    "/returns/{back}/replacement", response_model=OfficeReturn, responses=responses(401, 403, 404, 409, 422, 503)
)
def replace(
    back: BackInPath, body: SentBack, session: SessionDep, viewer: OrdersDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """The new pieces are on their way."""

    def step() -> None:
        supply.returns.ship_new(
            session,
            back,
            carrier=body.carrier,
            tracking_number=body.tracking_number,
            actor=viewer.actor,
            at=shop.clock(),
        )

    return once(lambda: _supplied(session, shop, viewer, back, step), request=body)


@router.post(
    "/returns/{back}/replacement/delivery",
    response_model=OfficeReturn,
    responses=responses(401, 403, 404, 409, 422, 503),
)
def deliver_new(back: BackInPath, session: SessionDep, viewer: OrdersDep, once: OnceDep, shop: ShopDep) -> JSONResponse:
    """The customer has the new pieces."""

    def step() -> None:
        supply.returns.deliver_new(session, back, actor=viewer.actor, at=shop.clock())

    return once(lambda: _supplied(session, shop, viewer, back, step))


def _supplied(session: Session, shop: Shop, viewer: Viewer, back: str, step: Callable[[], None]) -> OfficeReturn:
    """A step of the supply in this very database, which the order hears of in the same transaction."""
    orders.the_return(session, back)
    try:
        step()
    except supply.returns.UnknownReturn as unknown:
        raise NotTakenInHere(number=back) from unknown
    session.flush()
    orders.hear_return(session, supply.returns.detail(session, back).returned, at=shop.clock())
    return _shown(session, shop, viewer, orders.the_return(session, back))


def _shown(session: Session, shop: Shop, viewer: Viewer, found: orders.OrderReturn) -> OfficeReturn:
    why = orders.refusal_of(found)
    return OfficeReturn(
        **dict(return_of(session, found)),
        decided_by=found.decided_by,
        bearer=supply.Bearer(found.bearer) if found.bearer else None,
        refusal=Refusal(code=why.code, detail=why.text(shop.theme.translate(viewer.locale))) if why else None,
    )
