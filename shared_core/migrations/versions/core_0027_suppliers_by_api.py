"""suppliers that work by API: their keys, what they have sent already, and places of orders that changed"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId, UtcDateTime

revision: str = "core_0027"
down_revision: str | Sequence[str] | None = "core_0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COUNTER = "INSERT INTO supply_feed_counter (feed, value) SELECT 'supplier orders', COALESCE(MAX(id), 0) FROM supply_supplier_order"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "supply_supplier_key",
        sa.Column("id", BigId, nullable=False),
        sa.Column("supplier_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("issued_by", sa.String(length=80), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_by", sa.String(length=80), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("last_used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supply_supplier.id"], name=op.f("fk_supply_supplier_key_supplier_id_supply_supplier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_supplier_key")),
        sa.UniqueConstraint("name", name=op.f("uq_supply_supplier_key_name")),
    )
    op.create_index(op.f("ix_supply_supplier_key_supplier_id"), "supply_supplier_key", ["supplier_id"])
    op.create_table(
        "supply_supplier_request",
        sa.Column("id", BigId, nullable=False),
        sa.Column("supplier", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_supplier_request")),
        sa.UniqueConstraint("supplier", "key", name=op.f("uq_supply_supplier_request_supplier_key")),
    )
    op.create_index(op.f("ix_supply_supplier_request_at"), "supply_supplier_request", ["at"])
    with op.batch_alter_table("supply_supplier_order") as batch_op:
        batch_op.add_column(sa.Column("seq", BigId, nullable=True))
        batch_op.create_index(op.f("ix_supply_supplier_order_seq"), ["seq"])
        batch_op.create_index(op.f("ix_supply_supplier_order_supplier_id_seq"), ["supplier_id", "seq"])
    op.execute("UPDATE supply_supplier_order SET seq = id")
    op.execute(COUNTER)


def downgrade() -> None:
    """Undo."""
    op.execute("DELETE FROM supply_feed_counter WHERE feed = 'supplier orders'")
    with op.batch_alter_table("supply_supplier_order") as batch_op:
        batch_op.drop_index(op.f("ix_supply_supplier_order_supplier_id_seq"))
        batch_op.drop_index(op.f("ix_supply_supplier_order_seq"))
        batch_op.drop_column("seq")
    op.drop_table("supply_supplier_request")
    op.drop_table("supply_supplier_key")
