"""Orders in the back office: money in, parcels out, money back."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from shared_core import members, orders, supply
from shared_core.kernel.codes import new_code
from shared_core.kernel.money import decimal_text, parse_money
from shared_core.orders import State
from shared_core.storefront.admin import acting, order_desk
from shared_core.storefront.admin.errors import ParcelUntraceable, ReasonMissing
from shared_core.storefront.pages import order_views, words
from shared_core.storefront.pages.page import page, translate
from shared_core.storefront.rights import Right
from shared_core.storefront.shop import Shop
from shared_core.storefront.viewer import OrdersDep, ReadDep, RefundsDep, ShopDep, current

ORDERS_PER_PAGE = 30
REFUND_KEY_LENGTH = 8
ID_MAX = 2**62
LISTED = (State.PLACED, State.PAID, State.SHIPPED, State.DELIVERED, State.COMPLETED, State.CANCELLED, State.REFUNDED)

router = APIRouter()
Number = Annotated[str, Path(max_length=24)]
Text = Annotated[str, Form(max_length=200)]
Key = Annotated[str, Form(min_length=4, max_length=REFUND_KEY_LENGTH)]


@router.get("/orders")
def listing(
    request: Request,
    shop: ShopDep,
    session: ReadDep,
    viewer: OrdersDep,
    state: State | None = None,
    before: Annotated[int | None, Query(ge=1, le=ID_MAX)] = None,
) -> HTMLResponse:
    rows = orders.list_orders(session, state=state, limit=ORDERS_PER_PAGE + 1, before=before)
    shown = rows[:ORDERS_PER_PAGE]
    names = members.names(session, [row.buyer_id for row in shown])
    chosen = f"state={state}&" if state else ""
    return page(
        request,
        "admin/orders.html",
        states=_states(request, state),
        orders=order_views.summaries(request, session, shop, shown, names),
        listing={
            "previous_url": f"/admin/orders?{chosen}" if before else "",
            "next_url": f"/admin/orders?{chosen}before={shown[-1].id}" if len(rows) > ORDERS_PER_PAGE else "",
        },
    )


@router.get("/orders/{number}")
def detail(request: Request, number: Number, shop: ShopDep, session: ReadDep, viewer: OrdersDep) -> HTMLResponse:
    return _page(request, session, shop, number)


@router.post("/orders/{number}/payment")
def confirm_payment(
    request: Request, number: Number, shop: ShopDep, viewer: OrdersDep, amount: Text = "", transaction: Text = ""
) -> Response:
    """Money was seen on the collector's account; the transaction number is the evidence and counts once."""

    def confirm(session: Session) -> None:
        orders.confirm_payment(
            session,
            number,
            transaction_no=transaction,
            amount=parse_money(amount, shop.currency),
            entered_by=viewer.actor,
            at=shop.clock(),
        )

    return done(request, shop, number, acting.attempt(request, shop, confirm), "confirmed", amount=amount)


