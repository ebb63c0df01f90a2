"""plans kept beside earnings, the steps to an amount, who claimed a sale"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import UtcDateTime

revision: str = "core_0008"
down_revision: str | Sequence[str] | None = "core_0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply. What was earned before keeps no plan; what is known of it is on its row."""
    op.create_table(
        "reward_plan",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("first_used_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_reward_plan")),
    )
    with op.batch_alter_table("reward_earning", schema=None) as batch_op:
        batch_op.add_column(sa.Column("plan_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("working", sa.JSON(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_reward_earning_plan_hash"), "reward_plan", ["plan_hash"], ["hash"])
    with op.batch_alter_table("order_order", schema=None) as batch_op:
        batch_op.add_column(sa.Column("claims", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("order_order", schema=None) as batch_op:
        batch_op.drop_column("claims")
    with op.batch_alter_table("reward_earning", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_reward_earning_plan_hash"), type_="foreignkey")
        batch_op.drop_column("working")
        batch_op.drop_column("plan_hash")
    op.drop_table("reward_plan")
