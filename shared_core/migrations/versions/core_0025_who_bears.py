"""who bears what cannot be sold again of a return, as a shop was told"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0025"
down_revision: str | Sequence[str] | None = "core_0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("order_return") as batch_op:
        batch_op.add_column(sa.Column("bearer", sa.String(length=16), nullable=True))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("order_return") as batch_op:
        batch_op.drop_column("bearer")
