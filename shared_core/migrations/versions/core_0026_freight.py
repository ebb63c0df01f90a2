"""where held goods go, what suppliers charge for that, and that a hold fixes it"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId

revision: str = "core_0026"
down_revision: str | Sequence[str] | None = "core_0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply. What is held already is charged as it was agreed when it is confirmed."""
    op.create_table(
        "supply_freight_template",
        sa.Column("id", BigId, nullable=False),
        sa.Column("supplier_id", BigId, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("charged_by", sa.String(length=16), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("excluded", sa.JSON(), nullable=False),
        sa.Column("standard", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "charged_by IN ('piece', 'weight', 'parcel')", name=op.f("ck_supply_freight_template_charged_by_known")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supply_supplier.id"], name=op.f("fk_supply_freight_template_supplier_id_supply_supplier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_freight_template")),
        sa.UniqueConstraint("supplier_id", "code", name=op.f("uq_supply_freight_template_supplier_id_code")),
    )
    op.create_index(
        "uq_supply_freight_template_standard",
        "supply_freight_template",
        ["supplier_id"],
        unique=True,
        postgresql_where=sa.text("standard"),
        sqlite_where=sa.text("standard"),
    )
    with op.batch_alter_table("supply_product") as batch_op:
        batch_op.add_column(sa.Column("freight_template_id", BigId, nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_supply_product_freight_template_id_supply_freight_template"),
            "supply_freight_template",
            ["freight_template_id"],
            ["id"],
        )
    with op.batch_alter_table("supply_variant") as batch_op:
        batch_op.add_column(sa.Column("weight_grams", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_supply_variant_weight_not_negative"), "weight_grams >= 0")
    with op.batch_alter_table("supply_stock_hold") as batch_op:
        batch_op.add_column(sa.Column("region", sa.String(length=6), server_default="", nullable=False))
        batch_op.add_column(sa.Column("fee_bps", sa.Integer(), nullable=True))
    with op.batch_alter_table("supply_stock_hold_line") as batch_op:
        batch_op.add_column(sa.Column("freight_minor", BigId, nullable=True))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("supply_stock_hold_line") as batch_op:
        batch_op.drop_column("freight_minor")
    with op.batch_alter_table("supply_stock_hold") as batch_op:
        for name in ("fee_bps", "region"):
            batch_op.drop_column(name)
    with op.batch_alter_table("supply_variant") as batch_op:
        batch_op.drop_constraint(op.f("ck_supply_variant_weight_not_negative"), type_="check")
        batch_op.drop_column("weight_grams")
    with op.batch_alter_table("supply_product") as batch_op:
        batch_op.drop_constraint(
            op.f("fk_supply_product_freight_template_id_supply_freight_template"), type_="foreignkey"
        )
        batch_op.drop_column("freight_template_id")
    op.drop_index("uq_supply_freight_template_standard", "supply_freight_template")
    op.drop_table("supply_freight_template")
