"""earnings of the team fund, which are nobody's in person, and what was handed out of it"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId, UtcDateTime

revision: str = "core_0011"
down_revision: str | Sequence[str] | None = "core_0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("reward_earning", schema=None) as batch_op:
        batch_op.alter_column("member_id", existing_type=BigId, nullable=True)
        batch_op.create_check_constraint(op.f("ck_reward_earning_payee"), "(member_id IS NULL) = (payee = 'team_fund')")
    with op.batch_alter_table("reward_refused_share", schema=None) as batch_op:
        batch_op.alter_column("member_id", existing_type=BigId, nullable=True)
    op.create_table(
        "reward_handout",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_reward_handout_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_handout")),
        sa.UniqueConstraint("code", name=op.f("uq_reward_handout_code")),
    )
    op.create_table(
        "reward_handout_part",
        sa.Column("handout_id", BigId, nullable=False),
        sa.Column("member_id", BigId, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_reward_handout_part_amount")),
        sa.ForeignKeyConstraint(["handout_id"], ["reward_handout.id"], name=op.f("fk_reward_handout_part_handout_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_reward_handout_part_member_id")),
        sa.PrimaryKeyConstraint("handout_id", "member_id", name=op.f("pk_reward_handout_part")),
    )
    op.create_table(
        "reward_handout_end",
        sa.Column("handout_id", BigId, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["handout_id"], ["reward_handout.id"], name=op.f("fk_reward_handout_end_handout_id")),
        sa.PrimaryKeyConstraint("handout_id", name=op.f("pk_reward_handout_end")),
    )


def downgrade() -> None:
    """Take back. Refused by the database once a team fund has earned something."""
    op.drop_table("reward_handout_end")
    op.drop_table("reward_handout_part")
    op.drop_table("reward_handout")
    with op.batch_alter_table("reward_refused_share", schema=None) as batch_op:
        batch_op.alter_column("member_id", existing_type=BigId, nullable=False)
    with op.batch_alter_table("reward_earning", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_reward_earning_payee"), type_="check")
        batch_op.alter_column("member_id", existing_type=BigId, nullable=False)
