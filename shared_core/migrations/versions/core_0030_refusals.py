"""why the supply side would not take a return, as it can be said in any language"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0030"
down_revision: str | Sequence[str] | None = "core_0029"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("order_return") as batch_op:
        batch_op.add_column(sa.Column("refusal", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("order_return") as batch_op:
        batch_op.drop_column("refusal")
