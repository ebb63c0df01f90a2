"""to which hub a shop is connected, and the SKUs its goods have there"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId, UtcDateTime

revision: str = "core_0015"
down_revision: str | Sequence[str] | None = "core_0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "supply_connection",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("store", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("platform_fee_bps", sa.Integer(), nullable=False),
        sa.Column("connected_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_connection")),
    )
    op.create_table(
        "supply_sku_name",
        sa.Column("ours", sa.String(length=64), nullable=False),
        sa.Column("theirs", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("ours", name=op.f("pk_supply_sku_name")),
        sa.UniqueConstraint("theirs", name=op.f("uq_supply_sku_name_theirs")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("supply_sku_name")
    op.drop_table("supply_connection")
