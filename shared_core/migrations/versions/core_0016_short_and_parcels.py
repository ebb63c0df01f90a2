"""pieces that are short or sent, several parcels of one supplier order, and what an event tells of them"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId, UtcDateTime

revision: str = "core_0016"
down_revision: str | Sequence[str] | None = "core_0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SHIPPED = """
    UPDATE supply_stock_hold_line SET sent = quantity
    WHERE supplier_order_id IN (SELECT id FROM supply_supplier_order WHERE shipped_at IS NOT NULL)
"""
BOXES = """
    INSERT INTO order_shipment (parcel_id, carrier, tracking_number, lines, shipped_at, delivered_at)
    SELECT id, carrier, tracking_number, '[]', shipped_at, delivered_at FROM order_parcel
    WHERE shipped_at IS NOT NULL AND tracking_number <> ''
"""


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("supply_stock_hold_line", schema=None) as batch_op:
        for name in ("short", "short_open", "sent"):
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")))
        batch_op.create_check_constraint(
            op.f("ck_supply_stock_hold_line_short_within"),
            "short_open BETWEEN 0 AND short AND withdrawn + short_open <= quantity",
        )
        batch_op.create_check_constraint(op.f("ck_supply_stock_hold_line_sent_within"), "sent BETWEEN 0 AND quantity")
    op.execute(SHIPPED)
    for table in ("supply_supplier_order", "supply_event"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("reason", sa.String(length=200), nullable=False, server_default=""))
    with op.batch_alter_table("supply_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lines", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    with op.batch_alter_table("order_parcel", schema=None) as batch_op:
        batch_op.add_column(sa.Column("short", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    with op.batch_alter_table("supply_shipment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lines", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
        batch_op.drop_constraint(op.f("uq_supply_shipment_supplier_order_id"), type_="unique")
        batch_op.create_unique_constraint(
            op.f("uq_supply_shipment_supplier_order_id_carrier_tracking_number"),
            ["supplier_order_id", "carrier", "tracking_number"],
        )
    op.create_table(
        "order_shipment",
        sa.Column("id", BigId, nullable=False),
        sa.Column("parcel_id", BigId, nullable=False),
        sa.Column("carrier", sa.String(length=64), nullable=False),
        sa.Column("tracking_number", sa.String(length=80), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("shipped_at", UtcDateTime(), nullable=False),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["parcel_id"], ["order_parcel.id"], name=op.f("fk_order_shipment_parcel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_shipment")),
        sa.UniqueConstraint(
            "parcel_id",
            "carrier",
            "tracking_number",
            name=op.f("uq_order_shipment_parcel_id_carrier_tracking_number"),
        ),
    )
    op.execute(BOXES)
    with op.batch_alter_table("supply_supplier", schema=None) as batch_op:
        batch_op.add_column(sa.Column("state", sa.String(length=16), nullable=False, server_default="live"))
        batch_op.create_check_constraint(
            op.f("ck_supply_supplier_state_known"),
            "state IN ('applied', 'documents', 'terms', 'first_feed', 'sample_order', 'live', 'suspended', 'ended')",
        )
    op.create_table(
        "supply_supplier_change",
        sa.Column("id", BigId, nullable=False),
        sa.Column("supplier_id", BigId, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supply_supplier.id"], name=op.f("fk_supply_supplier_change_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_supplier_change")),
    )
    with op.batch_alter_table("supply_supplier_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supply_supplier_change_supplier_id"), ["supplier_id"], unique=False)
    op.create_table(
        "supply_promise",
        sa.Column("supplier_id", BigId, autoincrement=False, nullable=False),
        sa.Column("cut_off_minute", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("working_days", sa.String(length=7), nullable=False),
        sa.Column("ship_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("cut_off_minute BETWEEN 0 AND 1439", name=op.f("ck_supply_promise_cut_off_minute")),
        sa.CheckConstraint("ship_days >= 0", name=op.f("ck_supply_promise_ship_days_not_negative")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supply_supplier.id"], name=op.f("fk_supply_promise_supplier_id")),
        sa.PrimaryKeyConstraint("supplier_id", name=op.f("pk_supply_promise")),
    )
    with op.batch_alter_table("supply_supplier_order", schema=None) as batch_op:
        batch_op.add_column(sa.Column("due_at", UtcDateTime(), nullable=True))
        batch_op.create_index(batch_op.f("ix_supply_supplier_order_due_at"), ["due_at"], unique=False)


def downgrade() -> None:
    """Undo. Several parcels of one supplier order cannot be kept: refused while there are any."""
    with op.batch_alter_table("supply_supplier_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supply_supplier_order_due_at"))
        batch_op.drop_column("due_at")
    op.drop_table("supply_promise")
    op.drop_table("supply_supplier_change")
    with op.batch_alter_table("supply_supplier", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_supply_supplier_state_known"), type_="check")
        batch_op.drop_column("state")
    op.drop_table("order_shipment")
    with op.batch_alter_table("supply_shipment", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_supply_shipment_supplier_order_id_carrier_tracking_number"), type_="unique")
        batch_op.create_unique_constraint(op.f("uq_supply_shipment_supplier_order_id"), ["supplier_order_id"])
        batch_op.drop_column("lines")
    with op.batch_alter_table("order_parcel", schema=None) as batch_op:
        batch_op.drop_column("short")
    with op.batch_alter_table("supply_event", schema=None) as batch_op:
        batch_op.drop_column("lines")
    for table in ("supply_event", "supply_supplier_order"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("reason")
    with op.batch_alter_table("supply_stock_hold_line", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_supply_stock_hold_line_sent_within"), type_="check")
        batch_op.drop_constraint(op.f("ck_supply_stock_hold_line_short_within"), type_="check")
        for name in ("sent", "short_open", "short"):
            batch_op.drop_column(name)
