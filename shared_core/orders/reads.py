"""Looking orders up."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from shared_core.orders.dispute_rules import DisputeState
from shared_core.orders.errors import UnknownOrder
from shared_core.orders.models import (
    Dispute,
    Evidence,
    Expectation,
    Order,
    OrderLine,
    OrderStep,
    Parcel,
    ParcelShipment,
    PaymentClaim,
    Refund,
    RefundLine,
    RefundRequest,
)
from shared_core.orders.rules import SOLD, State

PAGE_MAX = 100

_BY_NUMBER = select(Order).where(Order.number == bindparam("number"))
_LOCKED = _BY_NUMBER.with_for_update().execution_options(populate_existing=True)
_STEPS = select(OrderStep).where(OrderStep.order_id == bindparam("order_id")).order_by(OrderStep.id)
_PARCELS = select(Parcel).where(Parcel.order_id == bindparam("order_id")).order_by(Parcel.id)
_EXPECTATION = select(Expectation).where(Expectation.order_id == bindparam("order_id"))
_EXPECTED = select(Expectation).join(Order, Order.id == Expectation.order_id).where(Order.number == bindparam("number"))
"""What every order asks several times is put together once."""


def get(session: Session, number: str, *, buyer_id: int | None = None) -> Order:
    """The order `number`; with `buyer_id`, only if it is theirs. Raises UnknownOrder either way alike."""
    row = session.scalars(_BY_NUMBER, {"number": number}).one_or_none()
    if row is None or (buyer_id is not None and row.buyer_id != buyer_id):
        raise UnknownOrder(number=number)
    return row


def order(session: Session, order_id: int) -> Order:
    """The order behind an event. It exists: events are announced in its transaction."""
    return session.get_one(Order, order_id)


def locked(session: Session, number: str) -> Order:
    """Like `get`; others who would change the order wait until this transaction ends."""
    row = session.scalars(_LOCKED, {"number": number}).one_or_none()
    if row is None:
        raise UnknownOrder(number=number)
    return row


def lines(session: Session, order_id: int) -> Sequence[OrderLine]:
    return order(session, order_id).lines


def steps(session: Session, order_id: int) -> Sequence[OrderStep]:
    return session.scalars(_STEPS, {"order_id": order_id}).all()


def parcels(session: Session, order_id: int) -> Sequence[Parcel]:
    return session.scalars(_PARCELS, {"order_id": order_id}).all()


def shipments(session: Session, order_id: int) -> Sequence[ParcelShipment]:
    """The boxes in which the order comes, the first to leave first."""
    query = select(ParcelShipment).join(Parcel, Parcel.id == ParcelShipment.parcel_id)
    return session.scalars(query.where(Parcel.order_id == order_id).order_by(ParcelShipment.id)).all()


def refunds(session: Session, order_id: int) -> Sequence[Refund]:
    return session.scalars(select(Refund).where(Refund.order_id == order_id).order_by(Refund.id)).all()


def under_way(session: Session) -> Sequence[str]:
    """The numbers of orders that wait for money or goods."""
    return session.scalars(select(Order.number).where(Order.state.in_((State.PLACED, State.PAID, State.SHIPPED)))).all()


def disputes(session: Session, order_id: int) -> Sequence[Dispute]:
    return session.scalars(select(Dispute).where(Dispute.order_id == order_id).order_by(Dispute.id)).all()


def disputed_orders(session: Session, *, limit: int = PAGE_MAX) -> Sequence[str]:
    """Numbers of the orders with an open dispute, the longest open first."""
    query = (
        select(Order.number)
        .join(Dispute, Dispute.order_id == Order.id)
        .where(Dispute.state == DisputeState.OPEN)
        .group_by(Order.number)
        .order_by(func.min(Dispute.id))
    )
    return session.scalars(query.limit(limit)).all()


def refund_lines(session: Session, refund_id: int) -> Sequence[RefundLine]:
    return session.scalars(select(RefundLine).where(RefundLine.refund_id == refund_id).order_by(RefundLine.id)).all()


def refund_requests(session: Session, order_id: int) -> Sequence[RefundRequest]:
    query = select(RefundRequest).where(RefundRequest.order_id == order_id).order_by(RefundRequest.id)
    return session.scalars(query).all()


def keeps(session: Session, buyer_id: int, *, sku: str) -> bool:
    """Whether the buyer bought this SKU in an order nobody can give back any more, and did not give all of it back."""
    bought = (
        select(OrderLine.id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.buyer_id == buyer_id, OrderLine.sku == sku, Order.state == State.COMPLETED)
        .where(OrderLine.quantity > OrderLine.refunded_quantity)
    )
    return session.scalar(bought.limit(1)) is not None


def expectation(session: Session, order_id: int) -> Expectation | None:
    return session.scalars(_EXPECTATION, {"order_id": order_id}).one_or_none()


def expectation_of(session: Session, number: str) -> Expectation | None:
    """The same by the order's number."""
    return session.scalars(_EXPECTED, {"number": number}).one_or_none()


def payable(session: Session, row: Order) -> int:
    """What was to be paid for the order, in minor units: its total less the tail."""
    wanted = expectation(session, row.id)
    return row.total_minor - (wanted.tail_minor if wanted else 0)


def payment_claim(session: Session, order_id: int) -> PaymentClaim | None:
    """What the customer said of their payment, if anything."""
    return session.scalars(select(PaymentClaim).where(PaymentClaim.order_id == order_id)).one_or_none()


def evidence(session: Session, order_id: int) -> Sequence[Evidence]:
    return session.scalars(select(Evidence).where(Evidence.order_id == order_id).order_by(Evidence.id)).all()


def orders_of(session: Session, buyer_id: int, *, limit: int = PAGE_MAX, before: int | None = None) -> Sequence[Order]:
    """The buyer's placed orders, newest first; `before` is the id of the last one seen."""
    query = select(Order).where(Order.buyer_id == buyer_id, Order.placed_at.is_not(None))
    if before is not None:
        query = query.where(Order.id < before)
    return session.scalars(query.order_by(Order.id.desc()).limit(min(limit, PAGE_MAX))).all()


@dataclass(frozen=True, slots=True)
class RoomTrade:
    """What was sold in a room: orders that were paid and not refunded whole, and their goods net of refunds."""

    orders: int = 0
    goods_minor: int = 0


def trade_in_rooms(session: Session, codes: Sequence[str]) -> dict[str, RoomTrade]:
    """By the code of the room; rooms in which nothing was sold are left out."""
    goods = func.sum(Order.goods_minor - Order.refunded_minor + Order.refunded_freight_minor)
    query = select(Order.room, func.count(), goods).where(Order.room.in_(codes), Order.state.in_(SOLD))
    sold = session.execute(query.group_by(Order.room))
    return {room: RoomTrade(count, int(minor)) for room, count, minor in sold if room is not None}


def list_orders(
    session: Session, *, state: State | None = None, limit: int = PAGE_MAX, before: int | None = None
) -> Sequence[Order]:
    """Placed orders for the back office, newest first."""
    query = select(Order).where(Order.placed_at.is_not(None), Order.origin == "shop")
    if state is not None:
        query = query.where(Order.state == state)
    if before is not None:
        query = query.where(Order.id < before)
    return session.scalars(query.order_by(Order.id.desc()).limit(min(limit, PAGE_MAX))).all()
