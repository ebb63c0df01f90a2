"""What customers give back. Amounts are pieces."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId
from shared_core.orders.return_rules import RefundWhen, ReturnState


class OrderReturn(Base):
    """Pieces of one parcel that a customer wants to give back, and what becomes of them.

    `lines` are [[line, sku, pieces], …]; what the supply side knows of it is kept as it was last told, `inspected` as
    [[sku, sellable, unsellable, refused], …].
    """

    __tablename__ = "order_return"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    """Of a return that is decided by the shop also the number of its refund."""
    order_id: Mapped[int] = mapped_column(ForeignKey("order_order.id"), index=True)
    supplier_order: Mapped[str] = mapped_column(String(64))
    lines: Mapped[list[Any]] = mapped_column(JSON)
    state: Mapped[ReturnState] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(String(16))
    remedy: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(String(200), default="")
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(40), default="")
    answer: Mapped[str] = mapped_column(String(200), default="")
    """What the shop said to the customer."""
    refund: Mapped[RefundWhen] = mapped_column(String(16), default=RefundWhen.APART)
    carrier: Mapped[str] = mapped_column(String(64), default="")
    tracking_number: Mapped[str] = mapped_column(String(80), default="")
    address: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    send_by: Mapped[datetime | None]
    said: Mapped[str] = mapped_column(String(200), default="")
    """What somebody of the supply side said, in their words."""
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Why the supply side would not even take the request: `code` and `params` of an error; None of any other return,
    and of refusals older than this column, which stand in `said`.
    """
    inspected: Mapped[list[Any]] = mapped_column(JSON, default=list)
    bearer: Mapped[str | None] = mapped_column(String(16))
    """Of what cannot be sold again; None before it was inspected, and of returns that are older than this column."""
    replaced: Mapped[bool] = mapped_column(default=False)
    new_carrier: Mapped[str] = mapped_column(String(64), default="")
    new_tracking: Mapped[str] = mapped_column(String(80), default="")
    new_delivered_at: Mapped[datetime | None]
