"""who of the supply side did something with a supplier order"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0023"
down_revision: str | Sequence[str] | None = "core_0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("supply_supplier_order") as table:
        table.add_column(sa.Column("accepted_by", sa.String(length=80), server_default="", nullable=False))
    with op.batch_alter_table("supply_event") as table:
        table.add_column(sa.Column("actor", sa.String(length=80), server_default="", nullable=False))
        table.create_index("ix_supply_event_order", ["supplier_order"], unique=False)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("supply_event") as table:
        table.drop_index("ix_supply_event_order")
        table.drop_column("actor")
    with op.batch_alter_table("supply_supplier_order") as table:
        table.drop_column("accepted_by")
