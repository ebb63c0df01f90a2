"""What suppliers charge for sending goods. Amounts are minor units of the supplier's currency."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared_core.kernel.database import Base, BigId
from shared_core.supply.freight.freight_rules import ChargedBy, FreightTemplate, rules_from_json
from shared_core.supply.models import CODE_LENGTH_MAX, TEXT_LENGTH_MAX, Supplier


class FreightTemplateRow(Base):
    """What a supplier charges for what it sends, by region: see `freight_rules`. Its standard one counts for all its
    products without one of their own; where it has none, its `freight_minor` does.
    """

    __tablename__ = "supply_freight_template"
    __table_args__ = (
        CheckConstraint("charged_by IN ('piece', 'weight', 'parcel')", name="charged_by_known"),
        UniqueConstraint("supplier_id", "code"),
        Index(
            "uq_supply_freight_template_standard",
            "supplier_id",
            unique=True,
            postgresql_where=text("standard"),
            sqlite_where=text("standard"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id))
    code: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    name: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX))
    charged_by: Mapped[str] = mapped_column(String(16))
    rules: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    excluded: Mapped[list[str]] = mapped_column(JSON)
    standard: Mapped[bool]

    @property
    def template(self) -> FreightTemplate:
        rules = rules_from_json(self.rules)
        return FreightTemplate(self.code, ChargedBy(self.charged_by), rules, frozenset(self.excluded))
