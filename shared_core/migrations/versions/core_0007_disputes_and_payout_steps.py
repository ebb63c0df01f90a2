"""disputes, what is kept back for them, and who did what with a payout"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId, UtcDateTime

revision: str = "core_0007"
down_revision: str | Sequence[str] | None = "core_0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "order_dispute",
        sa.Column("id", BigId, nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("collector", sa.String(length=40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opened_by", sa.String(length=40), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("ended_by", sa.String(length=40), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("refund_id", BigId, nullable=True),
        sa.CheckConstraint("amount_minor > 0 AND fee_minor >= 0", name=op.f("ck_order_dispute_amounts")),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name=op.f("ck_order_dispute_ended")),
        sa.ForeignKeyConstraint(["order_id"], ["order_order.id"], name=op.f("fk_order_dispute_order_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["order_refund.id"], name=op.f("fk_order_dispute_refund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_dispute")),
        sa.UniqueConstraint("number", name=op.f("uq_order_dispute_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_order_dispute_reference")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_order_dispute_refund_id")),
    )
    with op.batch_alter_table("order_dispute", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_dispute_order_id"), ["order_id"], unique=False)
    op.create_table(
        "reward_payout_step",
        sa.Column("id", BigId, nullable=False),
        sa.Column("payout_id", BigId, nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["payout_id"], ["reward_payout.id"], name=op.f("fk_reward_payout_step_payout_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_payout_step")),
        sa.UniqueConstraint("payout_id", "step", name=op.f("uq_reward_payout_step_payout_id_step")),
    )
    with op.batch_alter_table("reward_earning", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_minor", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
        batch_op.create_check_constraint(
            op.f("ck_reward_earning_held"), "held_minor >= 0 AND reversed_minor + held_minor <= amount_minor"
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("reward_earning", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_reward_earning_held"), type_="check")
        batch_op.drop_column("held_minor")
    op.drop_table("reward_payout_step")
    op.drop_table("order_dispute")
