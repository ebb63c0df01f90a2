"""a hub's histories, and the one a shop knows"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId, UtcDateTime

revision: str = "core_0022"
down_revision: str | Sequence[str] | None = "core_0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "supply_timeline",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("goes_on_from", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_timeline")),
        sa.UniqueConstraint("code", name=op.f("uq_supply_timeline_code")),
    )
    with op.batch_alter_table("supply_connection") as table:
        table.add_column(sa.Column("timeline", sa.String(length=40), server_default="", nullable=False))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("supply_connection") as table:
        table.drop_column("timeline")
    op.drop_table("supply_timeline")
