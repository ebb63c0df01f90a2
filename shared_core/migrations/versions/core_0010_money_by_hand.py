"""money by hand: unique amounts, payment claims, unidentified receipts, entered orders"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId, UtcDateTime

revision: str = "core_0010"
down_revision: str | Sequence[str] | None = "core_0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PLACED_AT = "(SELECT placed_at FROM order_order WHERE order_order.id = order_expectation.order_id)"
SETTLED = "EXISTS (SELECT 1 FROM order_order WHERE order_order.id = order_expectation.order_id AND state <> 'placed')"


def upgrade() -> None:
    """Apply. What was expected and settled before holds its amount no more."""
    with op.batch_alter_table("order_expectation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("match", sa.String(length=8), nullable=False, server_default="memo"))
        batch_op.add_column(sa.Column("tail_minor", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("held_minor", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("opened_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("held_until", UtcDateTime(), nullable=True))
        batch_op.create_unique_constraint(
            op.f("uq_order_expectation_rail_collector_held_minor"), ["rail", "collector", "held_minor"]
        )
        batch_op.create_check_constraint(op.f("ck_order_expectation_tail"), "tail_minor >= 0")
    op.execute(f"UPDATE order_expectation SET opened_at = {PLACED_AT}")
    op.execute(f"UPDATE order_expectation SET held_until = opened_at WHERE {SETTLED}")
    with op.batch_alter_table("order_refund", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tail_minor", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "order_payment_claim",
        sa.Column("id", BigId, nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("payer", sa.String(length=40), nullable=False),
        sa.Column("last4", sa.String(length=4), nullable=False),
        sa.Column("way", sa.String(length=12), nullable=False, server_default="transfer"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("red_packet_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["order_order.id"], name=op.f("fk_order_payment_claim_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_payment_claim")),
        sa.UniqueConstraint("order_id", name=op.f("uq_order_payment_claim_order_id")),
    )
    op.create_table(
        "order_entry",
        sa.Column("order_id", BigId, autoincrement=False, nullable=False),
        sa.Column("entered_by", BigId, nullable=False),
        sa.Column("group_name", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["member.id"], name=op.f("fk_order_entry_entered_by")),
        sa.ForeignKeyConstraint(["order_id"], ["order_order.id"], name=op.f("fk_order_entry_order_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_entry")),
        sa.UniqueConstraint("entered_by", "key", name=op.f("uq_order_entry_entered_by_key")),
    )
    op.create_index("ix_order_entry_entered_by_group_name", "order_entry", ["entered_by", "group_name"], unique=False)
    op.create_table(
        "order_receipt",
        sa.Column("id", BigId, nullable=False),
        sa.Column("rail", sa.String(length=16), nullable=False),
        sa.Column("collector", sa.String(length=40), nullable=False),
        sa.Column("transaction_no", sa.String(length=80), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("payer", sa.String(length=80), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("why", sa.String(length=80), nullable=False),
        sa.Column("paid_at", UtcDateTime(), nullable=False),
        sa.Column("entered_by", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("settled_by", sa.String(length=40), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("order_id", BigId, nullable=True),
        sa.Column("returned_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_order_receipt_amount")),
        sa.CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name=op.f("ck_order_receipt_settled")),
        sa.ForeignKeyConstraint(["order_id"], ["order_order.id"], name=op.f("fk_order_receipt_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_receipt")),
        sa.UniqueConstraint("rail", "transaction_no", name=op.f("uq_order_receipt_rail_transaction_no")),
        sa.UniqueConstraint("returned_by", name=op.f("uq_order_receipt_returned_by")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("order_receipt")
    op.drop_table("order_entry")
    op.drop_table("order_payment_claim")
    with op.batch_alter_table("order_refund", schema=None) as batch_op:
        batch_op.drop_column("tail_minor")
    with op.batch_alter_table("order_expectation", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_order_expectation_tail"), type_="check")
        batch_op.drop_constraint(op.f("uq_order_expectation_rail_collector_held_minor"), type_="unique")
        for name in ("held_until", "opened_at", "held_minor", "tail_minor", "match"):
            batch_op.drop_column(name)
