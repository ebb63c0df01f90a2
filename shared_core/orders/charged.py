"""What customers really paid for a piece, for whoever compares prices."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared_core.orders.models import Order, OrderLine

OWN_ORIGIN = "shop"


def lowest_charged(session: Session, skus: Collection[str], since: datetime, until: datetime) -> dict[str, int]:
    """The lowest price of one piece of each SKU in orders of this shop paid from `since` to before `until`, in minor
    units; SKUs that nobody bought are not there.
    """
    query = (
        select(OrderLine.sku, func.min(OrderLine.unit_minor))
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.sku.in_(skus), Order.paid_at >= since, Order.paid_at < until, Order.origin == OWN_ORIGIN)
        .group_by(OrderLine.sku)
    )
    return {sku: int(lowest) for sku, lowest in session.execute(query)}
