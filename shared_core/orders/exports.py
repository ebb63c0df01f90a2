"""Orders as rows, for the shop's owner to take away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared_core.kernel.money import Money
from shared_core.orders.models import Order, OrderLine

ROWS_PER_FETCH = 2_000


@dataclass(frozen=True, slots=True)
class OrderExport:
    """One line of a placed order. `unit_price` is per piece; `paid` and `refunded` are the line's goods."""

    order: str
    at: datetime
    state: str
    origin: str
    buyer_id: int
    seller_id: int | None
    channel: str
    sku: str
    title: str
    options: list[list[str]]
    quantity: int
    unit_price: Money
    paid: Money
    refunded: Money


def export_orders(session: Session) -> Iterator[OrderExport]:
    """Every line of every placed order, in the order of placing."""
    query = (
        select(Order, OrderLine)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.placed_at.is_not(None))
        .order_by(Order.placed_at, Order.id, OrderLine.id)
        .execution_options(yield_per=ROWS_PER_FETCH)
    )
    for row, line in session.execute(query):
        assert row.placed_at is not None, "only placed orders are read"
        yield OrderExport(
            order=row.number,
            at=row.placed_at,
            state=row.state,
            origin=row.origin,
            buyer_id=row.buyer_id,
            seller_id=row.seller_id,
            channel=row.channel,
            sku=line.sku,
            title=line.title,
            options=line.options,
            quantity=line.quantity,
            unit_price=Money(line.unit_minor, row.currency),
            paid=Money(line.goods_net_minor, row.currency),
            refunded=Money(line.refunded_minor, row.currency),
        )
