"""a supplier's warehouses with stock of their own, and several suppliers of one variant"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared_core.kernel.database import BigId, UtcDateTime

revision: str = "core_0028"
down_revision: str | Sequence[str] | None = "core_0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FIGURES = "free, held, sold, received"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "supply_warehouse",
        sa.Column("id", BigId, nullable=False),
        sa.Column("supplier_id", BigId, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["supplier_id"], ["supply_supplier.id"], name=op.f("fk_supply_warehouse_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_warehouse")),
        sa.UniqueConstraint("supplier_id", "code", name=op.f("uq_supply_warehouse_supplier_id_code")),
    )
    op.create_table(
        "supply_source",
        sa.Column("variant_id", BigId, nullable=False),
        sa.Column("supplier_id", BigId, nullable=False),
        sa.Column("cost_minor", BigId, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("cost_minor >= 0", name=op.f("ck_supply_source_cost_not_negative")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supply_supplier.id"], name=op.f("fk_supply_source_supplier_id")),
        sa.ForeignKeyConstraint(["variant_id"], ["supply_variant.id"], name=op.f("fk_supply_source_variant_id")),
        sa.PrimaryKeyConstraint("variant_id", "supplier_id", name=op.f("pk_supply_source")),
    )
    op.create_index(op.f("ix_supply_source_supplier_id"), "supply_source", ["supplier_id"])
    _moves()
    _stock_by_shelf()
    with op.batch_alter_table("supply_supplier") as batch_op:
        batch_op.add_column(sa.Column("region", sa.String(length=6), server_default="", nullable=False))
    with op.batch_alter_table("supply_variant") as batch_op:
        batch_op.add_column(sa.Column("preferred_supplier_id", BigId, nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_supply_variant_preferred_supplier_id"),
            "supply_supplier",
            ["preferred_supplier_id"],
            ["id"],
        )
    for table in ("supply_stock_movement", "supply_stock_hold_line"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("warehouse_id", BigId, nullable=True))
            batch_op.create_foreign_key(op.f(f"fk_{table}_warehouse_id"), "supply_warehouse", ["warehouse_id"], ["id"])


def downgrade() -> None:
    """Undo; the pieces of all places are one figure again."""
    for table in ("supply_stock_hold_line", "supply_stock_movement"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(op.f(f"fk_{table}_warehouse_id"), type_="foreignkey")
            batch_op.drop_column("warehouse_id")
    with op.batch_alter_table("supply_variant") as batch_op:
        batch_op.drop_constraint(op.f("fk_supply_variant_preferred_supplier_id"), type_="foreignkey")
        batch_op.drop_column("preferred_supplier_id")
    with op.batch_alter_table("supply_supplier") as batch_op:
        batch_op.drop_column("region")
    _stock_by_variant()
    op.drop_index(op.f("ix_supply_supplier_order_move_supplier_order_id"), table_name="supply_supplier_order_move")
    op.drop_table("supply_supplier_order_move")
    op.drop_index(op.f("ix_supply_source_supplier_id"), table_name="supply_source")
    op.drop_table("supply_source")
    op.drop_table("supply_warehouse")


def _moves() -> None:
    table = "supply_supplier_order_move"
    ids = {
        "supplier_order_id": "supply_supplier_order",
        "from_supplier_id": "supply_supplier",
        "to_supplier_id": "supply_supplier",
    }
    op.create_table(
        table,
        sa.Column("id", BigId, nullable=False),
        *(sa.Column(name, BigId, nullable=False) for name in ids),
        sa.Column("cost_before_minor", BigId, nullable=False),
        sa.Column("cost_minor", BigId, nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}"))
            for name, other in ids.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_supplier_order_id"), table, ["supplier_order_id"])


def _stock_by_shelf() -> None:
    """The same rows under a key of their own: SQLite cannot change the key of a table that is there."""
    op.execute("CREATE TABLE supply_stock_before AS SELECT * FROM supply_stock")
    op.drop_table("supply_stock")
    op.create_table(
        "supply_stock",
        sa.Column("id", BigId, nullable=False),
        sa.Column("variant_id", BigId, nullable=False),
        sa.Column("warehouse_id", BigId, nullable=True),
        *_figures(),
        *_checks(),
        sa.ForeignKeyConstraint(["variant_id"], ["supply_variant.id"], name=op.f("fk_supply_stock_variant_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["supply_warehouse.id"], name=op.f("fk_supply_stock_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_stock")),
        sa.UniqueConstraint("variant_id", "warehouse_id", name=op.f("uq_supply_stock_variant_id_warehouse_id")),
    )
    columns = f"variant_id, {FIGURES}, feed_quantity"
    op.execute(f"INSERT INTO supply_stock ({columns}) SELECT {columns} FROM supply_stock_before ORDER BY variant_id")
    op.create_index(op.f("ix_supply_stock_warehouse_id"), "supply_stock", ["warehouse_id"])
    op.create_index(
        "uq_supply_stock_no_warehouse",
        "supply_stock",
        ["variant_id"],
        unique=True,
        postgresql_where=sa.text("warehouse_id IS NULL"),
        sqlite_where=sa.text("warehouse_id IS NULL"),
    )
    op.drop_table("supply_stock_before")


def _stock_by_variant() -> None:
    op.execute("CREATE TABLE supply_stock_after AS SELECT * FROM supply_stock")
    op.drop_table("supply_stock")
    op.create_table(
        "supply_stock",
        sa.Column("variant_id", BigId, autoincrement=False, nullable=False),
        *_figures(),
        *_checks(),
        sa.ForeignKeyConstraint(["variant_id"], ["supply_variant.id"], name=op.f("fk_supply_stock_variant_id")),
        sa.PrimaryKeyConstraint("variant_id", name=op.f("pk_supply_stock")),
    )
    sums = ", ".join(f"SUM({figure})" for figure in FIGURES.split(", "))
    said = "MAX(CASE WHEN warehouse_id IS NULL THEN feed_quantity END)"
    op.execute(
        f"INSERT INTO supply_stock (variant_id, {FIGURES}, feed_quantity)"
        f" SELECT variant_id, {sums}, {said} FROM supply_stock_after GROUP BY variant_id"
    )
    op.drop_table("supply_stock_after")


def _figures() -> list[sa.Column[int]]:
    return [
        *(sa.Column(figure, BigId, nullable=False) for figure in FIGURES.split(", ")),
        sa.Column("feed_quantity", sa.Integer(), nullable=True),
    ]


def _checks() -> list[sa.CheckConstraint]:
    rules = {f"{figure}_not_negative": f"{figure} >= 0" for figure in ("free", "held", "sold")}
    rules["adds_up"] = "received = free + held + sold"
    return [sa.CheckConstraint(rule, name=op.f(f"ck_supply_stock_{name}")) for name, rule in rules.items()]
