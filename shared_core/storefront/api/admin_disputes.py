"""Back office: payments that customers' banks took back, and how it ended."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse
from pydantic import Field

from shared_core import orders
from shared_core.storefront.api.purchases import NumberInPath
from shared_core.storefront.api.shapes import Input, Money, MoneyInput, Output
from shared_core.storefront.idempotency import OnceDep
from shared_core.storefront.viewer import OrdersDep, ReadDep, RefundsDep, SessionDep, ShopDep
from shared_core.web.answers import AnswerRoute
from shared_core.web.problems import responses

router = APIRouter(prefix="/admin/orders/{number}/disputes", tags=["back office: orders"], route_class=AnswerRoute)

Reason = Literal["not_received", "not_as_described", "unknown_payment", "paid_twice", "refund_missing", "other"]
Outcome = Literal["won", "lost", "withdrawn", "expired"]
DisputeInPath = Annotated[str, Path(max_length=32)]


class Disputing(Input):
    """What the rail says: `amount` was taken back, `fee` is kept for it, `reference` is its own number of it."""

    amount: MoneyInput
    fee: MoneyInput
    reason: Reason
    reference: Annotated[str, Field(min_length=1, max_length=80, examples=["DP-20260310-0001"])]


class Ending(Input):
    """Lost: it counts as a refund of the amount. Anything else: the rail gave the amount back."""

    outcome: Outcome
    note: Annotated[str, Field(max_length=200)] = ""


class Dispute(Output):
    number: str
    order_number: str
    state: str
    amount: Money
    fee: Money
    reason: str
    reference: str
    opened_by: str
    opened_at: datetime
    ended_by: str
    """Empty while it is open."""
    ended_at: datetime | None
    note: str


class DisputeList(Output):
    disputes: list[Dispute]


@router.get("", operation_id="admin_list_disputes", responses=responses(401, 403, 404, 503))
def list_disputes(number: NumberInPath, session: ReadDep, viewer: OrdersDep) -> DisputeList:
    """Disputes of an order, the oldest first."""
    row = orders.get(session, number)
    return DisputeList(disputes=[dispute_of(row, each) for each in orders.disputes(session, row.id)])


@router.post("", status_code=201, response_model=Dispute, responses=responses(401, 403, 404, 409, 422, 503))
def open_dispute(
    number: NumberInPath, body: Disputing, session: SessionDep, viewer: RefundsDep, once: OnceDep, shop: ShopDep
) -> JSONResponse:
    """The customer's bank took money back: what members earned on it is kept back until it is decided."""

    def note() -> Dispute:
        claim = orders.DisputeClaim(body.amount.value(), body.fee.value(), body.reason, body.reference)
        made = orders.open_dispute(session, number, claim, actor=viewer.actor, at=shop.clock())
        return dispute_of(orders.get(session, number), made)

    return once(note, request=body, status=201)


@router.post("/{dispute}/outcome", response_model=Dispute, responses=responses(401, 403, 404, 409, 422, 503))
def end_dispute(
    number: NumberInPath,
    dispute: DisputeInPath,
    body: Ending,
    session: SessionDep,
    viewer: RefundsDep,
    once: OnceDep,
    shop: ShopDep,
) -> JSONResponse:
    """It is decided."""

    def end() -> Dispute:
        outcome = orders.DisputeState(body.outcome)
        made = orders.end_dispute(
            session, number, dispute, outcome=outcome, actor=viewer.actor, at=shop.clock(), note=body.note
        )
        return dispute_of(orders.get(session, number), made)

    return once(end, request=body)


def dispute_of(row: orders.Order, made: orders.Dispute) -> Dispute:
    return Dispute(
        number=made.number,
        order_number=row.number,
        state=made.state,
        amount=Money.of_minor(made.amount_minor, row.currency),
        fee=Money.of_minor(made.fee_minor, row.currency),
        reason=made.reason,
        reference=made.reference,
        opened_by=made.opened_by,
        opened_at=made.opened_at,
        ended_by=made.ended_by,
        ended_at=made.ended_at,
        note=made.note,
    )
