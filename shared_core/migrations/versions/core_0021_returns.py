"""returns of pieces that were sent: with the supply side, and as the shop and its customer see them"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId, UtcDateTime

revision: str = "core_0021"
down_revision: str | Sequence[str] | None = "core_0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COUNTS = ("coming_back", "returned", "kept", "replaced", "exchanged")
WITHIN = "coming_back >= 0 AND returned BETWEEN 0 AND withdrawn AND kept >= 0 AND coming_back + returned + kept <= sent"
TAKEN_AT_A_WORD = """
    UPDATE supply_stock_hold_line SET returned = withdrawn + short_open + sent - quantity
    WHERE withdrawn + short_open + sent > quantity
"""
"""What stores withdrew of pieces that had been sent, before anybody had to look at them."""


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("supply_stock_hold_line", schema=None) as batch_op:
        for name in COUNTS:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.execute(TAKEN_AT_A_WORD)
    with op.batch_alter_table("supply_stock_hold_line", schema=None) as batch_op:
        batch_op.create_check_constraint(op.f("ck_supply_stock_hold_line_returned_within"), WITHIN)
        batch_op.create_check_constraint(
            op.f("ck_supply_stock_hold_line_exchanged_within"), "exchanged BETWEEN 0 AND replaced"
        )
    with op.batch_alter_table("supply_withdrawal", schema=None) as batch_op:
        batch_op.alter_column(
            "reference", existing_type=sa.String(length=100), type_=sa.String(length=108), existing_nullable=False
        )
    op.create_table(
        "supply_return_terms",
        sa.Column("supplier_id", BigId, autoincrement=False, nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("send_days", sa.Integer(), nullable=False),
        sa.Column("no_reason_days", sa.Integer(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.CheckConstraint("send_days > 0", name=op.f("ck_supply_return_terms_send_days_positive")),
        sa.CheckConstraint("no_reason_days >= 0", name=op.f("ck_supply_return_terms_no_reason_days_not_negative")),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supply_supplier.id"], name=op.f("fk_supply_return_terms_supplier_id")
        ),
        sa.PrimaryKeyConstraint("supplier_id", name=op.f("pk_supply_return_terms")),
    )
    op.create_table(
        "supply_return",
        sa.Column("id", BigId, nullable=False),
        sa.Column("number", sa.String(length=108), nullable=False),
        sa.Column("supplier_order_id", BigId, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("remedy", sa.String(length=16), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("said", sa.String(length=200), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("address", sa.JSON(), nullable=True),
        sa.Column("send_by", UtcDateTime(), nullable=True),
        sa.Column("carrier", sa.String(length=64), nullable=False),
        sa.Column("tracking_number", sa.String(length=64), nullable=False),
        sa.Column("bearer", sa.String(length=16), nullable=True),
        sa.Column("replaced", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'authorised', 'sent', 'received', 'settled', 'declined', 'cancelled', 'expired')",
            name=op.f("ck_supply_return_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["supplier_order_id"], ["supply_supplier_order.id"], name=op.f("fk_supply_return_supplier_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_return")),
        sa.UniqueConstraint("number", name=op.f("uq_supply_return_number")),
    )
    with op.batch_alter_table("supply_return", schema=None) as batch_op:
        batch_op.create_index("ix_supply_return_due", ["state", "send_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_supply_return_supplier_order_id"), ["supplier_order_id"], unique=False)
    op.create_table(
        "supply_return_step",
        sa.Column("id", BigId, nullable=False),
        sa.Column("return_id", BigId, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["return_id"], ["supply_return.id"], name=op.f("fk_supply_return_step_return_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_return_step")),
    )
    with op.batch_alter_table("supply_return_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supply_return_step_return_id"), ["return_id"], unique=False)
    with op.batch_alter_table("supply_shipment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("return_id", BigId, nullable=True))
        batch_op.create_foreign_key(op.f("fk_supply_shipment_return_id"), "supply_return", ["return_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_supply_shipment_return_id"), ["return_id"], unique=False)
    with op.batch_alter_table("supply_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("return_number", sa.String(length=108), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("held_back", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.create_table(
        "order_return",
        sa.Column("id", BigId, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("supplier_order", sa.String(length=64), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("remedy", sa.String(length=16), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.String(length=200), nullable=False),
        sa.Column("refund", sa.String(length=16), nullable=False),
        sa.Column("carrier", sa.String(length=64), nullable=False),
        sa.Column("tracking_number", sa.String(length=80), nullable=False),
        sa.Column("address", sa.JSON(), nullable=True),
        sa.Column("send_by", UtcDateTime(), nullable=True),
        sa.Column("said", sa.String(length=200), nullable=False),
        sa.Column("inspected", sa.JSON(), nullable=False),
        sa.Column("replaced", sa.Boolean(), nullable=False),
        sa.Column("new_carrier", sa.String(length=64), nullable=False),
        sa.Column("new_tracking", sa.String(length=80), nullable=False),
        sa.Column("new_delivered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["order_order.id"], name=op.f("fk_order_return_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_return")),
        sa.UniqueConstraint("number", name=op.f("uq_order_return_number")),
    )
    with op.batch_alter_table("order_return", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_return_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_order_return_state"), ["state"], unique=False)


def downgrade() -> None:
    """Undo. What is in a return cannot be kept."""
    op.drop_table("order_return")
    with op.batch_alter_table("supply_event", schema=None) as batch_op:
        batch_op.drop_column("held_back")
        batch_op.drop_column("return_number")
    with op.batch_alter_table("supply_shipment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supply_shipment_return_id"))
        batch_op.drop_constraint(op.f("fk_supply_shipment_return_id"), type_="foreignkey")
        batch_op.drop_column("return_id")
    op.drop_table("supply_return_step")
    op.drop_table("supply_return")
    op.drop_table("supply_return_terms")
    with op.batch_alter_table("supply_withdrawal", schema=None) as batch_op:
        batch_op.alter_column(
            "reference", existing_type=sa.String(length=108), type_=sa.String(length=100), existing_nullable=False
        )
    with op.batch_alter_table("supply_stock_hold_line", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_supply_stock_hold_line_exchanged_within"), type_="check")
        batch_op.drop_constraint(op.f("ck_supply_stock_hold_line_returned_within"), type_="check")
        for name in reversed(COUNTS):
            batch_op.drop_column(name)
