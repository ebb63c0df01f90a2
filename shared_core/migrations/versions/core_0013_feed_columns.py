"""what the sheets of each supplier call our columns"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId

revision: str = "core_0013"
down_revision: str | Sequence[str] | None = "core_0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "supply_feed_column",
        sa.Column("supplier_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("theirs", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supply_supplier.id"], name=op.f("fk_supply_feed_column_supplier_id")
        ),
        sa.PrimaryKeyConstraint("supplier_id", "name", name=op.f("pk_supply_feed_column")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("supply_feed_column")
