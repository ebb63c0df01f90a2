"""where stores of a hub are told that something happened, and what a shop was told"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId, UtcDateTime

revision: str = "core_0024"
down_revision: str | Sequence[str] | None = "core_0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "supply_webhook",
        sa.Column("tenant_id", BigId, nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.Column("events", BigId, nullable=False),
        sa.Column("offers", BigId, nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["supply_tenant.id"], name=op.f("fk_supply_webhook_tenant_id_supply_tenant")
        ),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_supply_webhook")),
    )
    with op.batch_alter_table("supply_connection") as batch_op:
        batch_op.add_column(sa.Column("webhook_secret", sa.String(length=100), server_default="", nullable=False))
        batch_op.add_column(sa.Column("told_events", BigId, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("told_offers", BigId, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("told_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("supply_connection") as batch_op:
        for name in ("told_at", "told_offers", "told_events", "webhook_secret"):
            batch_op.drop_column(name)
    op.drop_table("supply_webhook")
