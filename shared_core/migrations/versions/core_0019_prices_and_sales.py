"""price lists of tiers"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId

revision: str = "core_0019"
down_revision: str | Sequence[str] | None = "core_0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.add_column("supply_tenant", sa.Column("tier", sa.String(length=64), server_default="default", nullable=False))
    op.create_table(
        "supply_tier_price",
        sa.Column("tier", sa.String(length=64), nullable=False),
        sa.Column("variant_id", BigId, nullable=False),
        sa.Column("supply_price_minor", BigId, nullable=True),
        sa.Column("suggested_minor", BigId, nullable=True),
        sa.Column("floor_minor", BigId, nullable=True),
        sa.CheckConstraint("supply_price_minor >= 0", name=op.f("ck_supply_tier_price_supply_price_not_negative")),
        sa.CheckConstraint("suggested_minor >= 0", name=op.f("ck_supply_tier_price_suggested_not_negative")),
        sa.CheckConstraint("floor_minor >= 0", name=op.f("ck_supply_tier_price_floor_not_negative")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["supply_variant.id"], name=op.f("fk_supply_tier_price_variant_id_supply_variant")
        ),
        sa.PrimaryKeyConstraint("tier", "variant_id", name=op.f("pk_supply_tier_price")),
    )
    with op.batch_alter_table("catalog_listing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("floor_minor", BigId, nullable=True))
        batch_op.create_check_constraint(op.f("ck_catalog_listing_never_below_floor"), "price_minor >= floor_minor")


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("catalog_listing", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_catalog_listing_never_below_floor"), type_="check")
        batch_op.drop_column("floor_minor")
    op.drop_table("supply_tier_price")
    op.drop_column("supply_tenant", "tier")
