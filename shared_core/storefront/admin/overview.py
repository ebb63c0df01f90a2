"""What waits for staff."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from shared_core import orders, rewards
from shared_core.kernel.i18n import N_
from shared_core.orders import State
from shared_core.rewards import PayoutState
from shared_core.storefront.pages.page import page, translate
from shared_core.storefront.rights import Right
from shared_core.storefront.viewer import OrdersDep, ReadDep, ShopDep

COUNTED_MAX = 99
DISPUTES_SHOWN_MAX = 5

router = APIRouter()


@router.get("")
def overview(request: Request, session: ReadDep, viewer: OrdersDep, shop: ShopDep) -> HTMLResponse:
    unpaid, unsent, on_way = (_waiting(session, state) for state in (State.PLACED, State.PAID, State.SHIPPED))
    figures = [
        ("/admin/orders?state=placed", N_("To be paid"), unpaid),
        ("/admin/orders?state=paid", N_("To be sent"), unsent),
        ("/admin/orders?state=shipped", N_("On the way"), on_way),
    ]
    said, nobodys = orders.count_claims(session, at=shop.clock()), len(orders.waiting_receipts(session))
    todo = [
        ("wallet", "/admin/receipts", N_("Customers who say they have paid: {count}"), said),
        ("coin", "/admin/receipts", N_("Payments that are nobody's yet: {count}"), nobodys),
        ("wallet", "/admin/orders?state=placed", N_("Payments to look for: {count}"), unpaid),
        ("truck", "/admin/orders?state=paid", N_("Orders to send: {count}"), unsent),
    ]
    if viewer.may(Right.PAYOUTS):
        payouts = len(rewards.list_payouts(session, state=PayoutState.REQUESTED, limit=COUNTED_MAX + 1))
        figures.append(("/admin/payouts", N_("Payouts to make"), payouts))
        todo.append(("coin", "/admin/payouts", N_("Payouts to make: {count}"), payouts))
    disputed = orders.disputed_orders(session, limit=DISPUTES_SHOWN_MAX)
    text = translate(request, N_("Disputed payment of the order {number}"))
    disputes = [
        {"icon": "alert", "url": f"/admin/orders/{number}", "text": text.format(number=number)} for number in disputed
    ]
    return page(
        request,
        "admin/overview.html",
        figures=[
            {"url": url, "label": translate(request, label), "text": _count(number)} for url, label, number in figures
        ],
        todo=[
            {"icon": icon, "url": url, "text": translate(request, text).format(count=_count(number))}
            for icon, url, text, number in todo
            if number
        ]
        + disputes,
    )


def _waiting(session: Session, state: State) -> int:
    """How many orders are in a state; `COUNTED_MAX` + 1 stands for more."""
    return len(orders.list_orders(session, state=state, limit=COUNTED_MAX + 1))


def _count(number: int) -> str:
    return f"{COUNTED_MAX}+" if number > COUNTED_MAX else str(number)
