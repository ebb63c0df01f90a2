"""A customer gives goods back: asks for it, and says with which parcel they are on their way."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from shared_core import orders
from shared_core.kernel.errors import PlatformError
from shared_core.storefront import entering
from shared_core.storefront.pages.ordering import order_page
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import MemberDep, ShopDep
from shared_core.supply import Remedy, ReturnReason
from shared_core.web.going import go

TOKEN_LENGTH_MAX = 512

router = APIRouter(include_in_schema=False)
Number = Annotated[str, Path(max_length=24)]
Back = Annotated[str, Path(max_length=40)]
Token = Annotated[str, Path(max_length=TOKEN_LENGTH_MAX)]
Lines = Annotated[list[int], Form(max_length=orders.LINES_MAX)]
Words = Annotated[str, Form(max_length=200)]
Find = Callable[[Session], orders.Order]


class Asked:
    """What the form for a return says."""

    def __init__(
        self,
        line: Lines,
        pieces: Lines,
        why: Annotated[ReturnReason, Form()],
        remedy: Annotated[Remedy, Form()] = Remedy.MONEY,
        words: Words = "",
    ) -> None:
        self.pieces = dict(zip(line, pieces, strict=False))
        self.reason, self.remedy, self.words = why, remedy, words


AskedDep = Annotated[Asked, Depends()]


@router.post("/orders/{number}/returns")
def ask(request: Request, number: Number, shop: ShopDep, viewer: MemberDep, asked: AskedDep) -> Response:
    return _ask(request, shop, lambda session: orders.get(session, number, buyer_id=viewer.known_id), asked)


@router.post("/orders/{number}/returns/{back}/parcel")
def sent(
    request: Request, number: Number, back: Back, shop: ShopDep, viewer: MemberDep, carrier: Words, tracking: Words
) -> Response:
    return _sent(
        request, shop, lambda session: orders.get(session, number, buyer_id=viewer.known_id), back, carrier, tracking
    )


@router.post("/orders/{number}/returns/{back}/call-off")
def call_off(request: Request, number: Number, back: Back, shop: ShopDep, viewer: MemberDep) -> Response:
    return _call_off(request, shop, lambda session: orders.get(session, number, buyer_id=viewer.known_id), back)


@router.post("/o/{token}/returns")
def ask_by_link(request: Request, token: Token, shop: ShopDep, asked: AskedDep) -> Response:
    home = entering.PATH + token
    return _ask(request, shop, lambda session: entering.order_of_link(session, shop, token), asked, home=home)


@router.post("/o/{token}/returns/{back}/parcel")
def sent_by_link(
    request: Request, token: Token, back: Back, shop: ShopDep, carrier: Words, tracking: Words
) -> Response:
    home = entering.PATH + token
    return _sent(
        request, shop, lambda session: entering.order_of_link(session, shop, token), back, carrier, tracking, home=home
    )


@router.post("/o/{token}/returns/{back}/call-off")
def call_off_by_link(request: Request, token: Token, back: Back, shop: ShopDep) -> Response:
    home = entering.PATH + token
    return _call_off(request, shop, lambda session: entering.order_of_link(session, shop, token), back, home=home)


def _ask(request: Request, shop: Shop, find: Find, asked: Asked, *, home: str = "") -> Response:
    def work(session: Session) -> None:
        row = find(session)
        orders.ask_return(
            session,
            row.number,
            asked.pieces,
            buyer_id=row.buyer_id,
            reason=asked.reason,
            remedy=asked.remedy,
            words=asked.words,
            at=shop.clock(),
        )

    return _done(request, shop, find, work, home=home, told="asked")


def _sent(
    request: Request, shop: Shop, find: Find, back: str, carrier: str, tracking: str, *, home: str = ""
) -> Response:
    def work(session: Session) -> None:
        _own(session, find(session), back)
        orders.note_sent(session, back, carrier=carrier, tracking_number=tracking, at=shop.clock())

    return _done(request, shop, find, work, home=home, told="sent")


def _call_off(request: Request, shop: Shop, find: Find, back: str, *, home: str = "") -> Response:
    def work(session: Session) -> None:
        _own(session, find(session), back)
        orders.call_off(session, back, actor="buyer", at=shop.clock())

    return _done(request, shop, find, work, home=home, told="saved")


def _own(session: Session, row: orders.Order, back: str) -> None:
    """Raises UnknownReturn unless the return is of this order."""
    if back not in {each.number for each in orders.returns_of(session, row.id)}:
        raise orders.UnknownReturn(number=back)


def _done(
    request: Request, shop: Shop, find: Find, work: Callable[[Session], None], *, home: str, told: str
) -> Response:
    """Back to the order's page; or the page as it stands, saying what was wrong."""
    try:
        with shop.database.transaction() as session:
            work(session)
    except (orders.UnknownOrder, orders.UnknownReturn):
        raise
    except PlatformError as error:
        with shop.database.reading() as session:
            return order_page(request, session, shop, find(session), home=home, return_error=error)
    with shop.database.reading() as session:
        return go(home or f"/orders/{find(session).number}", done=told)
