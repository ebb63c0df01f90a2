"""rooms, who was in them, and which orders were made there"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId, UtcDateTime

revision: str = "core_0009"
down_revision: str | Sequence[str] | None = "core_0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "live_room",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("host_id", BigId, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("age_declared", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.String(length=40), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_live_room_ends_after_it_starts")),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name=op.f("ck_live_room_closed_by_somebody")),
        sa.ForeignKeyConstraint(["host_id"], ["member.id"], name=op.f("fk_live_room_host_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_room")),
        sa.UniqueConstraint("code", name=op.f("uq_live_room_code")),
    )
    op.create_index("ix_live_room_host_id_ends_at", "live_room", ["host_id", "ends_at"])
    op.create_table(
        "live_goods",
        sa.Column("room_id", BigId, autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("product_code", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["live_room.id"], name=op.f("fk_live_goods_room_id")),
        sa.PrimaryKeyConstraint("room_id", "place", name=op.f("pk_live_goods")),
    )
    op.create_table(
        "live_visit",
        sa.Column("room_id", BigId, autoincrement=False, nullable=False),
        sa.Column("viewer_id", BigId, autoincrement=False, nullable=False),
        sa.Column("referrer_id", BigId, nullable=True),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("referrer_id <> viewer_id", name=op.f("ck_live_visit_brought_by_another")),
        sa.ForeignKeyConstraint(["referrer_id"], ["member.id"], name=op.f("fk_live_visit_referrer_id")),
        sa.ForeignKeyConstraint(["room_id"], ["live_room.id"], name=op.f("fk_live_visit_room_id")),
        sa.ForeignKeyConstraint(["viewer_id"], ["member.id"], name=op.f("fk_live_visit_viewer_id")),
        sa.PrimaryKeyConstraint("room_id", "viewer_id", name=op.f("pk_live_visit")),
    )
    op.create_index("ix_live_visit_viewer_id_last_at", "live_visit", ["viewer_id", "last_at"])
    op.create_index("ix_live_visit_referrer_id", "live_visit", ["referrer_id"])
    with op.batch_alter_table("order_order") as batch_op:
        batch_op.add_column(sa.Column("room", sa.String(length=16), nullable=True))
        batch_op.create_index(batch_op.f("ix_order_order_room"), ["room"])


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("order_order") as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_order_room"))
        batch_op.drop_column("room")
    op.drop_index("ix_live_visit_referrer_id", table_name="live_visit")
    op.drop_index("ix_live_visit_viewer_id_last_at", table_name="live_visit")
    op.drop_table("live_visit")
    op.drop_table("live_goods")
    op.drop_index("ix_live_room_host_id_ends_at", table_name="live_room")
    op.drop_table("live_room")
