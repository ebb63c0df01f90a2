"""pieces that are short or sent, and what an event tells of them"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0016"
down_revision: str | Sequence[str] | None = "core_0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SHIPPED = """
    UPDATE supply_stock_hold_line SET sent = quantity
    WHERE supplier_order_id IN (SELECT id FROM supply_supplier_order WHERE shipped_at IS NOT NULL)
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


def downgrade() -> None:
    """Undo."""
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
