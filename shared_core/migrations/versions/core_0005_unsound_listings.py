"""listings that could lose money, and who sends them"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId

revision: str = "core_0005"
down_revision: str | Sequence[str] | None = "core_0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply. The offers are then read anew from the first, which tells suppliers and freight."""
    with op.batch_alter_table("catalog_listing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unsound", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("supplier", sa.String(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("freight_minor", BigId, nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_catalog_listing_never_at_a_loss"), "price_minor IS NULL OR NOT unsound"
        )
    op.execute("UPDATE catalog_offer_cursor SET value = 0")


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("catalog_listing", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_catalog_listing_never_at_a_loss"), type_="check")
        batch_op.drop_column("freight_minor")
        batch_op.drop_column("supplier")
        batch_op.drop_column("unsound")
