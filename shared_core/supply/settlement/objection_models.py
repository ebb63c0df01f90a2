"""Tables of what stores object to on their statements. Amounts are minor units."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId
from shared_core.supply.models import CODE_LENGTH_MAX, REFERENCE_LENGTH_MAX, TEXT_LENGTH_MAX
from shared_core.supply.settlement.payment_models import ACTOR_LENGTH_MAX, NUMBER_LENGTH_MAX


class Objection(Base):
    """A store objects to `amount_minor` of a line; `credit_minor` is what it got for it, once it was accepted."""

    __tablename__ = "supply_objection"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'answered', 'accepted', 'rejected')", name="state_known"),
        CheckConstraint("amount_minor > 0", name="about_something"),
        CheckConstraint("credit_minor BETWEEN 0 AND amount_minor", name="credit_within"),
        UniqueConstraint("store", "number"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    store: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    number: Mapped[str] = mapped_column(String(NUMBER_LENGTH_MAX))
    month: Mapped[str] = mapped_column(String(7))
    kind: Mapped[str] = mapped_column(String(16))
    reference: Mapped[str] = mapped_column(String(REFERENCE_LENGTH_MAX))
    amount_minor: Mapped[int] = mapped_column(BigId)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(16))
    credit_minor: Mapped[int] = mapped_column(BigId, default=0)


class ObjectionStep(Base):
    """What was said and decided, by whom and when."""

    __tablename__ = "supply_objection_step"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey(Objection.id), index=True)
    state: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX))
    actor: Mapped[str] = mapped_column(String(ACTOR_LENGTH_MAX))
    at: Mapped[datetime]
