"""Tables of what is where: warehouses, other suppliers' offers, shelves, and what came in. Amounts are minor units."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId
from shared_core.kernel.regions import CODE_LENGTH_MAX as REGION_LENGTH_MAX
from shared_core.supply.models import CODE_LENGTH_MAX, REFERENCE_LENGTH_MAX, TEXT_LENGTH_MAX, Supplier, Variant


class Source(Base):
    """Another supplier of a variant than its product's own, and what that one gets for a piece.

    Its pieces lie in warehouses of its own. One that is not `active` is not asked for more.
    """

    __tablename__ = "supply_source"
    __table_args__ = (CheckConstraint("cost_minor >= 0", name="cost_not_negative"),)

    variant_id: Mapped[int] = mapped_column(ForeignKey(Variant.id), primary_key=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id), primary_key=True, index=True)
    cost_minor: Mapped[int] = mapped_column(BigId)
    active: Mapped[bool]
    created_at: Mapped[datetime]


class Warehouse(Base):
    """A place of a supplier that has stock of its own. From one that is not `active` nothing more is sold.

    `region`: a code of `kernel.regions`, or empty. Where all else is equal the lower `priority` is asked first.
    """

    __tablename__ = "supply_warehouse"
    __table_args__ = (UniqueConstraint("supplier_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id))
    code: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    name: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX))
    region: Mapped[str] = mapped_column(String(REGION_LENGTH_MAX))
    priority: Mapped[int]
    active: Mapped[bool]
    created_at: Mapped[datetime]


class Stock(Base):
    """Where the units of one variant at one place are: its shelf there. The database itself refuses a row that does
    not add up (I12).

    Without a warehouse they are with the product's own supplier, who has not told where. `feed_quantity` is what the
    last feed said, so that reading the same feed again changes nothing.
    """

    __tablename__ = "supply_stock"
    __table_args__ = (
        CheckConstraint("free >= 0", name="free_not_negative"),
        CheckConstraint("held >= 0", name="held_not_negative"),
        CheckConstraint("sold >= 0", name="sold_not_negative"),
        CheckConstraint("received = free + held + sold", name="adds_up"),
        UniqueConstraint("variant_id", "warehouse_id"),
        Index(
            "uq_supply_stock_no_warehouse",
            "variant_id",
            unique=True,
            postgresql_where=text("warehouse_id IS NULL"),
            sqlite_where=text("warehouse_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey(Variant.id))
    warehouse_id: Mapped[int | None] = mapped_column(ForeignKey(Warehouse.id), index=True)
    free: Mapped[int] = mapped_column(BigId, default=0)
    held: Mapped[int] = mapped_column(BigId, default=0)
    sold: Mapped[int] = mapped_column(BigId, default=0)
    received: Mapped[int] = mapped_column(BigId, default=0)
    feed_quantity: Mapped[int | None]


class StockMovement(Base):
    """Units that came in (positive) or were written off (negative), each under a reference of its own."""

    __tablename__ = "supply_stock_movement"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str] = mapped_column(String(REFERENCE_LENGTH_MAX), unique=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey(Variant.id), index=True)
    warehouse_id: Mapped[int | None] = mapped_column(ForeignKey(Warehouse.id))
    quantity: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime]
