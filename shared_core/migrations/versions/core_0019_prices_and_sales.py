"""price lists of tiers, sale events"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId, UtcDateTime

revision: str = "core_0019"
down_revision: str | Sequence[str] | None = "core_0018"
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
    op.create_table(
        "supply_sale",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("brand", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("preview_at", UtcDateTime(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.CheckConstraint(
            "preview_at <= starts_at AND starts_at < ends_at", name=op.f("ck_supply_sale_begins_and_ends")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_supply_sale_withdrawn_by_somebody")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_sale")),
        sa.UniqueConstraint("code", name=op.f("uq_supply_sale_code")),
    )
    op.create_index(op.f("ix_supply_sale_ends_at"), "supply_sale", ["ends_at"])
    op.create_table(
        "supply_sale_line",
        sa.Column("id", BigId, nullable=False),
        sa.Column("sale_id", BigId, nullable=False),
        sa.Column("variant_id", BigId, nullable=False),
        sa.Column("cost_minor", BigId, nullable=False),
        sa.Column("supply_price_minor", BigId, nullable=False),
        sa.Column("retail_minor", BigId, nullable=False),
        sa.Column("floor_minor", BigId, nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("per_customer_max", sa.Integer(), nullable=True),
        sa.Column("per_store_max", sa.Integer(), nullable=True),
        sa.CheckConstraint("taken BETWEEN 0 AND quantity", name=op.f("ck_supply_sale_line_taken_within")),
        sa.CheckConstraint("cost_minor BETWEEN 0 AND supply_price_minor", name=op.f("ck_supply_sale_line_no_loss")),
        sa.CheckConstraint("supply_price_minor <= retail_minor", name=op.f("ck_supply_sale_line_retail_covers_supply")),
        sa.CheckConstraint("floor_minor <= retail_minor", name=op.f("ck_supply_sale_line_floor_within")),
        sa.CheckConstraint(
            "per_customer_max > 0 AND per_store_max > 0", name=op.f("ck_supply_sale_line_limits_positive")
        ),
        sa.ForeignKeyConstraint(["sale_id"], ["supply_sale.id"], name=op.f("fk_supply_sale_line_sale_id_supply_sale")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["supply_variant.id"], name=op.f("fk_supply_sale_line_variant_id_supply_variant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_sale_line")),
        sa.UniqueConstraint("sale_id", "variant_id", name=op.f("uq_supply_sale_line_sale_id_variant_id")),
    )
    op.create_index(op.f("ix_supply_sale_line_variant_id"), "supply_sale_line", ["variant_id"])
    with op.batch_alter_table("supply_stock_hold_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sale_line_id", BigId, nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_supply_stock_hold_line_sale_line_id_supply_sale_line"),
            "supply_sale_line",
            ["sale_line_id"],
            ["id"],
        )
        batch_op.create_index(op.f("ix_supply_stock_hold_line_sale_line_id"), ["sale_line_id"])
    op.create_table(
        "catalog_sale",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("brand", sa.String(length=200), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_catalog_sale")),
    )
    op.create_table(
        "catalog_sale_listing",
        sa.Column("sale", sa.String(length=64), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("supply_price_minor", BigId, nullable=False),
        sa.Column("suggested_minor", BigId, nullable=False),
        sa.Column("floor_minor", BigId, nullable=True),
        sa.Column("wanted_minor", BigId, nullable=True),
        sa.Column("price_minor", BigId, nullable=True),
        sa.Column("charged_minor", BigId, nullable=True),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("per_customer_max", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "price_minor >= supply_price_minor", name=op.f("ck_catalog_sale_listing_never_below_supply")
        ),
        sa.CheckConstraint('"left" >= 0', name=op.f("ck_catalog_sale_listing_left_not_negative")),
        sa.ForeignKeyConstraint(
            ["sale"],
            ["catalog_sale.code"],
            name=op.f("fk_catalog_sale_listing_sale_catalog_sale"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sale", "sku", name=op.f("pk_catalog_sale_listing")),
    )
    op.create_index(op.f("ix_catalog_sale_listing_sku"), "catalog_sale_listing", ["sku"])
    op.add_column("order_line", sa.Column("sale", sa.String(length=64), server_default="", nullable=False))
    with op.batch_alter_table("catalog_listing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("floor_minor", BigId, nullable=True))
        batch_op.create_check_constraint(op.f("ck_catalog_listing_never_below_floor"), "price_minor >= floor_minor")


def downgrade() -> None:
    """Undo."""
    op.drop_column("order_line", "sale")
    op.drop_table("catalog_sale_listing")
    op.drop_table("catalog_sale")
    with op.batch_alter_table("catalog_listing", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_catalog_listing_never_below_floor"), type_="check")
        batch_op.drop_column("floor_minor")
    with op.batch_alter_table("supply_stock_hold_line", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_supply_stock_hold_line_sale_line_id"))
        batch_op.drop_constraint(op.f("fk_supply_stock_hold_line_sale_line_id_supply_sale_line"), type_="foreignkey")
        batch_op.drop_column("sale_line_id")
    op.drop_table("supply_sale_line")
    op.drop_table("supply_sale")
    op.drop_table("supply_tier_price")
    op.drop_column("supply_tenant", "tier")
