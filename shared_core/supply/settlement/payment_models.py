"""Tables of payments between a hub and others, by evidence. Amounts are minor units."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId
from shared_core.supply.models import CODE_LENGTH_MAX, TEXT_LENGTH_MAX

NUMBER_LENGTH_MAX = 64
ACTOR_LENGTH_MAX = 80


class PaymentRow(Base):
    """Money that moved, under the transaction number of whoever moved it; never changed.

    A number settles one payment at a time: the next `entry` of it can only be made when the one before is taken back.
    """

    __tablename__ = "supply_payment"
    __table_args__ = (
        CheckConstraint("party IN ('tenant', 'supplier', 'carrier', 'hub')", name="party_known"),
        CheckConstraint("amount_minor > 0", name="moves_something"),
        UniqueConstraint("number", "entry"),
        Index("ix_supply_payment_party", "party", "code"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    party: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    number: Mapped[str] = mapped_column(String(NUMBER_LENGTH_MAX))
    entry: Mapped[int]
    amount_minor: Mapped[int] = mapped_column(BigId)
    currency: Mapped[str] = mapped_column(String(3))
    actor: Mapped[str] = mapped_column(String(ACTOR_LENGTH_MAX))
    at: Mapped[datetime]


class PaymentReversal(Base):
    """A payment that was none after all: it bounced, or was entered wrongly."""

    __tablename__ = "supply_payment_reversal"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey(PaymentRow.id), unique=True)
    reason: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX))
    actor: Mapped[str] = mapped_column(String(ACTOR_LENGTH_MAX))
    at: Mapped[datetime]
