"""people who work at a hub, and where they are logged in"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId, UtcDateTime

revision: str = "core_0018"
down_revision: str | Sequence[str] | None = "core_0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "hub_staff",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("supplier", sa.String(length=64), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("one_time_until", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "role IN ('owner', 'operator', 'accountant', 'supplier')", name=op.f("ck_hub_staff_role_known")
        ),
        sa.CheckConstraint("(role = 'supplier') = (supplier IS NOT NULL)", name=op.f("ck_hub_staff_supplier_named")),
        sa.ForeignKeyConstraint(["supplier"], ["supply_supplier.code"], name=op.f("fk_hub_staff_supplier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_staff")),
        sa.UniqueConstraint("name", name=op.f("uq_hub_staff_name")),
    )
    op.create_table(
        "hub_staff_change",
        sa.Column("id", BigId, nullable=False),
        sa.Column("staff_id", BigId, nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["hub_staff.id"], name=op.f("fk_hub_staff_change_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_staff_change")),
    )
    op.create_index(op.f("ix_hub_staff_change_staff_id"), "hub_staff_change", ["staff_id"])
    op.create_table(
        "hub_session",
        sa.Column("id", BigId, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", BigId, nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["hub_staff.id"], name=op.f("fk_hub_session_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_hub_session_token_hash")),
    )
    op.create_index(op.f("ix_hub_session_staff_id"), "hub_session", ["staff_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("hub_session")
    op.drop_table("hub_staff_change")
    op.drop_table("hub_staff")