@router.post("/orders/{number}/ship")
def ship(
    request: Request,
    number: Number,
    shop: ShopDep,
    viewer: OrdersDep,
    parcel: Text,
    carrier: Annotated[str, Form(max_length=60)] = "",
    tracking: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """A supplier's parcel left, and the order follows at once."""

    def send(session: Session) -> None:
        _own_parcel(session, number, parcel)
        if not (carrier.strip() and tracking.strip()):
            raise ParcelUntraceable
        news = supply.ship(
            session, number=parcel, carrier=carrier.strip(), tracking_number=tracking.strip(), at=shop.clock()
        )
        orders.hear_supply(session, news, zone=shop.brand.shop.zone)

    return done(request, shop, number, acting.attempt(request, shop, send), "shipped")


@router.post("/orders/{number}/deliver")
def deliver(request: Request, number: Number, shop: ShopDep, viewer: OrdersDep, parcel: Text) -> Response:
    """A parcel arrived; the return window starts when all of them have."""

    def arrive(session: Session) -> None:
        _own_parcel(session, number, parcel)
        news = supply.deliver(session, number=parcel, at=shop.clock())
        orders.hear_supply(session, news, zone=shop.brand.shop.zone)

    return done(request, shop, number, acting.attempt(request, shop, arrive), "delivered")


@router.post("/orders/{number}/refund")
def refund(
    request: Request,
    number: Number,
    shop: ShopDep,
    viewer: RefundsDep,
    key: Key,
    what: Annotated[str, Form(pattern="^(chosen|all)$")],
    line: Annotated[list[int], Form(max_length=orders.LINES_MAX)],
    pieces: Annotated[list[int], Form(max_length=orders.LINES_MAX)],
    reason: Text = "",
    goods_back: Annotated[bool, Form()] = False,
    freight: Annotated[bool, Form()] = False,
) -> Response:
    """Promise money back, whole or by line. `key` makes the form one refund, however often it is sent."""
    refund_number, actor, at = f"{number}-{key}", viewer.actor, shop.clock()

    def promise(session: Session) -> None:
        if not reason.strip():
            raise ReasonMissing
        if what == "all":
            orders.refund_all(
                session,
                number,
                reason=reason,
                actor=actor,
                goods_back=goods_back,
                refund_number=refund_number,
                at=at,
            )
            return
        items = [orders.RefundItem(each, count) for each, count in zip(line, pieces, strict=False) if count]
        wanted = orders.RefundOrder(items, reason=reason, actor=actor, goods_back=goods_back, freight=freight)
        orders.refund(session, number, wanted, refund_number=refund_number, at=at)

    return done(request, shop, number, acting.attempt(request, shop, promise), "refunded")


@router.post("/orders/{number}/refunds/{refund_number}/sent")
def refund_sent(
    request: Request,
    number: Number,
    refund_number: Annotated[str, Path(max_length=32)],
    shop: ShopDep,
    viewer: RefundsDep,
    evidence: Text = "",
) -> Response:
    def note(session: Session) -> None:
        row = orders.get(session, number)
        if refund_number not in {each.number for each in orders.refunds(session, row.id)}:
            raise orders.UnknownRefund(number=refund_number)
        orders.mark_refund_sent(session, refund_number, evidence=evidence, at=shop.clock())

    return done(request, shop, number, acting.attempt(request, shop, note), "sent")


@router.post("/orders/{number}/answer")
def answer(request: Request, number: Number, shop: ShopDep, viewer: OrdersDep, text: Text) -> Response:
    """Close the customer's request for money back with what was decided."""
    trouble = acting.attempt(
        request, shop, lambda session: orders.answer_request(session, number, answer=text, at=shop.clock())
    )
    return done(request, shop, number, trouble, "saved")


def done(request: Request, shop: Shop, number: str, trouble: str, told: str, **typed: str) -> Response:
    """Back to the order's page, saying what was done; or the page as it stands, with the trouble and what was typed."""
    if not trouble:
        return acting.back(f"/admin/orders/{number}", done=told)
    with shop.database.reading() as session:
        return _page(request, session, shop, number, trouble=trouble, typed=typed, status=422)


def _page(
    request: Request,
    session: Session,
    shop: Shop,
    number: str,
    *,
    trouble: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    row = orders.get(session, number)
    shown = order_views.view(request, session, shop, row)
    expected = orders.expectation(session, row.id)
    return page(
        request,
        "admin/order.html",
        status_code=status,
        order=shown,
        trouble=trouble,
        can_confirm=shown.state in (State.PLACED, State.CANCELLED) and expected is not None,
        expected=expected,
        claim=orders.payment_claim(session, row.id),
        to_pay=shown.to_pay,
        typed={"amount": decimal_text(shown.to_pay), **_claim(shown), **(typed or {})},
        can_refund=shown.state in orders.SOLD and current(request).may(Right.REFUNDS),
        can_dispute=row.paid_at is not None and expected is not None and current(request).may(Right.REFUNDS),
        key=new_code(REFUND_KEY_LENGTH),
        **order_desk.around(request, session, shop, row),
    )


def _claim(shown: order_views.OrderView) -> dict[str, str]:
    """What the form for a dispute begins with: banks take most often all that was not given back."""
    return {"disputed": decimal_text(shown.kept), "fee": "0", "why": "", "reference": ""}


def _own_parcel(session: Session, number: str, parcel: str) -> None:
    """Raises UnknownSupplierOrder unless the parcel belongs to the order."""
    row = orders.get(session, number)
    if parcel not in {each.supplier_order for each in orders.parcels(session, row.id)}:
        raise supply.UnknownSupplierOrder(number=parcel)


def _states(request: Request, current: State | None) -> Sequence[dict[str, object]]:
    named = [("", words.EVERY_STATE), *((each.value, words.ORDER[each].label) for each in LISTED)]
    chosen = current.value if current else ""
    return [{"key": key, "label": translate(request, label), "current": key == chosen} for key, label in named]
