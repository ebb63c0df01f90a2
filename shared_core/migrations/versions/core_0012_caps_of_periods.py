"""shares of which the limit of a period leaves nothing, and what a member was paid in a period"""

from collections.abc import Sequence

from alembic import op

revision: str = "core_0012"
down_revision: str | Sequence[str] | None = "core_0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("reward_earning", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_reward_earning_amount"), type_="check")
        batch_op.create_check_constraint(op.f("ck_reward_earning_amount"), "amount_minor >= 0")
        batch_op.create_index("ix_reward_earning_member_id_booked_at", ["member_id", "booked_at"], unique=False)


def downgrade() -> None:
    """Take back. Refused by the database once the limit of a period has left nothing of a share."""
    with op.batch_alter_table("reward_earning", schema=None) as batch_op:
        batch_op.drop_index("ix_reward_earning_member_id_booked_at")
        batch_op.drop_constraint(op.f("ck_reward_earning_amount"), type_="check")
        batch_op.create_check_constraint(op.f("ck_reward_earning_amount"), "amount_minor > 0")
