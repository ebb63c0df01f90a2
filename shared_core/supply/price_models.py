"""What goods cost the stores of a tier."""

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId
from shared_core.supply.models import CODE_LENGTH_MAX, Variant


class TierPrice(Base):
    """What a variant costs the stores of a tier, where that differs; NULL: as the variant says, without a floor."""

    __tablename__ = "supply_tier_price"
    __table_args__ = (
        CheckConstraint("supply_price_minor >= 0", name="supply_price_not_negative"),
        CheckConstraint("suggested_minor >= 0", name="suggested_not_negative"),
        CheckConstraint("floor_minor >= 0", name="floor_not_negative"),
    )

    tier: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey(Variant.id), primary_key=True)
    supply_price_minor: Mapped[int | None] = mapped_column(BigId)
    suggested_minor: Mapped[int | None] = mapped_column(BigId)
    floor_minor: Mapped[int | None] = mapped_column(BigId)
