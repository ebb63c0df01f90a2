"""Tables of sale events. Amounts are minor units of the sale's currency, per piece."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId
from shared_core.supply.models import CODE_LENGTH_MAX, TEXT_LENGTH_MAX, Variant
from shared_core.supply.sales.sale_rules import SaleLimits, Window
from shared_core.supply.tenancy.tenant_models import ACTOR_LENGTH_MAX


class Sale(Base):
    """One sale event. What was said of it never changes once it has begun; it can be withdrawn once."""

    __tablename__ = "supply_sale"
    __table_args__ = (
        CheckConstraint("preview_at <= starts_at AND starts_at < ends_at", name="begins_and_ends"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_by_somebody"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), unique=True)
    title: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX))
    brand: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX))
    currency: Mapped[str] = mapped_column(String(3))
    preview_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    added_by: Mapped[str] = mapped_column(String(ACTOR_LENGTH_MAX))
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(ACTOR_LENGTH_MAX))
    reason: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX), default="", server_default="")
    """Why it was withdrawn."""

    @property
    def window(self) -> Window:
        return Window(self.preview_at, self.starts_at, self.ends_at, self.withdrawn_at)


class SaleLine(Base):
    """One SKU of a sale. `taken` pieces are held or bought at its price; the database refuses one too many.

    `cost_minor` is what the supplier agreed to get for each.
    """

    __tablename__ = "supply_sale_line"
    __table_args__ = (
        UniqueConstraint("sale_id", "variant_id"),
        CheckConstraint("taken BETWEEN 0 AND quantity", name="taken_within"),
        CheckConstraint("cost_minor BETWEEN 0 AND supply_price_minor", name="no_loss"),
        CheckConstraint("supply_price_minor <= retail_minor", name="retail_covers_supply"),
        CheckConstraint("floor_minor <= retail_minor", name="floor_within"),
        CheckConstraint("per_customer_max > 0 AND per_store_max > 0", name="limits_positive"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sale_id: Mapped[int] = mapped_column(ForeignKey(Sale.id))
    variant_id: Mapped[int] = mapped_column(ForeignKey(Variant.id), index=True)
    cost_minor: Mapped[int] = mapped_column(BigId)
    supply_price_minor: Mapped[int] = mapped_column(BigId)
    retail_minor: Mapped[int] = mapped_column(BigId)
    floor_minor: Mapped[int | None] = mapped_column(BigId)
    quantity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    per_customer_max: Mapped[int | None]
    per_store_max: Mapped[int | None]

    @property
    def limits(self) -> SaleLimits:
        return SaleLimits(self.quantity, self.per_store_max, self.per_customer_max)
