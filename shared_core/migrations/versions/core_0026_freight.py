"""where held goods go"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0026"
down_revision: str | Sequence[str] | None = "core_0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("supply_stock_hold") as batch_op:
        batch_op.add_column(sa.Column("region", sa.String(length=6), server_default="", nullable=False))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("supply_stock_hold") as batch_op:
        batch_op.drop_column("region")
