"""the stores that a hub supplies, what was decided about them, and their API keys"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId, UtcDateTime

revision: str = "core_0014"
down_revision: str | Sequence[str] | None = "core_0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "supply_tenant",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("platform_fee_bps", sa.Integer(), nullable=False),
        sa.Column("lines_per_hold_max", sa.Integer(), nullable=False),
        sa.Column("quantity_per_line_max", sa.Integer(), nullable=False),
        sa.Column("open_holds_per_customer_max", sa.Integer(), nullable=False),
        sa.Column("ttl_max_seconds", sa.Integer(), nullable=False),
        sa.Column("open_holds_max", sa.Integer(), nullable=False),
        sa.Column("unpaid_units_per_sku_max", sa.Integer(), nullable=False),
        sa.Column("credit_limit_minor", BigId, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'suspended')", name=op.f("ck_supply_tenant_state_known")),
        sa.CheckConstraint("platform_fee_bps BETWEEN 0 AND 10000", name=op.f("ck_supply_tenant_fee_within")),
        sa.CheckConstraint("credit_limit_minor >= 0", name=op.f("ck_supply_tenant_credit_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_tenant")),
        sa.UniqueConstraint("code", name=op.f("uq_supply_tenant_code")),
    )
    op.create_table(
        "supply_tenant_change",
        sa.Column("id", BigId, nullable=False),
        sa.Column("tenant_id", BigId, nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["supply_tenant.id"], name=op.f("fk_supply_tenant_change_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_tenant_change")),
    )
    op.create_index(op.f("ix_supply_tenant_change_tenant_id"), "supply_tenant_change", ["tenant_id"])
    op.create_table(
        "supply_api_key",
        sa.Column("id", BigId, nullable=False),
        sa.Column("tenant_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("last_used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["supply_tenant.id"], name=op.f("fk_supply_api_key_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_api_key")),
        sa.UniqueConstraint("name", name=op.f("uq_supply_api_key_name")),
    )
    op.create_index(op.f("ix_supply_api_key_tenant_id"), "supply_api_key", ["tenant_id"])
    held = sa.text("state = 'held'")
    op.create_index(
        "ix_supply_stock_hold_unpaid", "supply_stock_hold", ["store"], postgresql_where=held, sqlite_where=held
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_supply_stock_hold_unpaid", "supply_stock_hold")
    op.drop_table("supply_api_key")
    op.drop_table("supply_tenant_change")
    op.drop_table("supply_tenant")
