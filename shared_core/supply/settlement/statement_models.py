"""Tables of closed months: which bookings each statement has. Amounts are minor units."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId
from shared_core.supply.models import CODE_LENGTH_MAX


class StatementRow(Base):
    """A month of one party, closed; never changed."""

    __tablename__ = "supply_statement"
    __table_args__ = (UniqueConstraint("party", "code", "month"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    party: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    month: Mapped[str] = mapped_column(String(7))
    currency: Mapped[str] = mapped_column(String(3))
    opening_minor: Mapped[int] = mapped_column(BigId)
    closing_minor: Mapped[int] = mapped_column(BigId)
    closed_at: Mapped[datetime]


class StatementLineRow(Base):
    """A booking that a closed month has. What is booked later, whatever instant it bears, is for the next."""

    __tablename__ = "supply_statement_line"

    statement_id: Mapped[int] = mapped_column(ForeignKey(StatementRow.id), primary_key=True)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("ledger_transaction.id"), primary_key=True, index=True)
