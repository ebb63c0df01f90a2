"""Disputed payments in the back office: noted on the order's page, and decided there."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from shared_core import orders
from shared_core.kernel.money import parse_money
from shared_core.storefront.admin import acting
from shared_core.storefront.admin.orders import Number, Text, done
from shared_core.storefront.viewer import RefundsDep, ShopDep

router = APIRouter()


@router.post("/orders/{number}/disputes")
def open_dispute(
    request: Request,
    number: Number,
    shop: ShopDep,
    viewer: RefundsDep,
    disputed: Text = "",
    fee: Text = "",
    why: Text = "",
    reference: Text = "",
) -> Response:
    """The customer's bank took money back. The rail's number of the dispute makes the form one dispute."""

    def note(session: Session) -> None:
        claim = orders.DisputeClaim(
            amount=parse_money(disputed, shop.currency),
            fee=parse_money(fee.strip() or "0", shop.currency),
            reason=why,
            reference=reference,
        )
        orders.open_dispute(session, number, claim, actor=viewer.actor, at=shop.clock())

    typed = {"disputed": disputed, "fee": fee, "why": why, "reference": reference}
    return done(request, shop, number, acting.attempt(request, shop, note), "disputed", **typed)


@router.post("/orders/{number}/disputes/{dispute}/outcome")
def end_dispute(
    request: Request,
    number: Number,
    dispute: Annotated[str, Path(max_length=32)],
    shop: ShopDep,
    viewer: RefundsDep,
    outcome: Annotated[str, Form(pattern="^(won|lost|withdrawn|expired)$")],
    note: Text = "",
) -> Response:
    """It is decided; lost, it counts as a refund."""

    def end(session: Session) -> None:
        orders.end_dispute(
            session,
            number,
            dispute,
            outcome=orders.DisputeState(outcome),
            actor=viewer.actor,
            at=shop.clock(),
            note=note,
        )

    return done(request, shop, number, acting.attempt(request, shop, end), "decided")
