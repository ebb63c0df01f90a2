"""Tables of returns, and on what terms suppliers take goods back."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId
from shared_core.supply.models import (
    CODE_LENGTH_MAX,
    REFERENCE_LENGTH_MAX,
    TEXT_LENGTH_MAX,
    Supplier,
    SupplierOrder,
)


class ReturnTermsRow(Base):
    """Where a supplier takes goods back, and on what terms: see `ReturnTerms`. Without a row each return is decided
    by hand.
    """

    __tablename__ = "supply_return_terms"
    __table_args__ = (
        CheckConstraint("send_days > 0", name="send_days_positive"),
        CheckConstraint("no_reason_days >= 0", name="no_reason_days_not_negative"),
    )

    supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id), primary_key=True, autoincrement=False)
    address: Mapped[dict[str, Any]] = mapped_column(JSON)
    send_days: Mapped[int]
    no_reason_days: Mapped[int]
    automatic: Mapped[bool]


class ReturnRow(Base):
    """Pieces of one supplier order that come back; `lines` are [[sku, pieces, sellable, unsellable, refused], …].

    The last three are counted once it is settled. `withdrawn`: a store that does not ask for returns withdrew them.
    """

    __tablename__ = "supply_return"
    __table_args__ = (
        CheckConstraint(
            "state IN ('requested', 'authorised', 'sent', 'received', 'settled', 'declined', 'cancelled', 'expired')",
            name="state_known",
        ),
        Index("ix_supply_return_due", "state", "send_by"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(REFERENCE_LENGTH_MAX + 8), unique=True)
    supplier_order_id: Mapped[int] = mapped_column(ForeignKey(SupplierOrder.id), index=True)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(16))
    remedy: Mapped[str] = mapped_column(String(16))
    content_hash: Mapped[str] = mapped_column(String(64))
    lines: Mapped[list[list[Any]]] = mapped_column(JSON)
    words: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX))
    """What the customer says of it."""
    said: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX), default="")
    """What the supply side says of it."""
    withdrawn: Mapped[bool]
    address: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    send_by: Mapped[datetime | None]
    carrier: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), default="")
    tracking_number: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), default="")
    bearer: Mapped[str | None] = mapped_column(String(16))
    """Who bears pieces that cannot be sold again: "supplier" or "store"; known once it is settled."""
    replaced: Mapped[bool] = mapped_column(default=False)
    """New pieces are sent for those accepted, and no money."""


class ReturnStep(Base):
    """What a return became, by whom and when."""

    __tablename__ = "supply_return_step"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey(ReturnRow.id), index=True)
    state: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
